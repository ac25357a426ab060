import CPosix
import Confinement

/// The prompt, from login to logout. The edge of this module: it reads, writes, starts and waits; what to do is decided
/// by `LineReader`, `Command`, `ChildWatch` and `IdleLimit`.
///
/// Signals need no handler. At the prompt their action is the default one, and ends the process. While a child runs
/// they are blocked and read from a descriptor, so none is lost and none comes at a wrong moment.
public struct Shell: ~Copyable {
    private let session: Session
    private let lock: SessionLock
    private let terminal: Int32 = 0
    private var idle: IdleLimit

    /// How a session ended.
    public enum Ending: Sendable, Equatable {
        /// By `exit`, Ctrl-D or the idle limit.
        case left
        /// The terminal is gone or does not obey, or the child was killed.
        case lost
        /// A signal came while a child was running.
        case signal(Int32)
    }

    /// `idleLimit` is in milliseconds.
    public init(session: Session, lock: consuming SessionLock, idleLimit: Int64) {
        self.session = session
        self.lock = lock
        idle = IdleLimit(limit: idleLimit, from: cposix_milliseconds())
    }

    /// Runs until the session ends.
    public mutating func run() -> Ending {
        guard cposix_make_terminal_sane(terminal) == 0, prompt() else { return .lost }
        var reader = LineReader()
        var buffer = Bytes(repeating: 0, count: 256)
        idle.restart(at: cposix_milliseconds())
        while true {
            switch cposix_wait_for_input(terminal, idle.remaining(at: cposix_milliseconds())) {
            case 1: break
            case 0:
                if idle.remaining(at: cposix_milliseconds()) > 0 { continue }
                _ = say("\nIdle for too long.\n")
                return .left
            default: return .lost
            }
            let count = cposix_read(terminal, &buffer, buffer.count)
            guard count >= 0 else { return .lost }
            guard count > 0 else {
                _ = say("\n")
                return .left
            }
            idle.restart(at: cposix_milliseconds())
            for byte in buffer[..<count] {
                guard let event = reader.receive(byte) else { continue }
                if let ending = obey(event) { return ending }
                guard prompt() else { return .lost }
                idle.restart(at: cposix_milliseconds())
            }
        }
    }

    private func obey(_ event: LineReader.Event) -> Ending? {
        switch event {
        case .refused(let fault): return say(fault.message) && say("\n") ? nil : .lost
        case .line(let line):
            if line.allSatisfy({ $0 == UInt8(ascii: " ") }) { return nil }
            guard let command = Command(exactly: line) else {
                return say("Unknown command. Type help.\n") ? nil : .lost
            }
            return obey(command)
        }
    }

    private func obey(_ command: Command) -> Ending? {
        if command == .exit { return .left }
        if let program = command.program { return run(program, for: command) }
        return say("help    show this list\nchat    start chatting\npasswd  change your password\nexit    leave\n")
            ? nil : .lost
    }

    private func run(_ program: Program, for command: Command) -> Ending? {
        guard isTrusted(statusOfEveryComponent(of: program)) else { return cannotStart(command) }

        cposix_block_signals()
        let signals = cposix_open_signals()
        let child =
            signals < 0
            ? -1
            : cposix_start(
                terminal, program.path.cString, program.name.cString, (Bytes("TERM=") + session.term).cString,
                (Bytes("LANG=") + session.lang).cString)
        guard child > 0 else {
            if signals >= 0 { cposix_close(signals) }
            cposix_unblock_signals()
            return cannotStart(command)
        }
        let outcome = watch(child, signals: signals)
        cposix_close(signals)
        // The dead child's group still bears its number, because it is not reaped: nobody else is hit.
        cposix_signal_group(child, Signal.kill)
        cposix_reap(child)
        while cposix_kill_one_orphan() {}

        switch outcome {
        case .ended(.signal(let number)): return .signal(number)
        case .ended(.terminalGone): return .lost
        case .died:
            _ = cposix_make_terminal_sane(terminal)
            _ = say("\n") && say(command.name) && say(" was killed.\n")
            return .lost
        case .returned(let status):
            // Signals that came after the child's end take effect here.
            cposix_unblock_signals()
            guard cposix_make_terminal_sane(terminal) == 0 else { return .lost }
            // What was typed for the child is not for us; it may be a password.
            cposix_discard_input(terminal)
            return status == CPOSIX_CANNOT_RUN ? cannotStart(command) : nil
        }
    }

    private func watch(_ child: Int32, signals: Int32) -> ChildWatch.Outcome {
        var watch = ChildWatch()
        while true {
            let found = cposix_next_signal(
                signals, watch.watchesTerminal ? terminal : -1, watch.timeout(at: cposix_milliseconds()))
            let event: ChildWatch.Event =
                switch found {
                case CPOSIX_HANGUP: .terminalGone
                case 0: .timePassed
                default: .signal(found)
                }
            send(watch.receive(event, at: cposix_milliseconds()), to: child)
            if let event = state(of: child) { send(watch.receive(event, at: cposix_milliseconds()), to: child) }
            if let outcome = watch.outcome { return outcome }
        }
    }

    private func send(_ signals: [Int32], to child: Int32) {
        for signal in signals { cposix_signal_group(child, signal) }
    }

    private func state(of child: Int32) -> ChildWatch.Event? {
        var state = cposix_child_state()
        guard cposix_child_state(child, &state) == 0 else { return .exited(CPOSIX_CANNOT_RUN) }
        return switch state.kind {
        case Int32(CPOSIX_EXITED.rawValue): .exited(state.number)
        case Int32(CPOSIX_KILLED.rawValue): .killed(state.number)
        case Int32(CPOSIX_STOPPED.rawValue): .stopped
        default: nil
        }
    }

    /// `/`, every directory on the way and the file; empty when one of them cannot be opened without following a link.
    private func statusOfEveryComponent(of program: Program) -> [FileStatus] {
        var found: [FileStatus] = []
        var directory = cposix_open_directory(CPOSIX_WORKING_DIRECTORY, Bytes("/").cString)
        for component in program.components {
            var status = cposix_status()
            guard directory >= 0, cposix_status(directory, &status) == 0 else { break }
            found.append(FileStatus(status))
            let next = cposix_open_path(directory, component.cString)
            cposix_close(directory)
            directory = next
        }
        guard directory >= 0 else { return [] }
        defer { cposix_close(directory) }
        var status = cposix_status()
        guard found.count == program.components.count, cposix_status(directory, &status) == 0 else { return [] }
        return found + [FileStatus(status)]
    }

    private func cannotStart(_ command: Command) -> Ending? {
        say("untosh: cannot start ") && say(command.name) && say("\n") ? nil : .lost
    }

    private func prompt() -> Bool {
        say(session.user + Bytes("> "))
    }

    private func say(_ text: StaticString) -> Bool { say(Bytes(text)) }

    private func say(_ text: Bytes) -> Bool { cposix_write(1, text, text.count) == 0 }
}
