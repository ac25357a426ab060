import Foundation
import ReleaseSupport
import Synchronization
public import SystemPackage

/// How a program in a guest ended, and what it said.
public typealias CommandResult = Command.Outcome

/// What a guest starts from.
public enum GuestKind: String, Sendable, Codable {
    /// Booted and idle, seconds ago.
    case snapshot
    /// A machine that is switched on: the passphrase is asked for and typed.
    case coldBoot
    /// The same with a second encrypted disk, which the same passphrase opens, and with quotas on the root.
    case twoDisks
    /// One that is switched on, and nothing of ours is installed.
    case bare

    /// Whether it is switched on, which takes long.
    var boots: Bool { self != .snapshot }
}

/// A machine with the release installed, SELinux enforcing, reached over ssh. Its disk is its own; nothing that happens in
/// it is seen by another.
public final class Guest: Sendable {
    /// What it started from.
    public let kind: GuestKind
    /// Of 127.0.0.1, leading to its sshd.
    public var port: Int { shell.port }
    /// Where its sockets, its disk and its logs are.
    public let folder: FilePath
    let shell: SecureShell
    private let settings: MachineSettings
    private let layers: GuestLayers
    /// What it boots in the place of the lab's own disk; nil where that is its disk.
    private let system: InstalledSystem?
    /// For VNC: 0 for port 5900 of 127.0.0.1; nil where it has no screen.
    let display: Int?
    private let machine: Mutex<Machine?>
    private let connection: Mutex<Companion?>

    /// Long enough for an emulated machine on a busy one.
    static let bootLimit: Duration = .seconds(1200)

    init(
        _ kind: GuestKind, layers: GuestLayers, settings: MachineSettings, folder: FilePath, port: Int,
        display: Int? = nil, system: InstalledSystem? = nil
    ) {
        self.kind = kind
        self.system = system
        self.layers = layers
        self.settings = settings
        self.folder = folder
        self.display = display
        machine = Mutex(nil)
        connection = Mutex(nil)
        shell = SecureShell(
            port: port, key: layers.release.appending("client"), knownHosts: layers.release.appending("known_hosts"),
            control: folder.appending("control"))
    }

    // MARK: - Power

    /// Makes the disk and switches the guest on.
    func start(passphrase: String = ReleaseImage.passphrase) async throws {
        let disk = images[0]
        switch kind {
        case .coldBoot, .bare:
            let original = system?.disk ?? layers.release.appending("disk")
            try await Command(
                "qemu-img", ["create", "-q", "-f", "qcow2", "-F", "raw", "-b", original.string, disk.string]
            ).output(.setup)
            // An installed system is for whoever asked for it to switch on.
            if system == nil { try await boot(passphrase: passphrase) }
        case .twoDisks:
            try await copy(layers.release.appending("disk"), to: disk)
            try await DiskImage.makeEmpty(at: images[1])
            try await boot(passphrase: passphrase)
        case .snapshot:
            guard let snapshot = layers.snapshot else { throw ReleaseError(.setup, "there is no snapshot") }
            try await copy(snapshot, to: disk)
            try await run(from: SnapshotLayer.tag)
            try await waitForLogin()
            try await setClock()
        }
    }

    private func copy(_ image: FilePath, to disk: FilePath) async throws {
        try await Command("cp", ["--sparse=always", "--reflink=auto", image.string, disk.string]).output(.setup)
    }

    /// The images of its disks.
    var images: [FilePath] { settings.images(in: folder) }

    /// Switches the guest on, types `passphrase` at its console and waits until root can log in.
    public func boot(passphrase: String) async throws { try await boot(passphrase: passphrase, first: []) }

    /// The same, when `orders` are carried out.
    func boot(passphrase: String, first orders: [Machine.Order]) async throws {
        try await run(from: nil, first: orders)
        try await comeUp(passphrase: passphrase)
    }

    /// Switches the guest on; nothing is typed.
    public func switchOn() async throws { try await run(from: nil) }

