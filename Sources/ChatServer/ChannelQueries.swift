import IRCProtocol

// RFC 2812, sections 3.2.4 to 3.2.6: what a channel is about, who is in it, which channels there are.

extension ChatServer {
    /// TOPIC (section 3.2.4).
    mutating func topic(_ message: Message, _ slot: Int) {
        let name = message[0]
        guard let channel = findChannel(name, for: slot) else {
            return reply(slot, .noSuchChannel, "\(name) :No such channel")
        }
        let own = flags(of: slot, in: channel)
        let isOper = clients[slot].isOper && configuration.options.operCanUseMode
        guard own != nil || isOper else {
            return reply(slot, .notOnChannel, "\(name) :You are not on that channel")
        }
        if message.count == 1 { return sendTopic(slot, channel, isAsked: true) }
        if channels[channel].isModeless {
            return reply(slot, .noChannelModes, "\(name) :Channel doesn't support modes")
        }
        let hasRight = own.map { !channels[channel].modes.contains(.topicLock) || !$0.isDisjoint(with: .atLeastHalfOp) }
        guard hasRight ?? false || isOper else {
            return reply(slot, .channelOperatorNeeded, "\(name) :You are not channel operator")
        }
        guard !configuration.options.utf8Only || message[1].isWellFormedUTF8 else { return notUTF8("TOPIC", slot) }
        let text = message[1].prefix(message[1].countKept(within: ChatServer.topicLimit))
        let isNew = !channels[channel].topic.elementsEqual(text)
        channels[channel].topic = Array(text)
        channels[channel].topicSetBy =
            hasRight ?? false || !isAnonymous ? clients[slot].nick : configuration.global.name
        channels[channel].topicSetAt = unixSeconds
        let source = actingSource(slot, byOperatorRight: !(hasRight ?? false))
        let announcement = Outgoing(":\(source) TOPIC \(channels[channel].name) :\(text)")
        // The same topic again is confirmed and nobody else is troubled (ngircd). An IRC operator may be outside.
        send(announcement, to: slot)
        if isNew { send(announcement, toChannel: channel, except: slot) }
    }

    mutating func sendTopic(_ slot: Int, _ channel: Int, isAsked: Bool) {
        let about = channels[channel]
        guard !about.topic.isEmpty else {
            if isAsked { reply(slot, .noTopic, "\(about.name) :No topic is set") }
            return
        }
        reply(slot, .topic, "\(about.name) :\(about.topic)")
        if showsTimes { reply(slot, .topicWhoTime, "\(about.name) \(about.topicSetBy) \(shown(about.topicSetAt))") }
    }

    /// NAMES (section 3.2.5).
    mutating func names(_ message: Message, _ slot: Int) {
        if message.count == 2, !isThisServer(message[1]) { return noSuchServer(message[1], slot) }
        if message.count > 0 {
            for name in message[0].split(separator: UInt8(ascii: ",")).prefix(ChatServer.targetLimit) {
                if let channel = findChannel(name, for: slot) { sendNames(slot, channel) }
                reply(slot, .endOfNames, "\(name) :End of NAMES list")
            }
            return
        }
        if isAnonymous {
            for membership in clients[slot].memberships { sendNames(slot, Int(membership.channel)) }
        } else {
            for channel in channels.indices where !channels[channel].isFree { sendNames(slot, channel) }
            sendNamesWithoutChannel(slot)
        }
        reply(slot, .endOfNames, "* :End of NAMES list")
    }

    /// Who is in no channel at all (section 3.2.5).
    private mutating func sendNamesWithoutChannel(_ slot: Int) {
        let head: Text = ":\(configuration.global.name) 353 \(clients[slot].nick) * * :"
        var line = head.bytes
        for peer in clients.indices where clients[peer].state == .registered && clients[peer].memberships.isEmpty {
            if clients[peer].modes.contains(.invisible), peer != slot { continue }
            let name = clients[slot].capabilities.contains(.userhostInNames) ? clients[peer].source : clients[peer].nick
            if line.count + name.count + 1 > ChatServer.lineLimit {
                send(Outgoing(Text(line)), to: slot)
                line = head.bytes
            }
            if line.count > head.bytes.count { line.append(UInt8(ascii: " ")) }
            line.append(contentsOf: name)
        }
        if line.count > head.bytes.count { send(Outgoing(Text(line)), to: slot) }
    }

    /// The members that the asker may know of, as many to a line as fit.
    mutating func sendNames(_ slot: Int, _ channel: Int) {
        let isMember = position(of: slot, in: channel) != nil
        let showsAll = isMember || clients[slot].isOper
        if !showsAll, channels[channel].modes.contains(.secret) || configuration.blanksReasons { return }
        let capabilities = clients[slot].capabilities
        let head: Text =
            """
            :\(configuration.global.name) 353 \(clients[slot].nick) \(channels[channel].symbol) \
            \(channels[channel].name) :
            """
        let isPlain = capabilities.isDisjoint(with: [.multiPrefix, .userhostInNames])
        if showsAll, isPlain {
            fillNames(of: channel)
            for piece in channels[channel].namesText { send(Outgoing(Text(head.bytes + piece)), to: slot) }
            return
        }
        var line = head.bytes
        for (position, member) in channels[channel].members.enumerated() {
            let peer = Int(member.slot)
            if !showsAll, clients[peer].modes.contains(.invisible) { continue }
            let isLong = capabilities.contains(.userhostInNames)
            let length = (isLong ? clients[peer].source.count : clients[peer].nick.count) + 6
            if line.count + length > ChatServer.lineLimit, line.count > head.bytes.count {
                send(Outgoing(Text(line)), to: slot)
                line = head.bytes
            }
            if line.count > head.bytes.count { line.append(UInt8(ascii: " ")) }
            channels[channel].flags[position].appendPrefixes(all: capabilities.contains(.multiPrefix), to: &line)
            line.append(contentsOf: isLong ? clients[peer].source : clients[peer].nick)
        }
        if line.count > head.bytes.count { send(Outgoing(Text(line)), to: slot) }
    }

