import CChatClient
import CPosix
import ChatClient
import Confinement
import IRCProtocol
import TerminalScreen

/// The edge: waits, reads and writes. What to do is decided by `Client`.
struct EventLoop: ~Copyable {
    private static let hangUp: Int32 = 1
    private static let windowChanged: Int32 = 28
    /// Of what the server may send us at once; also how much is taken in between two paintings.
    private static let pieceBytes = 65536
    /// Of what waits for the server. More means that it does not read any more.
    private static let waitingBytes = 1 << 20

    private let terminal: Int32 = 0
    private let signals: Int32
    private let address: UnsafePointer<cchat_address>
    private let dialect: Dialect
    private var client: Client
    private var painter: Painter
    private var keys = KeyDecoder()
    private var server: Int32 = -1
    private var isConnecting = false
    private var toServer: [UInt8] = []
    private var toTerminal: [UInt8] = []
    private var written = 0
    private var buffer = [UInt8](repeating: 0, count: EventLoop.pieceBytes)
    private var isOver = false

    init(_ client: consuming Client, dialect: Dialect, server: UnsafePointer<cchat_address>, signals: Int32) {
        self.client = client
        self.dialect = dialect
        address = server
        self.signals = signals
        painter = Painter(dialect)
        toTerminal = dialect.enter
    }

    private var now: Moment { Moment(uptime: cchat_uptime(), unix: cchat_unix()) }

    /// Runs until the user leaves or the terminal is gone. Whether it is still there.
    mutating func run() -> Bool {
        takeSize()
        perform(client.start(at: now))
        while !isOver {
            paint()
            let ready = cchat_wait(
                terminal, written < toTerminal.count, server, isConnecting || !toServer.isEmpty, signals,
                Int32(clamping: client.millisecondsToTick(at: now)))
            if ready & Int32(CCHAT_SIGNAL.rawValue) != 0, !obeySignal() { return false }
            if ready & Int32(CCHAT_TERMINAL_GONE.rawValue) != 0 {
                leaveServer()
                return false
            }
            if ready & Int32(CCHAT_TERMINAL_IN.rawValue) != 0, !readTerminal() { return false }
            if ready & Int32(CCHAT_SERVER_OUT.rawValue) != 0 { writeServer() }
            if ready & Int32(CCHAT_SERVER_IN.rawValue) != 0, server >= 0, !isConnecting { readServer() }
            if client.millisecondsToTick(at: now) == 0 || ready == 0 { perform(client.tick(at: now)) }
        }
        restoreScreen()
        return true
    }

    private mutating func perform(_ effects: [Effect]) {
        for effect in effects {
            switch effect {
            case .connect: connect()
            case .send(let line):
                toServer.append(contentsOf: line)
                if !isConnecting { writeServer() }
            case .disconnect: closeServer()
            case .bell: toTerminal.append(7)
            case .redraw: painter.forget()
            case .quit: isOver = true
            }
        }
    }

    // MARK: - server

    private mutating func connect() {
        closeServer()
        server = cchat_connect(address)
        isConnecting = server >= 0
        if server < 0 { perform(client.disconnected(at: now)) }
    }

    private mutating func closeServer() {
        if server >= 0 { cposix_close(server) }
        server = -1
        isConnecting = false
        toServer = []
    }

    private mutating func lose() {
        closeServer()
        perform(client.disconnected(at: now))
    }

    private mutating func writeServer() {
        guard server >= 0 else { return }
        if isConnecting {
            guard cchat_connected(server) == 0 else { return lose() }
            isConnecting = false
            return perform(client.connected(at: now))
        }
        guard !toServer.isEmpty else { return }
        let count = cchat_write(server, toServer, toServer.count)
        if count > 0 { toServer.removeFirst(count) }
        // An error shows when reading; whoever does not read what we say for so long is gone.
        if toServer.count > EventLoop.waitingBytes { lose() }
    }

    private mutating func readServer() {
        let count = cchat_read(server, &buffer, buffer.count)
        if count == CCHAT_WOULD_WAIT { return }
        guard count > 0 else { return lose() }
        let moment = now
        perform(buffer.withUnsafeBytes { client.receive(UnsafeRawBufferPointer(rebasing: $0[..<count]), at: moment) })
    }

    /// Says goodbye as far as that needs no waiting.
    private mutating func leaveServer() {
        perform(client.leave(at: now))
    }

    // MARK: - terminal

    private mutating func takeSize() {
        var columns: Int32 = 80
        var rows: Int32 = 24
        _ = cchat_terminal_size(terminal, &columns, &rows)
        client.resize(columns: Int(columns), rows: Int(rows))
    }

    private mutating func readTerminal() -> Bool {
        let count = cchat_read(terminal, &buffer, 4096)
        if count == CCHAT_WOULD_WAIT { return true }
        guard count > 0 else { return false }
        let bytes = buffer[..<count]
        if !dialect.isXtermLike, !keys.isPasting, KeyDecoder.looksPasted(bytes) {
            perform(client.receive(.paste(Array(bytes)), at: now))
            return true
        }
        for input in keys.receive(bytes) { perform(client.receive(input, at: now)) }
        return true
    }

    /// Paints if the terminal has taken the last painting: what it cannot show in time is left out, not queued.
    private mutating func paint() {
        if written == toTerminal.count {
            toTerminal.removeAll(keepingCapacity: true)
            written = 0
        }
        if client.needsPainting, toTerminal.count < 256 { toTerminal.append(contentsOf: painter.paint(client.frame())) }
        writeTerminal()
    }

    private mutating func writeTerminal() {
        while written < toTerminal.count {
            let count = toTerminal.withUnsafeBufferPointer { bytes in
                bytes.baseAddress.map { cchat_write(1, $0 + written, bytes.count - written) } ?? 0
            }
            guard count > 0 else { return }
            written += count
        }
    }

    private mutating func restoreScreen() {
        toTerminal.append(contentsOf: dialect.leave)
        // At most a second for a terminal that takes nothing.
        let deadline = cchat_uptime() + 1000
        writeTerminal()
        while written < toTerminal.count, cchat_uptime() < deadline {
            _ = cchat_wait(terminal, true, -1, false, -1, 100)
            writeTerminal()
        }
    }

    /// False for a signal that ends the program.
    private mutating func obeySignal() -> Bool {
        while true {
            let number = cchat_next_signal(signals)
            if number == 0 { return true }
            // SIGWINCH; SIGPIPE, SIGCHLD, SIGURG and SIGCONT mean nothing.
            switch number {
            case EventLoop.windowChanged: takeSize()
            case 13, 17, 18, 23: continue
            default:
                perform(client.leave(at: now))
                if number != EventLoop.hangUp { restoreScreen() }
                return false
            }
        }
    }
}
