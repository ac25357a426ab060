import CChatClient
import CNcurses
import CPosix
import ChatClient
import Confinement
import IRCProtocol
import TerminalScreen

/// The chat client. See irssius(1).
@main struct Irssius {
    static func main() {
        if cposix_argument_count() == 2, let argument = cposix_argument(1) {
            let word = Bytes(copying: argument)
            if word == Bytes("--help") { return say(help) }
            if word == Bytes("--version") { return say("irssius 1.0\n") }
        }
        cposix_exit(run() ? 0 : 1)
    }

    private static let help: StaticString =
        "irssius, the chat client of this server. It takes no arguments.\nInside, type /help; /quit leaves.\n"

    private static func say(_ text: StaticString) {
        let bytes = Bytes(text)
        _ = cposix_write(1, bytes, bytes.count)
    }

    private static func run() -> Bool {
        do throws(Refusal) {
            return start(try Start())
        } catch {
            report(error.message, by: .irssius)
            return false
        }
    }

    private static func start(_ start: Start) -> Bool {
        var facts = cncurses_facts()
        guard cncurses_facts(start.session.term.cString, &facts) == 0 else { return refuse("TERM cannot be used") }
        let dialect = Dialect(colours: Int(facts.colours), hasItalic: facts.italic, isXtermLike: facts.xterm_like)
        let user = User(session: start.session)
        let configuration = start.readConfiguration(for: user)

        cposix_block_signals()
        let signals = cposix_open_signals()
        guard signals >= 0 else { return refuse("signals cannot be read") }
        guard cchat_take_terminal(0) == 0 else {
            cchat_give_back_terminal(0)
            return refuse("the terminal does not obey")
        }
        defer { cchat_give_back_terminal(0) }
        guard let server = cchat_fixed_address(start.port) else {
            cchat_give_back_terminal(0)
            return refuse("the server's address cannot be fixed")
        }
        if let wall = Wall.raise(around: server, port: start.port) {
            cchat_give_back_terminal(0)
            return refuse(wall.name)
        }
        let now = Moment(uptime: cchat_uptime(), unix: cchat_unix())
        let client = Client(user: user, configuration: configuration, at: now)
        var loop = EventLoop(client, dialect: dialect, server: server, signals: signals)
        return loop.run()
    }

    private static func refuse(_ text: String) -> Bool {
        report(text, by: .irssius)
        return false
    }
}

extension User {
    init(session: Session) {
        // One line of printable characters, whatever the passwd file says.
        let name = session.realName.filter { $0 >= 0x20 && $0 != 0x7F }
        self.init(name: session.user, realName: name.isEmpty ? Bytes("Unknown") : name)
    }
}
