import IRCProtocol

// How clients go.

extension ChatServer {
    /// Closes a connection for a reason of the server's. The client is told which; others only while `Anonymous` is off.
    mutating func drop(_ slot: Int, _ reason: Text) {
        send(error: reason, to: slot)
        remove(slot, reason: lossReason(reason, of: slot))
    }

    /// What others read when a client goes without having said so. While `Anonymous` is on it is what they would read
    /// after a plain QUIT: whether a line broke, timed out or was closed is nobody's business.
    func lossReason(_ reason: Text, of slot: Int) -> [UInt8] {
        isAnonymous ? clients[slot].nick : reason.bytes
    }

    /// Takes a client out of every index and tells those who share a channel with it. Operators may be told another
    /// reason.
    mutating func remove(_ slot: Int, reason: [UInt8]?, noted: Text? = nil, closes: Bool = true) {
        let client = identifier(slot)
        outbox.releaseLabel(of: client)
        registered: if clients[slot].state == .registered {
            sendToPeers(of: slot, quitMessage(slot, reason ?? []))
            remember(slot)
            watchersOffline(slot)
            while let membership = clients[slot].memberships.last { leave(slot, Int(membership.channel)) }
            registeredCount -= 1
            if clients[slot].modes.contains(.invisible) { invisibleCount -= 1 }
            operators.removeAll { $0 == UInt32(slot) }
            if operators.isEmpty { break registered }
            let note = noted ?? Text(reason ?? [])
            tellOperators(
                .connectNotices,
                "Client exiting: \(clients[slot].nick) (\(clients[slot].user)@\(clients[slot].host)) [\(note)]")
        }
        unwatchAll(slot)
        if nicks[clients[slot].foldedNick] == UInt32(slot) { nicks[clients[slot].foldedNick] = nil }
        connectionCount -= 1
        if let login = clients[slot].login { decrease(&connectionsByUser, login.uid) }
        decrease(&connectionsByAddress, clients[slot].address)
        let generation = clients[slot].generation
        clients[slot] = Client()
        clients[slot].generation = generation
        freeClients.append(UInt32(slot))
        if closes { outbox.add(.close(client)) }
    }

    /// Says goodbye to everybody.
    mutating func closeAll(_ reason: Text) {
        // The first thing is to forget who shares what with whom: nobody is left to be told of anybody's leaving.
        for channel in channels.indices {
            channels[channel].members = []
            channels[channel].flags = []
            channels[channel].backReferences = []
            channels[channel].namesText = []
        }
        for slot in clients.indices where clients[slot].state != .free {
            clients[slot].memberships = []
            clients[slot].modes.remove(.connectNotices)
            send(error: reason, to: slot)
        }
        operators = []
        watchers = [:]
        for slot in clients.indices where clients[slot].state != .free {
            clients[slot].monitored = []
            remove(slot, reason: nil)
        }
        for channel in channels.indices where !channels[channel].isFree { removeIfEmpty(channel) }
    }

    private func quitMessage(_ slot: Int, _ reason: [UInt8]) -> Outgoing {
        var message = Outgoing(":\(clients[slot].source) QUIT :\(reason)")
        message.isFromBot = clients[slot].modes.contains(.bot)
        return message
    }

    private func decrease<Key>(_ counts: inout [Key: Int], _ key: Key) {
        guard let count = counts[key] else { return }
        counts[key] = count > 1 ? count - 1 : nil
    }

    /// Keeps what WHOWAS tells, of the last users that left (ngircd keeps 64, and only of those that stayed 30 s). While
    /// `Anonymous` is on for ten minutes instead: were the number of others to decide, one could count them by it.
    mutating func remember(_ slot: Int) {
        if configuration.blanksReasons, !isAnonymous { return }
        let client = clients[slot]
        let limit = isAnonymous ? 1024 : 64
        if formerUsers.count >= limit { formerUsers.removeFirst(formerUsers.count - limit + 1) }
        formerUsers.append(
            FormerUser(
                nick: client.nick, foldedNick: client.foldedNick, user: client.user, host: client.host,
                realName: client.realName, leftAt: unixSeconds, channels: client.memberships.map(\.channel),
                serial: joinSerial))
    }
}
