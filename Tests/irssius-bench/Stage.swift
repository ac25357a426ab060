import BenchmarkSupport
import CTestHarness
import Foundation
import IRCHarness

/// A client on a terminal, and the server that it talks to, in one thread: so one clock sees both of its sides.
final class Stage {
    private let home = FileManager.default.temporaryDirectory.appending(path: "irssius-bench-\(UUID().uuidString)")
    private let listener: Int32
    private var connection: Int32 = -1
    private var terminal: Int32 = -1
    private var process: pid_t = -1
    private var received: [UInt8] = []
    private var nick = "ann"
    private var pongs: Set<String> = []
    /// In seconds of a clock that nobody sets; nil before.
    let startedAt: Double
    private(set) var connectedAt: Double?
    private(set) var joinedAt: Double?
    /// Of the last bytes that came to the terminal, and how many came so far.
    private(set) var shownAt = 0.0
    private(set) var shownBytes = 0

    static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    init(_ contender: Contender, columns: UInt16 = 100, rows: UInt16 = 30) throws {
        listener = harness_listen(-1, 0)
        guard listener >= 0, let port = IRCConnection.port(of: listener) else {
            throw HarnessError("no port to listen on")
        }
        let words = try contender.prepare(home, port: port)
        let environment = ["TERM=xterm-256color", "LANG=C.UTF-8", "HOME=\(home.path)", "PATH=/usr/bin:/bin"]
        var arguments = words.map { strdup($0) } + [nil]
        var variables = environment.map { strdup($0) } + [nil]
        defer { for string in arguments + variables { free(string) } }
        startedAt = Stage.now
        var master: Int32 = -1
        process = harness_start_on_terminal(contender.program, &arguments, &variables, columns, rows, &master)
        terminal = master
        guard process > 0 else { throw HarnessError("\(contender.program) cannot be started") }
    }

    deinit {
        kill(process, SIGKILL)
        _ = harness_wait_exit(process, 5000)
        for descriptor in [listener, connection, terminal] where descriptor >= 0 { close(descriptor) }
        try? FileManager.default.removeItem(at: home)
    }

    // MARK: - time passes

    /// Serves both sides until something holds.
    func wait(_ what: String, seconds: Double = 60, until holds: () -> Bool) throws {
        let end = Stage.now + seconds
        while !holds() {
            guard Stage.now < end else { throw HarnessError("waited \(seconds) s for \(what)") }
            try serve(milliseconds: 100)
        }
    }

    /// Serves until the terminal has got nothing for so long.
    func waitForSilence(seconds: Double) throws {
        let start = Stage.now
        while Stage.now - max(shownAt, start) < seconds { try serve(milliseconds: Int32(seconds * 250)) }
    }

    private func serve(milliseconds: Int32, writing: Bool = false) throws {
        var watched = [
            pollfd(fd: terminal, events: Int16(POLLIN), revents: 0),
            pollfd(fd: listener, events: Int16(POLLIN), revents: 0),
            pollfd(fd: connection, events: Int16(writing ? POLLIN | POLLOUT : POLLIN), revents: 0),
        ]
        guard poll(&watched, 3, milliseconds) > 0 else { return }
        if watched[0].revents != 0 { try readTerminal() }
        if watched[1].revents != 0 { acceptConnection() }
        if watched[2].revents & Int16(POLLIN | POLLHUP) != 0 { try readConnection() }
    }

    private func readTerminal() throws {
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = read(terminal, &buffer, buffer.count)
        if count < 0, errno == EAGAIN { return }
        guard count > 0 else { throw HarnessError("the client has ended") }
        shownAt = Stage.now
        shownBytes += count
    }

    private func acceptConnection() {
        connection = harness_accept(listener, 0)
        connectedAt = connectedAt ?? Stage.now
        _ = fcntl(connection, F_SETFL, O_NONBLOCK)
    }

    // MARK: - server

    private func readConnection() throws {
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = read(connection, &buffer, buffer.count)
        if count < 0, errno == EAGAIN { return }
        guard count > 0 else { throw HarnessError("the client has left its server") }
        received += buffer[..<count]
        while let end = received.firstIndex(of: 10) {
            let line = String(decoding: received[..<end].filter { $0 != 13 }, as: UTF8.self)
            received.removeSubrange(...end)
            try answer(line.split(separator: " ").map(String.init))
        }
    }

    private func answer(_ words: [String]) throws {
        let channel = words.count > 1 ? words[1] : ""
        switch words.first {
        case "CAP" where channel == "LS": try send(":irc CAP * LS :")
        case "NICK": nick = channel
        case "USER": for text in ["001 \(nick) :Welcome", "376 \(nick) :End"] { try send(":irc \(text)") }
        case "PING": try send(":irc PONG irc \(channel)")
        case "PONG": pongs.insert(channel.filter { $0 != ":" })
        case "JOIN" where channel.hasPrefix("#"):
            joinedAt = joinedAt ?? Stage.now
            try send(":\(nick)!u@h JOIN \(channel)")
            try send(":irc 353 \(nick) = \(channel) :\(nick) bob")
            try send(":irc 366 \(nick) \(channel) :End")
        case "WHO": try send(":irc 315 \(nick) \(channel) :End")
        case "MODE" where channel.hasPrefix("#"):
            try send(":irc \(words.count > 2 ? "368 \(nick) \(channel) :End" : "324 \(nick) \(channel) +nt")")
        default: break
        }
    }

    private func send(_ line: String) throws { try send(Array((line + "\r\n").utf8)) }

    /// Sends, and serves both sides meanwhile.
    func send(_ bytes: [UInt8]) throws {
        var left = bytes[...]
        while !left.isEmpty {
            let count = left.withUnsafeBytes { Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count > 0 {
                left = left.dropFirst(count)
            } else if errno != EAGAIN {
                throw HarnessError("the client has left its server")
            } else {
                try serve(milliseconds: 1000, writing: true)
            }
        }
    }

    /// Waits until the client has worked through everything that was sent.
    func synchronize(_ token: String, seconds: Double = 120) throws {
        try send("PING :\(token)")
        try wait("the answer to a ping", seconds: seconds) { pongs.contains(token) }
    }

    // MARK: - keys

    func type(_ text: String) { _ = Array(text.utf8).withUnsafeBytes { write(terminal, $0.baseAddress, $0.count) } }

    /// Milliseconds until the first bytes, and until the last before a silence.
    func answerTime(quiet: Double, to act: () -> Void) throws -> (first: Double, whole: Double) {
        try waitForSilence(seconds: quiet)
        let before = shownBytes
        let start = Stage.now
        act()
        try wait("an echo", seconds: 10) { shownBytes > before }
        let first = shownAt - start
        try waitForSilence(seconds: quiet)
        return (first * 1000, (shownAt - start) * 1000)
    }

    func resize(columns: UInt16, rows: UInt16) {
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(terminal, UInt(TIOCSWINSZ), &size)
    }

    /// What the client takes.
    var measured: MeasuredProcess { MeasuredProcess(identifier: process) }
}
