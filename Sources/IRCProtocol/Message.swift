/// One line of IRC, taken apart in place: the parts are views of the line, nothing is copied.
///
/// Every sequence of bytes either is a message or is refused; there is no input that traps.
///
/// Source: RFC 1459 and RFC 2812, section 2.3.1; IRCv3 Message Tags; modern.ircdocs.horse, "Message Format".
public struct Message: Sendable {
    /// The most parameters that a message has (RFC 2812, section 2.3: 14 middle ones and a trailing one).
    public static let parameterLimit = 15

    /// The line without its end.
    public let line: ArraySlice<UInt8>
    /// Between "@" and the space after it; empty where there are none.
    public let tags: ArraySlice<UInt8>
    /// Between ":" and the space after it; nil where there is none.
    public let source: ArraySlice<UInt8>?
    /// As it was written: letters or three digits in a message that means something.
    public let command: ArraySlice<UInt8>
    /// How many parameters there are.
    public let count: Int
    private let extents: InlineArray<15, Extent>

    /// Offsets from the start of the line. A line is shorter than 65,536 bytes.
    private struct Extent {
        var start: UInt16 = 0
        var end: UInt16 = 0
    }

    /// Takes a line apart. Nil when it has no command, holds a NUL or an end of line, or is 65,536 bytes long or longer.
    public init?(_ line: ArraySlice<UInt8>) {
        guard line.count <= UInt16.max else { return nil }
        let space = UInt8(ascii: " ")
        let end = line.endIndex
        var at = line.startIndex
        for byte in line where byte == 0 || byte == 10 || byte == 13 { return nil }

        func skipSpaces() {
            while at < end, line[at] == space { at += 1 }
        }
        func word() -> ArraySlice<UInt8> {
            let start = at
            while at < end, line[at] != space { at += 1 }
            return line[start..<at]
        }

        var tags = line[at..<at]
        if at < end, line[at] == UInt8(ascii: "@") {
            tags = word().dropFirst()
        }
        skipSpaces()
        var source: ArraySlice<UInt8>?
        if at < end, line[at] == UInt8(ascii: ":") {
            source = word().dropFirst()
            skipSpaces()
        }
        let command = word()
        guard !command.isEmpty else { return nil }

        var extents = InlineArray<15, Extent>(repeating: Extent())
        var count = 0
        while true {
            skipSpaces()
            guard at < end else { break }
            let isTrailing = line[at] == UInt8(ascii: ":")
            // The fifteenth takes the rest of the line, with or without a colon (RFC 2812, section 2.3.1).
            if isTrailing || count == Message.parameterLimit - 1 {
                let start = isTrailing ? at + 1 : at
                extents[count] = Extent(start: UInt16(start - line.startIndex), end: UInt16(end - line.startIndex))
                count += 1
                break
            }
            let start = at
            _ = word()
            extents[count] = Extent(start: UInt16(start - line.startIndex), end: UInt16(at - line.startIndex))
            count += 1
        }
        self.line = line
        self.tags = tags
        self.source = source
        self.command = command
        self.count = count
        self.extents = extents
    }

    /// A parameter by its place; one that is not there is empty.
    public subscript(_ place: Int) -> ArraySlice<UInt8> {
        guard place >= 0, place < count else { return line[line.endIndex..<line.endIndex] }
        let extent = extents[place]
        return line[(line.startIndex + Int(extent.start))..<(line.startIndex + Int(extent.end))]
    }

    /// The last parameter, which is where most commands carry their text.
    public var trailing: ArraySlice<UInt8> { self[count - 1] }
}

extension Message {
    /// The value of a tag, as it is written on the line; an empty one where the tag has none. The last of several wins
    /// (IRCv3 Message Tags, "Format").
    public func tag(_ key: StaticString) -> ArraySlice<UInt8>? {
        var found: ArraySlice<UInt8>?
        for tag in tags.split(separator: UInt8(ascii: ";")) {
            let name = tag.prefix { $0 != UInt8(ascii: "=") }
            if name.equals(ascii: key) { found = tag[name.endIndex...].dropFirst() }
        }
        return found
    }

    /// A tag's value with its escapes undone: `\:` `\s` `\\` `\r` `\n`; a lone backslash at the end is dropped.
    public static func unescape(tagValue value: ArraySlice<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        var isEscaped = false
        for byte in value {
            if isEscaped {
                isEscaped = false
                switch byte {
                case UInt8(ascii: ":"): text.append(UInt8(ascii: ";"))
                case UInt8(ascii: "s"): text.append(UInt8(ascii: " "))
                case UInt8(ascii: "r"): text.append(13)
                case UInt8(ascii: "n"): text.append(10)
                default: text.append(byte)
                }
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else {
                text.append(byte)
            }
        }
        return text
    }

    /// A text as the value of a tag.
    public static func escape(tagValue text: some Collection<UInt8>) -> [UInt8] {
        var value: [UInt8] = []
        for byte in text {
            switch byte {
            case UInt8(ascii: ";"): value.append(ascii: "\\:")
            case UInt8(ascii: " "): value.append(ascii: "\\s")
            case UInt8(ascii: "\\"): value.append(ascii: "\\\\")
            case 13: value.append(ascii: "\\r")
            case 10: value.append(ascii: "\\n")
            default: value.append(byte)
            }
        }
        return value
    }
}

/// Who a message is from: a server, or `nick!user@host` (RFC 2812, section 2.3.1).
public struct Source: Sendable, Equatable {
    public let nick: ArraySlice<UInt8>
    /// Nil where the source does not give one.
    public let user: ArraySlice<UInt8>?
    /// Nil where the source does not give one.
    public let host: ArraySlice<UInt8>?

    /// Any bytes are a source; what is missing is nil.
    public init(_ source: ArraySlice<UInt8>) {
        let at = source.lastIndex(of: UInt8(ascii: "@"))
        let name = source[..<(at ?? source.endIndex)]
        let mark = name.firstIndex(of: UInt8(ascii: "!"))
        nick = name[..<(mark ?? name.endIndex)]
        user = mark.map { name[($0 + 1)...] }
        host = at.map { source[($0 + 1)...] }
    }
}
