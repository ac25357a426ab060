import IRCHarness

/// A dialogue under way on one server.
final class Performance {
    private let connect: () throws -> IRCConnection
    private var clients: [Character: IRCConnection] = [:]
    private var closed: Set<Character> = []

    /// - Parameter connect: How to reach the server, or a proxy before it.
    init(_ connect: @escaping () throws -> IRCConnection) { self.connect = connect }

    /// Carries out one step and returns what each client then sees, normalised and in an order of its own.
    func perform(_ step: Dialogue.Step) throws -> [String] {
        var connection = clients[step.client]
        switch step.action {
        case .say(let bytes):
            if connection == nil || closed.contains(step.client) {
                connection = try connect()
                clients[step.client] = connection
                closed.remove(step.client)
            }
            connection?.send(bytes: bytes)
        case .vanish:
            try connection?.vanish()
            clients[step.client] = nil
        }
        // The speaker is asked first: when it has its answer, everything that its words caused is on the way.
        var seen: [String] = []
        for letter in [step.client] + clients.keys.filter({ $0 != step.client }).sorted() {
            guard let client = clients[letter], !closed.contains(letter) else { continue }
            seen += try client.settle().map { "\(letter) \(Normal.line($0.text))" }
            if client.isClosed {
                seen.append("\(letter) CLOSED")
                closed.insert(letter)
            }
        }
        return seen.sorted()
    }
}
