import IRCProtocol

// RFC 2812, sections 3.4 and 3.7: questions about the server. While `Anonymous` is on the answers are there, so that
// clients find what they expect, and say nothing.

extension ChatServer {
    /// Whether a parameter that names a server means this one: its name, a mask that covers it, or a nick here.
    func isThisServer(_ name: ArraySlice<UInt8>) -> Bool {
        name.isEmpty || Mask.matches(name, configuration.global.name)
    }

    mutating func noSuchServer(_ name: ArraySlice<UInt8>, _ slot: Int) {
        reply(slot, .noSuchServer, "\(name) :No such server")
    }

    /// PING (section 3.7.2).
    mutating func ping(_ message: Message, _ slot: Int) {
        guard message.count > 0 else { return reply(slot, .noOrigin, ":No origin specified") }
        if message.count > 1, !isThisServer(message[1]) { return noSuchServer(message[1], slot) }
        sendFromServer("PONG \(configuration.global.name) :\(message[0])", to: slot)
    }

    /// PONG (section 3.7.3).
    mutating func pong(_ message: Message, _ slot: Int) {
        if clients[slot].state == .registering {
            guard clients[slot].awaitsAuthPing, message[0].elementsEqual(Text(decimal: clients[slot].nonce).bytes)
            else { return }
            clients[slot].hasAnsweredAuthPing = true
            return registerIfComplete(slot)
        }
        guard message.count > 0 else { return reply(slot, .noOrigin, ":No origin specified") }
        guard message.count <= 2 else { return syntaxError(message, slot) }
        clients[slot].isPinged = false
    }

    mutating func inform(_ command: Command, _ message: Message, _ slot: Int) {
        let server = configuration.global.name
        // The server that is asked: of two parameters the last, but the first of LINKS.
        let target: ArraySlice<UInt8> =
            switch command {
            case .stats, .lusers: message[1]
            case .links: message.count == 2 ? message[0] : []
            default: message[0]
            }
        switch command {
        case .summon: return reply(slot, .summonDisabled, ":SUMMON has been disabled")
        case .users: return reply(slot, .usersDisabled, ":USERS has been disabled")
        case .servlist:
            let mask: Text = message[0].isEmpty ? "*" : Text(message[0])
            let kind: Text = message[1].isEmpty ? "0" : Text(message[1])
            return reply(slot, .serviceListEnd, "\(mask) \(kind) :End of service listing")
        case .help: return help(message, slot)
        default: break
        }
        if !isThisServer(target), find(nick: target, for: slot) == nil {
            return noSuchServer(target, slot)
        }
        switch command {
        case .admin: admin(slot)
        case .info: info(slot)
        case .links:
            let mask = message[message.count - 1]
            if isThisServer(mask) { reply(slot, .links, "\(server) \(server) :0 \(shownInfo)") }
            reply(slot, .endOfLinks, "\(mask.isEmpty ? [UInt8(ascii: "*")] : mask) :End of LINKS list")
        case .lusers: countsOfUsers(slot)
        case .motd: messageOfTheDay(slot)
        case .stats: stats(message, slot)
        case .time: time(slot)
        case .trace: trace(slot)
        case .version:
            reply(slot, .version, isAnonymous ? "\(software) \(server) :" : "\(software). \(server) :")
            supported(slot)
        default: break
        }
    }

    /// ADMIN (section 3.4.9).
    private mutating func admin(_ slot: Int) {
        let global = configuration.global
        guard !isAnonymous, !(global.adminInfo1 + global.adminInfo2 + global.adminEmail).isEmpty else {
            return reply(slot, .noAdminInfo, "\(global.name) :No administrative info available")
        }
        reply(slot, .adminMe, "\(global.name) :Administrative info")
        if !global.adminInfo1.isEmpty { reply(slot, .adminLocation1, ":\(global.adminInfo1)") }
        if !global.adminInfo2.isEmpty { reply(slot, .adminLocation2, ":\(global.adminInfo2)") }
        if !global.adminEmail.isEmpty { reply(slot, .adminEmail, ":\(global.adminEmail)") }
    }

