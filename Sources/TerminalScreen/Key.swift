/// A key, as far as a terminal tells.
public struct Key: Equatable, Sendable {
    /// What stands on it.
    public enum Code: Equatable, Sendable {
        /// A character; with `control` a letter in its small form or one of `@ [ \ ] ^ _`.
        case character(UInt32)
        case enter, tab, backspace, delete, insert, home, end, pageUp, pageDown, up, down, left, right
        case function(UInt8)
    }

    public struct Modifiers: OptionSet, Sendable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }
        public static let shift = Modifiers(rawValue: 1)
        public static let meta = Modifiers(rawValue: 2)
        public static let control = Modifiers(rawValue: 4)
    }

    public var code: Code
    public var modifiers: Modifiers

    public init(_ code: Code, _ modifiers: Modifiers = []) {
        self.code = code
        self.modifiers = modifiers
    }

    /// A character with Ctrl.
    public static func control(_ letter: UInt8) -> Key { Key(.character(UInt32(letter)), .control) }
    /// A character after Escape, or with Alt.
    public static func meta(_ letter: UInt8) -> Key { Key(.character(UInt32(letter)), .meta) }
}

/// What comes from a keyboard.
public enum Input: Equatable, Sendable {
    case key(Key)
    /// Text from a clipboard, as the terminal marked it; not cleaned, cut at `KeyDecoder.pasteLimit`.
    case paste([UInt8])
}
