import CChatDaemon

/// What systemd and this program tell each other: by the protocols themselves, which are a few lines, instead of a
/// library that every process would carry.
///
/// Sources: sd_notify(3), sd_listen_fds(3), sd_watchdog_enabled(3).
struct ServiceManager {
    private let socket: Int32
    /// Sockets that were handed over, already listening.
    let listeners: [Int32]
    /// How often a sign of life is due, in microseconds; nil when nobody waits for one.
    let watchdogMicroseconds: Int64?

    static let firstDescriptor: Int32 = 3

    /// Reads what the environment says. A variable that is meant for another process is passed over.
    init(environment: ProcessEnvironment, process: Int32) throws(DaemonError) {
        if let address = environment["NOTIFY_SOCKET"] {
            let opened = chatd_notify_open(address)
            guard opened >= 0 else { throw DaemonError("NOTIFY_SOCKET cannot be used: \(SystemError.last())") }
            socket = opened
        } else {
            socket = -1
        }
        let listeners = ServiceManager.handedOver(environment, process)
        for listener in listeners {
            guard chatd_is_listening(listener) == 1, chatd_close_on_exec(listener) == 0 else {
                throw DaemonError(
                    "descriptor \(listener), which LISTEN_FDS hands over, is no listening stream socket",
                    hint: "use ListenStream= and Accept=no in the socket unit")
            }
        }
        self.listeners = listeners
        let isForOther = environment["WATCHDOG_PID"].map { $0 != String(process) } ?? false
        let microseconds = environment["WATCHDOG_USEC"].flatMap { Int64($0) } ?? 0
        watchdogMicroseconds = microseconds > 0 && !isForOther ? microseconds : nil
    }

    private static func handedOver(_ environment: ProcessEnvironment, _ process: Int32) -> [Int32] {
        guard environment["LISTEN_PID"] == String(process),
            let count = environment["LISTEN_FDS"].flatMap({ Int32($0) }),
            (1...64).contains(count)
        else { return [] }
        return Array(firstDescriptor..<(firstDescriptor + count))
    }

    func ready() { tell("READY=1") }
    func stopping() { tell("STOPPING=1") }
    func alive() { tell("WATCHDOG=1") }
    func reloading() { tell("RELOADING=1\nMONOTONIC_USEC=\(chatd_monotonic_microseconds())") }

    private func tell(_ text: String) {
        if socket >= 0 { chatd_notify(socket, text) }
    }
}
