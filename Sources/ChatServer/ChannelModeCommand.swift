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

/// What a letter of MODE asks of the one who says it, and what ngircd does where that is not given.
private struct ModeRule {
    /// 5 for an owner, 4 for an admin, 3 for an operator, 2 for a half-operator of the channel.
    let rank: Int
    var refusal: StaticString = "You are not channel operator"
    /// ngircd looks at no letter behind one of these that it refuses.
    var endsCommand = false

    /// Nil for a letter that is no mode of a channel, or one that only services set (+r).
    init?(_ letter: UInt8) {
        switch letter {
        case UInt8(ascii: "i"), UInt8(ascii: "m"), UInt8(ascii: "n"), UInt8(ascii: "t"), UInt8(ascii: "M"),
            UInt8(ascii: "N"), UInt8(ascii: "Q"), UInt8(ascii: "V"), UInt8(ascii: "k"), UInt8(ascii: "l"),
            UInt8(ascii: "b"), UInt8(ascii: "e"), UInt8(ascii: "I"), UInt8(ascii: "v"):
            rank = 2
        case UInt8(ascii: "O"), UInt8(ascii: "P"):
            rank = 3
        case UInt8(ascii: "R"), UInt8(ascii: "s"), UInt8(ascii: "z"), UInt8(ascii: "o"), UInt8(ascii: "h"):
            rank = 3
            endsCommand = true
        case UInt8(ascii: "q"), UInt8(ascii: "a"):
            rank = 4
            refusal = "Your privileges are too low"
            endsCommand = true
        default: return nil
        }
    }
}

/// One MODE command on its way.
private struct ModeRequest {
    let channel: Int
    let slot: Int
    /// The rank of who says it, 0 outside the channel.
    let rank: Int
    /// Whether being an IRC operator stands for every rank (`OperCanUseMode`).
    let isOper: Bool
    /// Whether something was done that only being an IRC operator gave the right to.
    var isByOperator = false
    var changes = ModeChanges()

    mutating func reaches(_ needed: Int) -> Bool {
        if rank >= needed { return true }
        if isOper { isByOperator = true }
        return isOper
    }
}

