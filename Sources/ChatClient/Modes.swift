import IRCProtocol
import TerminalText

extension Client {
    mutating func receiveMode(_ message: Message, _ source: Source) {
        let target = message[0]
        var change: [UInt8] = []
        for index in 1..<max(message.count, 1) {
            if index > 1 { change.append(0x20) }
            change.append(contentsOf: message[index])
        }
        guard target.first.map(Names.isChannelPrefix) ?? false else {
            guard isMe(target) else { return }
            applyUserModes(message[1])
            return show(event("Mode change [$0] for user %_$1%n", [plain(change), plain(target)]), .modes)
        }
        guard SafeName.isChannel(target) else { return }
        applyChannelModes(message, from: 1)
        guard !isIgnored(nil, from: sender(message, source, in: Array(target)), .modes) else { return }
        let isServer = source.user == nil && !SafeName.isNick(source.nick)
        let who = plain(isServer ? Array(ascii: "the server")[...] : source.nick)
        show(
            event(
                isServer ? "%RServerMode%n/%c$0%n [$1] by %_$2%n" : "mode/%c$0%n [$1] by %_$2%n",
                [plain(target), plain(change), who]), .modes, in: .item(Array(target)))
    }

    mutating func applyUserModes(_ change: ArraySlice<UInt8>) {
        var isAdded = true
        for letter in change {
            if letter == UInt8(ascii: "+") || letter == UInt8(ascii: "-") {
                isAdded = letter == UInt8(ascii: "+")
            } else if letter.isLetter {
                connection.userModes.removeAll { $0 == letter }
                if isAdded { connection.userModes.append(letter) }
            }
        }
    }

    /// Modes of a channel, with their parameters from a place in the message on.
    mutating func applyChannelModes(_ message: Message, from start: Int) {
        let key = message[start - 1].folded
        guard channels[key] != nil else { return }
        var isAdded = true
        var next = start + 1
        for letter in message[start] {
            if letter == UInt8(ascii: "+") || letter == UInt8(ascii: "-") {
                isAdded = letter == UInt8(ascii: "+")
                continue
            }
            guard letter.isLetter else { continue }
            if let place = Channel.prefixModes.firstIndex(of: letter) {
                channels[key]?.setPrefix(Channel.prefixOrder[place], of: message[next], isOn: isAdded)
                next += 1
                continue
            }
            if connection.listModes.contains(letter) {
                next += 1
                continue
            }
            if connection.parameterModes.contains(letter) || isAdded && connection.settingModes.contains(letter) {
                if letter == UInt8(ascii: "k") { channels[key]?.key = isAdded ? Array(message[next]) : [] }
                next += 1
            }
            var modes = channels[key]?.modes ?? []
            modes.removeAll { $0 == letter }
            if isAdded { modes.insert(letter, at: modes.firstIndex { $0 > letter } ?? modes.count) }
            channels[key]?.modes = modes
        }
    }

    mutating func receiveTopic(_ message: Message, _ source: Source) {
        let name = message[0]
        guard SafeName.isChannel(name), channels[name.folded] != nil else { return }
        channels[name.folded]?.topic = Array(message[1].prefix(Limit.topicBytes))
        guard !isIgnored(nil, from: sender(message, source, in: Array(name)), .topics) else { return }
        let line =
            message[1].isEmpty
            ? event("Topic unset by %_$0%n on %_$1%n", [plain(source.nick), plain(name)])
            : event(
                "%_$0%n changed the topic of %_$1%n to: $2", [plain(source.nick), plain(name), coloured(message[1])])
        show(line, .topics, in: .item(Array(name)))
    }
}

extension Channel {
    /// Gives or takes a mode such as `@`. The highest comes first.
    mutating func setPrefix(_ prefix: UInt8, of nick: ArraySlice<UInt8>, isOn: Bool) {
        guard var member = members[nick.folded] else { return }
        member.prefixes.removeAll { $0 == prefix }
        if isOn { member.prefixes.append(prefix) }
        let held = member.prefixes
        member.prefixes = Channel.prefixOrder.filter { held.contains($0) }
        members[nick.folded] = member
    }
}
