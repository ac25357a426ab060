import IRCProtocol

// RFC 2812, section 3.1: from a connection to a user.

extension ChatServer {
    /// PASS (section 3.1.1): once, and before NICK and USER. Three and four parameters are what a server says, or a service.
    mutating func pass(_ message: Message, _ slot: Int) {
        guard clients[slot].state == .registering, clients[slot].nick.isEmpty, clients[slot].user.isEmpty,
            clients[slot].password == nil
        else {
            return reply(slot, .alreadyRegistered, ":Connection already registered")
        }
        guard [1, 3, 4].contains(message.count) else { return syntaxError(message, slot) }
        // Compared at once, so that no password is kept.
        clients[slot].password = isEqual(message[0], configuration.global.password) ? .right : .wrong
    }

    /// NICK (section 3.1.2).
    mutating func nick(_ message: Message, _ slot: Int) {
        let wanted = message[0]
        if clients[slot].modes.contains(.restricted) {
            return reply(slot, .restricted, ":Your connection is restricted")
        }
        let limit = configuration.limits.maxNickLength
        guard wanted.count <= limit else {
            return reply(slot, .erroneousNick, "\(wanted) :Nickname too long, max. \(limit) characters")
        }
        guard Names.isNick(wanted, limit: limit) else {
            return reply(slot, .erroneousNick, "\(wanted) :Erroneous nickname")
        }
        if clients[slot].nick.elementsEqual(wanted) { return }
        let folded = CaseMapping.ascii.fold(wanted)
        let holder = nicks[folded]
        // The same words for a nick in use and for the login name of somebody who is not here: asking for nicks is no way
        // to learn who is.
        guard holder == nil || holder == UInt32(slot), !isNameOfAnother(folded, slot: slot) else {
            return reply(slot, .nickInUse, "\(wanted) :Nickname already in use")
        }
        if let locked = lockingChannel(of: slot) {
            return reply(slot, .nickLocked, ":Cannot change nickname while on \(channels[locked].name)(+N)")
        }
        let isRegistered = clients[slot].state == .registered
        if isRegistered {
            var change = Outgoing(":\(clients[slot].source) NICK :\(wanted)")
            change.isFromBot = clients[slot].modes.contains(.bot)
            send(change, to: slot)
            sendToPeers(of: slot, change)
            remember(slot)
            penalize(slot, milliseconds: 2000)
        }
        rename(slot, to: Array(wanted), folded: folded)
        if !isRegistered { registerIfComplete(slot) }
    }

    /// USER (section 3.1.3). With `KernelIdent` its first parameter is read and means nothing.
    mutating func user(_ message: Message, _ slot: Int) {
        guard clients[slot].state == .registering, clients[slot].user.isEmpty else {
            return reply(slot, .alreadyRegistered, ":Connection already registered")
        }
        if configuration.options.kernelIdent {
            guard let login = clients[slot].login else { return drop(slot, "Connection refused") }
            clients[slot].user = login.name
        } else {
            // The tilde says that nobody has checked the name (RFC 1413; ngircd without Ident).
            let name = message[0].prefix(9)
            guard !name.isEmpty, name.allSatisfy(isPlainUserByte) else { return drop(slot, "Invalid user name") }
            clients[slot].user = [UInt8(ascii: "~")] + name
        }
        clients[slot].realName = realName(message[3])
        registerIfComplete(slot)
    }

    /// SETNAME (IRCv3).
    mutating func setname(_ message: Message, _ slot: Int) {
        let name = realName(message[0])
        guard !name.isEmpty, !configuration.options.utf8Only || message[0].isWellFormedUTF8 else {
            return fail(slot, "SETNAME", "INVALID_REALNAME", "Realname is not valid")
        }
        clients[slot].realName = name
        let change = Outgoing(":\(clients[slot].source) SETNAME :\(name)")
        if clients[slot].capabilities.contains(.setname) { send(change, to: slot) }
        sendToPeers(of: slot, change, having: .setname)
    }

    private func realName(_ text: ArraySlice<UInt8>) -> [UInt8] { Array(text.prefix(text.countKept(within: 127))) }

    private func isPlainUserByte(_ byte: UInt8) -> Bool {
        byte > 32 && byte != 127 && byte != UInt8(ascii: "@") && byte != UInt8(ascii: "!") && byte != UInt8(ascii: ":")
    }

    /// QUIT (section 3.1.7).
    mutating func quit(_ message: Message, _ slot: Int) {
        guard message.count > 0 else {
            send(error: "Closing connection", to: slot)
            return remove(slot, reason: clients[slot].nick, noted: "Got QUIT command")
        }
        // In quotes, so that nobody can look as if the server had closed the connection.
        let text: Text = "\"\(message[0].prefix(message[0].countKept(within: 127)))\""
        send(error: text, to: slot)
        remove(slot, reason: configuration.blanksReasons ? clients[slot].nick : text.bytes)
    }

