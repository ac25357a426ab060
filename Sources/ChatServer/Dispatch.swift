import IRCProtocol

// From lines to commands.

extension ChatServer {
    /// Carries out the lines that a client has sent, as long as no penalty stops it.
    mutating func readLines(of client: ClientID) {
        while let slot = slot(of: client) {
            if clients[slot].penaltyUntil > now.uptime {
                // What waits already is at most what one read brought; the rest stays with the sender.
                if clients[slot].input.count > 0 { pauseReading(slot) }
                return
            }
            guard let line = clients[slot].input.next() else { return }
            switch line {
            case .tooLong: tooLong(slot)
            case .complete(let bytes): receive(bytes, from: slot)
            }
        }
    }

    /// A line over the limits is answered and thrown away (modern.ircdocs.horse, 417); ngircd would close here, but a
    /// user who pastes too much has done nothing wrong.
    private mutating func tooLong(_ slot: Int) {
        reply(slot, .inputTooLong, ":Input line was too long")
    }

    private mutating func receive(_ line: ArraySlice<UInt8>, from slot: Int) {
        guard let message = Message(line) else { return }
        clients[slot].messagesReceived &+= 1
        countBurst(slot)
        if let source = message.source, !accepts(source, from: slot) { return }
        guard clients[slot].capabilities.contains(.labeledResponse), let label = message.tag("label"), !label.isEmpty,
            label.count <= 64
        else { return carryOut(message, from: slot) }
        outbox.labelled = (identifier(slot), [])
        carryOut(message, from: slot)
        finishLabel(label)
    }

    /// Whether a line is carried out whose sender names a source. Any but the own nick makes it void, without a word (RFC
    /// 2812, section 2.3). While `Anonymous` is off strangers and others are told apart, as ngircd does: it complains about
    /// a name that nobody has, closes the connection of who takes somebody's, and passes over all of them before
    /// registration.
    private mutating func accepts(_ source: ArraySlice<UInt8>, from slot: Int) -> Bool {
        let name = source.prefix { $0 != UInt8(ascii: "!") }
        if !clients[slot].nick.isEmpty, CaseMapping.ascii.same(name, clients[slot].nick) { return true }
        if isAnonymous { return false }
        if clients[slot].state == .registering { return true }
        if find(nick: name) == nil, !CaseMapping.ascii.same(name, configuration.global.name) {
            send(error: "Invalid prefix \"\(source)\"", to: slot)
            penalize(slot, milliseconds: ChatServer.errorPenalty)
        } else {
            drop(slot, "Spoofed prefix")
        }
        return false
    }

    private mutating func carryOut(_ message: Message, from slot: Int) {
        guard let command = commands.find(message.command) else { return unknown(message, from: slot) }
        let isRegistered = clients[slot].state == .registered
        switch command.audience {
        case .anybody: break
        case .registered where isRegistered: break
        case .servers where isRegistered:
            return reply(slot, .notRegistered, ":Connection not registered as server link")
        case .registered, .servers:
            // A notice is never answered (RFC 2812, section 3.3.2).
            if command != .notice { reply(slot, .notRegistered, ":Connection not registered") }
            return
        }
        guard command.parameters.contains(message.count) || (isRegistered && command == .user) else {
            if command == .notice { return }
            return syntaxError(message, slot)
        }
        commandCounts[Int(command.rawValue)] &+= 1
        if isRegistered, command.penaltyMilliseconds > 0 {
            penalize(slot, milliseconds: command.penaltyMilliseconds)
        }
        perform(command, message, slot)
    }

    /// Names the command as it was written, which is one that is known.
    mutating func syntaxError(_ message: Message, _ slot: Int) {
        reply(slot, .needMoreParameters, "\(message.command) :Syntax error")
    }

    private mutating func unknown(_ message: Message, from slot: Int) {
        if clients[slot].state == .registered {
            reply(slot, .unknownCommand, "\(message.command) :Unknown command")
        }
    }

    private mutating func perform(_ command: Command, _ message: Message, _ slot: Int) {
        switch command {
        case .cap: capability(message, slot)
        case .pass: pass(message, slot)
        case .nick: nick(message, slot)
        case .user: user(message, slot)
        case .setname: setname(message, slot)
        case .quit: quit(message, slot)
        case .ping: ping(message, slot)
        case .pong: pong(message, slot)
        case .privmsg: speak(.privmsg, message, slot)
        case .notice: speak(.notice, message, slot)
        case .tagmsg: speak(.tagmsg, message, slot)
        case .squery: askService(message, slot)
        case .join: join(message, slot)
        case .part: part(message, slot)
        case .kick: kick(message, slot)
        case .invite: invite(message, slot)
        case .topic: topic(message, slot)
        case .names: names(message, slot)
        case .list: list(message, slot)
        case .mode: mode(message, slot)
        case .away: away(message, slot)
        case .who: who(message, slot)
        case .whois: whois(message, slot)
        case .whowas: whowas(message, slot)
        case .ison: isOn(message, slot)
        case .userhost: userHost(message, slot)
        case .monitor: monitor(message, slot)
        case .oper: oper(message, slot)
        case .kill: kill(message, slot)
        case .kline, .gline: serverBan(command, message, slot)
        case .wallops: wallops(message, slot)
        case .die, .restart, .rehash: control(command, message, slot)
        // A browser that was talked into it must not carry out what else its request holds.
        case .get, .post:
            if clients[slot].state == .registered {
                reply(slot, .notRegistered, ":Connection not registered")
            } else {
                drop(slot, "\"Oops, HTTP request received? This is IRC!\"")
            }
        case .error: break
        case .service, .webirc, .server, .chaninfo, .metadata, .njoin, .svsnick, .charconv, .connect, .squit:
            refuseLink(command, message, slot)
        default: inform(command, message, slot)
        }
    }

    /// What only means something with links, answered as ngircd does without them.
    private mutating func refuseLink(_ command: Command, _ message: Message, _ slot: Int) {
        switch command {
        case .service: reply(slot, .alreadyRegistered, ":Connection already registered")
        case .charconv: reply(slot, .unknownCommand, "\(command.name) :Unknown command")
        case .connect, .squit: refuseLinking(command, message, slot)
        case .webirc where clients[slot].nick.isEmpty && clients[slot].user.isEmpty && clients[slot].password == nil:
            // There is no password that would be right.
            (4...5).contains(message.count)
                ? reply(slot, .passwordMismatch, ":Invalid password") : syntaxError(message, slot)
        default: reply(slot, .notRegistered, ":Connection not registered")
        }
    }

    /// SQUERY (RFC 2812, section 3.5.2): there are no services.
    private mutating func askService(_ message: Message, _ slot: Int) {
        if message.count < 1 { return reply(slot, .noRecipient, ":No recipient given (SQUERY)") }
        if message[1].isEmpty { return reply(slot, .noTextToSend, ":No text to send") }
        reply(slot, .noSuchNick, "\(message[0]) :No such nick or channel name")
    }

    /// CONNECT (RFC 2812, section 3.4.7) and SQUIT (section 3.1.8): for operators, and there is no server to name.
    private mutating func refuseLinking(_ command: Command, _ message: Message, _ slot: Int) {
        // ngircd's CONNECT has one to three parameters, or five and more with passwords.
        let isComplete = command == .squit ? message.count == 2 : message.count > 0 && message.count != 4
        guard isComplete else { return syntaxError(message, slot) }
        if isRefused(message, slot) { return }
        noSuchServer(message[0], slot)
    }
}
