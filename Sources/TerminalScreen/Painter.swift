import IRCProtocol
import TerminalText

/// Turns frames into the bytes that make a terminal show them: of each frame only what differs from the one before.
///
/// The bytes are printable UTF-8, and these sequences only: `CSI row ; column H`, `CSI … m`, `CSI K`, `CSI 2 J`,
/// `CSI ? 25 h` and `l`. No newline, no scrolling, nothing that another character could end or change.
public struct Painter: Sendable {
    private let dialect: Dialect
    private var shown: Frame?
    private var output: [UInt8] = []
    private var style = Style.plain
    /// Where the terminal's cursor is; nil when that cannot be known.
    private var position: Int?
    private var cursor: Int?

    public init(_ dialect: Dialect) { self.dialect = dialect }

    /// The next frame is painted whole.
    public mutating func forget() { shown = nil }

    /// The bytes for the next frame.
    public mutating func paint(_ frame: Frame) -> [UInt8] {
        output.removeAll(keepingCapacity: true)
        if let shown, shown.columns == frame.columns, shown.rows == frame.rows {
            for row in 0..<frame.rows where !frame.isSameRow(row, as: shown) { paintRow(row, of: frame, over: shown) }
        } else {
            setStyle(.plain, isForced: true)
            output.append(ascii: "\u{1B}[2J")
            position = nil
            cursor = nil
            let blank = Frame(columns: frame.columns, rows: frame.rows)
            for row in 0..<frame.rows { paintRow(row, of: frame, over: blank) }
        }
        let wanted =
            min(max(frame.cursor.row, 0), frame.rows - 1) * frame.columns
            + min(max(frame.cursor.column, 0), frame.columns - 1)
        if !output.isEmpty || cursor != wanted {
            setStyle(.plain)
            move(to: wanted, frame.columns)
            cursor = wanted
        }
        shown = frame
        return output
    }

    private mutating func paintRow(_ row: Int, of frame: Frame, over old: Frame) {
        let new = frame[row]
        let seen = old[row]
        var column = 0
        // From here to the row's end everything is blank, and one sequence clears it.
        var blankFrom = new.count
        while blankFrom > 0, new[blankFrom - 1] == Cell.blank { blankFrom -= 1 }
        var lastDifference = new.count
        while lastDifference > blankFrom, frame.isSame(new[lastDifference - 1], as: seen[lastDifference - 1], of: old) {
            lastDifference -= 1
        }
        while column < blankFrom {
            if frame.isSame(new[column], as: seen[column], of: old) {
                column += 1
                continue
            }
            // The second half of a wide character is written with its first half.
            if new[column].scalar == 0, column > 0 { column -= 1 }
            column += write(new, column, row: row, of: frame)
            // Half of a wide character that was here is gone with the other half, whatever the old frame says.
            while column < blankFrom, seen[column].scalar == 0, new[column].scalar != 0 {
                column += write(new, column, row: row, of: frame)
            }
        }
        guard lastDifference > blankFrom else { return }
        setStyle(.plain)
        move(to: row * frame.columns + blankFrom, frame.columns)
        output.append(ascii: "\u{1B}[K")
    }

    /// Writes one character. Gives how many cells it takes.
    private mutating func write(_ line: [Cell], _ column: Int, row: Int, of frame: Frame) -> Int {
        let cell = line[column]
        let isWide = column + 1 < line.count && line[column + 1].scalar == 0
        let place = row * frame.columns + column
        if !pass(to: column, of: line, row: row) { move(to: place, frame.columns) }
        setStyle(cell.style)
        let marks = frame.marks(of: cell)
        UTF8Decoding.append(cell.scalar, to: &output)
        for mark in marks { UTF8Decoding.append(mark, to: &output) }
        // Terminals disagree on the width of what is not plain: where the cursor went is not known then. At the right
        // edge it waits, and where it would go on is not known either.
        let isCertain = cell.scalar < 0x300 && marks.isEmpty && column + 1 != line.count
        position = isCertain ? place + 1 : nil
        return isWide ? 2 : 1
    }

    /// Goes a few cells to the right by writing what is there already, where that takes fewer bytes than to say where to go
    /// to: the spaces between words, mostly. Whether it went.
    private mutating func pass(to column: Int, of line: [Cell], row: Int) -> Bool {
        guard let position, position / line.count == row else { return false }
        let start = position % line.count
        guard start < column, column - start <= 5 else { return false }
        for cell in line[start..<column] where !(0x20...0x7E ~= cell.scalar) || cell.marks != 0 || cell.style != style {
            return false
        }
        for cell in line[start..<column] { output.append(UInt8(truncatingIfNeeded: cell.scalar)) }
        self.position = row * line.count + column
        return true
    }

    private mutating func move(to place: Int, _ columns: Int) {
        if position == place { return }
        output.append(ascii: "\u{1B}[")
        output.append(decimal: place / columns + 1)
        output.append(UInt8(ascii: ";"))
        output.append(decimal: place % columns + 1)
        output.append(UInt8(ascii: "H"))
        position = place
        cursor = place
    }

    private mutating func setStyle(_ wanted: Style, isForced: Bool = false) {
        if wanted == style, !isForced { return }
        style = wanted
        output.append(ascii: "\u{1B}[0")
        var isBold = wanted.attributes.contains(.bold)
        if let colour = wanted.foreground, dialect.colours == 8, reduced(colour) >= 8 { isBold = true }
        if isBold { output.append(ascii: ";1") }
        if wanted.attributes.contains(.italic), dialect.hasItalic { output.append(ascii: ";3") }
        if wanted.attributes.contains(.underline) { output.append(ascii: ";4") }
        if wanted.attributes.contains(.reverse) { output.append(ascii: ";7") }
        if let colour = wanted.foreground { appendColour(colour, dark: 30, bright: 90) }
        if let colour = wanted.background { appendColour(colour, dark: 40, bright: 100) }
        output.append(UInt8(ascii: "m"))
    }

    private mutating func appendColour(_ colour: UInt8, dark: Int, bright: Int) {
        guard dialect.colours > 0 else { return }
        output.append(UInt8(ascii: ";"))
        let near = reduced(colour)
        if near >= 16 {
            output.append(decimal: dark + 8)
            output.append(ascii: ";5;")
            output.append(decimal: Int(near))
        } else if near >= 8, dialect.colours >= 16 {
            output.append(decimal: bright + Int(near) - 8)
        } else {
            output.append(decimal: dark + Int(near % 8))
        }
    }

    /// A colour of the palette as the terminal has it: one of the cube or of the greys becomes one of sixteen.
    private func reduced(_ colour: UInt8) -> UInt8 {
        guard colour >= 16, dialect.colours < 256 else { return colour }
        if colour >= 232 { return colour < 238 ? 0 : colour < 244 ? 8 : colour < 250 ? 7 : 15 }
        let (red, green, blue) = ((colour - 16) / 36, (colour - 16) / 6 % 6, (colour - 16) % 6)
        let most = max(red, green, blue)
        if most < 2 { return 0 }
        let isOn = { (part: UInt8) in part * 2 > most }
        return (isOn(red) ? 1 : 0) + (isOn(green) ? 2 : 0) + (isOn(blue) ? 4 : 0) + (most >= 4 ? 8 : 0)
    }
}
