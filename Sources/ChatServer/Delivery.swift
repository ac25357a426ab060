import IRCProtocol

// How lines reach clients. Everything that is sent goes through here.

extension ChatServer {
    /// The longest line, without its end (RFC 2812, section 2.3).
    static let lineLimit = LineSplitter.bodyLimit - 2

    /// A numeric reply to a client: `:server 401 nick …`.
    mutating func reply(_ slot: Int, _ numeric: Numeric, _ text: Text) {
        var line: [UInt8] = []
        line.reserveCapacity(configuration.global.name.count + clients[slot].nick.count + text.bytes.count + 10)
        line.append(UInt8(ascii: ":"))
        line.append(contentsOf: configuration.global.name)
        line.append(UInt8(ascii: " "))
        let digits = numeric.digits
        line.append(digits.0)
        line.append(digits.1)
        line.append(digits.2)
        line.append(UInt8(ascii: " "))
        line.append(contentsOf: clients[slot].name)
        line.append(UInt8(ascii: " "))
        line.append(contentsOf: text.bytes)
        send(Outgoing(Text(line)), to: slot)
        if numeric.isError { penalize(slot, milliseconds: ChatServer.errorPenalty) }
    }

    /// A line whose source is the server.
    mutating func sendFromServer(_ text: Text, to slot: Int) {
        send(Outgoing(":\(configuration.global.name) \(text)"), to: slot)
    }

    /// A notice from the server.
    mutating func notice(_ text: Text, to slot: Int) {
        sendFromServer("NOTICE \(clients[slot].name) :\(text)", to: slot)
    }

    /// An error before the connection is closed. It has no source (RFC 2812, section 3.7.4).
    mutating func send(error text: Text, to slot: Int) {
        send(Outgoing("ERROR :\(text)"), to: slot)
    }

    /// A failure in the form that the client understands (IRCv3 Standard Replies).
    mutating func fail(_ slot: Int, _ command: StaticString, _ code: StaticString, _ text: Text) {
        penalize(slot, milliseconds: ChatServer.errorPenalty)
        var name: [UInt8] = []
        name.append(ascii: command)
        if clients[slot].capabilities.contains(.standardReplies) {
            sendFromServer("FAIL \(name) \([UInt8](ascii: code)) :\(text)", to: slot)
        } else {
            notice("\(name): \(text)", to: slot)
        }
    }

    /// One line to one client.
    mutating func send(_ message: Outgoing, to slot: Int) {
        let line = encode(message, for: clients[slot].capabilities)
        let client = identifier(slot)
        outbox.add(line, to: client)
    }

    /// One line to members of a channel, or to those of them with one of the modes, all but one client.
    mutating func send(
        _ message: Outgoing, toChannel channel: Int, with modes: MemberFlags? = nil, except one: Int?
    ) {
        let exception = one.map(identifier)
        guard let modes else {
            return deliver(
                message, to: channels[channel].members, flags: channels[channel].flags, except: exception)
        }
        var members: [ClientID] = []
        var flags: [MemberFlags] = []
        for (position, flag) in channels[channel].flags.enumerated() where !flag.isDisjoint(with: modes) {
            members.append(channels[channel].members[position])
            flags.append(flag)
        }
        deliver(message, to: members, flags: flags, except: exception)
    }

    /// One line to members of a channel that have a capability, and another one to those that have not, if there is one.
    mutating func send(
        _ message: Outgoing, toChannel channel: Int, having capability: Capabilities, otherwise: Outgoing?,
        except one: Int?
    ) {
        let (members, flags) = (channels[channel].members, channels[channel].flags)
        let wanted = MemberFlags(capability)
        let (all, any) = ChatServer.common(flags)
        let exception = one.map(identifier)
        if all.contains(wanted) { return deliver(message, to: members, flags: flags, except: exception) }
        if any.isDisjoint(with: wanted) {
            if let otherwise { deliver(otherwise, to: members, flags: flags, except: exception) }
            return
        }
        var having = (members: [ClientID](), flags: [MemberFlags]())
        var lacking = having
        for (position, flag) in flags.enumerated() {
            if flag.contains(wanted) {
                having.members.append(members[position])
                having.flags.append(flag)
            } else if otherwise != nil {
                lacking.members.append(members[position])
                lacking.flags.append(flag)
            }
        }
        deliver(message, to: having.members, flags: having.flags, except: exception)
        if let otherwise { deliver(otherwise, to: lacking.members, flags: lacking.flags, except: exception) }
    }

