/// What a terminal understands, as the terminfo database says it. Everything else that is sent is plain ECMA-48, which
/// the edge checks against the database before it makes one.
public struct Dialect: Sendable, Equatable {
    /// How many colours: 0, 8, 16 or 256.
    public let colours: Int
    public let hasItalic: Bool
    /// Whether there is a second screen to work on, and private modes (cursor, bracketed paste).
    public let isXtermLike: Bool

    public init(colours: Int, hasItalic: Bool, isXtermLike: Bool) {
        self.colours = colours >= 256 ? 256 : colours >= 16 ? 16 : colours >= 8 ? 8 : 0
        self.hasItalic = hasItalic
        self.isXtermLike = isXtermLike
    }

    /// Taking the screen over: second screen, application keys, bracketed paste, cleared.
    public var enter: [UInt8] {
        bytes(
            isXtermLike
                ? "\u{1B}[?1049h\u{1B}[?1h\u{1B}=\u{1B}[?2004h\u{1B}[0m\u{1B}[H\u{1B}[2J" : "\u{1B}[0m\u{1B}[H\u{1B}[2J"
        )
    }

    /// Giving it back.
    public var leave: [UInt8] {
        bytes(
            isXtermLike
                ? "\u{1B}[0m\u{1B}[?2004l\u{1B}[?1l\u{1B}>\u{1B}[?25h\u{1B}[?1049l" : "\u{1B}[0m\u{1B}[H\u{1B}[2J")
    }

    private func bytes(_ literal: StaticString) -> [UInt8] { literal.withUTF8Buffer { Array($0) } }
}
