import CTestHarness
import Foundation
import IRCHarness
import Synchronization
import Testing

/// A program under test: as it is shipped, and the same with test switches.
struct Program: Sendable {
    let name: String
    let domain: String
    let test: String?
    let shipped: String?

    static let untosh = Program("untosh", domain: "untochat_t")
    static let irssius = Program("irssius", domain: "irssius_t")

    private init(_ name: String, domain: String) {
        self.name = name
        self.domain = domain
        let environment = ProcessInfo.processInfo.environment
        test = environment["\(name.uppercased())_TEST_BINARY"]
        shipped = environment["\(name.uppercased())_SHIPPED_BINARY"]
    }

    var isThere: Bool { test != nil && shipped != nil }
    var context: String { "untochat_u:untochat_r:\(domain):s0" }
    /// As seen in the sandbox.
    var path: String { "/opt/bin/" + name }

    static let isRoot = geteuid() == 0
    static let whyNot: Comment = "set UNTOSH_TEST_BINARY, UNTOSH_SHIPPED_BINARY and the same of IRSSIUS"
    static let whyRoot: Comment = "only root can make the namespace and the user of a login"
}

/// Everything about a login that a test may want to be different.
struct Options {
    let program: Program
    var binary: String?
    var arguments: [String]
    var home: String? = nil
    var user: String? = "tester"
    var term: String? = "xterm"
    var lang: String? = "C.UTF-8"
    var context: String?
    var idle: Int? = nil
    var extraEnvironment: [String] = []
    var users: [UInt32]? = nil
    var groups: [UInt32]? = nil
    var supplementary: UInt32? = nil
    var streams = [HARNESS_TERMINAL, HARNESS_TERMINAL, HARNESS_TERMINAL]
    var extraDescriptors = 0
    var controlling = true
    var leader = true
    var signalsBlocked = false
    var signalsIgnored = false
    var limit: (resource: Int, value: UInt64)? = nil
    /// A network namespace, or the machine's own.
    var network: Int32 = -1

    init(_ program: Program = .untosh) {
        self.program = program
        binary = program.test
        arguments = [program.name == "untosh" ? "-untosh" : program.name]
        context = program.context
    }
}

enum Exit: Equatable {
    case code(Int32)
    case signal(Int32)
    case stillRunning
}

/// The machine a login sees: accounts, programs, home, devices, authentication log. Each has a user ID of its own, so
/// that limits count nobody else's processes and survivors cannot hide.
final class Sandbox {
    let root: String
    let uid: UInt32
    let log: Int32
    let program: Program
    private static let numbers = Atomic<UInt32>(4242)

    var home: String { root + "/home/tester" }
    var file: String { root + program.path }
    var lockFile: String { home + "/untosh_lockfile" }

    init(_ program: Program = .untosh) throws {
        self.program = program
        uid = Sandbox.numbers.add(1, ordering: .relaxed).oldValue
        root = FileManager.default.temporaryDirectory.path + "/untosh-test-\(getpid())-\(uid)"
        try Sandbox.directory(root)
        for name in ["etc", "opt", "opt/bin", "home", "home/tester"] { try Sandbox.directory(root + "/" + name) }
        guard harness_make_device_directory(root + "/dev") == 0 else { throw HarnessError("dev") }
        log = harness_open_log(root + "/dev/log")
        guard log >= 0 else { throw HarnessError("log") }
        chown(home, uid, uid)
        chmod(home, 0o700)

        for name in ["ld.so.cache", "login.defs", "pam.d", "security"]
        where FileManager.default.fileExists(atPath: "/etc/" + name) {
            try FileManager.default.copyItem(atPath: "/etc/" + name, toPath: root + "/etc/" + name)
        }
        // "old Passw0rd of tester"
        let hash =
            "$6$rounds=1000$BGzJC555lOwHP8Xk$5IbCUAQE6LnOuj44xjhVLJYLbq6.7eUbdHDSE.Hsz15BY.76kEOc4t4IcjCQFuWBDSDUIQdh.gdssaINshUHn1"
        try write("etc/passwd", "root:x:0:0::/root:/bin/sh\ntester:x:\(uid):\(uid)::/home/tester:/opt/bin/untosh\n")
        try write("etc/shadow", "root:*:19000::::::\ntester:\(hash):19000:0:99999:7:::\n", mode: 0o600)
        try write("etc/group", "root:x:0:\ntester:x:\(uid):\n")
        try write("etc/nsswitch.conf", "passwd: files\ngroup: files\nshadow: files\n")
        if program.name == "untosh" { try copy(LocalProgram.built("untosh-probe"), to: "opt/bin/irssius") }
    }

