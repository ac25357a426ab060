/// One answer or event of tor's control socket.
///
/// Source: Tor control protocol, version 1, section 2.3.
public struct ControlReply: Equatable {
    /// 250 is success; 650 is an event.
    public let status: Int
    /// What followed the status on each line; the lines of a data block follow the line that announced it.
    public let lines: [String]

    public init(status: Int, lines: [String]) {
        self.status = status
        self.lines = lines
    }

    public var isSuccess: Bool { status == 250 }
    public var isEvent: Bool { status == 650 }

    /// The value of "key=value", or `nil`.
    public func value(of key: String) -> String? {
        let wanted = Array((key + "=").utf8)
        for line in lines where line.utf8.starts(with: wanted) {
            return String(decoding: Array(line.utf8.dropFirst(wanted.count)), as: UTF8.self)
        }
        return nil
    }
}

/// Puts replies together from bytes as they come.
public struct ControlReader {
    /// Longer lines, and longer answers, are no answers to what is asked here. In bytes.
    private static let limit = 1 << 16

    private var line: [UInt8] = []
    private var lines: [String] = []
    private var status = 0
    private var size = 0
    private var isInData = false
    /// Whether what came is no control protocol. Nothing more is understood.
    public private(set) var isBroken = false

    public init() {}

    /// Takes one byte, and gives the reply that it ends.
    public mutating func take(_ byte: UInt8) -> ControlReply? {
        size += 1
        if size > Self.limit { isBroken = true }
        guard !isBroken else { return nil }
        guard byte == 0x0a else {
            line.append(byte)
            return nil
        }
        if line.last == 0x0d { line.removeLast() }
        defer { line = [] }
        return isInData ? takeData() : takeLine()
    }

    private mutating func takeData() -> ControlReply? {
        if line == [0x2e] {
            isInData = false
        } else {
            lines.append(String(decoding: line.first == 0x2e ? line.dropFirst() : line[...], as: UTF8.self))
        }
        return nil
    }

    private mutating func takeLine() -> ControlReply? {
        let digits = line.prefix(3)
        guard line.count >= 4, digits.allSatisfy({ (0x30...0x39).contains($0) }) else {
            isBroken = true
            return nil
        }
        status = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        lines.append(String(decoding: line.dropFirst(4), as: UTF8.self))
        switch line[3] {
        case 0x2d: return nil
        case 0x2b:
            isInData = true
            return nil
        case 0x20:
            defer { (lines, size) = ([], 0) }
            return ControlReply(status: status, lines: lines)
        default:
            isBroken = true
            return nil
        }
    }
}