    /// Waits for the question for the passphrase of each disk and answers it.
    public func unlock(passphrase: String) async throws {
        for _ in images { try await answer(passphrase: passphrase) }
    }

    /// Waits for one question for a passphrase and answers it.
    func answer(passphrase: String) async throws {
        try await expectConsole(.text("Please unlock disk"), within: Self.bootLimit)
        try typeAtConsole(passphrase + "\n")
    }

    /// Reboots and waits until root can log in again. Where the machine would begin anew QEMU is another one: in one that has
    /// translated a whole system, what comes until the passphrase takes twice as long.
    public func reboot(passphrase: String? = nil) async throws {
        try await running().execute("set-action", ["reboot": "shutdown"])
        try await beginReboot()
        _ = try await waitForPowerOff(within: Self.bootLimit) { event in
            try require(event.contains("\"guest-reset\""), "QEMU ended, and it was no reboot: \(event)")
        }
        await powerCut()
        try await boot(passphrase: passphrase ?? ReleaseImage.passphrase)
    }

    /// Reboots, by systemctl if nothing else is said, and does not wait for the next boot.
    func beginReboot(
        by act: (Guest) async throws -> Void = { _ = try? await $0.ssh("root", "systemctl --no-block reboot") }
    ) async throws {
        try await act(self)
        try await endSharedConnection()
    }

    /// Answers the questions for the passphrase and waits until root can log in.
    func comeUp(passphrase: String) async throws {
        try await unlock(passphrase: passphrase)
        try await waitForLogin()
    }

    /// Takes the power away. What was not written is lost; `boot(passphrase:)` switches on again.
    public func powerCut() async {
        let running = machine.withLock { state in
            defer { state = nil }
            return state
        }
        try? await endSharedConnection()
        await running?.end()
    }

    private func run(from snapshot: String?, first orders: [Machine.Order] = []) async throws {
        let arguments = settings.arguments(
            in: folder, kernel: system?.kernel ?? layers.base.appending("vmlinuz"),
            initrd: system?.initrd ?? layers.base.appending("initrd"), port: port, snapshot: snapshot, display: display)
        let started = try await Machine(arguments, in: folder, first: orders)
        machine.withLock { $0 = started }
    }

    private func started() throws -> Machine {
        guard let started = machine.withLock({ $0 }) else { throw ReleaseError(.verify, "the guest is off") }
        return started
    }

    func running() throws -> Machine {
        let running = try started()
        guard running.isRunning else {
            let last = running.console.transcript.text.split(whereSeparator: \.isNewline).suffix(12)
                .joined(separator: "\n    ")
            throw ReleaseError(
                .verify, "QEMU has ended; the guest's console said:\n    \(last)", log: folder.appending("qemu.log"))
        }
        return running
    }

    /// Waits until QEMU ends, as it does when the guest powers itself off.
    public func waitForPowerOff() async throws { try await running().waitForEnd(within: .seconds(1_000_000)) }

    /// Waits until QEMU ends, if it has not, hands what its monitor said last to `judge`, and returns what the console has
    /// said since it was last waited for.
    func waitForPowerOff(within limit: Duration, judge: (String) throws -> Void) async throws -> String {
        let machine = try started()
        try judge(try await machine.waitForEnd(within: limit))
        return try await machine.console.transcript.expect(.end, within: .seconds(30))
    }

    /// Presses keys at the guest's keyboard: `ctrl-alt-delete`.
    func press(_ keys: String) async throws { try await running().order("sendkey \(keys)", within: .seconds(30)) }

    /// Lets a person have the serial console; nothing can be expected there any more.
    public func releaseConsole() throws { try running().releaseConsole() }

    func save(as tag: String) async throws { try await running().order("savevm \(tag)", within: .seconds(300)) }

    // MARK: - Console

    /// Waits for something on the serial console.
    @discardableResult
    public func expectConsole(_ pattern: Pattern, within limit: Duration) async throws -> String {
        try await running().console.transcript.expect(pattern, within: limit)
    }

