import IRCProtocol

// MODE for channels (RFC 2812, section 3.2.3; RFC 2811, section 4; ngircd's modes).

/// What one MODE command has changed so far, in the form in which it is announced.
struct ModeChanges {
    private var letters: [UInt8] = []
    private var arguments: [UInt8] = []
    private var sign: UInt8?

    var isEmpty: Bool { letters.isEmpty }

    mutating func add(_ letter: UInt8, isAdded: Bool, argument: [UInt8]? = nil) {
        let wanted = UInt8(ascii: isAdded ? "+" : "-")
        if sign != wanted { letters.append(wanted) }
        sign = wanted
        letters.append(letter)
        if let argument {
            arguments.append(UInt8(ascii: " "))
            arguments.append(contentsOf: argument)
        }
    }

    /// `+ov-t nick nick`
    var text: [UInt8] { letters + arguments }
}

extension ChatServer {
    /// What a user may do to a channel's modes.
    private struct Rights {
        /// 5 for an owner, 0 for none.
        var rank: Int
        var isOper: Bool

        func reaches(_ needed: Int) -> Bool { rank >= needed || isOper }
    }

    /// MODE: whose modes, the first parameter says.
    mutating func mode(_ message: Message, _ slot: Int) {
        let target = message[0]
        if let first = target.first, Names.isChannelPrefix(first) {
            guard let channel = findChannel(target, for: slot) else {
                return reply(slot, .noSuchNick, "\(target) :No such nick or channel name")
            }
            return channelMode(message, channel, slot)
        }
        guard let user = find(nick: target, for: slot) else {
            return reply(slot, .noSuchNick, "\(target) :No such nick or channel name")
        }
        guard user == slot else { return reply(slot, .usersDoNotMatch, ":Can't set/get mode for other users") }
        userMode(message, slot)
    }

    private mutating func channelMode(_ message: Message, _ channel: Int, _ slot: Int) {
        let name = channels[channel].name
        if channels[channel].isModeless {
            return reply(slot, .noChannelModes, "\(name) :Channel doesn't support modes")
        }
        guard message.count > 1 else { return sendModes(slot, channel) }
        let own = flags(of: slot, in: channel)
        let isOper = clients[slot].isOper && configuration.options.operCanUseMode
        let rights = Rights(rank: own?.rank ?? 0, isOper: isOper)
        var changes = ModeChanges()
        var isAdded = true
        var next = 2
        var taken = 0
        var isByOperator = false
        var refused = false
        for letter in message[1] {
            if letter == UInt8(ascii: "+") || letter == UInt8(ascii: "-") {
                isAdded = letter == UInt8(ascii: "+")
                continue
            }
            var argument: ArraySlice<UInt8>?
            if takesArgument(letter, isAdded: isAdded) || (letter == UInt8(ascii: "k") && next < message.count) {
                // ISUPPORT MODES: so many parameters are looked at.
                guard taken < 5 else { continue }
                if next < message.count {
                    argument = message[next]
                    next += 1
                    taken += 1
                }
            }
            if isListMode(letter), argument == nil {
                sendList(letter, channel, slot)
                continue
            }
            guard let needed = rankNeeded(letter) else {
                reply(slot, .unknownMode, "\(letter) :is unknown mode char for \(name)")
                continue
            }
            guard own != nil || isOper else {
                if !refused { reply(slot, .notOnChannel, "\(name) :You are not on that channel") }
                refused = true
                continue
            }
            guard rights.reaches(needed) else {
                if !refused { reply(slot, .channelOperatorNeeded, "\(name) :You are not channel operator") }
                refused = true
                continue
            }
            if rights.rank < needed { isByOperator = true }
            change(letter, isAdded: isAdded, argument, channel, slot, rights, &changes)
        }
        guard !changes.isEmpty else { return }
        let source = actingSource(slot, byOperatorRight: isByOperator)
        let announcement = Outgoing(":\(source) MODE \(name) \(changes.text)")
        send(announcement, toChannel: channel, except: nil)
        if own == nil { send(announcement, to: slot) }
    }

