/// What a terminal shows: enough of one to read what programs paint that write only what has changed. Colours are not kept,
/// and every character takes one cell. Pure.
///
/// Source: ECMA-48, 5.4 and 8.3.
struct Screen: Sendable {
    private let columns: Int
    private let rows: Int
    private var cells: [[Character]]
    private var row = 0
    private var column = 0
    /// What came of a control or a character whose end has not come yet.
    private var pending: [UInt8] = []

    init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
        cells = Self.blank(columns, rows)
    }

    private static func blank(_ columns: Int, _ rows: Int) -> [[Character]] {
        [[Character]](repeating: [Character](repeating: " ", count: columns), count: rows)
    }

    /// The rows from top to bottom, without the blanks at their ends.
    var text: String {
        cells.map { row in
            String(row.reversed().drop { $0 == " " }.reversed())
        }.joined(separator: "\n")
    }

    /// Shows what came.
    mutating func write(_ bytes: some Sequence<UInt8>) {
        for byte in bytes {
            pending.append(byte)
            if let first = pending.first, first == 0x1b ? obey() : show() { pending.removeAll() }
        }
    }

    /// Shows one character once it is whole.
    private mutating func show() -> Bool {
        switch pending[0] {
        case 0x0d: column = 0
        case 0x0a: lineFeed()
        case 0x08: column = max(column - 1, 0)
        case ..<0x20, 0x7f: break
        default:
            guard pending[0] < 0x80 || pending.count >= Self.length(pending[0]) else { return false }
            if column == columns {
                column = 0
                lineFeed()
            }
            cells[row][column] = String(decoding: pending, as: UTF8.self).first ?? " "
            column += 1
        }
        return true
    }

    /// How many bytes a character of UTF-8 has that begins with `first`.
    private static func length(_ first: UInt8) -> Int { first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2 }

    private mutating func lineFeed() {
        if row < rows - 1 {
            row += 1
            return
        }
        cells.removeFirst()
        cells.append([Character](repeating: " ", count: columns))
    }

    /// Obeys one control once it is whole.
    private mutating func obey() -> Bool {
        guard pending.count > 1 else { return false }
        guard let length = Transcript.controlLength(pending[...]), length <= pending.count else { return false }
        guard pending[1] == UInt8(ascii: "["), let last = pending.last else { return true }
        let inside = String(decoding: pending[2..<pending.count - 1], as: UTF8.self)
        let numbers = inside.split(separator: ";", omittingEmptySubsequences: false).map { Int($0) }
        let first = numbers.first ?? nil
        switch last {
        case UInt8(ascii: "H"):
            row = min(max((first ?? 1) - 1, 0), rows - 1)
            column = min(max((numbers.count > 1 ? numbers[1] ?? 1 : 1) - 1, 0), columns - 1)
        case UInt8(ascii: "K") where first == nil || first == 0:
            for place in min(column, columns)..<columns { cells[row][place] = " " }
        case UInt8(ascii: "J") where first == 2: cells = Self.blank(columns, rows)
        default: break
        }
        return true
    }
}
