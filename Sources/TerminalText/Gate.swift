import IRCProtocol

/// The one way from bytes to text on a terminal. Total: every sequence of bytes gives a text.
///
/// A text that is not UTF-8 is read as Windows-1252, whole. Control characters become one reverse-video letter each; what
/// reorders, hides or imitates becomes a mark or nothing; see `CharacterClass`.
struct Gate {
    /// How many combining characters a character may carry.
    static let combiningLimit = 4

    private(set) var text: StyledText
    /// How many combining characters the last character carries; at the limit where there is no character to carry one.
    private var combining = 0

    /// Goes on after a text, whose last character may take combining characters.
    init(continuing text: consuming StyledText) {
        combining = Gate.combiningLimit
        if let last = text.bytes.last, last >= 0x20, last < 0x7F { combining = 0 }
        self.text = text
    }

    mutating func pass(_ untrusted: ArraySlice<UInt8>, _ style: Style, codes: Bool) {
        text.reserve(text.bytes.count + untrusted.count)
        guard untrusted.isWellFormedUTF8 else {
            let read = UTF8Decoding.fromWindows1252(untrusted)
            return codes ? passFormatted(read[...], style) : passPlain(read[...], style)
        }
        if codes { passFormatted(untrusted, style) } else { passPlain(untrusted, style) }
    }

    private mutating func passFormatted(_ untrusted: ArraySlice<UInt8>, _ style: Style) {
        var pieces = FormattedText(untrusted)
        while let (piece, wanted) = pieces.next() { passPlain(piece, style.with(wanted)) }
    }

    private mutating func passPlain(_ untrusted: ArraySlice<UInt8>, _ style: Style) {
        var index = untrusted.startIndex
        while index < untrusted.endIndex {
            // Most text is ASCII and goes through in one piece.
            var end = index
            while end < untrusted.endIndex, untrusted[end] >= 0x20, untrusted[end] < 0x7F { end += 1 }
            if end > index {
                text.appendPrintable(untrusted[index..<end], style)
                combining = 0
                index = end
                continue
            }
            guard let (scalar, length) = UTF8Decoding.scalar(in: untrusted, at: index) else { return }
            pass(scalar, untrusted[index..<(index + length)], style)
            index += length
        }
    }

    private mutating func pass(_ scalar: UInt32, _ encoded: ArraySlice<UInt8>, _ style: Style) {
        switch CharacterClass(scalar) {
        case .printable:
            text.appendPrintable(encoded, style)
            combining = 0
        case .combining:
            guard combining < Gate.combiningLimit else { return }
            // In the look of its base: a run must not start with it.
            text.appendPrintable(encoded, text.runs.last?.style ?? style)
            combining += 1
        case .space: mark(UInt8(ascii: " "), style)
        case .ignored: return
        case .control(let letter): mark(letter, style.reversed)
        case .deceptive: mark(UInt8(ascii: "?"), style.reversed)
        }
    }

    private mutating func mark(_ letter: UInt8, _ style: Style) {
        text.appendPrintable([letter], style)
        combining = 0
    }
}

extension Gate {
    /// Whether a text passes the gate unchanged: it shows all that it is made of.
    static func isFaithful(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard bytes.isWellFormedUTF8 else { return false }
        var index = bytes.startIndex
        var combining = combiningLimit
        while index < bytes.endIndex {
            guard let (scalar, length) = UTF8Decoding.scalar(in: bytes, at: index) else { return false }
            index += length
            switch CharacterClass(scalar) {
            case .printable: combining = 0
            case .combining:
                guard combining < combiningLimit else { return false }
                combining += 1
            default: return false
            }
        }
        return true
    }
}

extension Style {
    fileprivate var reversed: Style {
        var style = self
        style.attributes.formSymmetricDifference(.reverse)
        return style
    }

    /// With what a formatting code asks for. Terminals show struck-through and monospace text plain.
    fileprivate func with(_ wanted: TextStyle) -> Style {
        var style = self
        if wanted.isBold { style.attributes.formSymmetricDifference(.bold) }
        if wanted.isItalic { style.attributes.insert(.italic) }
        if wanted.isUnderlined { style.attributes.insert(.underline) }
        if wanted.isReversed { style.attributes.formSymmetricDifference(.reverse) }
        if let colour = wanted.foreground { style.foreground = Style.palette[Int(colour)] }
        if let colour = wanted.background { style.background = Style.palette[Int(colour)] }
        return style
    }

    /// The colours 0 to 98 of mIRC in the 256-colour palette (modern.ircdocs.horse, "Colors").
    private static let palette: [UInt8] = [
        15, 0, 4, 2, 9, 1, 5, 3, 11, 10, 6, 14, 12, 13, 8, 7,
        52, 94, 100, 58, 22, 29, 23, 24, 17, 54, 53, 89,
        88, 130, 142, 64, 28, 35, 30, 25, 18, 91, 90, 125,
        124, 166, 184, 106, 34, 49, 37, 33, 19, 129, 127, 161,
        196, 208, 226, 154, 46, 86, 51, 75, 21, 171, 201, 198,
        203, 215, 227, 191, 83, 122, 87, 111, 63, 177, 207, 205,
        217, 223, 229, 193, 157, 158, 159, 153, 147, 183, 219, 212,
        16, 233, 235, 237, 239, 241, 244, 247, 250, 254, 231,
    ]
}

/// Names as they come from a network.
public enum SafeName {
    /// Longer than any network allows; bounds what is stored.
    public static let limit = 64

    /// A nick that shows all of itself: the grammar of RFC 2812 has no invisible character, so no two nicks that differ
    /// look the same for a reason of bytes.
    public static func isNick(_ name: ArraySlice<UInt8>) -> Bool { Names.isNick(name, limit: limit) }

    /// A channel's name that the gate lets through unchanged.
    public static func isChannel(_ name: ArraySlice<UInt8>) -> Bool {
        Names.isChannel(name, limit: limit) && Gate.isFaithful(name)
    }

    /// Where a message may come from: a nick or a server's name.
    public static func isSource(_ name: ArraySlice<UInt8>) -> Bool {
        isNick(name)
            || !name.isEmpty && name.count <= limit
                && name.allSatisfy {
                    Names.isUserByte($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "/")
                }
    }

    /// Whether the gate would show a text exactly as it is.
    public static func isFaithful(_ text: ArraySlice<UInt8>) -> Bool { Gate.isFaithful(text) }
}