extension ChatServer {
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
        // Before anything else: from outside the lists are nobody's business either.
        guard own != nil || isOper else {
            return reply(slot, .notOnChannel, "\(name) :You are not on that channel")
        }
        var request = ModeRequest(channel: channel, slot: slot, rank: own?.rank ?? 0, isOper: isOper)
        var isAdded = true
        var next = 2
        for letter in message[1] {
            if letter == UInt8(ascii: "+") || letter == UInt8(ascii: "-") {
                isAdded = letter == UInt8(ascii: "+")
                continue
            }
            var argument: ArraySlice<UInt8>?
            if takesArgument(letter, isAdded: isAdded) || (letter == UInt8(ascii: "k") && next < message.count) {
                // ISUPPORT MODES: so many parameters are looked at.
                guard next < 7 else { continue }
                if next < message.count {
                    argument = message[next]
                    next += 1
                }
            }
            guard carryOut(letter, isAdded: isAdded, argument, &request) else { break }
        }
        guard !request.changes.isEmpty else { return }
        announce(request.changes, request)
    }

    /// One letter. Returns whether the letters behind it are looked at.
    private mutating func carryOut(
        _ letter: UInt8, isAdded: Bool, _ argument: ArraySlice<UInt8>?, _ request: inout ModeRequest
    ) -> Bool {
        let (channel, slot) = (request.channel, request.slot)
        let name = channels[channel].name
        if isListMode(letter), argument == nil {
            sendList(letter, channel, slot)
            return true
        }
        guard let rule = ModeRule(letter) else {
            reply(slot, .unknownMode, "\(letter) :is unknown mode char for \(name)")
            return true
        }
        let lacksArgument = argument == nil && takesArgument(letter, isAdded: isAdded)
        if lacksArgument, rule.rank == 2 { return false }
        // Persistent and operators-only channels are for IRC operators to make.
        if isAdded, letter == UInt8(ascii: "P") || letter == UInt8(ascii: "O"), !clients[slot].isOper {
            reply(slot, .noPrivileges, ":Permission denied")
            return true
        }
        guard request.reaches(rule.rank) else {
            reply(slot, .channelOperatorNeeded, "\(name) :\([UInt8](ascii: rule.refusal))")
            return !rule.endsCommand
        }
        if lacksArgument { return false }
        if isAdded, letter == UInt8(ascii: "P") || letter == UInt8(ascii: "O") { request.isByOperator = true }
        change(letter, isAdded: isAdded, argument, &request)
        return true
    }

    /// To the channel, and to an IRC operator who is not in it.
    private mutating func announce(_ changes: ModeChanges, _ request: ModeRequest) {
        let source = actingSource(request.slot, byOperatorRight: request.isByOperator)
        let announcement = Outgoing(":\(source) MODE \(channels[request.channel].name) \(changes.text)")
        send(announcement, toChannel: request.channel, except: nil)
        if position(of: request.slot, in: request.channel) == nil { send(announcement, to: request.slot) }
    }

    private func takesArgument(_ letter: UInt8, isAdded: Bool) -> Bool {
        if isListMode(letter) || MemberFlags.table.contains(where: { $0.letter == letter }) { return true }
        return isAdded && (letter == UInt8(ascii: "k") || letter == UInt8(ascii: "l"))
    }

    private func isListMode(_ letter: UInt8) -> Bool {
        letter == UInt8(ascii: "b") || letter == UInt8(ascii: "e") || letter == UInt8(ascii: "I")
    }

    private mutating func change(
        _ letter: UInt8, isAdded: Bool, _ argument: ArraySlice<UInt8>?, _ request: inout ModeRequest
    ) {
        let (channel, slot) = (request.channel, request.slot)
        switch letter {
        case UInt8(ascii: "k"): changeKey(isAdded, argument, channel, slot, &request.changes)
        case UInt8(ascii: "l"): changeLimit(isAdded, argument, channel, slot, &request.changes)
        case UInt8(ascii: "b"), UInt8(ascii: "e"), UInt8(ascii: "I"):
            // In a line of its own: five of these masks are longer than a line.
            var listChange = ModeChanges()
            if let argument { changeList(letter, isAdded, argument, channel, slot, &listChange) }
            if !listChange.isEmpty { announce(listChange, request) }
        default:
            if let entry = MemberFlags.table.first(where: { $0.letter == letter }) {
                changeMember(entry.flag, letter, isAdded, argument, channel, slot, &request.changes)
            } else if let entry = ChannelModes.table.first(where: { $0.letter == letter }) {
                guard setMode(entry.flag, isAdded, channel) else { return }
                request.changes.add(letter, isAdded: isAdded)
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
        guard let limit = argument?.decimalValue, limit > 0, limit < 65_535, limit != channels[channel].limit else {
            return
        }
        channels[channel].limit = limit
        var digits: [UInt8] = []
        digits.append(decimal: limit)
        changes.add(UInt8(ascii: "l"), isAdded: true, argument: digits)
    }

    private mutating func changeMember(
        _ flag: MemberFlags, _ letter: UInt8, _ isAdded: Bool, _ argument: ArraySlice<UInt8>?, _ channel: Int,
        _ slot: Int, _ changes: inout ModeChanges
    ) {
        guard let argument else { return }
        guard let target = find(nick: argument, for: slot) else {
            return reply(slot, .noSuchNick, "\(argument) :No such nick or channel name")
        }
        let name = channels[channel].name
        guard let position = position(of: target, in: channel) else {
            return reply(slot, .userNotInChannel, "\(clients[target].nick) \(name) :They aren't on that channel")
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
        let isMember = position(of: slot, in: channel) != nil
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
                setMode(flag, isAdded, channel)
            }
        }
    }
}
