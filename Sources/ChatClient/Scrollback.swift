import TerminalText

/// A line in a window.
struct Entry: Sendable {
    var text: StyledText
    /// Where wrapped rows go on.
    var indent: Int
    var levels: Levels
}

/// The lines of a window, old ones leaving when there are too many lines or bytes. Each line has a number for as long
/// as it is here, so that a view stays where it is when others come and go.
struct Scrollback: Sendable {
    private var entries: [Entry] = []
    /// How many entries at the front of the array are gone already.
    private var gone = 0
    /// The number of the first entry of the array.
    private var base = 0
    private(set) var bytes = 0
    var limit: Int

    init(limit: Int) { self.limit = limit }

    /// The numbers of the lines that are here.
    var numbers: Range<Int> { (base + gone)..<(base + entries.count) }
    var count: Int { entries.count - gone }

    subscript(number: Int) -> Entry { entries[number - base] }

    mutating func append(_ entry: Entry) {
        entries.append(entry)
        bytes += Scrollback.cost(entry)
        while count > limit || bytes > Limit.windowBytes, count > 1 { removeFirst() }
    }

    private mutating func removeFirst() {
        bytes -= Scrollback.cost(entries[gone])
        entries[gone].text = StyledText()
        gone += 1
        // Moving the rest costs as much as what was removed, so a line costs the same however many there are.
        if gone > 256, gone > entries.count / 2 {
            entries.removeFirst(gone)
            base += gone
            gone = 0
        }
    }

    mutating func removeAll() {
        base += entries.count
        entries = []
        gone = 0
        bytes = 0
    }

    /// Removes some lines; the others get new numbers.
    mutating func removeAll(where isRemoved: (Entry) -> Bool) {
        let kept = entries[gone...].filter { !isRemoved($0) }
        base += entries.count
        entries = Array(kept)
        gone = 0
        bytes = entries.reduce(0) { $0 + Scrollback.cost($1) }
    }

    private static func cost(_ entry: Entry) -> Int { entry.text.bytes.count + entry.text.runs.count * 12 + 128 }
}
