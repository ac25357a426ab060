import Foundation

/// A program on a terminal of its own: a server of tmux with one window, driven in control mode, so that every change of
/// the screen is an event that can be waited for. It ends with its object, and when the test that started it dies.
///
/// Source: tmux(1), CONTROL MODE.
public final class Terminal {
    /// The program, or the shell that was told to run it.
    public private(set) var process: Int32 = 0
    private let server = "terminal-\(UUID().uuidString)"
    private let client: pid_t
    private let input: Int32
    private let output: Int32
    private var unfinished: [UInt8] = []
    private var isDead = false
    /// Whether the program was seen to have ended, or tmux.
    public var hasEnded: Bool { isDead }
    private var isClosed = false

    public static let isThere = LocalProgram.find("tmux") != nil

    /// - Parameter command: A line for sh. What it starts is killed at the end, unless it leaves the process group.
    public init(columns: Int, rows: Int, _ command: String) throws {
        guard let tmux = LocalProgram.find("tmux") else { throw HarnessError("tmux is not installed") }
        var (forInput, forOutput) = ([Int32](repeating: 0, count: 2), [Int32](repeating: 0, count: 2))
        // A socket, for to write into a pipe that nobody reads is deadly.
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &forInput) == 0, pipe(&forOutput) == 0 else {
            throw HarnessError("socketpair: \(String(cString: strerror(errno)))")
        }
        for end in forInput + forOutput { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        (input, output) = (forInput[1], forOutput[0])
        defer { for end in [forInput[0], forOutput[1]] { Glibc.close(end) } }
        let words = [
            "-u", "-L", server, "-f", "/dev/null", "-C", "new-session", "-x", "\(columns)", "-y", "\(rows)",
            "exec env TERM=screen-256color LC_ALL=C.UTF-8 TZ=UTC \(command)",
        ]
        // Commands that follow in the same line are obeyed before the program can do anything.
        let settings = ["window-size manual", "destroy-unattached on", "escape-time 0"]
        client = try LocalProgram.spawn(
            tmux, words + settings.flatMap { [";", "set", "-g"] + $0.split(separator: " ").map(String.init) },
            input: forInput[0], output: forOutput[1])
        // Until it belongs to its session, a command of this client has nothing that it could be about.
        let end = Date(timeIntervalSinceNow: IRCConnection.patience)
        while let line = try nextLine(until: end), !line.hasPrefix("%session-changed") {}
        try say("resize-window -x \(columns) -y \(rows)")
        process = Int32(try say("display-message -p '#{pane_pid}'").first ?? "") ?? 0
        guard process > 0 else { throw HarnessError("tmux does not start \(command)") }
    }

    deinit { close() }

    /// Ends the program, if it has not ended, and the terminal.
    public func close() {
        // Without its terminal irssi would go on.
        if !isClosed, process > 0, !isDead { kill(-process, SIGKILL) }
        vanish()
    }

    /// Takes the terminal away from the program.
    public func vanish() {
        guard !isClosed else { return }
        isClosed = true
        write("kill-server")
        Glibc.close(input)
        // The server does not end before all that it says has been taken.
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while read(output, &buffer, buffer.count) > 0 {}
        Glibc.close(output)
        _ = LocalProgram.wait(client)
    }

    // MARK: In

