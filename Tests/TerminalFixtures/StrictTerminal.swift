import TerminalScreen
import TerminalText
import TestNumbers

/// A terminal that understands what `Painter` may send and nothing else: the rest is kept as a violation. Wide
/// characters take the cells that the caller's table says.
public struct StrictTerminal {
    public struct Place: Equatable, Sendable {
        /// A character with its combining characters; empty for the second cell of a wide one.
        public var text = " "
        /// The parameters of the last `CSI … m`.
        public var look = "0"
    }

    public let columns: Int
    public let rows: Int
    public private(set) var places: [Place]
    public private(set) var violations: [String] = []
    public private(set) var cursor: (row: Int, column: Int) = (0, 0)
    private var look = "0"

    public init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
        places = Array(repeating: Place(), count: columns * rows)
    }

    public mutating func receive(_ bytes: [UInt8]) {
        var index = 0
        guard String(validating: bytes, as: UTF8.self) != nil else { return violations.append("not UTF-8") }
        let scalars = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
        while index < scalars.count {
            if scalars[index].value == 0x1B { index = control(scalars, index + 1) } else { show(scalars, &index) }
        }
    }

    private mutating func control(_ scalars: [Unicode.Scalar], _ start: Int) -> Int {
        guard start < scalars.count, scalars[start] == "[" else {
            violations.append("escape without [")
            return start
        }
        var index = start + 1
        var parameters = ""
        while index < scalars.count, "0123456789;?".unicodeScalars.contains(scalars[index]) {
            parameters.unicodeScalars.append(scalars[index])
            index += 1
        }
        guard index < scalars.count else {
            violations.append("sequence without an end")
            return index
        }
        switch (scalars[index], parameters) {
        case ("m", _): look = parameters
        case ("J", "2"): places = Array(repeating: Place(), count: columns * rows)
        case ("K", ""):
            for column in cursor.column..<columns {
                places[cursor.row * columns + column] = Place(text: " ", look: look)
            }
        case ("H", _):
            let numbers = parameters.split(separator: ";").compactMap { Int($0) }
            guard numbers.count == 2, (1...rows).contains(numbers[0]), (1...columns).contains(numbers[1]) else {
                violations.append("moves to \(parameters)")
                break
            }
            cursor = (numbers[0] - 1, numbers[1] - 1)
        default: violations.append("sequence \(parameters)\(scalars[index])")
        }
        return index + 1
    }

    private mutating func show(_ scalars: [Unicode.Scalar], _ index: inout Int) {
        let scalar = scalars[index]
        guard case .printable(let width) = CharacterClass(scalar.value) else {
            violations.append("U+" + String(scalar.value, radix: 16))
            index += 1
            return
        }
        var text = String(scalar)
        index += 1
        while index < scalars.count, CharacterClass(scalars[index].value) == .combining {
            text.unicodeScalars.append(scalars[index])
            index += 1
        }
        guard cursor.column + width <= columns else { return violations.append("writes past the edge") }
        places[cursor.row * columns + cursor.column] = Place(text: text, look: look)
        if width == 2 { places[cursor.row * columns + cursor.column + 1] = Place(text: "", look: look) }
        cursor.column += width
    }

    /// A row as text.
    public func row(_ number: Int) -> String {
        places[(number * columns)..<((number + 1) * columns)].map(\.text).joined()
    }

    /// What a frame should look like here.
    public static func text(of frame: Frame, row: Int) -> String {
        var text = ""
        for cell in frame[row] where cell.scalar != 0 {
            text.unicodeScalars.append(Unicode.Scalar(cell.scalar) ?? "?")
            for mark in frame.marks(of: cell) { text.unicodeScalars.append(Unicode.Scalar(mark) ?? "?") }
        }
        return text
    }
}

extension SeededNumbers {
    /// Bytes such as an attacker would send: text, controls, escapes, formatting codes, all kinds of UTF-8 and no UTF-8.
    public mutating func hostileText(atMost limit: Int) -> [UInt8] {
        var text: [UInt8] = []
        let count = Int.random(in: 0...limit, using: &self)
        while text.count < count {
            switch UInt8.random(in: 0..<12, using: &self) {
            case 0: text.append(UInt8.random(in: 0...255, using: &self))
            case 1: text.append(UInt8.random(in: 0..<32, using: &self))
            case 2: text += Array("\u{1B}[31;1m".utf8)
            case 3: text += Array("\u{1B}]52;c;aGk=\u{7}".utf8)
            case 4:
                text +=
                    [3] + Array("\(Int.random(in: 0...99, using: &self)),\(Int.random(in: 0...99, using: &self))".utf8)
            case 5:
                text += Array(
                    ["\u{202E}", "\u{2066}", "\u{200B}", "\u{FEFF}", "\u{2028}", "\u{9B}31m", "\u{7F}"].randomElement(
                        using: &self)!.utf8)
            case 6:
                text += Array(
                    ["漢", "字", "👩‍👩‍👧", "e\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}", "ö", "한", "\u{1F1E9}\u{1F1EA}"]
                        .randomElement(using: &self)!.utf8)
            case 7:
                let scalar = UInt32.random(in: 0...0x10FFFF, using: &self)
                if let scalar = Unicode.Scalar(scalar) { text += Array(String(scalar).utf8) }
            case 8: text += [2, 31, 22, 15, 4].shuffled(using: &self)
            default: text += Array(["hello ", "world", "*bold* ", "_x_", "alice: "].randomElement(using: &self)!.utf8)
            }
        }
        return Array(text.prefix(limit))
    }
}
