import ReleaseSupport
import SystemPackage

/// How to reach a guest's sshd: what ssh is called with.
struct SecureShell: Sendable {
    /// Of 127.0.0.1.
    let port: Int
    /// The private key that every account of the guest accepts.
    let key: FilePath
    /// The guest's own key, and no other.
    let knownHosts: FilePath
    /// The socket of the connection that root's commands share.
    let control: FilePath

    /// The arguments for a command of `user`.
    ///
    /// - Parameters:
    ///   - command: empty for the login shell.
    ///   - terminal: whether the guest gives it one.
    ///   - isShared: whether it goes over the connection that is open already.
    func arguments(_ user: String, _ command: String, terminal: Bool, isShared: Bool) -> [String] {
        // Every handshake costs an emulated guest seconds.
        let sharing = isShared ? ["ControlPath=\(control)"] : ["ControlPath=none"]
        return ["-F", "/dev/null", "-p", "\(port)", terminal ? "-tt" : "-T"]
            + (options + sharing).flatMap { ["-o", $0] }
            + ["\(user)@127.0.0.1"] + (command.isEmpty ? [] : [command])
    }

    /// The connection that root's commands share, for as long as it runs.
    var sharedConnection: Command {
        let sharing = ["ControlMaster=yes", "ControlPath=\(control)"]
        return Command(
            "ssh",
            ["-F", "/dev/null", "-N", "-p", "\(port)"] + (options + sharing).flatMap { ["-o", $0] } + ["root@127.0.0.1"]
        )
    }

    private var options: [String] {
        [
            "IdentityFile=\(key)", "IdentitiesOnly=yes", "UserKnownHostsFile=\(knownHosts)",
            "GlobalKnownHostsFile=/dev/null", "HostKeyAlias=guest", "StrictHostKeyChecking=yes", "BatchMode=yes",
            "ConnectTimeout=30", "ServerAliveInterval=30", "ServerAliveCountMax=10", "LogLevel=ERROR",
            "ForwardAgent=no",
        ]
    }

    /// Runs one command to its end.
    func run(_ user: String, _ command: String, input: [UInt8], terminal: Bool) async throws -> Command.Outcome {
        try await Command(
            "ssh", arguments(user, command, terminal: terminal, isShared: user == "root" && !terminal)
        ).with { $0.input = input }.run(.verify)
    }
}
