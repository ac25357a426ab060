import IRCProtocol

// MODE for users (RFC 2812, section 3.1.5; ngircd's modes), and AWAY (section 4.1).

extension ChatServer {
    mutating func userMode(_ message: Message, _ slot: Int) {
        guard message.count > 1 else {
            return reply(slot, .userModeIs, "+\(clients[slot].modes.letters)")
        }
        var changes = ModeChanges()
        var isAdded = true
        for letter in message[1] {
            switch letter {
            case UInt8(ascii: "+"): isAdded = true
            case UInt8(ascii: "-"): isAdded = false
            default: changeUserMode(letter, isAdded, slot, &changes)
            }
        }
        if !changes.isEmpty {
            send(Outgoing(":\(clients[slot].source) MODE \(clients[slot].nick) :\(changes.text)"), to: slot)
        }
    }

    private mutating func changeUserMode(
        _ letter: UInt8, _ isAdded: Bool, _ slot: Int, _ changes: inout ModeChanges
    ) {
        guard let flag = UserModes.table.first(where: { $0.letter == letter })?.flag else {
            let sign = UInt8(ascii: isAdded ? "+" : "-")
            return reply(slot, .unknownUserMode, ":Unknown mode \"\(sign)\(letter)\"")
        }
        switch flag {
        case .registered:
            return reply(slot, .restricted, ":Cannot modify user mode (+R) -- Use IRC services")
        case .away:
            return reply(slot, .noPrivileges, ":Permission denied")
        case .restricted where !isAdded:
            return reply(slot, .restricted, ":Your connection is restricted")
        case .oper where isAdded:
            return reply(slot, .noPrivileges, ":Permission denied")
        case .connectNotices where isAdded, .floodExempt where isAdded, .protected where isAdded:
            guard clients[slot].isOper else { return reply(slot, .noPrivileges, ":Permission denied") }
        case .cloaked where clients[slot].modes.contains(.restricted):
            return reply(slot, .restricted, ":Your connection is restricted")
        // Where hosts differ, users have another one to take only if the configuration says which.
        case .cloaked where isAdded && !isAnonymous && configuration.options.cloakHostModeX.isEmpty:
            guard clients[slot].isOper else { return reply(slot, .noPrivileges, ":Permission denied") }
        default: break
        }
        guard clients[slot].modes.contains(flag) != isAdded else { return }
        set(flag, isAdded, slot)
        changes.add(letter, isAdded: isAdded)
        if flag == .cloaked { changeHost(slot, isCloaked: isAdded) }
    }

    private mutating func set(_ flag: UserModes, _ isAdded: Bool, _ slot: Int) {
        if isAdded { clients[slot].modes.insert(flag) } else { clients[slot].modes.remove(flag) }
        if flag == .invisible { invisibleCount += isAdded ? 1 : -1 }
        if flag == .oper, !isAdded {
            operators.removeAll { $0 == UInt32(slot) }
            clients[slot].modes.subtract([.connectNotices, .floodExempt, .protected])
        }
    }

    /// +x: another host from now on, where hosts differ at all.
    private mutating func changeHost(_ slot: Int, isCloaked: Bool) {
        guard !isAnonymous, configuration.options.cloakHost.isEmpty else { return }
        let cloak = configuration.options.cloakHostModeX
        let host =
            isCloaked ? (cloak.isEmpty ? configuration.global.name : cloak) : clients[slot].address
        clients[slot].host = host
        clients[slot].source = source(of: slot)
        reply(slot, .hostHidden, "\(host) :is your displayed hostname now")
    }

    /// `DefaultUserModes`: only what a user could set.
    mutating func applyDefaultModes(_ slot: Int) {
        var changes = ModeChanges()
        for letter in configuration.options.defaultUserModes {
            guard let flag = UserModes.table.first(where: { $0.letter == letter })?.flag,
                ![.away, .oper, .registered, .connectNotices, .floodExempt, .protected].contains(flag),
                !clients[slot].modes.contains(flag)
            else { continue }
            set(flag, true, slot)
            changes.add(letter, isAdded: true)
            if flag == .cloaked { changeHost(slot, isCloaked: true) }
        }
        if !changes.isEmpty {
            send(Outgoing(":\(clients[slot].source) MODE \(clients[slot].nick) :\(changes.text)"), to: slot)
        }
    }

    /// AWAY (section 4.1; IRCv3 away-notify).
    mutating func away(_ message: Message, _ slot: Int) {
        guard !configuration.options.utf8Only || message[0].isWellFormedUTF8 else { return notUTF8("AWAY", slot) }
        let text = message[0].prefix(message[0].countKept(within: ChatServer.awayLimit))
        let wasAway = clients[slot].modes.contains(.away)
        let isNew = !clients[slot].awayText.elementsEqual(text)
        clients[slot].awayText = Array(text)
        if text.isEmpty {
            clients[slot].modes.remove(.away)
            reply(slot, .unaway, ":You are no longer marked as being away")
            if wasAway { sendToPeers(of: slot, Outgoing(":\(clients[slot].source) AWAY"), having: .awayNotify) }
        } else {
            clients[slot].modes.insert(.away)
            reply(slot, .nowAway, ":You have been marked as being away")
            if isNew {
                sendToPeers(of: slot, Outgoing(":\(clients[slot].source) AWAY :\(text)"), having: .awayNotify)
            }
        }
    }
}
