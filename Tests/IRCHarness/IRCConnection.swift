import Foundation

/// A client of the test's own: one blocking socket, lines in and lines out.
///
/// It answers PING by itself, so that a test sees only what it asked for, and waits for events alone: a test asks for
/// a line, or for everything up to an answer (`settle`), and never for some time to pass.
public final class IRCConnection {
    /// How long a line may take to come. Servers answer in milliseconds; this is for machines that do other work.
    public static let patience: TimeInterval = 20

    public private(set) var isClosed = false
    /// Everything sent (`>`) and received (`<`), for the message of a failure.
    public private(set) var transcript: [String] = []
    private let socket: Int32
    private var unfinished: [UInt8] = []
    private var lines: [IRCLine] = []
    private var marks = 0

    public init(port: UInt16) throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard socket >= 0 else { throw HarnessError("socket: \(String(cString: strerror(errno)))") }
        guard IRCConnection.withLoopback(port, { connect(socket, $0, $1) }) == 0 else {
            let reason = String(cString: strerror(errno))
            close(socket)
            throw HarnessError("cannot connect to 127.0.0.1:\(port): \(reason)")
        }
        var on: Int32 = 1
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    deinit { disconnect() }

    public static func withLoopback<Result>(
        _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        return withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    /// The local port of a socket.
    public static func port(of socket: Int32) -> UInt16? {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &size) }
        }
        return result == 0 ? UInt16(bigEndian: address.sin_port) : nil
    }

    private var isDisconnected = false

    /// Closes the socket without a QUIT.
    public func disconnect() {
        guard !isDisconnected else { return }
        isDisconnected = true
        isClosed = true
        close(socket)
    }

    /// Ends the connection without a QUIT and waits until the server has ended it too: by then it has told the others.
    public func vanish() throws {
        guard !isDisconnected else { return }
        shutdown(socket, Int32(SHUT_WR))
        if !isClosed { _ = try waitForClose() }
        disconnect()
    }

    // MARK: Out

    public func send(_ line: String) { send(bytes: [UInt8]((line + "\r\n").utf8)) }

    /// Whatever bytes, which need not be lines. A connection that the server closed takes them and forgets them.
    public func send(bytes: [UInt8]) {
        transcript.append("> " + IRCConnection.shown(bytes))
        guard !isDisconnected else { return }
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
    }

    // MARK: In

    /// The next line that fits; the lines before it are dropped.
    public func wait(_ what: String, where fits: (IRCLine) throws -> Bool) throws -> IRCLine {
        let end = Date(timeIntervalSinceNow: IRCConnection.patience)
        while let line = try next(until: end) {
            if try fits(line) { return line }
        }
        throw HarnessError("\(isClosed ? "closed" : "timed out") waiting for \(what)\n\(shownTranscript)")
    }

    public func wait(command: String) throws -> IRCLine {
        try wait(command) { $0.command == command }
    }

    /// Everything that the server has for this client by now, up to the answer to a question of our own.
    ///
    /// CAP with an unknown subcommand is answered at any time, before registration too, names what was asked and
    /// changes nothing (numeric 410); PING would not be answered by ngircd before registration.
    public func settle() throws -> [IRCLine] {
        marks += 1
        let mark = "MARK\(marks)"
        send(bytes: [UInt8]("CAP \(mark)\r\n".utf8))
        transcript.removeLast()
        var found: [IRCLine] = []
        let end = Date(timeIntervalSinceNow: IRCConnection.patience)
        while let line = try next(until: end) {
            if line.command == "410", line.text.contains(mark) {
                transcript.removeLast()
                return found
            }
            found.append(line)
        }
        guard isClosed else { throw HarnessError("the server does not answer\n\(shownTranscript)") }
        return found
    }

    /// What comes until the server closes the connection.
    public func waitForClose() throws -> [IRCLine] {
        var found: [IRCLine] = []
        let end = Date(timeIntervalSinceNow: IRCConnection.patience)
        while let line = try next(until: end) { found.append(line) }
        guard isClosed else { throw HarnessError("the server does not close the connection\n\(shownTranscript)") }
        return found
    }

    public var shownTranscript: String { transcript.suffix(60).joined(separator: "\n") }

    private func next(until end: Date) throws -> IRCLine? {
        while lines.isEmpty, !isClosed {
            let rest = end.timeIntervalSinceNow
            guard rest > 0 else { return nil }
            var request = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
            guard poll(&request, 1, Int32(rest * 1000) + 1) > 0 else { continue }
            receive()
        }
        return lines.isEmpty ? nil : lines.removeFirst()
    }

    private func receive() {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(socket, &buffer, buffer.count, 0)
        // A server without TCP_NODELAY keeps the next line back until this one is acknowledged, up to 40 ms.
        var on: Int32 = 1
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_QUICKACK, &on, socklen_t(MemoryLayout<Int32>.size))
        guard count > 0 else {
            isClosed = true
            transcript.append("< (closed)")
            return
        }
        unfinished += buffer[..<count]
        while let feed = unfinished.firstIndex(of: 10) {
            var line = unfinished[..<feed]
            if line.last == 13 { line.removeLast() }
            take(Array(line))
            unfinished.removeSubrange(...feed)
        }
    }

    private func take(_ bytes: [UInt8]) {
        let line = IRCLine(IRCConnection.shown(bytes))
        if line.command == "PING", line.source.isEmpty || !line.source.contains("!") {
            let answer = [UInt8]("PONG :\(line.last)\r\n".utf8)
            _ = answer.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            return
        }
        transcript.append("< " + line.text)
        lines.append(line)
    }

    /// UTF-8 as it is; every byte that is not part of any as \xNN, so that two lines are equal only if their bytes are.
    public static func shown(_ bytes: [UInt8]) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        guard !Array(text.utf8).elementsEqual(bytes) || bytes.contains(where: { $0 < 32 && $0 != 13 && $0 != 10 })
        else {
            return text.hasSuffix("\r\n") ? String(text.dropLast()) : text
        }
        return bytes.map { byte in
            if byte >= 32, byte < 127 { return String(UnicodeScalar(byte)) }
            return byte == 13 || byte == 10 ? "" : "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}

public struct HarnessError: Error, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}