    /// Types a text; an end of a line is the key Enter.
    public func type(_ text: String) throws {
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if index > 0 { try key("Enter") }
            if !line.isEmpty { try say("send-keys -l -- '\(line.replacing("'", with: "'\\''"))'") }
        }
    }

    /// Presses keys, by tmux's names: `M-a`, `C-Left`, `PageUp`.
    public func key(_ names: String...) throws { try say("send-keys " + names.joined(separator: " ")) }

    /// Sends what a terminal sends, byte for byte.
    public func send(_ bytes: [UInt8]) throws {
        try say("send-keys -H " + bytes.map { String($0, radix: 16) }.joined(separator: " "))
    }

    public func resize(columns: Int, rows: Int) throws { try say("resize-window -x \(columns) -y \(rows)") }

    // MARK: Out

    /// What it shows now.
    public var screen: ScreenCapture {
        get throws {
            let cursor = try say("display-message -p '#{cursor_x} #{cursor_y}'")
            let place = (cursor.first ?? "").split(separator: " ").compactMap { Int($0) }
            let lines = try say("capture-pane -p -e -N")
            return ScreenCapture(
                lines: lines, cursor: ScreenCapture.Place(column: place.first ?? -1, row: place.last ?? -1))
        }
    }

    /// Looks at the screen after each change, until something holds.
    @discardableResult
    public func wait(
        _ what: String, seconds: Double = IRCConnection.patience, until holds: (ScreenCapture) throws -> Bool
    ) throws -> ScreenCapture {
        let end = Date(timeIntervalSinceNow: seconds)
        while true {
            let shown = try screen
            if try holds(shown) { return shown }
            guard try awaitChange(until: end) else { throw HarnessError("\(what): not on the screen\n\(shown.text)") }
        }
    }

    /// Waits until a text stands in one row.
    @discardableResult
    public func wait(toShow text: String) throws -> ScreenCapture {
        try wait(text) { $0.rows.contains { $0.text.contains(text) } }
    }

    /// Waits until the program has ended, or the time is over: which one.
    public func ends(seconds: Double = 10) throws -> Bool {
        let end = Date(timeIntervalSinceNow: seconds)
        while !isDead, end.timeIntervalSinceNow > 0 { _ = try nextLine(until: end) }
        return isDead
    }

    // MARK: Control mode

    /// Waits for anything that the program does to the screen. False when the time is over.
    public func awaitChange(until end: Date) throws -> Bool {
        while true {
            let rest = end.timeIntervalSinceNow
            guard rest > 0, let line = try nextLine(until: end) else { return false }
            if line.hasPrefix("%output") || line.hasPrefix("%layout-change") { return true }
        }
    }

    /// Gives tmux a command, and returns its answer.
    @discardableResult
    private func say(_ command: String) throws -> [String] {
        write("\(command)")
        let end = Date(timeIntervalSinceNow: IRCConnection.patience)
        var answer: [String] = []
        var guardNumber: Substring?
        while let line = try nextLine(until: end) {
            let words = line.split(separator: " ", omittingEmptySubsequences: false)
            if let number = guardNumber {
                if words.first == "%end", words.dropFirst(2).first == number { return answer }
                if words.first == "%error", words.dropFirst(2).first == number {
                    throw HarnessError("tmux: \(command): \(answer.joined(separator: "\n"))")
                }
                answer.append(line)
            } else if words.first == "%begin", words.count == 4, words[3] == "1" {
                // The last word says that the command came from this client and not from the start.
                guardNumber = words[2]
            }
        }
        throw HarnessError(isDead ? "the program has ended" : "tmux does not answer \(command)")
    }

    private func write(_ command: String) {
        let bytes = [UInt8]((command + "\n").utf8)
        _ = bytes.withUnsafeBytes { Glibc.send(input, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    }

    private func nextLine(until end: Date) throws -> String? {
        while !isDead {
            if let feed = unfinished.firstIndex(of: 10) {
                let line = String(decoding: unfinished[..<feed], as: UTF8.self)
                unfinished.removeSubrange(...feed)
                return line
            }
            var request = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
            guard poll(&request, 1, Int32(max(0, end.timeIntervalSinceNow) * 1000)) > 0 else { return nil }
            var buffer = [UInt8](repeating: 0, count: 64 << 10)
            let count = read(output, &buffer, buffer.count)
            // With the program the only window ends, and tmux.
            isDead = count <= 0
            guard !isDead else { return nil }
            unfinished += buffer[..<count]
        }
        return nil
    }
}
