/// How a character looks. Colours are numbers of the 256-colour palette: 0 to 7 the dark ones, 8 to 15 the bright ones;
/// nil is the terminal's own.
public struct Style: Equatable, Sendable {
    /// What is not a colour.
    public struct Attributes: OptionSet, Sendable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }
        public static let bold = Attributes(rawValue: 1)
        public static let italic = Attributes(rawValue: 2)
        public static let underline = Attributes(rawValue: 4)
        public static let reverse = Attributes(rawValue: 8)
    }

    public var foreground: UInt8?
    public var background: UInt8?
    public var attributes: Attributes

    public init(_ foreground: UInt8? = nil, on background: UInt8? = nil, _ attributes: Attributes = []) {
        self.foreground = foreground
        self.background = background
        self.attributes = attributes
    }

    /// The terminal's own colours and nothing else.
    public static let plain = Style()
    /// The terminal's own colours, bold.
    public static let bold = Style(nil, on: nil, .bold)
}
