import CChatDaemon
import ChatServer
import Confinement
import Glibc

/// The start of the chat daemon, in order: first what may refuse, then what needs privileges, then what gives them
/// away.
public enum Daemon {
    /// What it is called, and all that --version says. Clients are never told.
    public static let nameAndVersion = "ngircdus 1.0"

    /// Serves until told to end.
    ///
    /// - Parameter arguments: the command line, the program's name first; needed where the program starts itself again.
    public static func serve(_ invocation: Invocation, arguments: [String]) throws {
        try scrubEnvironment(arguments: arguments)
        try requireOwnContext()
        let environment = ProcessEnvironment.current()
        let loader = ConfigurationLoader(file: absolute(invocation.configurationFile))
        let terminal = Log(isInBackground: false, environment: environment)
        let loaded = loader.load()
        for text in loaded.warnings { terminal.notice(text) }
        for text in loaded.errors { terminal.failure(text) }
        guard loaded.errors.isEmpty else {
            throw DaemonError("the configuration has errors", hint: "ngircdus --configtest shows them too")
        }
        let manager = try ServiceManager(environment: environment, process: getpid())
        let listeners = try Listeners(loaded.configuration, handedOver: manager.listeners)
        let signals = chatd_signals()
        guard signals >= 0 else { throw DaemonError("signals cannot be watched: \(SystemError.last())") }
        if !invocation.staysInForeground, chatd_into_background() != 0 {
            throw DaemonError("cannot go into the background: \(SystemError.last())")
        }
        let log = Log(isInBackground: !invocation.staysInForeground, environment: environment)
        do {
            try run(loaded, loader, log, manager, listeners, signals)
        } catch {
            // In the background nobody reads what `main` prints.
            if !invocation.staysInForeground { log.failure("\(error)") }
            throw error
        }
    }

    private static func run(
        _ loaded: ConfigurationLoader.Loaded, _ loader: ConfigurationLoader, _ log: Log, _ manager: ServiceManager,
        _ listeners: Listeners, _ signals: Int32
    ) throws(DaemonError) {
        let configuration = loaded.configuration
        try writeProcessID(configuration)
        try leaveRoot(configuration)
        // Asked as the user who serves: that user's connections are what it can try.
        let identity = configuration.options.kernelIdent ? try KernelIdentity() : nil
        let descriptors = try harden()
        let service = Service(loaded, loader: loader, log: log, manager: manager, identity: identity)
        service.run(listeners: listeners, signals: signals, descriptors: descriptors)
    }

    private static func requireOwnContext() throws(DaemonError) {
        #if UNTOCHAT_CONTEXT
            do throws(Refusal) {
                try requireContext("system_u:system_r:ngircdus_t:s0")
            } catch {
                throw DaemonError(error.message, hint: "start it by systemd, with the policy loaded")
            }
        #else
            // The audit refuses to package a program with this name in it.
            Log(isInBackground: false, environment: ProcessEnvironment(entries: [])).notice(
                "UNTOCHAT_TEST_BUILD: this program was built to serve in any SELinux context")
        #endif
    }

    /// A rehash may come after the working directory has changed.
    private static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let here = getcwd(nil, 0) else { return path }
        defer { free(here) }
        return "\(String(cString: here))/\(path)"
    }

    private static func writeProcessID(_ configuration: Configuration) throws(DaemonError) {
        let path = String(decoding: configuration.global.pidFile, as: UTF8.self)
        guard !path.isEmpty else { return }
        guard chatd_write_file(path, "\(getpid())\n") == 0 else {
            throw DaemonError("PidFile \(path): \(SystemError.last())")
        }
    }

    /// Root may start the daemon, to take a low port; nobody serves as root.
    private static func leaveRoot(_ configuration: Configuration) throws(DaemonError) {
        if chatd_is_root() {
            let named = String(decoding: configuration.global.serverUser, as: UTF8.self)
            // As ngircd does where nothing is configured.
            let user = named.isEmpty ? "nobody" : named
            let group = String(decoding: configuration.global.serverGroup, as: UTF8.self)
            let passwd = (try? SmallFile.read("/etc/passwd").get()) ?? []
            let groups = (try? SmallFile.read("/etc/group").get()) ?? []
            guard let (uid, gid) = AccountDirectory.numbers(user: user, group: group, passwd: passwd, groups: groups)
            else {
                throw DaemonError("there is no user \(user), or no such group", hint: "set ServerUID and ServerGID")
            }
            guard chatd_take_user(uid, gid) == 0 else {
                throw DaemonError("cannot become \(user): \(SystemError.last())")
            }
        }
        guard !chatd_is_root() else {
            throw DaemonError(
                "it would serve as root", hint: "set ServerUID and ServerGID to a user without privileges")
        }
    }

    /// Gives away what is never needed again. Returns how many descriptors there may be.
    private static func harden() throws(DaemonError) -> Int {
        chatd_give_memory_back()
        let descriptors = chatd_raise_descriptor_limit()
        guard descriptors > 0 else { throw DaemonError("the limit of descriptors cannot be read") }
        guard chatd_forbid_core_dumps_and_tracing() == 0 else { throw DaemonError("core dumps cannot be forbidden") }
        guard chatd_die_quietly() == 0 else { throw DaemonError("the runtime's crash handlers cannot be taken back") }
        guard chatd_forbid_children() == 0 else { throw DaemonError("child processes cannot be forbidden") }
        guard chatd_forbid_new_privileges() == 0 else { throw DaemonError("new privileges cannot be forbidden") }
        return Int(descriptors)
    }
}
