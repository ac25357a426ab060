import CAdminTools
import CPosix
import DiskKeys

/// What a tool was asked for.
public protocol ToolRequest {
    var wantsHelp: Bool { get }
}

/// A tool as it runs: hardened, its memory locked, signals blocked and readable from a descriptor.
public struct Process {
    /// The file name of the program, which its reports begin with.
    public let name: String
    /// The descriptor of its signals, which are blocked.
    public let signals: Int32
    /// Who runs it: root wherever it is installed.
    public let user: UInt32

    /// The whole of a tool: tells how it is used, or starts and does `work`. Gives what to exit with.
    ///
    /// - Parameter request: `nil` for arguments that were not understood.
    public static func run<Request: ToolRequest>(
        _ name: String, _ request: Request?, usage: String, _ work: (Request, Process) -> Int32
    ) -> Int32 {
        guard let request else {
            write(2, usage)
            return ExitStatus.usage
        }
        if request.wantsHelp {
            write(1, usage)
            return ExitStatus.done
        }
        let (started, reason) = start(name)
        guard let process = started else {
            write(2, name + ": " + reason + "\n")
            return ExitStatus.refused
        }
        return work(request, process)
    }

    /// Gives why the tool does not start, or `nil` and the tool. Arguments are not looked at here.
    private static func start(_ name: String) -> (process: Process?, reason: String) {
        cposix_take_default_signals()
        guard cposix_fill_standard_descriptors() == 0, cposix_close_descriptors_above_2() == 0,
            cposix_forget_environment() == 0, cposix_forbid_core_dumps() == 0, cposix_forbid_tracing() == 0
        else { return (nil, "the process cannot be hardened") }
        cposix_set_umask(0o077)
        var identity = cposix_identity()
        guard cposix_identity(&identity) == 0 else { return (nil, "user and group IDs cannot be read") }
        #if UNTOCHAT_PACKAGED
            guard identity.real_uid == 0, identity.effective_uid == 0 else { return (nil, "only root can do this") }
        #endif
        // Without root's rights the limit is a few megabytes, which the test of one passphrase exceeds.
        guard identity.effective_uid != 0 || cadmin_lock_memory() == 0 else {
            return (nil, "memory cannot be locked")
        }
        cposix_block_signals()
        let signals = cposix_open_signals()
        guard signals >= 0 else { return (nil, "signals cannot be read") }
        return (Process(name: name, signals: signals, user: identity.real_uid), "")
    }

    /// Whether somebody wants it to end.
    public var isInterrupted: Bool { cadmin_is_interrupted(signals) }

    /// To the user and to the log.
    public func report(_ text: String) {
        complain(text)
        log(text)
    }

    /// To the user.
    public func complain(_ text: String) { write(2, name + ": " + text + "\n") }

    /// To the system's log.
    public func log(_ text: String) { cposix_auth_log(name, user, text) }

    /// What came after the program's name.
    public static var arguments: [String] {
        (1..<max(1, cposix_argument_count())).compactMap { cposix_argument($0).map { String(cString: $0) } }
    }
}

/// Shows a text; nobody may be there to see it.
public func write(_ descriptor: Int32, _ text: String) {
    let bytes = [UInt8](text.utf8)
    _ = cposix_write(descriptor, bytes, bytes.count)
}

/// A small file, or an empty text when it cannot be read.
public func text(of path: String) -> String {
    var buffer = [UInt8](repeating: 0, count: 65536)
    let count = cadmin_read_file(path, &buffer, buffer.count)
    return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : ""
}
