import CAdminTools
import CPosix

/// A tool as it runs: hardened, its memory locked, signals blocked and readable from a descriptor.
struct Process {
    /// The file name of the program, which its reports begin with.
    let name: String
    let signals: Int32
    let user: UInt32

    /// Gives why the tool does not start, or `nil` and the tool. Arguments are not looked at here.
    static func start(_ name: String) -> (process: Process?, reason: String) {
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

    var isInterrupted: Bool { cadmin_is_interrupted(signals) }

    /// To the user and to the log.
    func report(_ text: String) {
        complain(text)
        log(text)
    }

    func complain(_ text: String) { write(2, name + ": " + text + "\n") }

    func log(_ text: String) { cposix_auth_log(name, user, text) }

    static var arguments: [String] {
        (1..<max(1, cposix_argument_count())).compactMap { cposix_argument($0).map { String(cString: $0) } }
    }
}

func write(_ descriptor: Int32, _ text: String) {
    let bytes = [UInt8](text.utf8)
    _ = cposix_write(descriptor, bytes, bytes.count)
}
