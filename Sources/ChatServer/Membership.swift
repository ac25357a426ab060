import IRCProtocol

// Channels and their members, kept in both directions.

extension ChatServer {
    /// A client's place among a channel's members.
    func position(of slot: Int, in channel: Int) -> Int? {
        let memberships = clients[slot].memberships
        if memberships.count <= channels[channel].members.count {
            return memberships.first { $0.channel == UInt32(channel) }.map { Int($0.position) }
        }
        return channels[channel].members.firstIndex { $0.slot == UInt32(slot) }
    }

    /// The flags of a member; nil for who is none.
    func flags(of slot: Int, in channel: Int) -> MemberFlags? {
        position(of: slot, in: channel).map { channels[channel].flags[$0] }
    }

    /// Makes a client a member, as the last in the list.
    mutating func enter(_ slot: Int, _ channel: Int, _ modes: MemberFlags) {
        joinSerial += 1
        channels[channel].backReferences.append(UInt32(clients[slot].memberships.count))
        clients[slot].memberships.append(
            Membership(
                channel: UInt32(channel), position: UInt32(channels[channel].members.count), serial: joinSerial))
        channels[channel].members.append(identifier(slot))
        channels[channel].flags.append(modes.union(MemberFlags(clients[slot].capabilities)))
        if !channels[channel].namesText.isEmpty { appendName(of: slot, modes, to: channel) }
    }

    /// Takes a member out of a channel. The last of each list moves into the gap, so that neither list is searched.
    mutating func leave(_ slot: Int, _ channel: Int) {
        guard let position = position(of: slot, in: channel) else { return }
        let back = Int(channels[channel].backReferences[position])
        let lastPosition = channels[channel].members.count - 1
        channels[channel].namesText = []
        if position != lastPosition {
            let moved = channels[channel].members[lastPosition]
            let movedBack = channels[channel].backReferences[lastPosition]
            channels[channel].members[position] = moved
            channels[channel].flags[position] = channels[channel].flags[lastPosition]
            channels[channel].backReferences[position] = movedBack
            clients[Int(moved.slot)].memberships[Int(movedBack)].position = UInt32(position)
        }
        channels[channel].members.removeLast()
        channels[channel].flags.removeLast()
        channels[channel].backReferences.removeLast()
        let lastBack = clients[slot].memberships.count - 1
        if back != lastBack {
            let moved = clients[slot].memberships[lastBack]
            clients[slot].memberships[back] = moved
            channels[Int(moved.channel)].backReferences[Int(moved.position)] = UInt32(back)
        }
        clients[slot].memberships.removeLast()
        removeIfEmpty(channel)
    }

    /// Makes a channel.
    mutating func createChannel(_ name: [UInt8]) -> Int {
        var channel = Channel()
        channel.name = name
        channel.foldedName = CaseMapping.ascii.fold(name)
        channel.createdAt = unixSeconds
        let place: Int
        if let free = freeChannels.popLast() {
            place = Int(free)
            channels[place] = channel
        } else {
            place = channels.count
            channels.append(channel)
        }
        channelNames[channel.foldedName] = UInt32(place)
        channelCount += 1
        return place
    }

    /// A channel goes with its last member, unless it is persistent (+P).
    mutating func removeIfEmpty(_ channel: Int) {
        guard channels[channel].members.isEmpty, !channels[channel].isFree,
            !channels[channel].modes.contains(.persistent)
        else { return }
        setMode(.secret, false, channel)
        channelNames[channels[channel].foldedName] = nil
        channels[channel] = Channel()
        freeChannels.append(UInt32(channel))
        channelCount -= 1
    }

    /// Sets or takes a mode without a parameter. Returns whether that changed anything.
    @discardableResult
    mutating func setMode(_ flag: ChannelModes, _ isAdded: Bool, _ channel: Int) -> Bool {
        guard channels[channel].modes.contains(flag) != isAdded else { return false }
        if isAdded { channels[channel].modes.insert(flag) } else { channels[channel].modes.remove(flag) }
        if flag == .secret { secretChannelCount += isAdded ? 1 : -1 }
        return true
    }

    /// Makes the channels of the configuration that are not there yet ([Channel]).
    mutating func createPredefinedChannels() {
        if !isAnonymous { createPredefined(Configuration.PredefinedChannel.server) }
        for channel in configuration.channels { createPredefined(channel) }
    }

    private mutating func createPredefined(_ predefined: Configuration.PredefinedChannel) {
        guard findChannel(predefined.name) == nil,
            Names.isChannel(predefined.name, limit: ChatServer.channelNameLimit)
        else { return }
        let channel = createChannel(predefined.name)
        channels[channel].modes.insert(.persistent)
        let topic = predefined.topic.prefix(predefined.topic.countKept(within: ChatServer.topicLimit))
        if !topic.isEmpty {
            channels[channel].topic = Array(topic)
            channels[channel].topicSetBy = [UInt8](ascii: "-Server-")
            channels[channel].topicSetAt = unixSeconds
        }
        for modes in predefined.modes { applyPredefinedModes(modes, to: channel) }
    }
}

extension Configuration.PredefinedChannel {
    /// Where ngircd says what happens on the server. There is none while `Anonymous` is on.
    static var server: Configuration.PredefinedChannel {
        var channel = Configuration.PredefinedChannel()
        channel.name = [UInt8](ascii: "&SERVER")
        channel.topic = [UInt8](ascii: "Server Messages")
        channel.modes = [[UInt8](ascii: "mnt")]
        return channel
    }
}
