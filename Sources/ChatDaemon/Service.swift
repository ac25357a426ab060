import CChatDaemon
import ChatServer
import Glibc

/// The running daemon: ties the chat server's requests, signals and systemd to what carries them out.
final class Service {
    private let loader: ConfigurationLoader
    private let log: Log
    private let manager: ServiceManager
    private let identity: KernelIdentity?
    private var directory: AccountDirectory
    private let switchboard: Switchboard
    private var transport: Transport?
    private var isLeaving = false

    /// How long clients have to take their goodbye.
    private static let farewellSeconds: Int64 = 2

    init(
        _ loaded: ConfigurationLoader.Loaded, loader: ConfigurationLoader, log: Log, manager: ServiceManager,
        identity: KernelIdentity?
    ) {
        self.loader = loader
        self.log = log
        self.manager = manager
        self.identity = identity
        directory = Service.directory(for: loaded)
        switchboard = Switchboard(loaded)
    }

    private static func directory(for loaded: ConfigurationLoader.Loaded) -> AccountDirectory {
        AccountDirectory(permittedGroup: String(decoding: loaded.configuration.options.permittedGroup, as: UTF8.self))
    }

    /// Serves until the process ends.
    func run(listeners: Listeners, signals: Int32, descriptors: Int) {
        refreshAccounts()
        Transport.run { [self] loop in
            let transport = Transport(
                loop: loop, switchboard: switchboard, descriptors: descriptors,
                identify: { [unowned self] in peer(of: $0) },
                carryOut: { [unowned self] in carryOut($0) })
            self.transport = transport
            transport.watch(signals, recordSize: Int(CHATD_SIGNAL_RECORD)) { [unowned self] record in
                if let base = record.baseAddress { handle(signal: chatd_signal_number(base)) }
            }
            transport.listen(on: listeners.sockets) { [unowned self] in begin($0) }
        }
    }

    /// Connections can come: the last doors are closed behind the start.
    private func begin(_ result: Result<Void, DaemonError>) {
        do throws(DaemonError) {
            try result.get()
            try SystemCallFilter.load()
        } catch {
            log.failure("\(error)")
            exit(1)
        }
        if let period = manager.watchdogMicroseconds {
            transport?.every(microseconds: max(1000, period / 2)) { [unowned self] in manager.alive() }
        }
        // The start touches 7 MB of program and libraries; serving needs a third of that.
        chatd_forget_start()
        log.notice("ready")
        manager.ready()
    }

    // MARK: Peers

    /// Who has connected; nil when the connection is gone already.
    private func peer(of socket: Int32) -> Peer? {
        guard let remote = Endpoint.remote(of: socket), let local = Endpoint.local(of: socket) else { return nil }
        var login: Login?
        if let identity, let uid = identity.uid(behind: socket, remote: remote, local: local) {
            refreshAccounts()
            login = directory.login(uid)
        }
        return Peer(login: login, address: host(of: remote), nonce: chatd_random())
    }

    private func refreshAccounts() {
        guard identity != nil, directory.refresh(at: chatd_monotonic_microseconds() / 1000) else { return }
        switchboard.setAccounts(directory.accounts)
    }

    // One piece of memory for all of them.
    private let ipv4Loopback = Array("127.0.0.1".utf8)

    private func host(of endpoint: Endpoint) -> [UInt8] {
        endpoint.address == .ipv4([127, 0, 0, 1]) ? ipv4Loopback : endpoint.host
    }

    // MARK: What is asked for

    private func handle(signal number: Int32) {
        switch number {
        case SIGHUP: rehash()
        case SIGTERM, SIGINT:
            guard !isLeaving else { return }
            transport?.perform { switchboard.shutDown() }
            leave()
        default: break
        }
    }

    private func carryOut(_ requests: Switchboard.Requests) {
        if requests.contains(.rehash) { rehash() }
        if requests.contains(.restart) {
            let loaded = loader.load()
            report(loaded)
            if loaded.errors.isEmpty { switchboard.restart(loaded) }
            directory = Service.directory(for: loaded)
            refreshAccounts()
        }
        if requests.contains(.shutDown) { leave() }
    }

    /// Takes the configuration again, if it is sound; otherwise goes on with the one it has.
    private func rehash() {
        manager.reloading()
        defer { manager.ready() }
        let loaded = loader.load()
        report(loaded)
        guard loaded.errors.isEmpty else { return log.failure("the configuration has errors; the old one stays") }
        directory = Service.directory(for: loaded)
        refreshAccounts()
        transport?.perform { switchboard.rehash(loaded) }
        log.notice("configuration read again")
    }

    private func report(_ loaded: ConfigurationLoader.Loaded) {
        for text in loaded.warnings { log.notice(text) }
        for text in loaded.errors { log.failure(text) }
    }

    private func leave() {
        guard !isLeaving else { return }
        isLeaving = true
        log.notice("stopping")
        manager.stopping()
        transport?.leave(within: Service.farewellSeconds) { exit(0) }
    }
}
