import Foundation
import IRCHarness

/// Stands between clients and a server and changes lines of the server, so that a test can be seen to notice.
final class MutatingProxy: @unchecked Sendable {
    // Unchecked: what the thread uses is made before it starts and used by nobody else; `stop` only closes a pipe.
    private let listener: Int32
    private let port: UInt16
    private let target: UInt16
    private let leash: (read: Int32, write: Int32)
    private let mutate: @Sendable (String) -> String

    init(to target: UInt16, mutate: @escaping @Sendable (String) -> String) throws {
        self.target = target
        self.mutate = mutate
        guard let (socket, port) = LoopbackSocket.listen() else { throw HarnessError("no port for the proxy") }
        listener = socket
        self.port = port
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw HarnessError("no pipe for the proxy") }
        leash = (ends[0], ends[1])
        let thread = Thread { [self] in relay() }
        thread.start()
    }

    func connect() throws -> IRCConnection { try IRCConnection(port: port) }

    func stop() { close(leash.write) }

    private struct Pair {
        let client: Int32
        let server: Int32
        var unfinished: [UInt8] = []
    }

    private func relay() {
        var pairs: [Pair] = []
        while true {
            var requests = [leash.read, listener].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            for pair in pairs {
                requests.append(pollfd(fd: pair.client, events: Int16(POLLIN), revents: 0))
                requests.append(pollfd(fd: pair.server, events: Int16(POLLIN), revents: 0))
            }
            guard poll(&requests, nfds_t(requests.count), -1) > 0, requests[0].revents == 0 else { break }
            var ended: [Int] = []
            for place in pairs.indices {
                let fromClient = requests[2 + 2 * place].revents != 0
                let fromServer = requests[3 + 2 * place].revents != 0
                if fromServer, !serverToClient(&pairs[place]) {
                    ended.append(place)
                } else if fromClient, !clientToServer(pairs[place]) {
                    ended.append(place)
                }
            }
            for place in ended.reversed() {
                close(pairs[place].client)
                close(pairs[place].server)
                pairs.remove(at: place)
            }
            if requests[1].revents != 0, let server = LoopbackSocket.connect(target) {
                pairs.append(Pair(client: accept(listener, nil, nil), server: server))
            }
        }
        for pair in pairs {
            close(pair.client)
            close(pair.server)
        }
        close(listener)
        close(leash.read)
    }

    private func clientToServer(_ pair: Pair) -> Bool {
        guard let bytes = LoopbackSocket.read(pair.client) else { return false }
        return LoopbackSocket.write(pair.server, bytes)
    }

    private func serverToClient(_ pair: inout Pair) -> Bool {
        guard let bytes = LoopbackSocket.read(pair.server) else { return false }
        pair.unfinished += bytes
        while let feed = pair.unfinished.firstIndex(of: 10) {
            let line = String(decoding: pair.unfinished[..<feed], as: UTF8.self)
            pair.unfinished.removeSubrange(...feed)
            guard LoopbackSocket.write(pair.client, [UInt8]((mutate(line) + "\n").utf8)) else { return false }
        }
        return true
    }
}

/// The few calls the proxy makes.
enum LoopbackSocket {
    static func listen() -> (socket: Int32, port: UInt16)? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        let isBound = IRCConnection.withLoopback(0) { bind(descriptor, $0, $1) } == 0
        guard isBound, Glibc.listen(descriptor, 64) == 0, let port = IRCConnection.port(of: descriptor) else {
            return nil
        }
        return (descriptor, port)
    }

    static func connect(_ port: UInt16) -> Int32? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        return IRCConnection.withLoopback(port) { Glibc.connect(descriptor, $0, $1) } == 0 ? descriptor : nil
    }

    static func read(_ descriptor: Int32) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return count > 0 ? Array(buffer[..<count]) : nil
    }

    static func write(_ descriptor: Int32, _ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }
}
