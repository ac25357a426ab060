import IRCProtocol
import TerminalFixtures
import TerminalScreen
import TerminalText

@testable import ChatClient

/// A client with a server and a user played by the test.
final class Talk {
    private var client: Client
    private(set) var sent: [String] = []
    private(set) var effects: [Effect] = []
    private var keys = KeyDecoder()
    var now: Moment
    let columns: Int
    let rows: Int
    private var nick: String

    /// 08:42 on Monday, 23 November 2026.
    static let start = Moment(uptime: 1_000_000, unix: 1_795_423_320_000)

    init(
        columns: Int = 100, rows: Int = 30, system: String? = nil, personal: String? = nil,
        at moment: Moment = Talk.start,
        nick: String = "alice"
    ) {
        self.columns = columns
        self.rows = rows
        now = moment
        self.nick = nick
        let user = User(name: Array(nick.utf8), realName: Array("Unknown".utf8))
        let configuration = Configuration(
            system: system.map { Array($0.utf8) }, personal: personal.map { Array($0.utf8) }, user: user)
        client = Client(user: user, configuration: configuration, at: moment)
        client.resize(columns: columns, rows: rows)
        take(client.start(at: moment))
    }

    private func take(_ new: [Effect]) {
        for effect in new {
            effects.append(effect)
            if case .send(let line) = effect { sent.append(String(decoding: line.dropLast(2), as: UTF8.self)) }
        }
    }

    /// What has been sent since the last time.
    func takeSent() -> [String] {
        defer { sent = [] }
        return sent
    }

    func takeEffects() -> [Effect] {
        defer { effects = [] }
        return effects
    }

    func connect() { take(client.connected(at: now)) }
    func disconnect() { take(client.disconnected(at: now)) }

    /// Registered, in the channels, nothing shown but what follows.
    @discardableResult
    func registered(nick: String = "alice", capabilities: String = "") -> Talk {
        self.nick = nick
        connect()
        server(":irc CAP * LS :\(capabilities)")
        if !capabilities.isEmpty { server(":irc CAP * ACK :\(capabilities)") }
        server(":irc 001 \(nick) :Welcome")
        sent = []
        return self
    }

    /// In a channel with some members, its window in front and nothing else in it.
    @discardableResult
    func inChannel(_ name: String = "#test", members: String = "alice @op +voice bob carol") -> Talk {
        type("/join \(name)\n")
        server(":\(nick)!~a@h JOIN \(name)", ":irc 353 \(nick) = \(name) :\(members)", ":irc 366 \(nick) \(name) :End")
        type("/sb clear\n")
        sent = []
        effects = []
        return self
    }

    func server(_ lines: String...) {
        for line in lines { server(bytes: Array(line.utf8)) }
    }

    func server(bytes: [UInt8]) { take(client.receive(bytes + [13, 10], at: now)) }

    func type(_ text: String) { type(bytes: Array(text.utf8)) }

    func type(bytes: [UInt8]) {
        for input in keys.receive(bytes) { take(client.receive(input, at: now)) }
    }

    func pass(milliseconds: Int64) {
        var left = milliseconds
        // As a loop would: whenever something is due.
        while left > 0 {
            let step = min(left, max(1, Int64(client.millisecondsToTick(at: now))))
            now.uptime += step
            now.unix += step
            left -= step
            take(client.tick(at: now))
        }
    }

    func resize(columns: Int, rows: Int) { client.resize(columns: columns, rows: rows) }
    func leave() { take(client.leave(at: now)) }
    var millisecondsToTick: Int { client.millisecondsToTick(at: now) }

    var frame: Frame { client.frame() }

    /// The screen as rows of text, without spaces at the ends.
    var screen: [String] {
        let frame = client.frame()
        return (0..<frame.rows).map { row in
            var text = StrictTerminal.text(of: frame, row: row)
            while text.last == " " { text.removeLast() }
            return text
        }
    }

    /// The rows of text that are not empty.
    var lines: [String] { screen.dropFirst().dropLast(2).filter { !$0.isEmpty } }
    var last: String { lines.last ?? "" }
    var topic: String { screen[0] }
    var bar: String { screen[screen.count - 2] }
    var prompt: String { screen[screen.count - 1] }

    /// The style of the first character of a text in the last row of the window that has it.
    func style(of text: String) -> Style? {
        let frame = client.frame()
        for row in (1..<(frame.rows - 2)).reversed() {
            let content = Array(StrictTerminal.text(of: frame, row: row).unicodeScalars)
            let wanted = Array(text.unicodeScalars)
            guard content.count >= wanted.count else { continue }
            for start in 0...(content.count - wanted.count)
            where Array(content[start..<(start + wanted.count)]) == wanted {
                return frame[row][start].style
            }
        }
        return nil
    }

    /// Reads the state itself.
    func inspect<Result>(_ body: (borrowing Client) -> Result) -> Result { body(client) }
}
