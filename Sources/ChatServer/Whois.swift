import IRCProtocol

// RFC 2812, sections 3.6.2, 3.6.3, 4.8 and 4.9: questions about users by name.

extension ChatServer {
    /// WHOIS (section 3.6.2).
    mutating func whois(_ message: Message, _ slot: Int) {
        guard message.count > 0, !message[0].isEmpty else { return reply(slot, .noNickGiven, ":No nickname given") }
        if message.count > 1, !isThisServer(message[0]), find(nick: message[0], for: slot) == nil {
            return noSuchServer(message[0], slot)
        }
        let query = message[message.count - 1]
        for name in query.split(separator: UInt8(ascii: ",")).prefix(ChatServer.targetLimit) {
            if let peer = find(nick: name, for: slot) {
                whoisReplies(peer, slot)
            } else if Mask.hasWildcard(name) {
                penalize(slot, milliseconds: 3000)
                let found = listable(for: slot).filter { Mask.matches(name, clients[$0].nick) }
                for peer in found.prefix(ChatServer.whoisLimit) { whoisReplies(peer, slot) }
                if found.count > ChatServer.whoisLimit {
                    notice("WHOIS list limit (\(ChatServer.whoisLimit)) reached!", to: slot)
                }
            } else {
                reply(slot, .noSuchNick, "\(name) :No such nick or channel name")
            }
        }
        reply(slot, .endOfWhois, "\(query) :End of WHOIS list")
    }

    private mutating func whoisReplies(_ peer: Int, _ slot: Int) {
        let client = clients[peer]
        reply(slot, .whoisUser, "\(client.nick) \(client.user) \(client.host) * :\(client.realName)")
        reply(slot, .whoisServer, "\(client.nick) \(configuration.global.name) :\(shownInfo)")
        whoisChannels(peer, slot)
        if showsOper(peer, to: slot) { reply(slot, .whoisOperator, "\(client.nick) :is an IRC operator") }
        if client.modes.contains(.bot) { reply(slot, .whoisBot, "\(client.nick) :is an IRC Bot") }
        if !isAnonymous, peer == slot || clients[slot].isOper {
            let address = client.address
            let cloak = configuration.options.cloakHost
            let host = cloak.isEmpty ? address : cloak
            reply(slot, .whoisHost, "\(client.nick) :is connecting from *@\(host) \(address)")
            reply(slot, .whoisModes, "\(client.nick) :is using modes +\(client.modes.letters)")
        }
        if !hidesIdleTimes || (!isAnonymous && clients[slot].isOper) {
            let idle = (now.uptime - client.lastSpoken) / 1000
            reply(slot, .whoisIdle, "\(client.nick) \(idle) \(client.signedOnAt) :seconds idle, signon time")
        }
        if client.modes.contains(.away) { reply(slot, .away, "\(client.nick) :\(client.awayText)") }
    }

    /// The channels that the asker may know the user to be in, the newest first.
    private mutating func whoisChannels(_ peer: Int, _ slot: Int) {
        if clients[peer].modes.contains(.hideChannels), !clients[slot].isOper { return }
        var line: [UInt8] = []
        for membership in clients[peer].memberships.reversed() {
            let channel = Int(membership.channel)
            let isShared = position(of: slot, in: channel) != nil
            let isHidden = isAnonymous || channels[channel].modes.contains(.secret)
            if isHidden, !isShared { continue }
            if line.count + channels[channel].name.count > 380 {
                reply(slot, .whoisChannels, "\(clients[peer].nick) :\(line)")
                line = []
            }
            if !line.isEmpty { line.append(UInt8(ascii: " ")) }
            channels[channel].flags[Int(membership.position)].appendPrefixes(
                all: clients[slot].capabilities.contains(.multiPrefix), to: &line)
            line.append(contentsOf: channels[channel].name)
        }
        if !line.isEmpty { reply(slot, .whoisChannels, "\(clients[peer].nick) :\(line)") }
    }

    /// What [Global] Info says. Its default, while `Anonymous` is on, is the name that hosts have.
    var shownInfo: [UInt8] {
        if !configuration.global.info.isEmpty { return configuration.global.info }
        return isAnonymous ? configuration.options.anonymousHost : software.bytes
    }

    /// WHOWAS (section 3.6.3).
    mutating func whowas(_ message: Message, _ slot: Int) {
        guard message.count > 0 else { return reply(slot, .noNickGiven, ":No nickname given") }
        if message.count > 2, !isThisServer(message[2]) { return noSuchServer(message[2], slot) }
        let time = unixSeconds
        if isAnonymous { formerUsers.removeAll { time - $0.leftAt >= ChatServer.whowasSeconds } }
        let limit = message[1].decimalValue.flatMap { $0 > 0 ? $0 : nil } ?? Int.max
        for name in message[0].split(separator: UInt8(ascii: ",")).prefix(ChatServer.targetLimit) {
            let folded = CaseMapping.ascii.fold(name)
            let found = formerUsers.reversed().filter { $0.foldedNick == folded && mayKnow($0, slot) }
            if found.isEmpty { reply(slot, .wasNoSuchNick, "\(name) :There was no such nickname") }
            for former in found.prefix(limit) {
                reply(slot, .whowasUser, "\(former.nick) \(former.user) \(former.host) * :\(former.realName)")
                if !isAnonymous {
                    reply(slot, .whoisServer, "\(former.nick) \(configuration.global.name) :\(longDate(former.leftAt))")
                }
            }
        }
        reply(slot, .endOfWhowas, "\(message[0]) :End of WHOWAS list")
    }

    private static var whowasSeconds: Int64 { 600 }

    /// Who was in a channel with the user before the user left has seen it; others ask in vain while `Anonymous` is on.
    private func mayKnow(_ former: FormerUser, _ slot: Int) -> Bool {
        if configuration.blanksReasons, !isAnonymous { return false }
        guard isAnonymous, !clients[slot].isOper else { return true }
        return clients[slot].memberships.contains {
            former.channels.contains($0.channel) && $0.serial <= former.serial
        }
    }

    /// ISON (section 4.9).
    mutating func isOn(_ message: Message, _ slot: Int) {
        var line: [UInt8] = []
        for place in 0..<message.count {
            for word in message[place].split(separator: UInt8(ascii: " ")) {
                guard let peer = find(nick: word, for: slot), line.count + clients[peer].nick.count < 400 else {
                    continue
                }
                if !line.isEmpty { line.append(UInt8(ascii: " ")) }
                line.append(contentsOf: clients[peer].nick)
            }
        }
        reply(slot, .isOn, ":\(line)")
    }

    /// USERHOST (section 4.8): at most five.
    mutating func userHost(_ message: Message, _ slot: Int) {
        var line: [UInt8] = []
        for place in 0..<min(message.count, 5) {
            guard let peer = find(nick: message[place], for: slot) else { continue }
            if !line.isEmpty { line.append(UInt8(ascii: " ")) }
            line.append(contentsOf: clients[peer].nick)
            if showsOper(peer, to: slot) { line.append(UInt8(ascii: "*")) }
            line.append(UInt8(ascii: "="))
            line.append(UInt8(ascii: clients[peer].modes.contains(.away) ? "-" : "+"))
            line.append(contentsOf: clients[peer].user)
            line.append(UInt8(ascii: "@"))
            line.append(contentsOf: clients[peer].host)
        }
        reply(slot, .userHost, ":\(line)")
    }
}
