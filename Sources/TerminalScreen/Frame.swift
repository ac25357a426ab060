public import TerminalText

/// One place on the screen.
public struct Cell: Equatable, Sendable {
    /// The character; 0 for the second cell of a wide one.
    public var scalar: UInt32 = 0x20
    /// Where its combining characters begin in the frame's `marks`, plus one; 0 for none.
    var marks: UInt32 = 0
    public var style: Style = .plain

    static let blank = Cell()
}

/// What a screen shall show: a value, made anew for each painting.
public struct Frame: Sendable {
    public let columns: Int
    public let rows: Int
    /// Row by row, each in storage of its own: a frame that was made from another one shares the rows that nobody wrote
    /// into, and to tell that they are the same takes no look at their cells.
    private var lines: [[Cell]]
    /// Combining characters, each cell's ended by 0.
    private var marks: [UInt32] = []
    /// Where the cursor shall be.
    public var cursor: (row: Int, column: Int) = (0, 0)

    /// Whether no cell has combining characters.
    public var hasOnlyPlainCharacters: Bool { marks.isEmpty }

    /// A blank frame. The size is clamped to 1 to 1000 each.
    public init(columns: Int, rows: Int) {
        self.columns = min(max(columns, 1), 1000)
        self.rows = min(max(rows, 1), 1000)
        lines = Array(repeating: Array(repeating: Cell.blank, count: self.columns), count: self.rows)
    }

    /// The cells of a row, from left to right.
    public subscript(row: Int) -> [Cell] { lines[row] }

    /// Writes a part of a text from a cell to the right, and no further than the row or `limit` cells. Gives the column
    /// after it.
    @discardableResult
    public mutating func put(
        _ text: StyledText, _ range: Range<Int>? = nil, row: Int, column: Int, limit: Int = .max
    ) -> Int {
        guard row >= 0, row < rows, column >= 0 else { return column }
        let range = range ?? 0..<text.bytes.count
        // Taken out and put back, so that the row is not copied for each character.
        var line: [Cell] = []
        swap(&line, &lines[row])
        defer { swap(&line, &lines[row]) }
        let end = limit < columns - column ? column + limit : columns
        var at = column
        var clusters = Clusters(text.bytes[range])
        var run = 0
        var runEnd = text.runs.isEmpty ? 0 : Int(text.runs[0].length)
        while let cluster = clusters.next() {
            while cluster.range.lowerBound >= runEnd, run + 1 < text.runs.count {
                run += 1
                runEnd += Int(text.runs[run].length)
            }
            guard cluster.width > 0 else { continue }
            guard at + cluster.width <= end else { break }
            let style = text.runs[run].style
            let bytes = text.bytes[cluster.range]
            // Most characters are a byte that stands for itself.
            if bytes.count == 1, let byte = bytes.first, byte < 0x80 {
                line[at] = Cell(scalar: UInt32(byte), marks: 0, style: style)
            } else if let cell = cell(of: bytes, style) {
                line[at] = cell
                if cluster.width == 2 { line[at + 1] = Cell(scalar: 0, marks: 0, style: style) }
            }
            at += cluster.width
        }
        return at
    }

    private mutating func cell(of bytes: ArraySlice<UInt8>, _ style: Style) -> Cell? {
        guard let (scalar, length) = UTF8Decoding.scalar(in: bytes, at: bytes.startIndex) else { return nil }
        var cell = Cell(scalar: scalar, marks: 0, style: style)
        if length < bytes.count {
            cell.marks = UInt32(marks.count) + 1
            var index = bytes.startIndex + length
            while index < bytes.endIndex, let (mark, length) = UTF8Decoding.scalar(in: bytes, at: index) {
                marks.append(mark)
                index += length
            }
            marks.append(0)
        }
        return cell
    }

    /// Fills a row from a column on with blanks of one look.
    public mutating func fill(row: Int, from column: Int = 0, _ style: Style) {
        guard row >= 0, row < rows else { return }
        for at in max(0, column)..<max(column, columns) where at < columns {
            lines[row][at] = Cell(scalar: 0x20, marks: 0, style: style)
        }
    }

    /// The combining characters of a cell.
    public func marks(of cell: Cell) -> ArraySlice<UInt32> {
        guard cell.marks > 0 else { return [] }
        let start = Int(cell.marks) - 1
        return marks[start...].prefix { $0 != 0 }
    }

    /// Whether a row is the same in another frame of this size. May say no where it is: a quick look, which most rows need.
    func isSameRow(_ row: Int, as other: Frame) -> Bool {
        guard marks.isEmpty, other.marks.isEmpty else { return false }
        return lines[row].withUnsafeBufferPointer { one in
            other.lines[row].withUnsafeBufferPointer { two in
                if one.baseAddress == two.baseAddress { return true }
                for column in one.indices where one[column] != two[column] { return false }
                return true
            }
        }
    }

    /// Whether two cells, one of this frame and one of another, show the same.
    func isSame(_ one: Cell, as two: Cell, of other: Frame) -> Bool {
        if one.scalar != two.scalar || one.style != two.style { return false }
        if one.marks == 0, two.marks == 0 { return true }
        return marks(of: one).elementsEqual(other.marks(of: two))
    }
}
