import ChatServer
import IRCProtocol

/// A server and the clients that talk to it, without a network: performs effects by putting bytes into inboxes.
final class World {
    var server: ChatServer
    var now = Moment(uptime: 1_000_000, unix: 1_700_000_123_456)
    private(set) var clients: [String: ClientID] = [:]
    private(set) var names: [ClientID: String] = [:]
    private var inboxes: [ClientID: [UInt8]] = [:]
    private(set) var closed: Set<String> = []
    private(set) var paused: Set<String> = []
    private(set) var requests: [Effect] = []
    /// How often something was sent to a client that had been closed.
    private(set) var strays = 0
    /// Lines over the limits or with an end inside.
    private(set) var malformed: [[UInt8]] = []

    init(_ configuration: Configuration, texts: ServerTexts = ServerTexts()) {
        server = ChatServer(configuration: configuration, texts: texts, at: now)
    }

    /// As ngircd: nothing is hidden, nobody is identified by the kernel.
    static func open(_ change: (inout Configuration) -> Void = { _ in }) -> World {
        var configuration = Configuration()
        configuration.global.name = Array("irc.test.net".utf8)
        configuration.options.anonymous = false
        configuration.options.kernelIdent = false
        configuration.limits.maxPenaltySeconds = 0
        configuration.limits.maxConnectionsPerAddress = 0
        change(&configuration)
        return World(configuration)
    }

    /// As shipped.
    static func anonymous(_ change: (inout Configuration) -> Void = { _ in }) -> World {
        var configuration = Configuration()
        configuration.global.name = Array("irc.test.net".utf8)
        configuration.limits.maxPenaltySeconds = 0
        change(&configuration)
        return World(configuration)
    }

    func perform(_ effects: [Effect]) {
        for effect in effects {
            switch effect {
            case .send(let bytes, let client): deliver(bytes, to: client)
            case .sendAll(let bytes, let clients, let except):
                for client in clients where client != except { deliver(bytes, to: client) }
            case .close(let client): closed.insert(names[client] ?? "?")
            case .pauseReading(let client): paused.insert(names[client] ?? "?")
            case .resumeReading(let client): paused.remove(names[client] ?? "?")
            case .rehash, .shutDown, .restart: requests.append(effect)
            }
        }
    }

    private func deliver(_ bytes: [UInt8], to client: ClientID) {
        if let name = names[client], clients[name] != client || closed.contains(name) { strays += 1 }
        for line in bytes.split(separator: 10, omittingEmptySubsequences: false).dropLast() {
            let body = line.first == UInt8(ascii: "@") ? line.drop { $0 != 32 }.dropFirst() : line
            if body.count > 511 || body.last != 13 || body.dropLast().contains(13) || body.contains(0) {
                malformed.append(Array(line))
            }
        }
        if bytes.last != 10 { malformed.append(bytes) }
        inboxes[client, default: []] += bytes
    }

    /// Opens a connection under a name that only the test knows.
    func connect(_ name: String, login: String? = nil, uid: UInt32 = 1000, address: String = "127.0.0.1") {
        let peer = Peer(
            login: login.map { Login(uid: uid, name: Array($0.utf8)) }, address: Array(address.utf8), nonce: 4711)
        let (client, effects) = server.connected(peer, at: now)
        clients[name] = client
        names[client] = name
        closed.remove(name)
        inboxes[client] = []
        perform(effects)
    }

    /// Connects and registers, and throws the welcome away.
    func join(_ name: String, login: String? = nil, uid: UInt32 = 1000, capabilities: String = "") {
        connect(name, login: login ?? name, uid: uid)
        if !capabilities.isEmpty { send(name, "CAP REQ :\(capabilities)") }
        send(name, "NICK \(name)")
        send(name, "USER \(name) 0 * :\(name.capitalized)")
        if !capabilities.isEmpty { send(name, "CAP END") }
        drain()
    }

    func send(_ name: String, _ line: String) { send(name, bytes: Array(line.utf8) + [13, 10]) }

    func send(_ name: String, bytes: [UInt8]) {
        guard let client = clients[name] else { return }
        perform(bytes.withUnsafeBytes { server.receive($0, from: client, at: now) })
    }

    /// What a client has received since it was last asked.
    func lines(_ name: String) -> [String] {
        guard let client = clients[name], let bytes = inboxes[client] else { return [] }
        inboxes[client] = []
        return String(decoding: bytes, as: UTF8.self).split(separator: "\r\n").map(String.init)
    }

    /// Sends a line and returns what its sender receives.
    func ask(_ name: String, _ line: String) -> [String] {
        drain()
        send(name, line)
        return lines(name)
    }

    func drain() { for client in inboxes.keys { inboxes[client] = [] } }

    func lose(_ name: String, _ loss: Loss = .broken) {
        guard let client = clients[name] else { return }
        perform(server.disconnected(client, because: loss, at: now))
        closed.insert(name)
    }

    /// Time passes, second by second.
    func wait(seconds: Int) {
        for _ in 0..<seconds {
            now.uptime += 1000
            now.unix += 1000
            perform(server.tick(at: now))
        }
    }

    func rehash(_ configuration: Configuration) {
        perform(server.rehash(configuration, texts: ServerTexts(), at: now))
    }
}
