/// How a piece of text is to look (modern.ircdocs.horse, "Formatting").
public struct TextStyle: Sendable, Equatable {
    public var isBold = false
    public var isItalic = false
    public var isUnderlined = false
    public var isStruckThrough = false
    public var isMonospace = false
    public var isReversed = false
    /// 0 to 98; nil is the terminal's own.
    public var foreground: UInt8?
    /// 0 to 98; nil is the terminal's own.
    public var background: UInt8?

    public init() {}
}

/// Takes formatted text apart into pieces of one style each. The control bytes themselves are in no piece.
public struct FormattedText: Sendable {
    private let text: ArraySlice<UInt8>
    private var position: Int
    private var style = TextStyle()

    public init(_ text: ArraySlice<UInt8>) {
        self.text = text
        position = text.startIndex
    }

    /// The next piece that is not empty; nil at the end.
    public mutating func next() -> (text: ArraySlice<UInt8>, style: TextStyle)? {
        while position < text.endIndex {
            let start = position
            while position < text.endIndex, !FormattedText.isControl(text[position]) { position += 1 }
            if position > start { return (text[start..<position], style) }
            apply(text[position])
        }
        return nil
    }

    private static func isControl(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x02, 0x03, 0x04, 0x0F, 0x11, 0x16, 0x1D, 0x1E, 0x1F: true
        default: false
        }
    }

    private mutating func apply(_ control: UInt8) {
        position += 1
        switch control {
        case 0x02: style.isBold.toggle()
        case 0x1D: style.isItalic.toggle()
        case 0x1F: style.isUnderlined.toggle()
        case 0x1E: style.isStruckThrough.toggle()
        case 0x11: style.isMonospace.toggle()
        case 0x16: style.isReversed.toggle()
        case 0x03: applyColours()
        case 0x04: skipHexColours()
        default: style = TextStyle()
        }
    }

    /// One or two digits, and a comma and one or two digits more. A comma without digits is text.
    private mutating func applyColours() {
        guard let foreground = number() else {
            style.foreground = nil
            style.background = nil
            return
        }
        // 99 is "no colour of its own".
        style.foreground = foreground == 99 ? nil : foreground
        guard position < text.endIndex, text[position] == UInt8(ascii: ",") else { return }
        position += 1
        guard let background = number() else {
            position -= 1
            return
        }
        style.background = background == 99 ? nil : background
    }

    /// Six hexadecimal digits, perhaps twice. Terminals here have no such colours, so they are passed over.
    private mutating func skipHexColours() {
        guard skipSixHexDigits(), position < text.endIndex, text[position] == UInt8(ascii: ",") else { return }
        position += 1
        if !skipSixHexDigits() { position -= 1 }
    }

    private mutating func skipSixHexDigits() -> Bool {
        guard text.endIndex - position >= 6 else { return false }
        for byte in text[position..<(position + 6)] {
            let small = byte | 0x20
            let isDigit = byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
            guard isDigit || (small >= UInt8(ascii: "a") && small <= UInt8(ascii: "f")) else { return false }
        }
        position += 6
        return true
    }

    private mutating func number() -> UInt8? {
        var value: UInt8?
        var digits = 0
        while digits < 2, position < text.endIndex, text[position] >= UInt8(ascii: "0"),
            text[position] <= UInt8(ascii: "9")
        {
            value = (value ?? 0) * 10 + (text[position] - UInt8(ascii: "0"))
            position += 1
            digits += 1
        }
        return value
    }
}
