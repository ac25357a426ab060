import Glibc
import Lab
import ReleaseSupport
public import SystemPackage

/// One running tor, and the socket by which it is asked and commanded.
public final class TorNode: Sendable {
    /// "relay2"; its folder has the same name.
    public let name: String
    /// Its configuration, its keys and what it says, below the network's folder; mode 0700.
    public let folder: FilePath
    /// Of 127.0.0.1: where programs reach the network by this node, if they do.
    public let socksPort: Int
    private let companion: Companion

    /// Where it listens for commands. Who can enter `folder` needs no password.
    public var controlSocket: FilePath { folder.appending("control") }

    /// Starts tor with `configuration` in `folder`, which is made where it is missing.
    ///
    /// - Throws: an error that quotes tor where it does not start.
    init(_ name: String, in parent: FilePath, socksPort: Int = 0, configuration: String) async throws {
        self.name = name
        self.socksPort = socksPort
        folder = parent.appending(name)
        try Files.makePrivateFolder(folder)
        let own = """
            DataDirectory \(folder)
            ControlSocket \(folder.appending("control"))
            SocksPort \(socksPort == 0 ? "0" : "127.0.0.1:\(socksPort) IsolateDestAddr IsolateSOCKSAuth")
            Log notice stdout
            SafeLogging 0
            NoExec 1
            ShutdownWaitLength 0

            """
        let file = folder.appending("torrc")
        try Files.write(own + configuration, to: file, mode: .privateFile)
        let command = Command("tor", ["-f", file.string, "--ignore-missing-torrc", "--defaults-torrc", "/nonexistent"])
        companion = try Companion(command, log: folder.appending("log"))
        do {
            try await TorControl.connect(to: self).ask("GETINFO version")
        } catch {
            await companion.end()
            throw error
        }
    }

    /// Whether tor has ended.
    public var hasEnded: Bool { companion.hasEnded }

    /// What it said so far.
    public var log: String { (try? Files.text(folder.appending("log"))) ?? "" }

    /// Ends tor and waits until it is gone.
    public func end() async { await companion.end() }

    /// Waits until circuits can be built.
    public func waitForCircuits(within limit: Duration = .seconds(60)) async throws {
        let control = try await TorControl.connect(to: self)
        try await control.follow("STATUS_CLIENT")
        guard try await !control.ask("GETINFO status/bootstrap-phase").contains("PROGRESS=100") else { return }
        do {
            try await control.expect("BOOTSTRAP PROGRESS=100", within: limit)
        } catch {
            throw ReleaseError(.setup, "\(error)\n\(log.suffix(2000))")
        }
    }

    /// Waits until this node can tell clients of `count` relays, all of them guards and keepers of descriptors, and give
    /// them their keys.
    func waitForNetwork(of count: Int, within limit: Duration = .seconds(60)) async throws {
        let control = try await TorControl.connect(to: self)
        let deadline = ContinuousClock.now + limit
        while true {
            let relays = try await control.ask("GETINFO ns/all").matches(of: #/(?m)^s .*Guard HSDir.* Running/#).count
            let keys = try await control.ask("GETINFO md/all").matches(of: #/(?m)^ntor-onion-key /#).count
            if relays == count, keys == count { return }
            guard ContinuousClock.now < deadline else {
                throw ReleaseError(.setup, "\(name) knows \(relays) relays and \(keys) keys\n\(log.suffix(2000))")
            }
            // There is no event for a key that arrives.
            try await Task.sleep(for: .milliseconds(50))
        }
    }
}

extension Files {
    /// Makes the folder `path`, which its owner alone can enter; its parent is there.
    static func makePrivateFolder(_ path: FilePath) throws {
        try makeFolder(path)
        try path.withPlatformString { name in
            guard chmod(name, 0o700) == 0 else { throw Errno(rawValue: errno) }
        }
    }
}
