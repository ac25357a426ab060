import ReleaseSupport
public import SystemPackage

/// The checkout that a release is made from: where things lie in it, and what git says about them.
public struct SourceTree: Sendable {
    /// The top of the checkout.
    public let root: FilePath

    /// The checkout at `root`.
    public init(root: FilePath) { self.root = root }

    /// Finds the checkout around the working directory: the folder above it that holds `specs/` and `rpmbuild/macros/`.
    public static func find(from start: FilePath) throws -> SourceTree {
        var folder = start
        while true {
            if Files.exists(folder.appending("specs")), Files.exists(folder.appending("rpmbuild/macros")) {
                return SourceTree(root: folder)
            }
            guard folder.components.count > 0 else { break }
            folder.removeLastComponent()
        }
        throw ReleaseError(
            .setup, "\(start) is not inside an untochat checkout", hint: "run this in a clone of the repository")
    }

    /// Everything that is made goes below here; git ignores it, but for `macros/` and `targets/`.
    public var output: FilePath { root.appending("rpmbuild") }
    /// One macro file a target, and those that targets share.
    public var macros: FilePath { output.appending("macros") }
    /// One .spec and one .yaml a component.
    public var specs: FilePath { root.appending("specs") }
    /// One log a component.
    public var logs: FilePath { output.appending("logs") }
    /// Where builds take place; emptied at the start of every build.
    public var work: FilePath { output.appending("work") }
    /// Unsigned packages by the digest of all that went into them.
    public var cache: FilePath { output.appending("cache") }
    /// What an unsigned release of `target` consists of.
    public func unsigned(_ target: Target) -> FilePath { output.appending("unsigned").appending(target.name) }
    /// The published repository of `target`.
    public func repository(_ target: Target) -> FilePath { output.appending("repo").appending(target.name) }
    /// The installer's tarball and its signature, copied from the published repository.
    public var installer: FilePath { root.appending("installer/out") }
    /// What was made and checked, for scripts.
    public func report(_ target: Target) -> FilePath { output.appending("release-\(target.name).json") }

    /// Takes the lock that keeps two runs from writing into one tree, and removes what a run that was killed left half made.
    public func lock() throws -> TreeLock {
        try Files.makeFolder(output)
        guard let lock = try TreeLock.acquire(output.appending(".lock")) else {
            throw ReleaseError(
                .setup, "another untochat is at work in \(root)",
                hint: "wait for it to end, or stop it; a lock without its process does not block")
        }
        try removeLeftovers()
        return lock
    }

    private func removeLeftovers() throws {
        try Files.remove(work)
        let caches = Files.exists(cache) ? try Files.names(in: cache).map { "cache/\($0)" } : []
        for folder in [".", "RPMS/x86_64", "RPMS/noarch", "SRPMS", "repo", "unsigned"] + caches {
            try Files.removeTemporary(in: output.appending(folder))
        }
    }

    /// The files below `paths` that git tracks or would track, relative to `root`, sorted.
    public func files(_ paths: [String]) async throws -> [String] {
        let listing = try await git(["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--"] + paths)
        let names = listing.split(separator: "\0").map(String.init)
        return Set(names).filter { Files.exists(root.appending($0)) }.sorted()
    }

    /// The commit time of the last commit that changed one of `paths`, in seconds since 1970.
    ///
    /// The time of what a component is made of, not of the newest commit: a package whose sources did not change must not
    /// change either.
    public func epoch(of paths: [String]) async throws -> Int {
        let text = try await git(["log", "-1", "--format=%ct", "--"] + paths).trimmingSpace()
        if let epoch = Int(text) { return epoch }
        return try await headEpoch()
    }

    /// The time of the newest commit, in seconds since 1970.
    public func headEpoch() async throws -> Int {
        guard let epoch = Int(try await git(["log", "-1", "--format=%ct"]).trimmingSpace()) else {
            throw ReleaseError(.source, "\(root) has no commit", hint: "commit the sources first")
        }
        return epoch
    }

    /// The newest commit's name.
    public func commit() async throws -> String { try await git(["rev-parse", "HEAD"]).trimmingSpace() }

    /// Files that differ from the newest commit.
    public func uncommitted() async throws -> [String] {
        try await git(["status", "--porcelain", "--untracked-files=normal"]).split(separator: "\n").map(String.init)
    }

    /// Whether history is cut short, so that times of commits are not to be trusted.
    public func isShallow() async throws -> Bool {
        try await git(["rev-parse", "--is-shallow-repository"]).trimmingSpace() == "true"
    }

    private func git(_ arguments: [String]) async throws -> String {
        try await Command("git", ["-C", root.string, "-c", "core.quotePath=false"] + arguments)
            .with {
                $0.environment = ["GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"]
                // A hook of git runs its programs with these set, and then -C does not choose the repository.
                for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR"] {
                    $0.environment[name] = .some(nil)
                }
            }
            .output(.source, hint: "a release is made from a git clone; its commit times become package times")
    }
}

/// What goes to /etc/yum.repos.d on a server, in the tree: packaged and published alike.
let repositoryConfiguration = "appliance/etc/yum.repos.d/untochat.repo"

/// A distribution that packages are made for: an RPM macro file.
public struct Target: Sendable, Equatable, Codable {
    /// `fedora-45`.
    public let name: String
    /// `fedora`: the part before the number; its macro file is loaded first.
    public let family: String

    /// The target `name`, which must have a macro file in `tree`.
    public init(_ name: String, in tree: SourceTree) throws {
        let known = try Self.all(in: tree)
        guard known.contains(name), let dash = name.lastIndex(of: "-") else {
            throw Misuse(
                "unknown target \(name)",
                hint: "targets are the macro files in rpmbuild/macros: \(known.joined(separator: ", "))")
        }
        self.name = name
        family = String(name[..<dash])
    }

    /// The names of all targets: macro files that end in a number.
    public static func all(in tree: SourceTree) throws -> [String] {
        try Files.names(in: tree.macros).compactMap { file in
            guard file.hasSuffix(".macros") else { return nil }
            let name = String(file.dropLast(7))
            return name.last?.isNumber == true && name.contains("-") ? name : nil
        }
    }

    /// The macro files in the order of loading.
    public func macroFiles(in tree: SourceTree) -> [FilePath] {
        [tree.macros.appending("\(family).macros"), tree.macros.appending("\(name).macros")]
    }

    /// The release suffix of its packages, `.fc45`, as its macro file defines it.
    public func dist(in tree: SourceTree) throws -> String {
        let lines = try Files.text(tree.macros.appending("\(name).macros")).split(separator: "\n")
        guard let dist = lines.first(where: { $0.hasPrefix("%dist ") })?.dropFirst(6), dist.hasPrefix(".") else {
            throw ReleaseError(.setup, "rpmbuild/macros/\(name).macros does not define %dist")
        }
        return String(dist).trimmingSpace()
    }

    /// What the distribution's libraries offer.
    public func capabilities(in tree: SourceTree) -> FilePath { tree.output.appending("targets/\(name).yaml") }
}

extension String {
    /// The text without white space at both ends.
    func trimmingSpace() -> String {
        var text = Substring(self)
        while text.last?.isWhitespace == true { text.removeLast() }
        while text.first?.isWhitespace == true { text.removeFirst() }
        return String(text)
    }

    /// The path without the folder `folder` before it.
    func withoutPrefix(_ folder: String) -> String {
        hasPrefix(folder + "/") ? String(dropFirst(folder.count + 1)) : self
    }
}
