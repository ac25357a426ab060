import IRCProtocol

// RFC 2812, sections 3.1.4, 3.7.1, 4.2 to 4.4 and 4.7; KLINE and GLINE as ngircd has them. On one server they are one.

extension ChatServer {
    /// OPER (section 3.1.4).
    mutating func oper(_ message: Message, _ slot: Int) {
        let account = configuration.operators.first { $0.name.elementsEqual(message[0]) }
        let isAllowed = account.map { $0.mask.isEmpty || Mask.matches($0.mask, clients[slot].source) } ?? false
        // One comparison and one reply, whatever is wrong.
        guard isEqual(message[1], account?.password ?? [0]), isAllowed, account?.password.isEmpty == false else {
            // Guessing is slow: ten seconds with what every error costs, as in ngircd.
            penalize(slot, milliseconds: 8000)
            tellOperators(
                .serverNotices, "Got invalid OPER from \"\(clients[slot].source)\": \"\(message[0])\" -- bad password!")
            return reply(slot, .passwordMismatch, ":Invalid password")
        }
        guard !clients[slot].isOper else { return reply(slot, .youAreOperator, ":You are now an IRC Operator") }
        tellOperators(
            .serverNotices,
            "Got valid OPER for \"\(message[0])\" from \"\(clients[slot].source)\", user is an IRC operator now.")
        clients[slot].modes.insert(.oper)
        operators.append(UInt32(slot))
        sendFromServer("MODE \(clients[slot].nick) :+o", to: slot)
        reply(slot, .youAreOperator, ":You are now an IRC Operator")
    }

    /// Whether somebody may not use a command for operators. Those who are some are told of the attempt.
    mutating func isRefused(_ message: Message, _ slot: Int) -> Bool {
        if clients[slot].isOper { return false }
        tellOperators(
            .serverNotices, "No privileges: client \"\(clients[slot].source)\", command \"\(message.command)\"!")
        reply(slot, .noPrivileges, ":Permission denied")
        return true
    }

    /// KILL (section 3.7.1).
    mutating func kill(_ message: Message, _ slot: Int) {
        if isRefused(message, slot) { return }
        // Also who has not registered: a nick can be kept from its owner so.
        guard let target = nicks[CaseMapping.ascii.fold(message[0])].map(Int.init) else {
            return reply(slot, .noSuchNick, "\(message[0]) :No such nick or channel name")
        }
        let reason = message[1].prefix(message[1].countKept(within: 127))
        let source = actingSource(slot, byOperatorRight: true)
        tellOperators(
            .serverNotices,
            "Got KILL command from \"\(clients[slot].source)\" for \"\(clients[target].nick)\": \"\(reason)\".")
        send(Outgoing(":\(source) KILL \(clients[target].nick) :\(reason)"), to: target)
        let text: Text =
            isAnonymous ? "Killed: \(reason)" : "KILLed by \(clients[slot].nick): \(reason)"
        drop(target, text)
    }

    /// KLINE and GLINE: with a mask, how many seconds, and why; with a mask alone the ban is lifted.
    mutating func serverBan(_ command: Command, _ message: Message, _ slot: Int) {
        if isRefused(message, slot) { return }
        if message.count == 2 { return syntaxError(message, slot) }
        let mask = Mask.complete(message[0])
        let isGlobal = command == .gline
        let list: Text = isGlobal ? "G-Line list" : "K-Line list"
        serverBans.removeAll { CaseMapping.ascii.same($0.mask, mask) && $0.isGlobal == isGlobal }
        guard message.count == 3 else {
            return tellOperators(
                .serverNotices, "\"\(clients[slot].source)\" deleted \"\(message[0])\" from \(list).")
        }
        guard let seconds = message[1].decimalValue, seconds < 1 << 31, serverBans.count < 1000 else {
            return syntaxError(message, slot)
        }
        let reason = Array(message[2].prefix(message[2].countKept(within: 127)))
        let until = seconds > 0 ? now.uptime + Int64(seconds) * 1000 : nil
        serverBans.append(ServerBan(mask: mask, reason: reason, until: until, isGlobal: isGlobal))
        tellOperators(
            .serverNotices,
            "\"\(clients[slot].source)\" added \"\(message[0])\" to \(list): \"\(reason)\" (\(seconds) seconds).")
        let text: Text =
            isAnonymous ? "Banned: \(reason)" : "K-Line by \"\(clients[slot].nick)\": \"\(reason)\""
        // Operators themselves stay: a mask that is too wide must not lock everybody out who could lift it.
        for peer in clients.indices where clients[peer].state == .registered && !clients[peer].isOper {
            if Mask.matches(mask, clients[peer].source) { drop(peer, text) }
        }
    }

    /// The ban that keeps a client out, if one does.
    mutating func activeBan(of slot: Int) -> ServerBan? {
        dropExpiredBans()
        return serverBans.first { Mask.matches($0.mask, clients[slot].source) }
    }

    mutating func dropExpiredBans() {
        let time = now.uptime
        serverBans.removeAll { $0.until.map { $0 <= time } ?? false }
    }

    /// WALLOPS (section 4.7).
    mutating func wallops(_ message: Message, _ slot: Int) {
        if isRefused(message, slot) { return }
        let source = actingSource(slot, byOperatorRight: true)
        for peer in clients.indices where clients[peer].state == .registered && clients[peer].modes.contains(.wallops) {
            send(Outgoing(":\(source) WALLOPS :\(message[0])"), to: peer)
        }
    }

    /// DIE, RESTART and REHASH (sections 4.2 to 4.4).
    mutating func control(_ command: Command, _ message: Message, _ slot: Int) {
        if isRefused(message, slot) { return }
        switch command {
        case .rehash:
            reply(slot, .rehashing, ":Rehashing")
            outbox.add(.rehash)
        case .restart:
            closeAll("Server is restarting")
            outbox.add(.restart)
        default:
            closeAll("Server going down")
            outbox.add(.shutDown)
        }
    }

    /// A notice to the operators that want this kind. ngircd gives some of these to any user with +s; here they say too
    /// much about others for that.
    mutating func tellOperators(_ kind: UserModes, _ text: Text) {
        for peer in operators where clients[Int(peer)].modes.contains(kind) { notice(text, to: Int(peer)) }
        guard kind == .serverNotices, !isAnonymous, let channel = findChannel([UInt8](ascii: "&SERVER")) else { return }
        let line = Outgoing(":\(configuration.global.name) PRIVMSG &SERVER :\(text)")
        send(line, toChannel: channel, except: nil)
    }
}