    private func takesArgument(_ letter: UInt8, isAdded: Bool) -> Bool {
        if isListMode(letter) || MemberFlags.table.contains(where: { $0.letter == letter }) { return true }
        return isAdded && (letter == UInt8(ascii: "k") || letter == UInt8(ascii: "l"))
    }

    private func isListMode(_ letter: UInt8) -> Bool {
        letter == UInt8(ascii: "b") || letter == UInt8(ascii: "e") || letter == UInt8(ascii: "I")
    }

    /// Half-operators set imntvIbeklM, operators the rest; who may give which member mode is looked at later.
    private func rankNeeded(_ letter: UInt8) -> Int? {
        switch letter {
        case UInt8(ascii: "i"), UInt8(ascii: "m"), UInt8(ascii: "n"), UInt8(ascii: "t"), UInt8(ascii: "v"),
            UInt8(ascii: "I"), UInt8(ascii: "b"), UInt8(ascii: "e"), UInt8(ascii: "k"), UInt8(ascii: "l"),
            UInt8(ascii: "M"):
            2
        case UInt8(ascii: "r"): nil
        default:
            MemberFlags.table.contains { $0.letter == letter } || ChannelModes.table.contains { $0.letter == letter }
                ? 3 : nil
        }
    }

    private mutating func change(
        _ letter: UInt8, isAdded: Bool, _ argument: ArraySlice<UInt8>?, _ channel: Int, _ slot: Int,
        _ rights: Rights, _ changes: inout ModeChanges
    ) {
        switch letter {
        case UInt8(ascii: "k"): changeKey(isAdded, argument, channel, slot, &changes)
        case UInt8(ascii: "l"): changeLimit(isAdded, argument, channel, slot, &changes)
        case UInt8(ascii: "b"), UInt8(ascii: "e"), UInt8(ascii: "I"):
            if let argument { changeList(letter, isAdded, argument, channel, slot, &changes) }
        default:
            if let entry = MemberFlags.table.first(where: { $0.letter == letter }) {
                changeMember(entry.flag, letter, isAdded, argument, channel, slot, rights, &changes)
            } else if let entry = ChannelModes.table.first(where: { $0.letter == letter }) {
                // Persistent and operators-only channels are for operators to make (ngircd).
                let isForOperators = entry.flag == .persistent || entry.flag == .operOnly
                guard !isForOperators || !isAdded || clients[slot].isOper else {
                    return reply(slot, .noPrivileges, ":Permission denied")
                }
                guard channels[channel].modes.contains(entry.flag) != isAdded else { return }
                if isAdded {
                    channels[channel].modes.insert(entry.flag)
                } else {
                    channels[channel].modes.remove(entry.flag)
                }
                changes.add(letter, isAdded: isAdded)
            }
        }
    }

    private mutating func changeKey(
        _ isAdded: Bool, _ argument: ArraySlice<UInt8>?, _ channel: Int, _ slot: Int, _ changes: inout ModeChanges
    ) {
        if !isAdded {
            guard !channels[channel].key.isEmpty else { return }
            channels[channel].key = []
            return changes.add(UInt8(ascii: "k"), isAdded: false, argument: [UInt8(ascii: "*")])
        }
        guard let key = argument else { return }
        // A key with a comma or a space could never be given (RFC 2812, section 2.3.1).
        let isUsable = !key.isEmpty && key.allSatisfy { $0 > 32 && $0 != 127 && $0 != UInt8(ascii: ",") }
        guard isUsable, key.count <= ChatServer.keyLimit, key.first != UInt8(ascii: ":") else {
            return reply(slot, .invalidModeParameter, "\(channels[channel].name) k * :Invalid channel key")
        }
        channels[channel].key = Array(key)
        changes.add(UInt8(ascii: "k"), isAdded: true, argument: Array(key))
    }