    /// Types at the serial console; Enter is "\n".
    public func typeAtConsole(_ text: String) throws { try running().console.send(text) }

    // MARK: - ssh

    /// Runs `command` as `user` and waits for its end. Tests may be root: the guest's administrators have the same key.
    ///
    /// - Parameters:
    ///   - command: as sshd gives it to the user's shell; empty for a login without a command.
    ///   - input: what it reads.
    ///   - terminal: whether it has a terminal. For a dialogue at one, see `session`.
    @discardableResult
    public func ssh(
        _ user: String, _ command: String, input: [UInt8] = [], terminal: Bool = false
    ) async throws -> CommandResult {
        _ = try running()
        return try await shell.run(user, command, input: input, terminal: terminal)
    }

    /// What a command of root's says; anything but exit status 0 is an error.
    @discardableResult
    public func root(_ command: String, input: [UInt8] = []) async throws -> String {
        let result = try await ssh("root", command, input: input)
        guard result.succeeded else {
            _ = try running()
            let said = (result.errorText + result.text).suffix(1500)
            throw ReleaseError(.verify, "in the guest: \(command): \(result.ending):\n    \(said)")
        }
        return result.text
    }

    /// A login of `user` at a terminal.
    public func session(
        _ user: String, command: String = "", columns: UInt16 = 80, rows: UInt16 = 24
    ) async throws -> Session {
        _ = try running()
        let ssh = Command("ssh", shell.arguments(user, command, terminal: true, isShared: false))
            .with { $0.environment = ["TERM": "xterm-256color"] }
        return try Session(
            ssh, name: "the session of \(user)", columns: columns, rows: rows,
            log: folder.appending("session-\(user).log"))
    }

    /// Waits until root can log in, and leaves a connection open for root's commands.
    func waitForLogin() async throws {
        let deadline = ContinuousClock.now + Self.bootLimit
        let log = folder.appending("ssh.log")
        try Files.remove(shell.control)
        while true {
            let attempt = try Companion(shell.sharedConnection, log: log)
            // ssh makes the socket when it is logged in.
            while !attempt.hasEnded, !Files.exists(shell.control), ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(50))
            }
            if Files.exists(shell.control) { return connection.withLock { $0 = attempt } }
            await attempt.end()
            _ = try running()
            guard ContinuousClock.now < deadline else {
                let said = ((try? Files.text(log)) ?? "").split(separator: "\n").last ?? ""
                throw ReleaseError(.verify, "nobody can log in to the guest: \(said)", log: log)
            }
            // sshd tells nobody outside that it listens now.
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    private func endSharedConnection() async throws {
        let open = connection.withLock { state in
            defer { state = nil }
            return state
        }
        await open?.end()
        try Files.remove(shell.control)
    }

    private func setClock() async throws {
        try await root("date -u -s @\(Int(Date().timeIntervalSince1970)) >/dev/null")
    }

    // MARK: - Files

    /// Copies a file of this machine into the guest, where it belongs to root and has the mode 0755.
    public func copy(_ local: FilePath, to path: String) async throws {
        try await write(try Files.read(local), to: path)
    }

    /// The same with `text`.
    public func copy(text: String, to path: String) async throws { try await write(Array(text.utf8), to: path) }

    private func write(_ bytes: [UInt8], to path: String) async throws {
        let quoted = Self.quoted(path)
        try await root(
            "set -e; rm -f \(quoted).new; cat >\(quoted).new; chmod 755 \(quoted).new; mv -f \(quoted).new \(quoted)",
            input: bytes)
    }

    /// Puts a file of this machine in the place of one of the guest's, with the label that belongs there.
    public func replace(_ path: String, by local: FilePath) async throws {
        try await copy(local, to: path)
        try await root("restorecon -F \(Self.quoted(path))")
    }

    /// `text` as one word of a shell.
    public static func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "'\\''") + "'" }

    /// Switches the guest off.
    func end() async { await powerCut() }
}
