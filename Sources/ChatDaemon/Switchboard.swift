import CChatDaemon
import ChatServer
import IRCProtocol

/// What the switchboard needs of whatever carries bytes.
protocol Lines: AnyObject {
    /// Writes what waits for the client, then closes the connection.
    func close(_ client: ClientID)
    /// Reads from the client, or not.
    func setReading(_ client: ClientID, _ isReading: Bool)
    /// Writes what waits for the client, and these bytes after it.
    func write(_ bytes: [UInt8], to client: ClientID)
    /// Writes what waits for everybody.
    func writeAll()
}

/// Between the chat server and the connections: hands events in and sorts the effects. Knows neither sockets nor the
/// event loop.
final class Switchboard {
    /// What an operator has asked for; carried out between turns.
    struct Requests: OptionSet {
        let rawValue: UInt8
        static let rehash = Requests(rawValue: 1)
        static let shutDown = Requests(rawValue: 2)
        static let restart = Requests(rawValue: 4)
    }

    private var server: ChatServer
    var turn = Turn()
    private(set) var requests: Requests = []
    weak var lines: (any Lines)?
    /// The time of this turn; the same for all that happens in it.
    private var now: Moment?

    init(_ loaded: ConfigurationLoader.Loaded) {
        server = ChatServer(configuration: loaded.configuration, texts: loaded.texts, at: Switchboard.clock())
    }

    private static func clock() -> Moment {
        Moment(
            uptime: chatd_monotonic_microseconds() / 1000, unix: chatd_unix_milliseconds())
    }

    private var moment: Moment {
        if let now { return now }
        let read = Switchboard.clock()
        now = read
        return read
    }

    /// The time by which `tick` must have been called, in milliseconds of the clock that never goes back.
    var deadline: Int64? { server.nextDeadline }
    var uptime: Int64 { moment.uptime }

    /// A connection has come. It is known under the name that `attach` gets before anything is done to it.
    func connected(_ peer: Peer, attach: (ClientID) -> Void) {
        let (client, effects) = server.connected(peer, at: moment)
        attach(client)
        carryOut(effects)
    }

    func received(_ bytes: UnsafeRawBufferPointer, from client: ClientID) {
        carryOut(server.receive(bytes, from: client, at: moment))
    }

    func lost(_ client: ClientID, because loss: Loss) {
        carryOut(server.disconnected(client, because: loss, at: moment))
    }

    func tick() { carryOut(server.tick(at: moment)) }

    func setAccounts(_ accounts: Accounts) { server.setAccounts(accounts) }

    func rehash(_ loaded: ConfigurationLoader.Loaded) {
        carryOut(server.rehash(loaded.configuration, texts: loaded.texts, at: moment))
    }

    /// Says goodbye to everybody.
    func shutDown() { carryOut(server.shutDown(at: moment)) }

    /// Begins anew, when everybody has been closed.
    func restart(_ loaded: ConfigurationLoader.Loaded) {
        server = ChatServer(configuration: loaded.configuration, texts: loaded.texts, at: moment)
    }

    /// The turn is over: the next one reads the clock again.
    func endTurn() -> Requests {
        defer {
            now = nil
            requests = []
        }
        return requests
    }

    private static let longAnswer = 4096

    private func carryOut(_ effects: [Effect]) {
        for effect in effects {
            switch effect {
            // A long answer to one, such as the names in a large channel, would fill the turn of all.
            case .send(let bytes, let client) where bytes.count >= Switchboard.longAnswer:
                lines?.write(bytes, to: client)
            case .send(let bytes, let client): turn.add(bytes, to: client)
            case .sendAll(let bytes, let clients, let one): turn.add(bytes, to: clients, except: one)
            case .close(let client): lines?.close(client)
            case .pauseReading(let client): lines?.setReading(client, false)
            case .resumeReading(let client): lines?.setReading(client, true)
            case .rehash: requests.insert(.rehash)
            case .shutDown: requests.insert(.shutDown)
            case .restart: requests.insert(.restart)
            }
        }
        if turn.isLarge { lines?.writeAll() }
    }
}