    private mutating func fillNames(of channel: Int) {
        guard channels[channel].namesText.isEmpty else { return }
        for position in channels[channel].members.indices {
            let slot = Int(channels[channel].members[position].slot)
            appendName(of: slot, channels[channel].flags[position], to: channel)
        }
    }

    /// A line has 510 bytes; before the names stand a server's name, a nick and a channel of the greatest lengths.
    private static var namesLimit: Int { lineLimit - (63 + 31 + channelNameLimit + 12) }

    mutating func appendName(of slot: Int, _ flags: MemberFlags, to channel: Int) {
        let last = channels[channel].namesText.count - 1
        let length = clients[slot].nick.count + 2
        if last >= 0, channels[channel].namesText[last].count + length <= ChatServer.namesLimit {
            channels[channel].namesText[last].append(UInt8(ascii: " "))
            flags.appendPrefixes(all: false, to: &channels[channel].namesText[last])
            channels[channel].namesText[last].append(contentsOf: clients[slot].nick)
            return
        }
        var piece: [UInt8] = []
        flags.appendPrefixes(all: false, to: &piece)
        piece.append(contentsOf: clients[slot].nick)
        channels[channel].namesText.append(piece)
    }

    /// LIST (section 3.2.6), with masks and the filters of ELIST (modern.ircdocs.horse).
    mutating func list(_ message: Message, _ slot: Int) {
        if message.count == 2, !isThisServer(message[1]) { return noSuchServer(message[1], slot) }
        let filter = ListFilter(message[0], unixSeconds: unixSeconds, knowsTimes: !isAnonymous)
        reply(slot, .listStart, "Channel :Users  Name")
        let limit = configuration.limits.maxListSize
        var count = 0
        let places =
            isAnonymous && !clients[slot].isOper
            ? clients[slot].memberships.map { Int($0.channel) } : Array(channels.indices)
        for channel in places where !channels[channel].isFree {
            let about = channels[channel]
            let isMember = position(of: slot, in: channel) != nil
            if about.modes.contains(.secret), !isMember, !clients[slot].isOper { continue }
            let users = isAnonymous ? 0 : about.members.count
            guard filter.covers(about, users: users) else { continue }
            if limit > 0, count == limit {
                notice("LIST output too large, truncated", to: slot)
                break
            }
            count += 1
            reply(slot, .list, "\(about.name) \(users) :\(about.topic)")
        }
        reply(slot, .listEnd, ":End of LIST")
    }
}

/// Which channels LIST is to show: names and masks are alternatives, conditions must all hold.
struct ListFilter {
    private var masks: [ArraySlice<UInt8>] = []
    private var excluded: [ArraySlice<UInt8>] = []
    private var users: ClosedRange<Int> = 0...Int.max
    private var created: ClosedRange<Int64> = 0...Int64.max
    private var topicSet: ClosedRange<Int64> = 0...Int64.max

    init(_ text: ArraySlice<UInt8>, unixSeconds: Int64, knowsTimes: Bool) {
        for word in text.split(separator: UInt8(ascii: ",")) {
            let rest = word.dropFirst()
            switch word.first {
            case UInt8(ascii: "!"): excluded.append(rest)
            case UInt8(ascii: ">"):
                if let n = rest.decimalValue, n < .max { users = users.clamped(to: (n + 1)...Int.max) }
            case UInt8(ascii: "<"): if let n = rest.decimalValue, n > 0 { users = users.clamped(to: 0...(n - 1)) }
            case UInt8(ascii: "C"), UInt8(ascii: "T"):
                // Minutes ago: ">" is longer ago, "<" is more recently. Anything else after the letter is ignored.
                guard knowsTimes, let minutes = rest.dropFirst().decimalValue, minutes < 1 << 40 else { continue }
                let at = max(0, unixSeconds - Int64(minutes) * 60)
                guard let range = ListFilter.range(rest.first, at) else { continue }
                if word.first == UInt8(ascii: "C") {
                    created = created.clamped(to: range)
                } else {
                    topicSet = topicSet.clamped(to: range)
                }
            default: masks.append(word)
            }
        }
    }

    private static func range(_ sign: UInt8?, _ at: Int64) -> ClosedRange<Int64>? {
        switch sign {
        case UInt8(ascii: ">"): 0...at
        case UInt8(ascii: "<"): at...Int64.max
        default: nil
        }
    }

    func covers(_ channel: Channel, users count: Int) -> Bool {
        guard users.contains(count), created.contains(channel.createdAt) else { return false }
        guard topicSet == 0...Int64.max || (!channel.topic.isEmpty && topicSet.contains(channel.topicSetAt)) else {
            return false
        }
        if excluded.contains(where: { Mask.matches($0, channel.foldedName) }) { return false }
        return masks.isEmpty || masks.contains { Mask.matches($0, channel.foldedName) }
    }
}