    private mutating func changeLimit(
        _ isAdded: Bool, _ argument: ArraySlice<UInt8>?, _ channel: Int, _ slot: Int, _ changes: inout ModeChanges
    ) {
        if !isAdded {
            guard channels[channel].limit > 0 else { return }
            channels[channel].limit = 0
            return changes.add(UInt8(ascii: "l"), isAdded: false)
        }
        guard let limit = argument?.decimalValue, limit > 0, limit < 1 << 31, limit != channels[channel].limit else {
            return
        }
        channels[channel].limit = limit
        var digits: [UInt8] = []
        digits.append(decimal: limit)
        changes.add(UInt8(ascii: "l"), isAdded: true, argument: digits)
    }

    private mutating func changeMember(
        _ flag: MemberFlags, _ letter: UInt8, _ isAdded: Bool, _ argument: ArraySlice<UInt8>?, _ channel: Int,
        _ slot: Int, _ rights: Rights, _ changes: inout ModeChanges
    ) {
        guard let argument else { return }
        guard let target = find(nick: argument, for: slot) else {
            return reply(slot, .noSuchNick, "\(argument) :No such nick or channel name")
        }
        let name = channels[channel].name
        guard let position = position(of: target, in: channel) else {
            return reply(slot, .userNotInChannel, "\(clients[target].nick) \(name) :They aren't on that channel")
        }
        // Nobody gives more than the own mode, and admins make operators, not admins; anybody may give up the own.
        let needed: Int
        switch flag {
        case .owner, .admin: needed = 5
        case .op, .halfOp: needed = 3
        default: needed = 2
        }
        guard rights.reaches(needed) || (!isAdded && target == slot) else {
            return reply(slot, .channelOperatorNeeded, "\(name) :Your privileges are too low")
        }
        let isHeld = channels[channel].flags[position].contains(flag)
        guard isHeld != isAdded else { return }
        channels[channel].namesText = []
        if isAdded {
            channels[channel].flags[position].insert(flag)
        } else {
            channels[channel].flags[position].remove(flag)
        }
        changes.add(letter, isAdded: isAdded, argument: clients[target].nick)
    }

    private mutating func sendModes(_ slot: Int, _ channel: Int) {
        let about = channels[channel]
        var modes: [UInt8] = [UInt8(ascii: "+")] + about.modes.letters
        var arguments: [UInt8] = []
        // The key is for those inside (RFC 2811, section 4.2.10).
        let isMember = position(of: slot, in: channel) != nil || clients[slot].isOper
        if !about.key.isEmpty {
            modes.append(UInt8(ascii: "k"))
            if isMember { arguments += [UInt8(ascii: " ")] + about.key }
        }
        if about.limit > 0 {
            modes.append(UInt8(ascii: "l"))
            if isMember {
                arguments.append(UInt8(ascii: " "))
                arguments.append(decimal: about.limit)
            }
        }
        reply(slot, .channelModeIs, "\(about.name) \(modes)\(arguments)")
        if showsTimes { reply(slot, .creationTime, "\(about.name) \(shown(about.createdAt))") }
    }

    /// The modes of a channel in the configuration, in MODE's own form. What it cannot mean is passed over, as in ngircd.
    mutating func applyPredefinedModes(_ text: [UInt8], to channel: Int) {
        let words = text.split(separator: UInt8(ascii: " "))
        guard let letters = words.first else { return }
        var arguments = words.dropFirst()
        var isAdded = true
        for letter in letters {
            switch letter {
            case UInt8(ascii: "+"): isAdded = true
            case UInt8(ascii: "-"): isAdded = false
            case UInt8(ascii: "k"):
                if isAdded, let key = arguments.popFirst() {
                    channels[channel].key = Array(key.prefix(ChatServer.keyLimit))
                }
            case UInt8(ascii: "l"):
                if isAdded, let limit = arguments.popFirst()?.decimalValue { channels[channel].limit = limit }
            case UInt8(ascii: "b"), UInt8(ascii: "e"), UInt8(ascii: "I"):
                guard isAdded, let mask = arguments.popFirst() else { continue }
                addToList(letter, Mask.complete(mask), [UInt8](ascii: "-Server-"), channel)
            default:
                guard let flag = ChannelModes.table.first(where: { $0.letter == letter })?.flag, flag != .persistent
                else { continue }
                if isAdded { channels[channel].modes.insert(flag) } else { channels[channel].modes.remove(flag) }
            }
        }
    }
}
