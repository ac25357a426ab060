import IRCProtocol
import TerminalText

/// The line that is being typed, as characters, and the cursor in it. Holds no control character but the six formatting
/// codes, and never more than `Limit.inputBytes`.
struct InputLine: Sendable {
    private(set) var scalars: [UInt32] = []
    /// Before which character the cursor stands.
    private(set) var cursor = 0
    /// What was killed last.
    private var killed: [UInt32] = []
    /// Where, if words were killed and nothing has been done since: what is killed next joins them.
    private var killPlace: (cursor: Int, count: Int)?
    private var bytes = 0
    /// How many cells of a long line are out of sight on the left.
    private var hidden = 0
    /// In how many cells it was seen last.
    private var cells = 0

    var isEmpty: Bool { scalars.isEmpty }

    /// As UTF-8.
    var text: [UInt8] { InputLine.encode(scalars[...]) }

    /// What is before the cursor.
    var head: [UInt8] { InputLine.encode(scalars[..<cursor]) }

    private static func encode(_ scalars: ArraySlice<UInt32>) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(scalars.count)
        for scalar in scalars { UTF8Decoding.append(scalar, to: &text) }
        return text
    }

    /// The formatting codes that may be typed: bold, colour, reset, reverse, italic, underline.
    static func isCode(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x02, 0x03, 0x0F, 0x16, 0x1D, 0x1F: true
        default: false
        }
    }

    private static func size(_ scalar: UInt32) -> Int {
        scalar < 0x80 ? 1 : scalar < 0x800 ? 2 : scalar < 0x10000 ? 3 : 4
    }

    mutating func replace(with text: [UInt8]) {
        scalars = []
        cursor = 0
        bytes = 0
        insert(text)
    }

    /// Puts text at the cursor. What is no character and no formatting code is left out.
    mutating func insert(_ text: [UInt8]) {
        var index = 0
        while index < text.count {
            guard let (scalar, length) = UTF8Decoding.scalar(in: text[...], at: index) else {
                index += 1
                continue
            }
            insert(scalar)
            index += length
        }
    }

    mutating func insert(_ scalar: UInt32) {
        let kind = CharacterClass(scalar)
        switch kind {
        case .control: guard InputLine.isCode(scalar) else { return }
        // Nothing is there for it to stand on.
        case .combining: guard cursor > 0 else { return }
        case .deceptive: return
        default: break
        }
        guard bytes + InputLine.size(scalar) <= Limit.inputBytes else { return }
        bytes += InputLine.size(scalar)
        scalars.insert(scalar, at: cursor)
        cursor += 1
    }

    /// Moves the cursor by characters, over combining ones with their base.
    mutating func move(by step: Int) {
        repeat {
            cursor = min(max(cursor + step, 0), scalars.count)
        } while cursor > 0 && cursor < scalars.count
            && CharacterClass(scalars[cursor]).cells(inInput: true) == 0
    }

    mutating func moveToStart() { cursor = 0 }
    mutating func moveToEnd() { cursor = scalars.count }

    mutating func moveWord(forward: Bool) { cursor = wordEdge(forward: forward) }

    /// The start of the word before, or the end of the word after, words being letters and digits.
    private func wordEdge(forward: Bool) -> Int {
        var at = cursor
        if forward {
            while at < scalars.count, !isWord(scalars[at]) { at += 1 }
            while at < scalars.count, isWord(scalars[at]) { at += 1 }
        } else {
            while at > 0, !isWord(scalars[at - 1]) { at -= 1 }
            while at > 0, isWord(scalars[at - 1]) { at -= 1 }
        }
        return at
    }

    private func isWord(_ scalar: UInt32) -> Bool { scalar >= 0x80 || UInt8(scalar).isWordByte }

    /// Removes what is before the cursor: one character, a combining one alone.
    mutating func backspace() {
        if cursor > 0 { remove((cursor - 1)..<cursor) }
    }

    mutating func delete() {
        if cursor < scalars.count { remove(cursor..<(cursor + 1)) }
    }

    private mutating func remove(_ range: Range<Int>) {
        for scalar in scalars[range] { bytes -= InputLine.size(scalar) }
        scalars.removeSubrange(range)
        cursor = range.lowerBound
    }

    private mutating func kill(_ range: Range<Int>) {
        guard !range.isEmpty else { return }
        killed = Array(scalars[range])
        remove(range)
    }

    /// Kills words up to a place. Those that are killed one after the other come back together.
    private mutating func killWords(to edge: Int) {
        let before = killed
        let isNext = killPlace.map { $0.cursor == cursor && $0.count == scalars.count } ?? false
        let isForward = edge > cursor
        kill(min(edge, cursor)..<max(edge, cursor))
        if isNext { killed = isForward ? before + killed : killed + before }
        killPlace = (cursor, scalars.count)
    }

    mutating func killWord(forward: Bool) { killWords(to: wordEdge(forward: forward)) }

    mutating func killToPreviousSpace() {
        var at = cursor
        while at > 0, scalars[at - 1] == 0x20 { at -= 1 }
        while at > 0, scalars[at - 1] != 0x20 { at -= 1 }
        killWords(to: at)
    }

    mutating func killLine() {
        let length = scalars.count
        kill(0..<length)
    }

    mutating func killToEnd() { kill(cursor..<scalars.count) }

    mutating func yank() {
        for scalar in killed { insert(scalar) }
    }

    /// Swaps the characters around the cursor.
    mutating func transpose() {
        guard scalars.count > 1, cursor > 0 else { return }
        if cursor == scalars.count { cursor -= 1 }
        scalars.swapAt(cursor - 1, cursor)
        cursor += 1
    }

    /// Puts other text in place of a part of what is before the cursor, given in bytes of `head`.
    mutating func replaceTail(from start: Int, with text: [UInt8]) {
        var at = cursor
        var size = head.count
        while at > 0, size > start {
            at -= 1
            size -= InputLine.size(scalars[at])
        }
        remove(at..<cursor)
        insert(text)
    }

    mutating func clear() {
        scalars = []
        cursor = 0
        bytes = 0
    }

    /// Keeps the cursor in sight, once a key has moved it. The line itself moves only when the cursor comes to an edge.
    mutating func follow() {
        // All of a short line is in sight.
        if scalars.count * 2 < cells {
            hidden = 0
            return
        }
        let before = scalars[..<cursor].reduce(0) { $0 + CharacterClass($1).cells(inInput: true) }
        if before <= hidden || before - hidden >= cells - 2 {
            hidden = before < cells - 1 ? 0 : before - cells * 2 / 3
        }
    }

    /// What is to be seen in so many cells, and in which of them the cursor stands. A long line is moved so that the
    /// cursor stays at two thirds at most.
    mutating func view(cells: Int) -> (text: StyledText, cursor: Int) {
        guard cells > 0 else { return (StyledText(), 0) }
        self.cells = cells
        follow()
        let widths = scalars.map { CharacterClass($0).cells(inInput: true) }
        var start = 0
        var skipped = 0
        while start < cursor, skipped < hidden || widths[start] == 0 && start > 0 {
            skipped += widths[start]
            start += 1
        }
        var end = start
        var shown = 0
        while end < scalars.count, shown + widths[end] <= cells {
            shown += widths[end]
            end += 1
        }
        let text = StyledText(untrusted: InputLine.encode(scalars[start..<end]))
        return (text, widths[start..<cursor].reduce(0, +))
    }
}

