/// What a splitter finds next.
public enum Line: Sendable, Equatable {
    /// A line without its end; never empty.
    case complete(ArraySlice<UInt8>)
    /// A line over the limits. It is thrown away up to its end, so that the next one is read as it should be.
    case tooLong
}

/// Cuts a stream of bytes into lines. Total: any bytes, in any pieces, give the same lines, and no more than the limits
/// and the piece at hand are kept.
///
/// CR, LF and both end a line, as in ngircd: there are clients that send only one of them. Empty lines are passed over
/// (RFC 2812, section 2.3.1).
public struct LineSplitter: Sendable {
    /// The longest message without tags, with its CR LF (RFC 2812, section 2.3).
    public static let bodyLimit = 512
    /// The longest tags that a client may send, with "@" and the space (IRCv3 Message Tags, "Size limit").
    public static let clientTagLimit = 4096
    /// The longest tags that a server may send, with "@" and the space.
    public static let serverTagLimit = 8191

    private var buffer: [UInt8] = []
    private var start = 0
    private var scanned = 0
    private var isDiscarding = false

    public init() {}

    /// How many bytes wait for the end of their line, or for `next` to be asked.
    public var count: Int { buffer.count - start }

    /// Takes what has arrived, as the transport has it: in one copy.
    public mutating func append(_ bytes: UnsafeRawBufferPointer) { take(bytes) }

    /// Takes what has arrived.
    public mutating func append(_ bytes: some Collection<UInt8>) { take(bytes) }

    private mutating func take(_ bytes: some Collection<UInt8>) {
        if start == buffer.count {
            buffer = Array(bytes)
            scanned = 0
        } else {
            if start > 0 { buffer.removeSubrange(..<start) }
            scanned -= start
            buffer.append(contentsOf: bytes)
        }
        start = 0
    }

    /// The next line that is complete or too long; nil when more bytes are needed.
    public mutating func next(tagLimit: Int = LineSplitter.clientTagLimit) -> Line? {
        while let end = buffer[scanned...].firstIndex(where: { $0 == 10 || $0 == 13 }) {
            let line = buffer[start..<end]
            start = end + 1
            scanned = start
            if isDiscarding {
                isDiscarding = false
                return .tooLong
            }
            if line.isEmpty { continue }
            return isWithinLimits(line, tagLimit: tagLimit) ? .complete(line) : .tooLong
        }
        scanned = buffer.count
        if isDiscarding || !isWithinLimits(buffer[start...], tagLimit: tagLimit) {
            isDiscarding = true
            start = buffer.count
        }
        // An idle client holds no buffer.
        if start == buffer.count {
            buffer = []
            start = 0
            scanned = 0
        }
        return nil
    }

    private func isWithinLimits(_ line: ArraySlice<UInt8>, tagLimit: Int) -> Bool {
        guard line.first == UInt8(ascii: "@") else { return line.count <= LineSplitter.bodyLimit - 2 }
        guard let space = line.prefix(tagLimit).firstIndex(of: UInt8(ascii: " ")) else { return line.count < tagLimit }
        return line.endIndex - space - 1 <= LineSplitter.bodyLimit - 2
    }
}