    /// One line to everybody who shares a channel with a client, once, and not to the client itself.
    mutating func sendToPeers(of slot: Int, _ message: Outgoing, having capability: Capabilities = []) {
        let memberships = clients[slot].memberships
        if memberships.isEmpty { return }
        if memberships.count == 1 {
            return send(
                message, toChannel: Int(memberships[0].channel), having: capability, otherwise: nil, except: slot)
        }
        let wanted = MemberFlags(capability)
        var members: [ClientID] = []
        var flags: [MemberFlags] = []
        visit &+= 1
        clients[slot].visited = visit
        for membership in memberships {
            let channel = Int(membership.channel)
            for position in channels[channel].members.indices {
                let flag = channels[channel].flags[position]
                guard flag.isSuperset(of: wanted) else { continue }
                let member = channels[channel].members[position]
                guard clients[Int(member.slot)].visited != visit else { continue }
                clients[Int(member.slot)].visited = visit
                members.append(member)
                flags.append(flag)
            }
        }
        deliver(message, to: members, flags: flags, except: nil)
    }

    /// Encodes a line once for each kind of receiver that there is. Where all are of one kind, which is the rule, the
    /// list of receivers is shared and not copied.
    private mutating func deliver(
        _ message: Outgoing, to members: [ClientID], flags: [MemberFlags], except one: ClientID?
    ) {
        let deciding: Capabilities = [.serverTime, .messageTags]
        let (all, any) = ChatServer.common(flags)
        if all.capabilities.intersection(deciding) == any.capabilities.intersection(deciding) {
            let line = encode(message, for: all.capabilities)
            return outbox.add(line, to: members, except: one)
        }
        let kinds: [Capabilities] = [[], .serverTime, .messageTags, deciding]
        for kind in kinds {
            var receivers: [ClientID] = []
            for (position, flag) in flags.enumerated() where flag.capabilities.intersection(deciding) == kind {
                receivers.append(members[position])
            }
            if receivers.isEmpty { continue }
            let line = encode(message, for: kind)
            outbox.add(line, to: receivers, except: one)
        }
    }

    /// What all of them have, and what any of them has.
    private static func common(_ flags: [MemberFlags]) -> (all: MemberFlags, any: MemberFlags) {
        var all = UInt16.max
        var any: UInt16 = 0
        for flag in flags {
            all &= flag.rawValue
            any |= flag.rawValue
        }
        return (MemberFlags(rawValue: flags.isEmpty ? 0 : all), MemberFlags(rawValue: any))
    }

    /// Mutating only in that the time tag is kept: a method that is not would have the whole server copied for it.
    mutating func encode(_ message: Outgoing, for capabilities: Capabilities) -> TaggedLine {
        var body = message.body
        if body.count > ChatServer.lineLimit { body.removeSubrange(body.countKept(within: ChatServer.lineLimit)...) }
        body.append(13)
        body.append(10)
        var tags: [UInt8] = []
        if capabilities.contains(.serverTime), showsTimes { tags = timeTag() }
        if capabilities.contains(.messageTags) {
            if message.isFromBot { ChatServer.append(tag: [UInt8](ascii: "bot"), to: &tags) }
            if !message.clientTags.isEmpty { ChatServer.append(tag: message.clientTags, to: &tags) }
        }
        return TaggedLine(tags: tags, body: body)
    }

    private static func append(tag: [UInt8], to tags: inout [UInt8]) {
        if !tags.isEmpty { tags.append(UInt8(ascii: ";")) }
        tags.append(contentsOf: tag)
    }

    // MARK: Labels

    /// Answers a labelled command: with the one line it gave, with a batch of several, or with ACK where there was none
    /// (IRCv3 labeled-response).
    mutating func finishLabel(_ label: ArraySlice<UInt8>) {
        guard let (client, lines) = outbox.labelled else { return }
        outbox.labelled = nil
        guard let slot = slot(of: client) else { return }
        let tag: [UInt8] = [UInt8](ascii: "label=") + label
        let server = configuration.global.name
        func add(_ line: TaggedLine, tag: [UInt8]) {
            var tagged = line
            tagged.tags = tag
            append(rest: line.tags, to: &tagged.tags)
            outbox.append(to: client) { tagged.append(to: &$0) }
        }
        if lines.isEmpty {
            add(encode(Outgoing(":\(server) ACK"), for: clients[slot].capabilities), tag: tag)
        } else if lines.count == 1 || !clients[slot].capabilities.contains(.batch) {
            for line in lines { add(line, tag: tag) }
        } else {
            let opening = encode(Outgoing(":\(server) BATCH +1 labeled-response"), for: clients[slot].capabilities)
            add(opening, tag: tag)
            for line in lines { add(line, tag: [UInt8](ascii: "batch=1")) }
            let closing = encode(Outgoing(":\(server) BATCH -1"), for: clients[slot].capabilities)
            outbox.append(to: client) { closing.append(to: &$0) }
        }
    }

    private func append(rest: [UInt8], to tags: inout [UInt8]) {
        guard !rest.isEmpty else { return }
        tags.append(UInt8(ascii: ";"))
        tags.append(contentsOf: rest)
    }
}