    /// An account more, with a home of its own.
    func add(_ name: String) throws -> UInt32 {
        let number = Sandbox.numbers.add(1, ordering: .relaxed).oldValue
        let line = "\(name):x:\(number):\(number):\(name.capitalized),,,:/home/\(name):/opt/bin/untosh\n"
        try write("etc/passwd", String(contentsOfFile: root + "/etc/passwd", encoding: .utf8) + line)
        try Sandbox.directory(root + "/home/" + name)
        chown(root + "/home/" + name, number, number)
        chmod(root + "/home/" + name, 0o700)
        return number
    }

    deinit {
        for process in processes() { kill(process, SIGKILL) }
        close(log)
        try? FileManager.default.removeItem(atPath: root)
    }

    func write(_ name: String, _ text: String, mode: mode_t = 0o644) throws {
        try text.write(toFile: root + "/" + name, atomically: false, encoding: .utf8)
        chmod(root + "/" + name, mode)
    }

    func copy(_ path: String, to name: String) throws {
        try? FileManager.default.removeItem(atPath: root + "/" + name)
        try FileManager.default.copyItem(atPath: path, toPath: root + "/" + name)
        chown(root + "/" + name, 0, 0)
        chmod(root + "/" + name, 0o755)
    }

    /// The processes of this user that still do something.
    func processes() -> [pid_t] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { pid_t($0) }.filter { process in
            guard let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8) else {
                return false
            }
            return status.contains("\nUid:\t\(uid)\t") && !status.contains("\nState:\tZ")
        }
    }

    /// Waits until the user has no process. What is left after the deadline is a survivor.
    func survivors(within milliseconds: Int32 = 5000) -> [pid_t] {
        let deadline = ContinuousClock.now + .milliseconds(Int(milliseconds))
        while let first = processes().first {
            if ContinuousClock.now > deadline { return processes() }
            harness_wait_gone(first, 100)
        }
        return []
    }

    /// What came to the authentication log so far; waits for the first line.
    func authLog() -> [String] {
        var lines: [String] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while harness_wait_readable(log, lines.isEmpty ? 2000 : 0) == 1 {
            let count = recv(log, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            lines.append(String(decoding: buffer[..<count], as: UTF8.self))
        }
        return lines
    }

    private static func directory(_ path: String) throws {
        guard mkdir(path, 0o755) == 0 else { throw HarnessError(path) }
    }
}

/// One login on a terminal of its own.
final class Login {
    let sandbox: Sandbox
    let process: pid_t
    private var master: Int32 = -1
    private var pending: [UInt8] = []
    private var status: Int32?
    static let prompt = "tester> "

    init(_ sandbox: Sandbox, _ options: Options = Options()) throws {
        self.sandbox = sandbox
        guard let binary = options.binary else { throw HarnessError("no binary") }
        if !FileManager.default.fileExists(atPath: sandbox.root + options.program.path) {
            try sandbox.copy(binary, to: String(options.program.path.dropFirst()))
        }
        var environment = options.extraEnvironment
        environment.append("HOME=\(options.home ?? "/home/tester")")
        for (name, value) in [
            ("USER", options.user), ("TERM", options.term), ("LANG", options.lang),
            ("UNTOCHAT_TEST_CONTEXT", options.context), ("UNTOCHAT_TEST_IDLE", options.idle.map { "\($0)" }),
        ] {
            if let value { environment.append("\(name)=\(value)") }
        }

        var launch = harness_launch()
        let users = options.users ?? [sandbox.uid, sandbox.uid, sandbox.uid]
        let groups = options.groups ?? [sandbox.uid, sandbox.uid, sandbox.uid]
        launch.users = (users[0], users[1], users[2])
        launch.groups = (groups[0], groups[1], groups[2])
        launch.supplementary = options.supplementary ?? groups[0]
        launch.streams = (
            Int32(options.streams[0].rawValue), Int32(options.streams[1].rawValue), Int32(options.streams[2].rawValue)
        )
        launch.extra_descriptors = Int32(options.extraDescriptors)
        launch.controlling = options.controlling
        launch.leader = options.leader
        launch.signals_blocked = options.signalsBlocked
        launch.signals_ignored = options.signalsIgnored
        launch.limit_resource = Int32(options.limit?.resource ?? -1)
        launch.limit_value = options.limit?.value ?? 0
        launch.network = options.network

        let strings = ([sandbox.root, options.program.path] + options.arguments + environment).map { strdup($0) }
        defer { for string in strings { free(string) } }
        var arguments = Array(strings[2..<2 + options.arguments.count]) + [nil]
        var variables = Array(strings[(2 + options.arguments.count)...]) + [nil]
        var terminal: Int32 = -1
        let started = arguments.withUnsafeMutableBufferPointer { arguments in
            variables.withUnsafeMutableBufferPointer { variables in
                launch.sandbox = UnsafePointer(strings[0])
                launch.program = UnsafePointer(strings[1])
                launch.arguments = UnsafePointer(arguments.baseAddress)
                launch.environment = UnsafePointer(variables.baseAddress)
                return harness_start(&launch, &terminal)
            }
        }
        process = started
        master = terminal
        guard process > 0 else { throw HarnessError("cannot start") }
    }