    /// INFO (section 3.4.10).
    private mutating func info(_ slot: Int) {
        if !isAnonymous {
            reply(slot, .info, ":\(software)")
            reply(slot, .info, ":On-line since \(longDate(startedAt.unix / 1000))")
        }
        reply(slot, .endOfInfo, ":End of INFO list")
    }

    /// TIME (section 3.4.6). Clients want a time to be there; the one that is never true is the beginning of 1970.
    private mutating func time(_ slot: Int) {
        let date = CalendarDate(unixSeconds: isAnonymous ? 0 : unixSeconds)
        var clock: [UInt8] = []
        ChatServer.append(twoDigits: date.hour, to: &clock)
        clock.append(UInt8(ascii: ":"))
        ChatServer.append(twoDigits: date.minute, to: &clock)
        var day: [UInt8] = []
        ChatServer.append(twoDigits: date.day, to: &day)
        reply(
            slot, .time,
            "\(configuration.global.name) :\(date.weekdayName) \(date.monthName) \(day) \(date.year) -- \(clock) UTC")
    }

    /// TRACE (section 3.4.8).
    private mutating func trace(_ slot: Int) {
        if clients[slot].isOper || !isAnonymous {
            for peer in operators { reply(slot, .traceOperator, "Oper 2 :\(clients[Int(peer)].nick)") }
        }
        let dot: Text = isAnonymous ? "" : "."
        reply(slot, .traceEnd, "\(configuration.global.name) \(software)\(dot) :End of TRACE")
    }

    /// STATS (section 3.4.4).
    private mutating func stats(_ message: Message, _ slot: Int) {
        let letter = message[0].first ?? UInt8(ascii: "*")
        switch letter {
        case UInt8(ascii: "g"), UInt8(ascii: "G"), UInt8(ascii: "k"), UInt8(ascii: "K"):
            guard clients[slot].isOper else { return reply(slot, .noPrivileges, ":Permission denied") }
            dropExpiredBans()
            for ban in serverBans where ban.isGlobal == (letter | 0x20 == UInt8(ascii: "g")) {
                let until = isAnonymous ? 0 : ban.until.map { startedSeconds(uptime: $0) } ?? 0
                reply(slot, .statsKLine, "\(letter) \(ban.mask) \(until) :\(ban.reason)")
            }
        case UInt8(ascii: "l"), UInt8(ascii: "L"):
            let showsAll = letter == UInt8(ascii: "L")
            if showsAll, isRefused(message, slot) { return }
            guard !isAnonymous else { break }
            let shown = showsAll ? clients.indices.filter { clients[$0].state == .registered } : [slot]
            for peer in shown {
                let client = clients[peer]
                let age = (now.uptime - client.connectedAt) / 1000
                let received = Int(client.messagesReceived)
                reply(
                    slot, .statsLinkInfo,
                    "\(client.source) 0 0 0 \(received) \(Int(client.bytesReceived)) :\(age)")
            }
        case UInt8(ascii: "m"), UInt8(ascii: "M"):
            guard !isAnonymous else { break }
            for command in Command.allCases where commandCounts[Int(command.rawValue)] > 0 {
                reply(slot, .statsCommands, "\(command.name) \(Int(commandCounts[Int(command.rawValue)])) 0 0")
            }
        case UInt8(ascii: "u"), UInt8(ascii: "U"):
            guard !isAnonymous else { break }
            reply(slot, .statsUptime, ":Server Up \(uptimeText)")
        default: break
        }
        reply(slot, .endOfStats, "\(letter) :End of STATS report")
    }

    private var uptimeText: Text {
        let seconds = Int(now.uptime - startedAt.uptime) / 1000
        var clock: [UInt8] = []
        clock.append(decimal: seconds % 86_400 / 3600)
        clock.append(UInt8(ascii: ":"))
        ChatServer.append(twoDigits: seconds % 3600 / 60, to: &clock)
        clock.append(UInt8(ascii: ":"))
        ChatServer.append(twoDigits: seconds % 60, to: &clock)
        return "\(seconds / 86_400) days \(clock)"
    }

    /// A moment on the clock that never goes back, as seconds since 1970.
    private func startedSeconds(uptime: Int64) -> Int64 {
        (now.unix + uptime - now.uptime) / 1000
    }
}
