import Glibc
import ReleaseSupport
import SystemPackage

/// Where a build runs: in namespaces of its own where the machine allows it, so that it sees no network, a neutral host
/// name and the same path everywhere, and so that ending it ends every process it started.
public struct Sandbox: Sendable {
    /// How much of that this machine gives.
    public enum Level: String, Sendable, Codable {
        /// Mount, network, host name, IPC and process namespaces.
        case full
        /// The same without a process namespace: stray processes are ended by session.
        case noProcesses
        /// Nothing: the build sees the machine.
        case none
    }

    /// What was found.
    public let level: Level
    /// The words put before a command, empty for `none`.
    let prefix: [String]

    /// The folder at which a build in namespaces finds its files: on every system, and empty or uninteresting.
    static let place = "/mnt"
    /// Where builds without namespaces take place: rpm writes the path into source packages, so it must say nothing.
    static let openPlace: FilePath = "/var/tmp/untochat-build"

    /// Tries, from the strictest down, what this machine allows.
    public static func detect() async throws -> Sandbox {
        let namespaces = ["--mount", "--net", "--uts", "--ipc"]
        let processes = ["--pid", "--fork", "--kill-child", "--mount-proc"]
        // root needs no user namespace; in a container it may be root in name only, and then needs one.
        let identities = geteuid() == 0 ? [[], ["--user", "--map-root-user"]] : [["--user", "--map-root-user"]]
        // The bind mount is what a build does first; a machine may give namespaces and refuse that. A folder of our own: an
        // unprivileged bind of one with mounts below it, as /tmp may have, is refused where a build's would not be.
        return try await TemporaryFolder.with { folder in
            for (level, extra) in [(Level.full, processes), (.noProcesses, [])] {
                for identity in identities {
                    let arguments = identity + namespaces + extra + ["--"]
                    let trial = Command("unshare", arguments + ["mount", "--bind", folder.string, place])
                    if let outcome = try? await trial.run(.setup), outcome.succeeded {
                        return Sandbox(level: level, prefix: ["unshare"] + arguments)
                    }
                    try Task.checkCancellation()
                }
            }
            return Sandbox(level: .none, prefix: [])
        }
    }

    /// The command that runs `program` in the sandbox.
    func command(_ program: String, _ arguments: [String]) -> Command {
        let words = prefix + [program] + arguments
        return Command(words[0], Array(words.dropFirst()))
    }

    /// An empty folder to build `component` in, for as long as the value lives.
    func workplace(for component: String, in tree: SourceTree) throws -> Workplace {
        guard level == .none else {
            let folder = tree.work.appending(component)
            try Files.remove(folder)
            return Workplace(folder: folder, place: Self.place, lock: nil)
        }
        // Anyone may write in /var/tmp: what is there already must be this user's alone.
        let shared = Self.openPlace
        var status = stat()
        guard mkdir(shared.string, 0o700) == 0 || errno == EEXIST, lstat(shared.string, &status) == 0,
            status.st_mode & 0o170777 == 0o040700, status.st_uid == geteuid()
        else {
            throw ReleaseError(.setup, "\(shared) is not a folder of this user alone", hint: "remove it")
        }
        guard let lock = try TreeLock.acquire(shared.appending(".\(component).lock")) else {
            throw ReleaseError(
                .setup, "another checkout builds \(component) in \(shared)", hint: "wait for it to end, or stop it")
        }
        let folder = shared.appending(component)
        try Files.remove(folder)
        return Workplace(folder: folder, place: folder.string, lock: lock)
    }

    /// Where `component` finds its files; part of what decides the bytes of its packages.
    func place(of component: String) -> String {
        level == .none ? Self.openPlace.appending(component).string : Self.place
    }

    /// What to tell a release manager about this level, or nil where all is well.
    public var warning: String? {
        switch level {
        case .full: nil
        case .noProcesses: "no process namespace here: an interrupted build is ended by session"
        case .none:
            "this machine allows no namespaces: builds see its network, host name and files, and "
                + "source packages are not bit for bit those of a machine that does"
        }
    }

    /// Called first in the child: puts the folder `work` at the fixed place and takes a neutral host name.
    /// - Returns: the folder to build in.
    static func enter(work: String, isolated: Bool) throws -> String {
        guard isolated else { return work }
        guard mount(work, place, nil, UInt(MS_BIND), nil) == 0 else { throw Errno(rawValue: errno) }
        let name = "untochat"
        guard sethostname(name, name.utf8.count) == 0 else { throw Errno(rawValue: errno) }
        guard chdir(place) == 0 else { throw Errno(rawValue: errno) }
        return place
    }
}

/// A folder for one build. It goes with the value.
final class Workplace: Sendable {
    /// The folder on this machine.
    let folder: FilePath
    /// The same folder as the build sees it.
    let place: String
    private let lock: TreeLock?

    fileprivate init(folder: FilePath, place: String, lock: TreeLock?) {
        self.folder = folder
        self.place = place
        self.lock = lock
    }

    deinit { try? Files.remove(folder) }
}
