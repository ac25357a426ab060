import Foundation
import Testing

enum Tools {
    static func path(_ name: String) -> String? {
        ["/usr/bin/", "/usr/sbin/", "/usr/local/bin/"].map { $0 + name }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    static let areThere = path("tmux") != nil && path("ngircd") != nil
    static let why: Comment = "needs tmux and ngircd"

    static func run(_ program: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
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
    init(columns: Int, rows: Int, port: Int = 1, home: String? = nil, system: String = "", command: String? = nil) throws {
        guard let tmux = Tools.path("tmux") else { throw ScreenError(what: "tmux") }
        self.tmux = tmux
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("irssius-test-\(UUID().uuidString)").path
        self.home = home ?? folder
        try FileManager.default.createDirectory(atPath: self.home, withIntermediateDirectories: true)
        try system.write(toFile: self.home + "/system.conf", atomically: false, encoding: .utf8)
        let own = "\(Screen.irssius) --port \(port) --home \(self.home) --system \(self.home)/system.conf"
        let line = command?.replacingOccurrences(of: "%", with: self.home) ?? own
        let started = try Tools.run(tmux, ["-L", socket, "-f", "/dev/null", "new-session", "-d", "-x", "\(columns)", "-y", "\(rows)",
            "-s", "s", "exec env TERM=screen-256color LANG=C.UTF-8 \(line)", ";", "set-option", "-g", "remain-on-exit", "on"])
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

    var isRunning: Bool { kill(process, 0) == 0 && tmux("display-message", "-p", "-t", "s", "#{pane_dead}").hasPrefix("0") }

    /// Waits until a text is seen.
    func waits(for text: String, seconds: Double = 20) -> Bool { waits(seconds: seconds) { $0.contains { $0.contains(text) } } }

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
    private var process = Process()

    init(port: Int = Int.random(in: 20_000...30_000)) throws {
        self.port = port
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("irssius-ngircd-\(UUID().uuidString)").path
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
        process = Process()
        process.executableURL = URL(fileURLWithPath: Tools.path("ngircd") ?? "/usr/sbin/ngircd")
        process.arguments = ["-n", "-f", folder + "/ngircd.conf"]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    func stop() {
        if process.isRunning { process.terminate() }
        process.waitUntilExit()
    }
}
