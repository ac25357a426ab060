import IRCProtocol
import TerminalText

/// A completion that is being chosen.
struct Completion: Sendable {
    /// Where the completed word begins, in bytes of what is before the cursor.
    var start: Int
    /// What the user typed is the last.
    var candidates: [[UInt8]]
    var place: Int
}

extension Client {
    mutating func complete(forward: Bool) {
        if var current = completion {
            let count = current.candidates.count
            current.place = (current.place + (forward ? 1 : count - 1)) % count
            let isTyped = current.place == count - 1
            input.replaceTail(from: current.start, with: current.candidates[current.place] + (isTyped ? [0x20] : []))
            completion = current
            return
        }
        let head = input.head
        guard var (start, candidates) = candidates(for: head) else { return }
        guard !candidates.isEmpty else { return }
        if start > head.count { start = head.count }
        candidates.append(Array(head[start...]))
        let place = forward ? 0 : max(0, candidates.count - 2)
        completion = Completion(start: start, candidates: candidates, place: place)
        input.replaceTail(from: start, with: candidates[place])
    }

    /// Back to what was typed; the nick that was offered is not offered again soon.
    mutating func eraseCompletion() {
        guard let current = completion, let typed = current.candidates.last else { return }
        let dropped = current.candidates[current.place].filter { $0 != 0x20 && $0 != UInt8(ascii: ":") }
        if case .channel(let name) = activeItem {
            channels[name.folded]?.speakers.removeAll { sameName($0.nick, dropped) }
        }
        input.replaceTail(from: current.start, with: typed)
        completion = nil
    }

    private func candidates(for head: [UInt8]) -> (Int, [[UInt8]])? {
        let start = (head.lastIndex(of: 0x20) ?? -1) + 1
        let word = head[start...]
        if head.first == UInt8(ascii: "/"), head.dropFirst().first != 0x20 {
            return commandCandidates(head, start, word)
        }
        if head.isEmpty {
            // An answer to whoever spoke in private last.
            let partner = correspondents.first.map { $0 + [0x20] } ?? []
            return (0, [Array(ascii: "/msg ") + partner])
        }
        guard !word.isEmpty else { return nil }
        if Names.isChannelPrefix(word[word.startIndex]) { return (start, channelNames(word)) }
        if let own = completions.first(where: { sameName($0.name, word) }) { return (start, [own.body + [0x20]]) }
        let isAddress = start == 0 || isListOfAddresses(head[..<start])
        let mark = isAddress ? settings[.completionCharacter] : []
        return (start, nicks(word).map { $0 + mark + [0x20] })
    }

    /// Whether all there is so far is `a: b: `.
    private func isListOfAddresses(_ text: ArraySlice<UInt8>) -> Bool {
        let mark = settings[.completionCharacter]
        guard !mark.isEmpty else { return false }
        return text.words.allSatisfy { $0.count > mark.count && $0.suffix(mark.count).elementsEqual(mark) }
    }

    /// Nicks of the channel: who spoke lately, then the others, then those that match without their special characters.
    func nicks(_ word: ArraySlice<UInt8>) -> [[UInt8]] {
        guard case .channel(let name) = activeItem, let channel = channels[name.folded] else {
            let talked = correspondents + (activeItem.map { [$0.name] } ?? [])
            return unique(talked.filter { matches($0, word) })
        }
        let toMe = channel.speakers.filter({ $0.isToMe }).map({ $0.nick })
        let recent = toMe + channel.speakers.filter { !$0.isToMe }.map({ $0.nick })
        let others = channel.members.values.map({ $0.nick }).filter { !isMe($0[...]) }
        let here = recent.filter { channel.member($0) != nil && !isMe($0[...]) } + others
        return unique(here.filter { matches($0, word) } + here.filter { matches($0.filter({ $0.isWordByte }), word) })
    }

    private func unique(_ names: [[UInt8]]) -> [[UInt8]] {
        var result: [[UInt8]] = []
        for name in names where !result.contains(name) { result.append(name) }
        return result
    }

    /// Whether a name begins with a word; a capital in the word makes case count.
    private func matches(_ name: [UInt8], _ word: ArraySlice<UInt8>) -> Bool {
        guard name.count >= word.count else { return false }
        let start = name.prefix(word.count)
        let rule = settings[.completionNicksMatchCase]
        let isExact =
            rule.same(as: "always") || rule.same(as: "yes")
            || rule.same(as: "auto") && word.contains(where: { $0.isUpper })
        return isExact ? start.elementsEqual(word) : sameName(start, word)
    }

    private func channelNames(_ word: ArraySlice<UInt8>) -> [[UInt8]] {
        let joined = windows.flatMap({ $0.items }).filter({ $0.isChannel }).map({ $0.name })
        let known = joined + configuration.channels.map({ $0.name })
        return unique(known.filter { $0.count >= word.count && sameName($0.prefix(word.count), word) })
            .map { $0 + [0x20] }
    }

    private func commandCandidates(_ head: [UInt8], _ start: Int, _ word: ArraySlice<UInt8>) -> (Int, [[UInt8]])? {
        if start == 0 {
            let typed = word.dropFirst()
            let commands = Command.all.filter { typed.isEmpty || typed.isStart(of: $0.name) }.map {
                Array(ascii: $0.name)
            }
            let short = aliases.map({ $0.name }).filter {
                $0.count >= typed.count && sameName($0.prefix(typed.count), typed)
            }
            let names = commands + short
            return (0, unique(order(of: names).map { names[$0] }).map { [UInt8(ascii: "/")] + $0 + [0x20] })
        }
        let words = head.dropFirst().words
        guard let first = words.first, let command = command(named: first) else {
            return (start, nicks(word).map { $0 + [0x20] })
        }
        let isFirstArgument = words.count == 1 || words.count == 2 && !word.isEmpty
        if word.first == UInt8(ascii: "-") {
            return (
                start,
                command.options.filter { word.dropFirst().isEmpty || word.dropFirst().isStart(of: $0) }
                    .map { [UInt8(ascii: "-")] + Array(ascii: $0) + [0x20] }
            )
        }
        switch command.argument {
        case .setting where isFirstArgument:
            return (
                start,
                Setting.allCases.map({ $0.definition.name }).filter { word.isEmpty || word.isStart(of: $0) }
                    .map { Array(ascii: $0) + [0x20] }
            )
        case .setting where word.isEmpty && words.count == 2:
            return Setting.named(Array(words[1])).map { (start, [settings[$0]]) }
        case .command where isFirstArgument:
            return (
                start,
                Command.all.map({ $0.name }).filter { word.isEmpty || word.isStart(of: $0) }
                    .map { Array(ascii: $0) + [0x20] }
            )
        case .subcommand(let names) where isFirstArgument:
            return (start, names.filter { word.isEmpty || word.isStart(of: $0) }.map { Array(ascii: $0) + [0x20] })
        case .topic where word.isEmpty && words.count == 1: return activeChannel.map { (start, [$0.topic + [0x20]]) }
        case .channel where isFirstArgument: return (start, channelNames(word))
        case .correspondent where isFirstArgument:
            let talked = correspondents.filter { matches($0, word) }
            return (start, unique(talked + nicks(word)).map { $0 + [0x20] })
        default:
            if let first = word.first, Names.isChannelPrefix(first) { return (start, channelNames(word)) }
            return (start, nicks(word).map { $0 + [0x20] })
        }
    }
}
