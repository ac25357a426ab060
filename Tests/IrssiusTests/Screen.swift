import Foundation
import Testing

enum Tools {
    static func path(_ name: String) -> String? {
        ["/usr/bin/", "/usr/sbin/", "/usr/local/bin/"].map { $0 + name }.first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
    }

    static let areThere = path("tmux") != nil && path("ngircd") != nil
    static let why: Comment = "needs tmux and ngircd"

    /// Runs a program to its end. Not by Foundation's Process, which waits for everything that the program leaves behind,
    /// such as the server of tmux.
    static func run(_ program: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("irssius-output-\(UUID().uuidString)")
            .path
        defer { try? FileManager.default.removeItem(atPath: file) }
        let child = try start(program, arguments, output: file)
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        let output = try String(contentsOfFile: file, encoding: .utf8)
        return (status & 0x7F == 0 ? status >> 8 & 0xFF : -(status & 0x7F), output)
    }

    static func start(_ program: String, _ arguments: [String], output: String) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        // The threads of a test block signals; what they start must not.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var strings: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for string in strings { free(string) } }
        var child: pid_t = 0
        guard posix_spawn(&child, program, &actions, &attributes, &strings, environ) == 0 else {
            throw ScreenError(what: program)
        }
        return child
    }
}

struct ScreenError: Error { let what: String }

/// A program on a terminal of its own, which is tmux.
final class Screen {
    static let irssius = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appendingPathComponent("irssius").path
    let home: String
    let process: Int32
    private let tmux: String
    private let socket = "irssius-\(UUID().uuidString)"

    /// Runs irssius, or the command that is given; `%` in it is the home.
    init(columns: Int, rows: Int, port: Int = 1, home: String? = nil, system: String = "", command: String? = nil)
        throws
    {
        guard let tmux = Tools.path("tmux") else { throw ScreenError(what: "tmux") }
        self.tmux = tmux
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("irssius-test-\(UUID().uuidString)")
            .path
        self.home = home ?? folder
        try FileManager.default.createDirectory(atPath: self.home, withIntermediateDirectories: true)
        try system.write(toFile: self.home + "/system.conf", atomically: false, encoding: .utf8)
        let own = "\(Screen.irssius) --port \(port) --home \(self.home) --system \(self.home)/system.conf"
        let line = command?.replacingOccurrences(of: "%", with: self.home) ?? own
        let started = try Tools.run(
            tmux,
            [
                "-L", socket, "-f", "/dev/null", "new-session", "-d", "-x", "\(columns)", "-y", "\(rows)",
                "-s", "s", "exec env TERM=screen-256color LANG=C.UTF-8 \(line)", ";", "set-option", "-g",
                "remain-on-exit", "on",
            ])
        guard started.status == 0 else { throw ScreenError(what: started.output) }
        let found = try Tools.run(tmux, ["-L", socket, "display-message", "-p", "-t", "s", "#{pane_pid}"])
        process = Int32(found.output.trimmingCharacters(in: .whitespacesAndNewlines)) ?? -1
    }

    deinit {
        _ = try? Tools.run(tmux, ["-L", socket, "kill-server"])
        try? FileManager.default.removeItem(atPath: home)
    }

    func tmux(_ arguments: String...) -> String { (try? Tools.run(tmux, ["-L", socket] + arguments).output) ?? "" }

    func type(_ text: String) {
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.offset > 0 { key("Enter") }
            if !line.element.isEmpty { _ = tmux("send-keys", "-t", "s", "-l", String(line.element)) }
        }
    }

    func key(_ name: String) { _ = tmux("send-keys", "-t", "s", name) }

    func resize(columns: Int, rows: Int) {
        _ = tmux("resize-window", "-t", "s", "-x", "\(columns)", "-y", "\(rows)")
    }

    /// The rows, without spaces at their ends.
    var rows: [String] {
        var rows = tmux("capture-pane", "-p", "-t", "s").components(separatedBy: "\n")
        if rows.last == "" { rows.removeLast() }
        return rows
    }

    var isRunning: Bool {
        kill(process, 0) == 0 && tmux("display-message", "-p", "-t", "s", "#{pane_dead}").hasPrefix("0")
    }

    /// Waits until a text is seen.
    func waits(for text: String, seconds: Double = 20) -> Bool {
        waits(seconds: seconds) { $0.contains { $0.contains(text) } }
    }

    func waits(seconds: Double = 20, until isTrue: ([String]) -> Bool) -> Bool {
        let deadline = Date(timeIntervalSinceNow: seconds)
        while Date() < deadline {
            if isTrue(rows) { return true }
            // tmux tells of no change, so this is as near to waiting for one as it gets.
            usleep(30_000)
        }
        return false
    }

    /// Waits until the program has ended.
    func ends(seconds: Double = 10) -> Bool {
        let deadline = Date(timeIntervalSinceNow: seconds)
        while Date() < deadline {
            if !isRunning { return true }
            usleep(30_000)
        }
        return false
    }
}

/// A real ngircd, on a port of its own.
final class Server {
    let port: Int
    private let folder: String
    private var process: pid_t = 0

    init(port: Int = Int.random(in: 20_000...30_000)) throws {
        self.port = port
        folder =
            FileManager.default.temporaryDirectory.appendingPathComponent("irssius-ngircd-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try """
        [Global]
        Name = irc.example.test
        Info = Example
        Listen = 127.0.0.1
        Ports = \(port)
        MotdPhrase = Welcome here
        ServerUID = \(geteuid())
        ServerGID = \(getegid())
        [Limits]
        MaxNickLength = 16
        MaxConnectionsIP = 0
        MaxPenaltyTime = 0
        [Options]
        PAM = no
        Ident = no
        DNS = no
        """.write(toFile: folder + "/ngircd.conf", atomically: false, encoding: .utf8)
        try start()
    }

    deinit {
        stop()
        try? FileManager.default.removeItem(atPath: folder)
    }

    func start() throws {
        process = try Tools.start(
            Tools.path("ngircd") ?? "", ["-n", "-f", folder + "/ngircd.conf"], output: "/dev/null")
    }

    func stop() {
        guard process > 0 else { return }
        kill(process, SIGTERM)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        process = 0
    }
}
