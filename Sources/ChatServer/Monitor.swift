import IRCProtocol

// MONITOR (IRCv3): to be told when a nick comes and goes. While `Anonymous` is on only nicks in a shared channel are
// ever online, so it tells when one starts or stops sharing a channel with the watcher.

extension ChatServer {
    mutating func monitor(_ message: Message, _ slot: Int) {
        let nicks = message[1].split(separator: UInt8(ascii: ",")).filter {
            Names.isNick($0, limit: configuration.limits.maxNickLength)
        }
        switch CaseMapping.ascii.fold(message[0]) {
        case [UInt8](ascii: "+"): watch(nicks, slot)
        case [UInt8](ascii: "-"): for nick in nicks { unwatch(CaseMapping.ascii.fold(nick), slot) }
        case [UInt8](ascii: "c"): unwatchAll(slot)
        case [UInt8](ascii: "l"):
            sendMonitored(clients[slot].monitored, .monitorList, slot)
            reply(slot, .endOfMonitorList, ":End of MONITOR list")
        case [UInt8](ascii: "s"): sendStates(clients[slot].monitored, slot)
        default: reply(slot, .needMoreParameters, "MONITOR :Syntax error")
        }
    }

    private mutating func watch(_ nicks: [ArraySlice<UInt8>], _ slot: Int) {
        var added: [[UInt8]] = []
        for (place, nick) in nicks.enumerated() {
            let folded = CaseMapping.ascii.fold(nick)
            if clients[slot].monitored.contains(folded) { continue }
            guard clients[slot].monitored.count < ChatServer.monitorLimit else {
                let rest = nicks[place...].joined(separator: [UInt8(ascii: ",")])
                reply(slot, .monitorListFull, "\(ChatServer.monitorLimit) \(Array(rest)) :Monitor list is full.")
                break
            }
            clients[slot].monitored.append(folded)
            watchers[folded, default: []].append(identifier(slot))
            added.append(Array(nick))
        }
        sendStates(added, slot)
    }

    private mutating func unwatch(_ folded: [UInt8], _ slot: Int) {
        guard let place = clients[slot].monitored.firstIndex(of: folded) else { return }
        clients[slot].monitored.remove(at: place)
        forget(folded, slot)
    }

    mutating func unwatchAll(_ slot: Int) {
        for folded in clients[slot].monitored { forget(folded, slot) }
        clients[slot].monitored = []
    }

    private mutating func forget(_ folded: [UInt8], _ slot: Int) {
        let client = identifier(slot)
        watchers[folded]?.removeAll { $0 == client }
        if watchers[folded]?.isEmpty ?? false { watchers[folded] = nil }
    }

    private mutating func sendStates(_ nicks: [[UInt8]], _ slot: Int) {
        var online: [[UInt8]] = []
        var offline: [[UInt8]] = []
        for nick in nicks {
            if let peer = find(nick: nick, for: slot) {
                online.append(clients[peer].source)
            } else {
                offline.append(nick)
            }
        }
        sendMonitored(online, .monitorOnline, slot)
        sendMonitored(offline, .monitorOffline, slot)
    }

    /// As many to a line as fit.
    private mutating func sendMonitored(_ list: [[UInt8]], _ numeric: Numeric, _ slot: Int) {
        var line: [UInt8] = []
        for item in list {
            if !line.isEmpty, line.count + item.count > 380 {
                reply(slot, numeric, ":\(line)")
                line = []
            }
            if !line.isEmpty { line.append(UInt8(ascii: ",")) }
            line.append(contentsOf: item)
        }
        if !line.isEmpty { reply(slot, numeric, ":\(line)") }
    }

    /// A user has come, or has taken this nick.
    mutating func watchersOnline(_ slot: Int) { tellWatchers(slot, .monitorOnline, clients[slot].source) }

    /// A user is going, or is giving up this nick.
    mutating func watchersOffline(_ slot: Int) { tellWatchers(slot, .monitorOffline, clients[slot].nick) }

    private mutating func tellWatchers(_ slot: Int, _ numeric: Numeric, _ text: [UInt8]) {
        guard let list = watchers[clients[slot].foldedNick] else { return }
        for watcher in list {
            guard let place = self.slot(of: watcher), canSee(slot, from: place) else { continue }
            reply(place, numeric, ":\(text)")
        }
    }

    /// Two who did not share a channel do now: each is online for the other from here on.
    mutating func watchersMeet(_ slot: Int, _ channel: Int) {
        guard isAnonymous else { return }
        for watcher in watchers[clients[slot].foldedNick] ?? [] {
            if let place = self.slot(of: watcher), hasJustMet(place, slot, channel) {
                reply(place, .monitorOnline, ":\(clients[slot].source)")
            }
        }
        let met = clients[slot].monitored.compactMap { find(nick: $0) }.filter { hasJustMet($0, slot, channel) }
        sendMonitored(met.map { clients[$0].source }, .monitorOnline, slot)
    }

    private func hasJustMet(_ one: Int, _ other: Int, _ channel: Int) -> Bool {
        guard one != other, !clients[one].isOper, position(of: one, in: channel) != nil else { return false }
        let (few, many) =
            clients[one].memberships.count <= clients[other].memberships.count ? (one, other) : (other, one)
        return !clients[few].memberships.contains {
            Int($0.channel) != channel && position(of: many, in: Int($0.channel)) != nil
        }
    }

    /// A user has left a channel: gone, for those who share no other one.
    mutating func watchersPart(_ slot: Int) {
        guard isAnonymous else { return }
        for watcher in watchers[clients[slot].foldedNick] ?? [] {
            guard let place = self.slot(of: watcher), !canSee(slot, from: place) else { continue }
            reply(place, .monitorOffline, ":\(clients[slot].nick)")
        }
        let lost = clients[slot].monitored.filter { nick in
            find(nick: nick).map { !canSee($0, from: slot) } ?? false
        }
        sendMonitored(lost, .monitorOffline, slot)
    }
}