extension CharacterClass {
    /// How many cells the gate makes of a character.
    fileprivate func cells(inInput: Bool) -> Int {
        switch self {
        case .printable(let width): width
        case .combining, .ignored: 0
        case .control, .deceptive, .space: 1
        }
    }
}

/// Lines that were sent. One list for all windows; in memory only.
struct History: Sendable {
    private var lines: [[UInt8]] = []
    /// Which line is shown; `lines.count` for the one being typed.
    private var place = 0

    mutating func add(_ line: [UInt8], limit: Int) {
        if !line.isEmpty, lines.last != line { lines.append(line) }
        if lines.count > limit { lines.removeFirst(lines.count - limit) }
        place = lines.count
    }

    /// The line before. A draft that is not empty is kept as the newest line.
    mutating func back(from draft: [UInt8], limit: Int) -> [UInt8]? {
        let isDraft = place >= lines.count || lines[place] != draft
        if isDraft, !draft.isEmpty {
            let old = place
            add(draft, limit: limit)
            place = old >= lines.count - 1 ? lines.count - 1 : old
        }
        guard place > 0 else { return nil }
        place -= 1
        return lines[place]
    }

    /// The line after; at the end an empty one, a draft being kept.
    mutating func forward(from draft: [UInt8], limit: Int) -> [UInt8] {
        if place >= lines.count {
            add(draft, limit: limit)
            return []
        }
        if lines[place] != draft {
            add(draft, limit: limit)
            return []
        }
        place += 1
        return place < lines.count ? lines[place] : []
    }
}
