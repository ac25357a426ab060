import Confinement

/// Turns the bytes of a terminal into lines. Keeps at most `limit` bytes, however long a line is, and understands
/// nothing: no quoting, no escape, no editing.
public struct LineReader: Sendable {
    /// In bytes, without the line's end. The longest command has six.
    public static var limit: Int { 128 }

    public enum Event: Sendable, Equatable {
        case line(Bytes)
        case refused(Fault)
    }

    public enum Fault: Sendable, Equatable {
        case tooLong, controlCharacter

        public var message: StaticString {
            switch self {
            case .tooLong: "Line is too long."
            case .controlCharacter: "Control characters are not allowed."
            }
        }
    }

    private var line: Bytes = []
    private var fault: Fault?

    public init() {}

    /// Takes the next byte. A line is reported, or refused for the first thing that is wrong with it, at its end and
    /// not before: what follows in a refused line is not a new line.
    public mutating func receive(_ byte: UInt8) -> Event? {
        if byte == UInt8(ascii: "\n") {
            defer {
                line = []
                fault = nil
            }
            return fault.map { .refused($0) } ?? .line(line)
        }
        guard fault == nil else { return nil }
        if byte < 0x20 || byte == 0x7f {
            fault = .controlCharacter
        } else if line.count == LineReader.limit {
            fault = .tooLong
        } else {
            line.append(byte)
        }
        return nil
    }
}
