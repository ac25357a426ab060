import Foundation
import ReleasePipeline
import ReleaseSupport
import SystemPackage
import Testing

/// A checkout of its own for one test, and the folder around it for what the test needs besides.
struct Clone: Sendable {
    /// Holds the clone, a home folder and programs that tests put before others.
    let folder: FilePath
    /// The top of the checkout.
    let root: FilePath

    /// What a clone starts from.
    enum Start: Sendable {
        /// A release made before, with its cache and its development key.
        case released
        /// The development key alone: everything is yet to be built.
        case unbuilt
        /// The development key, and the packages in the cache.
        case built
    }

    /// Runs `body` on a new clone that is gone afterwards.
    static func with<Value>(_ start: Start, _ body: (Clone) async throws -> Value) async throws -> Value {
        let released = try await Shared.released.value
        return try await TemporaryFolder.with { folder in
            let clone = Clone(folder: folder, root: folder.appending("clone"))
            try await Shared.clone(released.root, to: clone.root)
            try Files.makeFolder(folder.appending("home"))
            for place in [clone.programs, clone.temporary] { try Files.makeFolder(place) }
            var parts = ["gnupg"]
            if start != .unbuilt { parts.append("cache") }
            if start == .released { parts += ["RPMS", "SRPMS", "repo", "logs", "release-fedora-45.json"] }
            for part in parts {
                try await Command(
                    "cp", ["-a", released.output.appending(part).string, clone.output.string]
                ).output(.setup)
            }
            return try await body(clone)
        }
    }

    var output: FilePath { root.appending("rpmbuild") }
    var repository: FilePath { output.appending("repo/fedora-45") }
    var report: FilePath { output.appending("release-fedora-45.json") }
    var log: FilePath { output.appending("logs/fedora-45/untosh.log") }
    /// Programs here come before the machine's.
    var programs: FilePath { folder.appending("bin") }
    /// What a run that is killed leaves of its temporary files goes with the folder.
    var temporary: FilePath { folder.appending("tmp") }

    /// The environment of every run: PATH carries the folder's name, by which all that the run starts can be found.
    var environment: [String: String] {
        var variables = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("UNTOCHAT") }
        variables["PATH"] = "\(programs):\(variables["PATH"] ?? "/usr/bin:/bin")"
        variables["HOME"] = folder.appending("home").string
        variables["TMPDIR"] = temporary.string
        variables["GNUPGHOME"] = nil
        return variables
    }

    // MARK: - Running

    /// Runs the program in the clone to its end. `before` is put before its name, for example `unshare`.
    func run(
        _ arguments: [String], environment changes: [String: String] = [:], before: [String] = []
    ) async throws -> Ended {
        try await start(arguments, environment: changes, before: before).ended()
    }

    /// Starts the program in the clone.
    func start(
        _ arguments: [String], environment changes: [String: String] = [:], before: [String] = []
    ) throws -> Running {
        try Running(
            before + [Shared.program()] + arguments, in: root,
            environment: environment.merging(changes, uniquingKeysWith: { $1 }), notes: folder)
    }

    /// Runs git in the clone.
    @discardableResult
    func git(_ arguments: String...) async throws -> String {
        try await Command("git", ["-C", root.string] + arguments).output(.setup)
    }

    // MARK: - Changing

    /// Adds a line to a file of the tree.
    func append(_ line: String, to path: String) throws {
        let file = root.appending(path)
        try Files.write((Files.exists(file) ? Files.text(file) : "") + line + "\n", to: file)
    }

    /// Replaces text in a file of the tree, which must be there.
    func replace(_ old: String, with new: String, in path: String) throws {
        let file = root.appending(path)
        let text = try Files.text(file)
        try #require(text.contains(old))
        try Files.write(text.replacing(old, with: new), to: file)
    }

    /// Changes untosh, at the price of compiling it.
    func touchUntosh() throws { try append("// changed", to: "Sources/untosh/Untosh.swift") }

    /// Changes untochat-release, which takes a second to build.
    func touchRelease() throws { try append("# changed", to: "appliance/etc/yum.repos.d/untochat.repo") }

    /// Commits everything.
    func commit() async throws {
        try await git("add", "--all")
        try await git("commit", "--quiet", "-m", "A change")
    }

    // MARK: - Looking

    /// SHA-256 and time of every file below `paths` of `rpmbuild`, by path.
    func fingerprint(_ paths: [String]) async throws -> [String: String] {
        var found: [String: String] = [:]
        for path in paths where Files.exists(output.appending(path)) {
            let listing = try await Command(
                "find", [path, "-type", "f", "-printf", "%p %T@ ", "-exec", "sha256sum", "{}", ";"]
            )
            .with { $0.directory = output }.output(.setup)
            for line in listing.split(separator: "\n") {
                let name = line.prefix { $0 != " " }
                found[String(name)] = String(line)
            }
        }
        return found
    }

    /// SHA-256 of every result, by path below `rpmbuild`: what must be the same where releases are the same.
    func results(report: Bool = false) async throws -> [String: String] {
        try await fingerprint(["RPMS", "SRPMS", "repo"] + (report ? ["release-fedora-45.json"] : [])).mapValues {
            String($0.split(separator: " ")[2])
        }
    }

    /// Files under temporary names, and work that was not cleared away.
    func leftovers() async throws -> [String] {
        let listing = try await Command(
            "sh", ["-c", "find . -path ./gnupg -prune -o -name '*~' -print; find work -mindepth 1 2>/dev/null || :"]
        ).with { $0.directory = output }.output(.setup)
        return listing.split(separator: "\n").map(String.init)
    }

    /// The names of packages under final names.
    func packages() async throws -> [String] {
        try await results().keys.filter { $0.hasSuffix(".rpm") }.map { FilePath($0).lastComponent?.string ?? "" }
            .sorted()
    }

    /// The report of the last release.
    func readReport() throws -> ReleaseReport {
        try JSONDecoder().decode(ReleaseReport.self, from: Data(Files.read(report)))
    }

    /// Requires that the release in the clone is whole.
    func expectVerified(_ comment: String = "", sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let ended = try await run(["verify", repository.string])
        #expect(ended.status == 0, "\(comment) \(ended)", sourceLocation: sourceLocation)
    }

    /// Every process that a run in this clone started and that is still there: its environment, working folder or
    /// program names the folder.
    func strays() -> [String] {
        let marker = Array(folder.string.utf8)
        let processes = ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { pid_t($0) }
        return processes.filter { $0 != getpid() }.compactMap { process in
            let place = FilePath("/proc/\(process)")
            let links = ["cwd", "exe"].compactMap {
                try? FileManager.default.destinationOfSymbolicLink(atPath: place.appending($0).string)
            }
            let environment = (try? Files.read(place.appending("environ"))) ?? []
            guard links.contains(where: { $0.hasPrefix(folder.string) }) || environment.contains(marker) else {
                return nil
            }
            let words = (try? Files.text(place.appending("cmdline"))) ?? ""
            return "\(process) \(words.replacing("\0", with: " "))"
        }
    }
}

extension [String: String] {
    /// The paths at which this is not as `before`, sorted.
    func changes(from before: [String: String]) -> [String] {
        Set(keys).union(before.keys).filter { self[$0] != before[$0] }.sorted()
    }
}
