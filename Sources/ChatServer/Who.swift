import IRCProtocol

// WHO (RFC 2812, section 3.6.1) and WHOX.

extension ChatServer {
    /// The fields of WHOX that were asked for, and the token that comes back with them.
    private struct Fields {
        let letters: ArraySlice<UInt8>
        let token: ArraySlice<UInt8>

        init?(_ text: ArraySlice<UInt8>) {
            guard let percent = text.firstIndex(of: UInt8(ascii: "%")) else { return nil }
            let parts = text[(percent + 1)...].split(
                separator: UInt8(ascii: ","), maxSplits: 1, omittingEmptySubsequences: false)
            letters = parts[0]
            token = parts.count > 1 && parts[1].decimalValue != nil ? parts[1].prefix(3) : [UInt8(ascii: "0")][...]
        }

        func has(_ letter: UInt8) -> Bool { letters.contains(letter) }
    }

    mutating func who(_ message: Message, _ slot: Int) {
        let mask = message[0]
        let fields = Fields(message[1])
        let options = message[1].prefix { $0 != UInt8(ascii: "%") }
        let operatorsOnly = options.contains(UInt8(ascii: "o"))
        let all = mask.isEmpty || mask.equals(ascii: "0") || mask.equals(ascii: "*")
        if let first = mask.first, Names.isChannelPrefix(first), !Mask.hasWildcard(mask) {
            guard let channel = findChannel(mask, for: slot) else {
                return reply(slot, .endOfWho, "\(mask) :End of WHO list")
            }
            whoChannel(channel, fields, operatorsOnly, slot)
            return reply(slot, .endOfWho, "\(channels[channel].name) :End of WHO list")
        }
        if !all, let peer = find(nick: mask, for: slot) {
            if !operatorsOnly || showsOper(peer, to: slot) { whoLine(peer, in: nil, fields, slot) }
            penalize(slot, milliseconds: 3000)
            return reply(slot, .endOfWho, "\(clients[peer].nick) :End of WHO list")
        }
        penalize(slot, milliseconds: 3000)
        var count = 0
        for peer in listable(for: slot) {
            guard all || isMatched(peer, by: mask) else { continue }
            guard !operatorsOnly || showsOper(peer, to: slot) else { continue }
            if count == ChatServer.whoLimit {
                notice("WHO list limit (\(ChatServer.whoLimit)) reached!", to: slot)
                break
            }
            count += 1
            whoLine(peer, in: nil, fields, slot)
        }
        let name = mask.isEmpty ? [UInt8(ascii: "*")][...] : mask
        reply(slot, .endOfWho, "\(name) :End of WHO list")
    }

    /// The users that a search may find. While `Anonymous` is on these are met by walking the asker's own channels.
    mutating func listable(for slot: Int) -> [Int] {
        if isAnonymous { return peers(of: slot) }
        return clients.indices.filter { clients[$0].state == .registered && isListed($0, for: slot) }
    }

    /// Everybody who shares a channel with a user, and the user, once each.
    private mutating func peers(of slot: Int) -> [Int] {
        var peers = [slot]
        visit &+= 1
        clients[slot].visited = visit
        for membership in clients[slot].memberships {
            for member in channels[Int(membership.channel)].members where clients[Int(member.slot)].visited != visit {
                clients[Int(member.slot)].visited = visit
                peers.append(Int(member.slot))
            }
        }
        return peers
    }

    private func isMatched(_ peer: Int, by mask: ArraySlice<UInt8>) -> Bool {
        let client = clients[peer]
        return Mask.matches(mask, client.nick) || Mask.matches(mask, client.user) || Mask.matches(mask, client.host)
            || Mask.matches(mask, client.realName) || Mask.matches(mask, configuration.global.name)
    }

    /// Who administers the server is nobody's business while `Anonymous` is on, except the operators' own.
    func showsOper(_ peer: Int, to asker: Int) -> Bool {
        clients[peer].isOper && (!isAnonymous || clients[asker].isOper)
    }

    private mutating func whoChannel(_ channel: Int, _ fields: Fields?, _ operatorsOnly: Bool, _ slot: Int) {
        let showsAll = position(of: slot, in: channel) != nil
        if !showsAll, channels[channel].modes.contains(.secret) { return }
        for member in channels[channel].members {
            let peer = Int(member.slot)
            if !showsAll, clients[peer].modes.contains(.invisible) { continue }
            if operatorsOnly, !showsOper(peer, to: slot) { continue }
            whoLine(peer, in: channel, fields, slot)
        }
    }

    private mutating func whoLine(_ peer: Int, in channel: Int?, _ fields: Fields?, _ slot: Int) {
        let client = clients[peer]
        var flags: [UInt8] = [UInt8(ascii: client.modes.contains(.away) ? "G" : "H")]
        if showsOper(peer, to: slot) { flags.append(UInt8(ascii: "*")) }
        if client.modes.contains(.bot) { flags.append(UInt8(ascii: "B")) }
        if let channel, let member = self.flags(of: peer, in: channel) {
            member.appendPrefixes(all: clients[slot].capabilities.contains(.multiPrefix), to: &flags)
        }
        let name = channel.map { channels[$0].name } ?? [UInt8(ascii: "*")]
        let server = configuration.global.name
        guard let fields else {
            return reply(
                slot, .whoReply,
                "\(name) \(client.user) \(client.host) \(server) \(client.nick) \(flags) :0 \(client.realName)")
        }
        var words: [[UInt8]] = []
        let address = isAnonymous ? [UInt8](ascii: "255.255.255.255") : client.address
        let idle = hidesIdleTimes ? 0 : (now.uptime - client.lastSpoken) / 1000
        var idleText: [UInt8] = []
        idleText.append(decimal: Int(idle))
        let values: [(UInt8, [UInt8])] = [
            (UInt8(ascii: "t"), Array(fields.token)), (UInt8(ascii: "c"), name), (UInt8(ascii: "u"), client.user),
            (UInt8(ascii: "i"), address), (UInt8(ascii: "h"), client.host), (UInt8(ascii: "s"), server),
            (UInt8(ascii: "n"), client.nick), (UInt8(ascii: "f"), flags), (UInt8(ascii: "d"), [UInt8(ascii: "0")]),
            (UInt8(ascii: "l"), idleText), (UInt8(ascii: "a"), [UInt8(ascii: "0")]),
            (UInt8(ascii: "o"), [UInt8](ascii: "n/a")), (UInt8(ascii: "r"), [UInt8(ascii: ":")] + client.realName),
        ]
        for (letter, value) in values where fields.has(letter) { words.append(value) }
        reply(slot, .whoxReply, Text(Array(words.joined(separator: [UInt8(ascii: " ")]))))
    }

    /// Idle and sign-on times: ngircd's `MorePrivacy` withholds them, and so does `Anonymous`.
    var hidesIdleTimes: Bool { isAnonymous || configuration.blanksReasons }
}
