import IRCProtocol

// CAP (IRCv3 Capability Negotiation, version 302).

extension ChatServer {
    /// Whether a capability is there to be asked for. Where times are shown to nobody, server-time is not.
    func offers(_ capability: Capabilities) -> Bool { capability != .serverTime || showsTimes }

    mutating func capability(_ message: Message, _ slot: Int) {
        let folded = CaseMapping.ascii.fold(message[0])
        switch folded {
        case [UInt8](ascii: "ls"):
            if clients[slot].state == .registering { clients[slot].isNegotiating = true }
            if let version = message[1].decimalValue, version >= 302 {
                clients[slot].speaksCap302 = true
                // Version 302 includes it, whether it is asked for or not.
                clients[slot].capabilities.insert(.capNotify)
            }
            sendCapability(slot, "LS", names(Capabilities.names.filter { offers($0.1) }.map(\.0)))
        case [UInt8](ascii: "list"):
            let held = clients[slot].capabilities
            sendCapability(slot, "LIST", names(Capabilities.names.filter { held.contains($0.1) }.map(\.0)))
        case [UInt8](ascii: "req") where message.count > 1:
            if clients[slot].state == .registering { clients[slot].isNegotiating = true }
            request(message[1], slot)
        case [UInt8](ascii: "end"):
            guard clients[slot].state == .registering else { return }
            clients[slot].isNegotiating = false
            registerIfComplete(slot)
        default:
            reply(slot, .invalidCapCommand, "\(message[0]) :Invalid CAP subcommand")
        }
    }

    /// All or nothing (section "CAP REQ").
    private mutating func request(_ list: ArraySlice<UInt8>, _ slot: Int) {
        var held = clients[slot].capabilities
        var isRefused = false
        for word in list.split(separator: UInt8(ascii: " ")) {
            let isRemoved = word.first == UInt8(ascii: "-")
            let name = isRemoved ? word.dropFirst() : word
            guard let known = Capabilities.names.first(where: { name.equals(ascii: $0.0) }), offers(known.1) else {
                isRefused = true
                continue
            }
            // cap-notify comes with 302 and cannot be given up.
            if isRemoved, known.1 == .capNotify, clients[slot].speaksCap302 { isRefused = true }
            if isRemoved { held.remove(known.1) } else { held.insert(known.1) }
        }
        if isRefused { return sendCapability(slot, "NAK", Array(list)) }
        sendCapability(slot, "ACK", Array(list))
        setCapabilities(held, slot)
    }

    /// Also in the flags that every channel keeps of its members.
    private mutating func setCapabilities(_ capabilities: Capabilities, _ slot: Int) {
        clients[slot].capabilities = capabilities
        for membership in clients[slot].memberships {
            let channel = Int(membership.channel)
            let position = Int(membership.position)
            let modes = channels[channel].flags[position].intersection(.modes)
            channels[channel].flags[position] = modes.union(MemberFlags(capabilities))
        }
    }

    private mutating func sendCapability(_ slot: Int, _ verb: Text, _ text: [UInt8]) {
        sendFromServer("CAP \(clients[slot].name) \(verb) :\(text)", to: slot)
    }

    private func names(_ list: [StaticString]) -> [UInt8] {
        Array(list.map { [UInt8](ascii: $0) }.joined(separator: [UInt8(ascii: " ")]))
    }

    /// After a rehash (IRCv3 cap-notify).
    mutating func announceServerTime() {
        let isNew = offers(.serverTime)
        for slot in clients.indices where clients[slot].state == .registered {
            if !isNew { setCapabilities(clients[slot].capabilities.subtracting(.serverTime), slot) }
            guard clients[slot].capabilities.contains(.capNotify) else { continue }
            sendCapability(slot, isNew ? "NEW" : "DEL", [UInt8](ascii: "server-time"))
        }
    }
}
