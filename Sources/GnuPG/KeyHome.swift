import Foundation
import ReleaseSupport
public import SystemPackage

/// A GNUPGHOME in use: where keys lie, and the gpg-agent that holds them.
///
/// It is open for the length of one `with…` call, so that a passphrase is asked for once; an agent that was started
/// for it has ended when the call returns. Of a user's home nothing is changed, and an agent that was already running
/// there stays. gpg.conf is never read: its options could put comments and notations into what is published.
public struct KeyHome: Sendable, Equatable {
    /// Where the keys lie.
    public let folder: FilePath
    /// The name under which gpg, and librpm's gpg, are told of it: `folder`, or a short link to it.
    public let path: FilePath

    /// What a gpg process needs in its environment; the process that drives librpm needs it too.
    ///
    /// GPG_TTY lets pinentry ask for a passphrase on the user's terminal; it never passes through this program.
    public var environment: [String: String?] {
        var variables: [String: String?] = ["GNUPGHOME": path.string, "LC_ALL": "C.UTF-8"]
        if ProcessInfo.processInfo.environment["GPG_TTY"] == nil, let terminal = terminalName() {
            variables["GPG_TTY"] = terminal
        }
        return variables
    }

    /// Opens the user's home: `folder`, or where that is nil GNUPGHOME or ~/.gnupg.
    public static func withUsers<Value>(
        _ folder: FilePath? = nil, isolation: isolated (any Actor)? = #isolation,
        _ body: (KeyHome) async throws -> Value
    ) async throws -> Value {
        let chosen: FilePath
        if let folder {
            chosen = folder
        } else {
            let said = try await Command("gpgconf", ["--list-dirs", "homedir"]).output(.sign)
            // gpgconf escapes its output as in a URL.
            let name = said.trimmingCharacters(in: .newlines)
            chosen = FilePath(name.removingPercentEncoding ?? name)
        }
        guard Files.exists(chosen) else {
            throw ReleaseError(.sign, "there is no GnuPG home at \(chosen)", hint: KeyPolicy.makeOne)
        }
        return try await open(chosen, isOurs: false, isolation: isolation, body)
    }

    /// Opens a home that belongs to this program, making it with mode 0700 where it is missing.
    public static func withOwn<Value>(
        _ folder: FilePath, isolation: isolated (any Actor)? = #isolation,
        _ body: (KeyHome) async throws -> Value
    ) async throws -> Value {
        try Files.makeFolder(folder.removingLastComponent())
        guard mkdir(folder.string, 0o700) == 0 || errno == EEXIST else { throw Errno(rawValue: errno) }
        var status = stat()
        guard lstat(folder.string, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid() else {
            throw ReleaseError(.sign, "\(folder) is not a folder of this user", hint: "remove it")
        }
        guard chmod(folder.string, 0o700) == 0 else { throw Errno(rawValue: errno) }
        return try await open(folder, isOurs: true, isolation: isolation, body)
    }

    /// gpg with the options that every call here shares.
    func gpg(_ arguments: [String]) -> Command {
        Command("gpg", ["--no-options", "--batch", "--no-tty", "--display-charset", "utf-8"] + arguments)
            .with { $0.environment = environment }
    }

    // MARK: - Opening and closing

    // A socket's name may have 107 bytes, and the longest name that gpg-agent gives one is this.
    private static let longestSocket = "/S.gpg-agent.browser"
    private static let socketNameLimit = 107

    private static func open<Value>(
        _ folder: FilePath, isOurs: Bool, isolation: isolated (any Actor)?, _ body: (KeyHome) async throws -> Value
    ) async throws -> Value {
        let absolute = FilePath(FileManager.default.currentDirectoryPath).pushing(folder).lexicallyNormalized()
        if absolute.string.utf8.count + longestSocket.utf8.count <= socketNameLimit {
            return try await KeyHome(folder: absolute, path: absolute).use(isOurs: isOurs, isolation: isolation, body)
        }
        return try await TemporaryFolder.with(in: "/tmp", isolation: isolation) { short in
            let link = short.appending("h")
            guard symlink(absolute.string, link.string) == 0 else { throw Errno(rawValue: errno) }
            return try await KeyHome(folder: absolute, path: link).use(isOurs: isOurs, isolation: isolation, body)
        }
    }

    private func use<Value>(
        isOurs: Bool, isolation: isolated (any Actor)?, _ body: (KeyHome) async throws -> Value
    ) async throws -> Value {
        let socket = try await agentSocket()
        let leaveAgent = !isOurs && AgentConnection(to: socket) != nil
        do {
            let value = try await body(self)
            if !leaveAgent { await endAgent() }
            return value
        } catch {
            if !leaveAgent { await endAgent() }
            throw error
        }
    }

    /// Ends the agent and waits until it has. Runs to its end in a cancelled task too.
    private func endAgent() async {
        let home = self
        await Task {
            guard let socket = try? await home.agentSocket(), let connection = AgentConnection(to: socket) else {
                return
            }
            _ = try? await home.gpgconf("--kill", "gpg-agent").run(.sign)
            connection.waitForEnd()
        }.value
    }

    private func agentSocket() async throws -> FilePath {
        let name = try await gpgconf("--list-dirs", "agent-socket").output(.sign)
            .trimmingCharacters(in: .newlines)
        return FilePath(name.removingPercentEncoding ?? name)
    }

    private func gpgconf(_ arguments: String...) -> Command {
        Command("gpgconf", ["--homedir", path.string] + arguments)
    }

    private func terminalName() -> String? {
        var name = [CChar](repeating: 0, count: 256)
        guard ttyname_r(STDIN_FILENO, &name, name.count) == 0 else { return nil }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// A connection to a running gpg-agent. It tells that there is one and, by its end, when the process is gone.
private final class AgentConnection {
    private let socket: FileDescriptor

    /// Connects, or returns nil where nothing listens.
    init?(to path: FilePath) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let name = Array(path.string.utf8)
        guard name.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let handle = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard handle >= 0 else { return nil }
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(handle, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        socket = FileDescriptor(rawValue: handle)
        guard connected == 0 else { return nil }
        // An agent that does not answer the kill must not hold up a release for ever.
        var limit = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(handle, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    /// Returns when the agent has closed the connection, which the kernel does for it as it exits.
    func waitForEnd() {
        withUnsafeTemporaryAllocation(byteCount: 256, alignment: 1) { buffer in
            while let count = try? socket.read(into: buffer), count > 0 { continue }
        }
    }

    deinit { try? socket.close() }
}
