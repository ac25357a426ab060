import CLoadSockets
import Glibc

/// Many clients on one epoll and one thread: connects them, cuts what they read into lines, and tells the phase that
/// is running. One buffer serves all; of a client only an unfinished line is kept.
final class Swarm {
    /// A line without its end; valid during the call only.
    typealias Line = UnsafeBufferPointer<UInt8>

    struct Client {
        var socket: Int32 = -1
        var isConnected = false
        var unfinishedCount: Int32 = 0
    }

    // RFC 2812 allows 512 bytes a line, and IRCv3 8191 more of tags.
    private static let longestLine = 16 << 10
    private static let chunk = 256 << 10

    let count: Int
    let port: UInt16
    /// Whether each read is acknowledged at once, instead of when the kernel thinks best.
    var acknowledgesAtOnce = false
    private(set) var bytesReceived: UInt64 = 0
    private let epoll: Int32
    private let clients: UnsafeMutablePointer<Client>
    private var unfinished: [Int: [UInt8]] = [:]
    private let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: longestLine + chunk)
    private var events = [load_event](repeating: load_event(), count: 1024)

    init(clients count: Int, port: UInt16) throws {
        self.count = count
        self.port = port
        epoll = load_epoll()
        guard epoll >= 0 else { throw LoadError("epoll_create1: \(String(cString: strerror(errno)))") }
        clients = .allocate(capacity: count)
        clients.initialize(repeating: Client(), count: count)
    }

    deinit {
        for place in 0..<count where clients[place].socket >= 0 { close(clients[place].socket) }
        close(epoll)
        clients.deallocate()
        buffer.deallocate()
    }

    func connect(_ client: Int) throws {
        clients[client].socket = load_connect(epoll, port, UInt32(client))
        guard clients[client].socket >= 0 else {
            throw LoadError("client \(client) cannot connect: \(String(cString: strerror(errno)))")
        }
    }

    func send(_ line: [UInt8], from client: Int) throws {
        guard load_send(clients[client].socket, line, line.count) == 0 else {
            throw LoadError("client \(client) cannot send: \(String(cString: strerror(errno)))")
        }
    }

    /// Waits once, for `milliseconds` at most, and hands every line that came to `phase`. Returns whether anything
    /// happened.
    func turn(_ phase: some Phase, milliseconds: Int32) throws -> Bool {
        let ready = Int(load_wait(epoll, &events, Int32(events.count), milliseconds))
        guard ready >= 0 else { throw LoadError("epoll_wait: \(String(cString: strerror(errno)))") }
        for place in 0..<ready {
            let client = Int(events[place].client)
            if !clients[client].isConnected, events[place].writable || events[place].readable {
                let reason = load_connected(epoll, clients[client].socket, UInt32(client))
                guard reason == 0 else {
                    throw LoadError("client \(client) cannot connect: \(String(cString: strerror(reason)))")
                }
                clients[client].isConnected = true
                try phase.connected(client)
            }
            if events[place].readable { try read(client, phase) }
        }
        return ready > 0
    }

    private func read(_ client: Int, _ phase: some Phase) throws {
        let kept = Int(clients[client].unfinishedCount)
        if kept > 0, let bytes = unfinished[client] { buffer.update(from: bytes, count: kept) }
        let received = load_receive(clients[client].socket, buffer + kept, Swarm.chunk)
        if received < 0, errno == EAGAIN { return }
        guard received > 0 else {
            let reason = received == 0 ? "closed by the server" : String(cString: strerror(errno))
            throw LoadError("client \(client): \(reason)\(lastWords(kept))")
        }
        bytesReceived += UInt64(received)
        if acknowledgesAtOnce { load_acknowledge(clients[client].socket) }
        let now = load_now_nanoseconds()
        let end = kept + received
        var start = 0
        // The kept part has no line feed in it.
        var from = kept
        while let feed = memchr(buffer + from, 10, end - from) {
            let stop = buffer.distance(to: feed.assumingMemoryBound(to: UInt8.self))
            let length = stop > start && buffer[stop - 1] == 13 ? stop - 1 - start : stop - start
            let line = Line(start: buffer + start, count: length)
            if length > 5, line[0] == UInt8(ascii: "P"), line[1] == UInt8(ascii: "I") {
                try answerPing(line, client)
            } else {
                try phase.received(line, client, now)
            }
            start = stop + 1
            from = start
        }
        let rest = end - start
        guard rest < Swarm.longestLine else { throw LoadError("client \(client) got a line without end") }
        if rest > 0 { unfinished[client] = Array(UnsafeBufferPointer(start: buffer + start, count: rest)) }
        clients[client].unfinishedCount = Int32(rest)
    }

    private func answerPing(_ line: Line, _ client: Int) throws {
        try send([UInt8(ascii: "P"), UInt8(ascii: "O")] + line.dropFirst(2) + [13, 10], from: client)
    }

    private func lastWords(_ kept: Int) -> String {
        kept > 0 ? ": " + String(decoding: UnsafeBufferPointer(start: buffer, count: kept), as: UTF8.self) : ""
    }
}

/// What a phase of the run does with what its clients see.
protocol Phase: AnyObject {
    func connected(_ client: Int) throws
    func received(_ line: Swarm.Line, _ client: Int, _ now: UInt64) throws
}

extension Phase {
    func connected(_ client: Int) throws {}
}

extension Swarm.Line {
    /// The three digits after the source, as a number; nil when this is no numeric.
    var numeric: Int? {
        guard count > 5, self[0] == UInt8(ascii: ":"), let base = baseAddress,
            let space = memchr(base, 32, count)
        else { return nil }
        let place = base.distance(to: UnsafePointer(space.assumingMemoryBound(to: UInt8.self))) + 1
        guard place + 3 < count, self[place + 3] == 32 else { return nil }
        var number = 0
        for digit in self[place..<place + 3] {
            guard digit >= 48, digit <= 57 else { return nil }
            number = number * 10 + Int(digit - 48)
        }
        return number
    }

    var text: String { String(decoding: self, as: UTF8.self) }
}
