import Foundation
import Lab
import ReleaseSupport
import SystemPackage
import Testing
import TorNetwork

/// The sshd of this machine as a server has it, for one chat user whose shell is untosh.
struct OnionLogin {
    /// Of 127.0.0.1.
    let port: Int
    private let folder: FilePath
    private let server: Companion

    static let user = "silver"

    /// Runs `body` beside an sshd, which ends with it.
    static func with<Value>(_ body: (OnionLogin) async throws -> Value) async throws -> Value {
        try await TemporaryFolder.with { folder in
            guard chmod(folder.string, 0o755) == 0 else { throw Errno(rawValue: errno) }
            do {
                let login = try await OnionLogin(folder)
                do {
                    let value = try await body(login)
                    await login.server.end()
                    try await removeUser()
                    return value
                } catch {
                    await login.server.end()
                    throw error
                }
            } catch {
                try? await removeUser()
                throw error
            }
        }
    }

    private init(_ folder: FilePath) async throws {
        self.folder = folder
        port = try Loopback.freePort()
        guard let shell = ProcessInfo.processInfo.environment["UNTOSH_TEST_BINARY"], Files.exists(FilePath(shell))
        else { throw ReleaseError(.setup, "UNTOSH_TEST_BINARY names no untosh", hint: "make tor-test builds one") }
        let untosh = folder.appending("untosh")
        try Files.copy(FilePath(shell), to: untosh)
        guard chmod(untosh.string, 0o755) == 0 else { throw Errno(rawValue: errno) }
        try await Self.addUser(in: folder, shell: untosh)
        for name in ["host", "user"] {
            try await Command("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", folder.appending(name).string])
                .output(.setup)
        }
        try Files.copy(folder.appending("user.pub"), to: folder.appending("authorized_keys"))
        let key = try Files.text(folder.appending("host.pub")).split(separator: " ").prefix(2).joined(separator: " ")
        try Files.write("onion \(key)\n", to: folder.appending("known_hosts"))
        let configuration = try await OlderSshd(Self.configuration(folder, port: port), in: folder)
        let file = folder.appending("sshd_config")
        try Files.write(configuration.text, to: file)
        server = try Companion(
            Command("/usr/sbin/sshd", ["-D", "-e", "-f", file.string] + Self.differences),
            log: folder.appending("log"))
        try await Loopback.waitForListener(port) { [server] in !server.hasEnded }
    }

    /// What sshd said.
    var log: String { (try? Files.text(folder.appending("log"))) ?? "" }

    /// The user logs in to `address` by way of `node`.
    func session(to address: String, by node: TorNode) throws -> Session {
        try Session(command(to: address, by: node), name: "the login over \(node.name)")
    }

    /// Logs in at `address` as the client, and demands that it is untosh that answers.
    func greets(at address: String, over network: TorNetwork) async throws {
        let session = try session(to: address, by: network.client)
        try await expectPrompt(session, over: network)
        try session.send("help\r")
        try await session.expect(.text("start chatting"))
        try session.send("exit\r")
        #expect(try await session.end() == 0)
    }

    /// Demands that nobody gets to `address` by way of `node`: tor itself says no, and sshd hears nothing.
    func expectNoWay(to address: String, by node: TorNode) async throws {
        let before = connections
        let outcome = try await command(to: address, by: node).run(.verify)
        #expect(outcome.exitStatus == 255, "\(outcome.text) \(outcome.errorText)")
        #expect(!outcome.text.contains("\(Self.user)> "))
        #expect(connections == before)
    }

    /// How many clients have come as far as to sshd.
    private var connections: Int { log.split(separator: "\n").count { $0.hasPrefix("Connection from ") } }

    /// Waits until untosh has greeted; what sshd and tor said is in the error.
    func expectPrompt(_ session: Session, over network: TorNetwork) async throws {
        do {
            try await session.expect(.text("\(Self.user)> "))
        } catch {
            let logs = [log, network.client.log, network.onionHost.log].map { "\n----\n\($0.suffix(3000))" }.joined()
            throw ReleaseError(.verify, "\(error)\(logs)")
        }
    }

    /// The ssh of a user who logs in to `address` by way of `node`.
    func command(to address: String, by node: TorNode) -> Command {
        let options = [
            "IdentityFile=\(folder.appending("user"))", "IdentitiesOnly=yes", "HostKeyAlias=onion",
            "UserKnownHostsFile=\(folder.appending("known_hosts"))", "GlobalKnownHostsFile=/dev/null",
            "StrictHostKeyChecking=yes", "BatchMode=yes", "LogLevel=ERROR",
        ]
        return Command(
            "torsocks",
            ["--address", "127.0.0.1", "--port", "\(node.socksPort)", "ssh", "-F", "/dev/null", "-tt"]
                + options.flatMap { ["-o", $0] } + ["\(Self.user)@\(address)"]
        ).with { $0.environment = ["TERM": "xterm", "LANG": "C.UTF-8"] }
    }

    /// An account in files that take the place of this machine's, in the mount namespace of the tests alone.
    private static func addUser(in folder: FilePath, shell: FilePath) async throws {
        let home = folder.appending("home")
        try Files.makeFolder(home)
        guard chown(home.string, 4242, 4242) == 0, chmod(home.string, 0o700) == 0 else {
            throw Errno(rawValue: errno)
        }
        let lines = [
            "passwd": "\(user):x:4242:4242::\(home):\(shell)\n", "shadow": "\(user):*:19000:0:99999:7:::\n",
            "group": "untochat:x:4242:\n",
        ]
        for (name, line) in lines {
            let file = FilePath("/etc").appending(name)
            let copy = folder.appending(name)
            let others = try Files.text(file).split(separator: "\n").filter { line in
                !["\(user):", "untochat:"].contains { line.hasPrefix($0) }
            }
            try Files.write(
                others.map { $0 + "\n" }.joined() + line, to: copy, mode: name == "shadow" ? .privateFile : .publicFile)
            try await Command("mount", ["--bind", copy.string, file.string]).output(.setup)
        }
    }

    /// Gives this machine's accounts back.
    private static func removeUser() async throws {
        for name in ["passwd", "shadow", "group"] { try await Command("umount", ["/etc/\(name)"]).output(.setup) }
    }

    /// The server's, with the places and the port of the test.
    private static func configuration(_ folder: FilePath, port: Int) throws -> String {
        let places = [
            "127.0.0.1:2022": "127.0.0.1:\(port)",
            "/etc/ssh/ssh_host_untochat_ed25519_key": folder.appending("host").string,
            "/etc/ssh/untochat-sshd_config.d": appliance.appending("etc/ssh/untochat-sshd_config.d").string,
            "AuthorizedKeysFile .ssh/authorized_keys": "AuthorizedKeysFile \(folder.appending("authorized_keys"))",
        ]
        var text = try Files.text(appliance.appending("etc/ssh/untochat-sshd_config"))
        for (place, other) in places {
            guard text.contains(place) else { throw ReleaseError(.setup, "the server's sshd does not name \(place)") }
            text = text.replacing(place, with: other)
        }
        return text
    }

    /// What stands before the server's words. The folder of the test lies in /tmp; PAM here is this machine's, not a server's;
    /// who connects is told at VERBOSE only; and there is no SELinux, so an untosh for tests looks at its environment.
    private static let differences = [
        "StrictModes=no", "UsePAM=no", "LogLevel=VERBOSE",
        "SetEnv=LANG=C.UTF-8 TZ=UTC UNTOCHAT_TEST_CONTEXT=untochat_u:untochat_r:untochat_t:s0",
    ].flatMap { ["-o", $0] }

    private static let appliance = FilePath(#filePath).removingLastComponent().removingLastComponent()
        .removingLastComponent().appending("appliance")
}

extension Loopback {
    /// Waits until somebody listens at `port`, for as long as `isAlive` says that it may come to that.
    static func waitForListener(_ port: Int, isAlive: () -> Bool) async throws {
        while isFree(port) {
            guard isAlive() else { throw ReleaseError(.setup, "nobody listens at port \(port)") }
            // There is no event for a port that comes to be listened at.
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}