    /// Makes a user of a connection that has given all that is needed.
    mutating func registerIfComplete(_ slot: Int) {
        let client = clients[slot]
        guard client.state == .registering, !client.isNegotiating, !client.nick.isEmpty, !client.user.isEmpty
        else { return }
        if configuration.options.requireAuthPing, !client.hasAnsweredAuthPing {
            if !client.awaitsAuthPing {
                clients[slot].awaitsAuthPing = true
                send(Outgoing("PING :\(Text(decimal: client.nonce))"), to: slot)
            }
            return
        }
        guard (client.password ?? (configuration.global.password.isEmpty ? .right : .wrong)) == .right else {
            reply(slot, .passwordMismatch, ":Invalid password")
            return drop(slot, "Access denied: Bad password?")
        }
        settleHost(slot)
        if let ban = activeBan(of: slot) {
            return drop(slot, isAnonymous ? "Access denied" : "Access denied: \"\(ban.reason)\" (K-Line)")
        }
        if configuration.options.cloakUserToNick {
            clients[slot].realName = clients[slot].nick
            if !configuration.options.kernelIdent { clients[slot].user = clients[slot].nick }
        }
        clients[slot].source = source(of: slot)
        clients[slot].state = .registered
        clients[slot].signedOnAt = unixSeconds
        clients[slot].lastSpoken = now.uptime
        registeredCount += 1
        peakUsers = max(peakUsers, registeredCount)
        clients[slot].nextCheck = .max
        schedule(slot, at: now.uptime + Int64(max(1, configuration.limits.pingTimeoutSeconds)) * 1000)
        welcome(slot)
        if !isAnonymous, !configuration.options.cloakHost.isEmpty {
            reply(slot, .hostHidden, "\(clients[slot].host) :is your displayed hostname now")
        }
        applyDefaultModes(slot)
        watchersOnline(slot)
        if operators.isEmpty { return }
        let address: Text = isAnonymous ? "" : " [\(clients[slot].address)]"
        tellOperators(
            .connectNotices,
            "Client connecting: \(clients[slot].nick) (\(clients[slot].user)@\(clients[slot].host))\(address) - User")
    }

    private mutating func settleHost(_ slot: Int) {
        if isAnonymous {
            clients[slot].host = configuration.options.anonymousHost
        } else {
            let cloak = configuration.options.cloakHost
            clients[slot].host = cloak.isEmpty ? clients[slot].address : cloak
        }
        clients[slot].source = source(of: slot)
    }

    func source(of slot: Int) -> [UInt8] {
        var source = clients[slot].nick
        source.append(UInt8(ascii: "!"))
        source.append(contentsOf: clients[slot].user)
        source.append(UInt8(ascii: "@"))
        source.append(contentsOf: clients[slot].host)
        return source
    }

    private mutating func rename(_ slot: Int, to nick: [UInt8], folded: [UInt8]) {
        let isRegistered = clients[slot].state == .registered
        let before = clients[slot].foldedNick
        let isOther = before != folded
        if isOther {
            if isRegistered { watchersOffline(slot) }
            if !before.isEmpty { nicks[before] = nil }
            nicks[folded] = UInt32(slot)
        }
        clients[slot].nick = nick
        clients[slot].foldedNick = folded
        if isRegistered {
            clients[slot].source = source(of: slot)
            for membership in clients[slot].memberships { channels[Int(membership.channel)].namesText = [] }
            if isOther { watchersOnline(slot) }
        }
    }

    /// A nick that is another account's login name would be a mask with that account's face.
    private func isNameOfAnother(_ folded: [UInt8], slot: Int) -> Bool {
        guard configuration.options.kernelIdent, accounts.contains(folded: folded) else { return false }
        guard let login = clients[slot].login else { return true }
        return CaseMapping.ascii.fold(login.name) != folded
    }

    private func lockingChannel(of slot: Int) -> Int? {
        guard !isVisiblyOper(slot) else { return nil }
        return clients[slot].memberships.map { Int($0.channel) }.first { channels[$0].modes.contains(.nickLock) }
    }

    /// Compares without saying by its duration how much of a password was right.
    func isEqual(_ given: ArraySlice<UInt8>, _ expected: [UInt8]) -> Bool {
        var difference = UInt8(given.count == expected.count ? 0 : 1)
        for (place, byte) in expected.enumerated() {
            let index = given.startIndex + place
            difference |= byte ^ (index < given.endIndex ? given[index] : ~byte)
        }
        return difference == 0
    }
}

extension Text {
    init(decimal number: UInt64) { self.init(Array(String(number).utf8)) }
}
