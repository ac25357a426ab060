import CChatDaemon
import Foundation
import Testing

@testable import ChatDaemon

/// A client as simple as can be: sends what it is told, and waits for what it is asked for.
final class Client {
    let input: Int32
    private let output: Int32
    private var process: Process?
    /// Bytes, and not text: what is searched here is long at times.
    private var bytes: [UInt8] = []
    private var start = 0

    private var received: String { String(decoding: bytes[start...], as: UTF8.self) }

    init(descriptor: Int32) {
        input = descriptor
        output = descriptor
    }

    convenience init(address: String, port: UInt16) throws {
        var endpoint = try #require(Endpoint(text: address, port: port)).raw
        let socket = chatd_connect(&endpoint)
        guard socket >= 0 else { throw TestError(what: "connect: \(SystemError.last())") }
        self.init(descriptor: socket)
    }

    convenience init(path: String) throws {
        let client = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(100)) }
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Foundation.connect(client, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status == 0 else { throw TestError(what: "connect: \(SystemError.last())") }
        self.init(descriptor: client)
    }

    /// A client that another user runs.
    init(as uid: UInt32, _ family: String, _ whereTo: String) throws {
        let process = Process()
        let (toChild, fromChild) = (Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: Programs.probe)
        process.arguments = ["connect", String(uid), family, whereTo]
        process.standardInput = toChild
        process.standardOutput = fromChild
        process.standardError = FileHandle.nullDevice
        try process.run()
        output = dup(toChild.fileHandleForWriting.fileDescriptor)
        input = dup(fromChild.fileHandleForReading.fileDescriptor)
        self.process = process
    }

    deinit {
        close(output)
        if input != output { close(input) }
        if let process {
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
    }

    func send(_ line: String) { send(bytes: Array("\(line)\r\n".utf8)) }

    /// Sends all of it, unless the connection breaks.
    func send(bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(output, $0.baseAddress, $0.count) }
            if count <= 0 { return }
            rest = rest.dropFirst(count)
        }
    }

    /// Sends what the kernel takes without waiting. How much that was.
    func sendWithoutWaiting(_ bytes: [UInt8]) -> Int {
        max(0, bytes.withUnsafeBytes { Foundation.send(output, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT)) })
    }

    /// Waits for a text; everything up to and with it is taken out of what was received.
    @discardableResult
    func expect(_ text: String, seconds: Double = 5, _ place: SourceLocation = #_sourceLocation) throws -> String {
        let deadline = Date(timeIntervalSinceNow: seconds)
        var searched = start
        while true {
            if let end = position(after: text, from: searched) {
                defer { start = end }
                return String(decoding: bytes[start..<end], as: UTF8.self)
            }
            searched = max(start, bytes.count - text.utf8.count)
            guard Date() < deadline, readMore(until: deadline) else {
                Issue.record("no \(text) in: \(received.suffix(400))", sourceLocation: place)
                throw TestError(what: "no \(text)")
            }
        }
    }

    private func position(after text: String, from offset: Int) -> Int? {
        let wanted = Array(text.utf8)
        return bytes.withUnsafeBufferPointer { all in
            guard let base = all.baseAddress, let first = wanted.first else { return nil }
            var next = offset
            while next + wanted.count <= all.count, let hit = memchr(base + next, Int32(first), all.count - next) {
                next = UnsafePointer(hit.assumingMemoryBound(to: UInt8.self)) - base
                if next + wanted.count <= all.count, memcmp(base + next, wanted, wanted.count) == 0 {
                    return next + wanted.count
                }
                next += 1
            }
            return nil
        }
    }

    /// Whether the other end closes the connection in time.
    func isClosed(within seconds: Double = 5) -> Bool {
        let deadline = Date(timeIntervalSinceNow: seconds)
        while Date() < deadline {
            if !readMore(until: deadline) { return Date() < deadline }
        }
        return false
    }

    /// What arrives in a while.
    func listen(_ seconds: Double = 0.3) -> String {
        let deadline = Date(timeIntervalSinceNow: seconds)
        while Date() < deadline, readMore(until: deadline) {}
        return received
    }

    /// False at the end of the connection or of the time.
    private func readMore(until deadline: Date) -> Bool {
        var wait = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
        let milliseconds = Int32(max(0, deadline.timeIntervalSinceNow * 1000))
        guard poll(&wait, 1, milliseconds) > 0 else { return false }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = read(input, &buffer, buffer.count)
        guard count > 0 else { return false }
        bytes.append(contentsOf: buffer.prefix(count))
        return true
    }

    @discardableResult
    func register(_ nick: String, user: String = "somebody") throws -> Client {
        send("NICK \(nick)")
        send("USER \(user) 0 * :\(nick)")
        try expect(" 001 \(nick) ")
        return self
    }

    /// Round-trip time in seconds.
    func ping() throws -> Double {
        let start = Date()
        send("PING :\(start.timeIntervalSince1970)")
        try expect("PONG irc.example.net :\(start.timeIntervalSince1970)")
        return Date().timeIntervalSince(start)
    }
}
