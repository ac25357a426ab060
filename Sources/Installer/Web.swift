import CPosix
import Glibc

/// A kickstart on the web, for those who boot the installer by hand: where it is served, and under what name.
struct WebPlace: Equatable, Sendable {
    let file: String
    let name: String
    let port: Int

    static let names = ["KICKSTARTFILE", "PORT"]
    /// Where QEMU's user network has 127.0.0.1 of this machine.
    static let hostOfGuests = "10.0.2.2"
    /// Of a request or an answer: more is no kickstart of ours.
    static let limitBytes = 1 << 20

    init(_ settings: Settings) throws(Misuse) {
        file = try settings.required("KICKSTARTFILE")
        name = file.split(separator: "/").last.map(String.init) ?? ""
        let plain = name.utf8.allSatisfy {
            (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || [45, 46, 95].contains($0)
        }
        guard plain, !name.isEmpty else {
            throw Misuse("\(quoted(name)) is no name for an address: letters, digits, dots, - and _ alone")
        }
        port = try settings.number("PORT", in: 1024...65535, otherwise: 8000)
    }

    func url(at host: String) -> String { "http://\(host.contains(":") ? "[\(host)]" : host):\(port)/\(name)" }
}

/// The command serve: gives the kickstart, and nothing else, to whoever asks at one address of this machine.
public struct Serve: Equatable, Sendable {
    let place: WebPlace
    let address: String

    init(_ words: [String]) throws(Misuse) {
        let settings = try Settings(words, known: WebPlace.names + ["ADDRESS"])
        place = try WebPlace(settings)
        address = settings["ADDRESS"] ?? "127.0.0.1"
    }

    /// Serves until a signal ends it.
    public func run() throws {
        let body = Array(try SecretFile.text(place.file).utf8)
        cposix_block_signals()
        let signals = cposix_open_signals()
        guard signals >= 0 else { throw SystemError("signals") }
        defer { close(signals) }
        let listener = try WebSocketAddress.resolve(address, place.port, isServer: true).listen()
        defer { close(listener) }
        say("serving \(place.url(at: address)) until Ctrl-C; `make find_url` says how guests reach it")
        if address != "127.0.0.1" { say("whoever reaches \(address) can read the kickstart, and all that is in it") }
        while try waitForClient(listener, signals) {
            let client = accept(listener, nil, nil)
            guard client >= 0 else { continue }
            defer { close(client) }
            answer(client, body)
        }
        say("stopped")
    }

    private func waitForClient(_ listener: Int32, _ signals: Int32) throws -> Bool {
        var waited = [
            pollfd(fd: listener, events: Int16(POLLIN), revents: 0),
            pollfd(fd: signals, events: Int16(POLLIN), revents: 0),
        ]
        while poll(&waited, 2, -1) < 0 { guard errno == EINTR else { throw SystemError("poll") } }
        return waited[1].revents == 0
    }

    /// One request and its answer. Who is slow, or asks for something else, is none of ours.
    private func answer(_ client: Int32, _ body: [UInt8]) {
        WebSocketAddress.setTimeout(client, seconds: 2)
        guard let request = Self.request(client) else { return }
        let isOurs = ["HTTP/1.0", "HTTP/1.1"].contains { request == "GET /\(place.name) \($0)" }
        let content = isOurs ? body : Array("There is nothing here.\n".utf8)
        let header =
            "HTTP/1.0 \(isOurs ? "200 OK" : "404 Not Found")\r\nContent-Type: text/plain\r\n"
            + "Content-Length: \(content.count)\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n"
        let all = Array(header.utf8) + content
        _ = WebSocketAddress.send(client, all)
        shutdown(client, Int32(SHUT_WR))
        if isOurs { say("served") }
    }

    /// The first line of a request that has come to its end.
    private static func request(_ client: Int32) -> String? {
        var bytes: [UInt8] = []
        while bytes.count < 8192 {
            var chunk = [UInt8](repeating: 0, count: 1024)
            let count = recv(client, &chunk, chunk.count, 0)
            guard count > 0 else { return nil }
            bytes += chunk[..<count]
            let text = String(decoding: bytes, as: UTF8.self)
            if text.hasSuffix("\r\n\r\n") { return text.split(separator: "\r\n").first.map(String.init) }
        }
        return nil
    }
}

/// A socket's address, and the few calls that both sides of a conversation make.
struct WebSocketAddress {
    private let storage: [UInt8]
    private let family: Int32
    private let text: String

    /// Reads `host`, which is numeric, as a server listens at it or as a client asks it.
    static func resolve(_ host: String, _ port: Int, isServer: Bool) throws -> WebSocketAddress {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | (isServer ? AI_PASSIVE : 0)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, "\(port)", &hints, &found) == 0, let first = found else {
            throw Misuse("ADDRESS is \(quoted(host)), not an address of this machine such as 127.0.0.1")
        }
        defer { freeaddrinfo(found) }
        let length = Int(first.pointee.ai_addrlen)
        let bytes = [UInt8](UnsafeRawBufferPointer(start: UnsafeRawPointer(first.pointee.ai_addr), count: length))
        return WebSocketAddress(storage: bytes, family: first.pointee.ai_family, text: "\(host) port \(port)")
    }

    func listen() throws -> Int32 {
        let listener = try open()
        var yes: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        guard call(listener, bind) == 0, Glibc.listen(listener, 16) == 0 else {
            let error = SystemError(text)
            close(listener)
            throw error
        }
        return listener
    }

    /// nil where nobody answers within some seconds.
    func connect() throws -> Int32? {
        let client = try open()
        Self.setTimeout(client)
        if call(client, Glibc.connect) == 0 { return client }
        close(client)
        return nil
    }

    private func open() throws -> Int32 {
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SystemError(text) }
        return descriptor
    }

    private func call(
        _ descriptor: Int32, _ function: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        storage.withUnsafeBytes { bytes in
            guard let base = bytes.bindMemory(to: sockaddr.self).baseAddress else { return -1 }
            return function(descriptor, base, socklen_t(bytes.count))
        }
    }

    /// For each step.
    static func setTimeout(_ descriptor: Int32, seconds: Int = 5) {
        var limit = timeval(tv_sec: seconds, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
    }

    static func send(_ descriptor: Int32, _ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            // No signal where the other side has gone.
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }
}