    deinit {
        hangUp()
        if status == nil {
            kill(process, SIGKILL)
            _ = harness_wait_exit(process, 5000)
        }
    }

    /// Closes the master side: what happens when ssh's connection goes away.
    func hangUp() {
        if master >= 0 { close(master) }
        master = -1
    }

    /// Types. Reads what is shown meanwhile, so that neither side waits for the other.
    func type(_ bytes: [UInt8]) {
        var left = bytes[...]
        let deadline = ContinuousClock.now + .seconds(20)
        while !left.isEmpty, ContinuousClock.now < deadline {
            let ready = harness_exchange(master, 5000, true)
            if ready & 1 != 0, !collect() { return }
            if ready & 2 != 0 {
                let count = left.withUnsafeBytes { write(master, $0.baseAddress, min($0.count, 512)) }
                if count > 0 { left = left.dropFirst(count) }
            }
        }
    }

    /// Types without ever reading what is shown, until the terminal takes no more.
    func typeUntilFull(_ text: String) {
        let bytes = Array(text.utf8)
        while harness_exchange(master, 300, true) & 2 != 0, write(master, bytes, bytes.count) > 0 {}
    }

    func type(_ text: String) { type(Array(text.utf8)) }

    /// Takes what is there. False when the other side is gone.
    private func collect() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = read(master, &buffer, buffer.count)
        if count > 0 { pending += buffer[..<count] }
        return count > 0 || count < 0 && errno == EAGAIN
    }

    /// Waits for a text, and gives what was shown up to its end; `nil` when it does not come.
    func expect(_ text: String, within milliseconds: Int = 10000) -> String? {
        let wanted = Array(text.utf8)
        let deadline = ContinuousClock.now + .milliseconds(milliseconds)
        while true {
            if let range = pending.firstRange(of: wanted) {
                defer { pending.removeSubrange(..<range.upperBound) }
                return String(decoding: pending[..<range.upperBound], as: UTF8.self)
            }
            guard master >= 0, ContinuousClock.now < deadline else { return nil }
            if harness_exchange(master, 200, false) & 1 != 0, !collect() {
                guard pending.firstRange(of: wanted) != nil else { return nil }
            }
        }
    }

    /// Types a line and gives the answer, up to the next prompt.
    func answer(to line: String) -> String? {
        type(line + "\n")
        return expect(Login.prompt)
    }

    /// Waits for the prompt that follows the login.
    func begin() throws {
        guard expect(Login.prompt) != nil else {
            throw HarnessError("no prompt: " + rest())
        }
    }

    /// Starts the probe in place of the chat program. Gives what it tells of itself.
    func chat() throws -> String {
        type("chat\n")
        guard let told = expect("\nready\r\n") else { throw HarnessError("no probe: " + rest()) }
        return told
    }

    /// Hangs up and demands that nothing stays.
    func expectEnd(_ what: String) {
        hangUp()
        #expect(exit() != .stillRunning, "\(what)")
        #expect(sandbox.survivors() == [], "\(what)")
    }

    /// Waits for the end of the process.
    func exit(within milliseconds: Int = 10000) -> Exit {
        let deadline = ContinuousClock.now + .milliseconds(milliseconds)
        while status == nil, ContinuousClock.now < deadline {
            if master >= 0, harness_exchange(master, 0, false) & 1 != 0 { _ = collect() }
            let found = harness_wait_exit(process, 50)
            if found >= 0 { status = found }
        }
        guard let status else { return .stillRunning }
        return status & 0x7f == 0 ? .code(status >> 8 & 0xff) : .signal(status & 0x7f)
    }

    /// Everything shown and not yet expected.
    func rest() -> String {
        takeWhatIsThere()
        defer { pending = [] }
        return String(decoding: pending, as: UTF8.self)
    }

    /// Everything shown since the last call or `expect`, as it came.
    func shown() -> [UInt8] {
        takeWhatIsThere()
        defer { pending = [] }
        return pending
    }

    private func takeWhatIsThere() {
        while master >= 0, harness_exchange(master, 0, false) & 1 != 0, collect() {}
    }

    func waitForMore(milliseconds: Int32) { _ = harness_exchange(master, milliseconds, false) }

    func resize(columns: UInt16, rows: UInt16) {
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(master, UInt(TIOCSWINSZ), &size)
    }

    /// The process that runs untosh; it is not the one that was started when a program stands in front of it.
    var shell: pid_t {
        sandbox.processes().first { pid in
            (try? String(contentsOfFile: "/proc/\(pid)/comm", encoding: .utf8)) == "untosh\n"
        } ?? process
    }
}
