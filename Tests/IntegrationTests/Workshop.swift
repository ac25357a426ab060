import Foundation
import GnuPG
import RPMKit
import ReleaseSupport
import Repository
import SystemPackage

/// A temporary folder with everything that makes a release: a copy of the published one, the key that signed it, and a
/// key that did not.
struct Workshop {
    /// Everything lies below here.
    let folder: FilePath
    /// What is tested.
    let subject: Subject
    /// The development key that signed the release, in a copy of its home: tests run side by side, and each ends its agent.
    let key: SigningKey
    /// Somebody else's key, under the same name and address: only the fingerprint tells them apart.
    let otherKey: SigningKey
    /// A copy of the release.
    var release: FilePath { folder.appending(subject.target) }
    /// The copy's packages for servers.
    var packages: FilePath { release.appending("x86_64") }

    /// The time that signatures and metadata bear here, in seconds since 1970.
    static let epoch = 1_800_000_000

    /// Opens a workshop for the length of one call.
    static func with<Value>(_ body: (Workshop) async throws -> Value) async throws -> Value {
        let subject = try Subject.find()
        return try await TemporaryFolder.with { folder in
            // Some tests act as another user, who must get to the files below; rpm opens every folder on the way.
            guard chmod(folder.string, 0o755) == 0 else { throw Errno(rawValue: errno) }
            let home = folder.appending("gnupg")
            try copyKeys(from: subject.keyHome, to: home)
            return try await KeyHome.withOwn(home) { home in
                try await KeyHome.withOwn(folder.appending("gnupg-other")) { other in
                    let workshop = Workshop(
                        folder: folder, subject: subject, key: try await SigningKey.development(home: home),
                        otherKey: try await SigningKey.development(home: other))
                    try FileManager.default.copyItem(
                        atPath: subject.repository.string, toPath: workshop.release.string)
                    return try await body(workshop)
                }
            }
        }
    }

    /// The keys alone, without the sockets of an agent that may be running there.
    private static func copyKeys(from source: FilePath, to copy: FilePath) throws {
        try Files.makeFolder(copy)
        for name in ["pubring.kbx", "trustdb.gpg", "private-keys-v1.d"]
        where Files.exists(source.appending(name)) {
            try FileManager.default.copyItem(
                atPath: source.appending(name).string, toPath: copy.appending(name).string)
        }
    }

    // MARK: - Packages

    /// The published package `name` in the copy of the release.
    func package(_ name: String, in architecture: String = "x86_64") throws -> FilePath {
        let folder = release.appending(architecture)
        for file in try Files.names(in: folder) where file.hasSuffix(".rpm") {
            let path = folder.appending(file)
            if try Package(reading: path).name == name { return path }
        }
        throw ReleaseError(.verify, "the release has no package \(name)")
    }

    /// Builds `package` with rpmbuild, signs it and puts it in `destination`.
    @discardableResult
    func make(_ package: SmallPackage, in destination: FilePath) async throws -> FilePath {
        let work = folder.appending("rpmbuild-\(package.name)-\(package.version)")
        try Files.makeFolder(work)
        try Files.makeFolder(destination)
        let spec = work.appending("\(package.name).spec")
        try Files.write(package.spec, to: spec)
        try await Command(
            "rpmbuild",
            [
                "-bb", "--define", "_topdir \(work)", "--define", "_rpmdir \(work)/RPMS",
                // A shell is this machine's, whatever the package says.
                "--define", "_binaries_in_noarch_packages_terminate_build 0", "--define", "__os_install_post %{nil}",
                spec.string,
            ]
        ).with { $0.environment = ["HOME": work.string, "LC_ALL": "C.UTF-8"] }.output(.package)
        let made = destination.appending("\(package.name)-\(package.version)-1.noarch.rpm")
        try Files.copy(work.appending("RPMS/noarch/\(made.lastComponent?.string ?? "")"), to: made)
        try await sign(made, with: key)
        return made
    }

    /// Signs a package in place, by rpm's own tool, replacing the signature that is there.
    func sign(_ package: FilePath, with key: SigningKey) async throws {
        let macros = try await key.rpmMacros(epoch: Self.epoch).flatMap { ["--define", "\($0.name) \($0.value)"] }
        try await rpmsign(["--resign"] + macros, package, key.home.environment)
    }

    /// Removes a package's signature.
    func unsign(_ package: FilePath) async throws { try await rpmsign(["--delsign"], package, [:]) }

    private func rpmsign(_ arguments: [String], _ package: FilePath, _ environment: [String: String?]) async throws {
        try await Command("rpmsign", arguments + [package.string])
            .with { $0.environment = environment.merging(["HOME": folder.string]) { $1 } }.output(.sign)
    }

    // MARK: - Repositories

    /// Indexes the packages in `folder` again and signs the index.
    func index(_ folder: FilePath, signedBy key: SigningKey? = nil, epoch: Int = Workshop.epoch) async throws {
        try await RepositoryMetadata.make(folder: folder, epoch: epoch, key: key ?? self.key)
    }

    /// Indexes every folder of the copied release again and signs the indexes and the list of digests.
    func publish(signedBy key: SigningKey? = nil) async throws {
        for (name, _) in RepositoryLayout.architectures { try await index(release.appending(name), signedBy: key) }
        // The installer's tarball has a signature of its own.
        if let key {
            for file in try Files.files(below: release) where file.hasSuffix(".tar.xz") {
                let tarball = release.pushing(FilePath(file))
                try Files.remove(FilePath("\(tarball).asc"))
                _ = try await key.detachedSign(tarball, epoch: Self.epoch)
            }
        }
        try await Checksums.write(release, key: key ?? self.key, epoch: Self.epoch)
    }

    /// A signed repository with one package that stands in for Fedora: it provides what the published packages require,
    /// and holds a shell for their scripts.
    ///
    /// It proves the packages; that Fedora provides these things, the audit judges by the target's capabilities.
    func makeFedora() async throws -> FilePath {
        var required: Set<String> = []
        var provided: Set<String> = []
        // The published ones: those here may have been damaged on purpose.
        let published = subject.repository.appending("x86_64")
        for name in try Files.names(in: published) where name.hasSuffix(".rpm") {
            let said = try await Command(
                "rpm", ["-qp", "--requires", "--nosignature", published.appending(name).string]
            )
            .output(.verify)
            // rpmlib(…) is about rpm itself; config(…) a package provides for itself.
            required.formUnion(
                said.split(separator: "\n").map(String.init)
                    .filter { !$0.hasPrefix("rpmlib(") && !$0.hasPrefix("config(") })
            provided.insert(
                try await Command("rpm", ["-qp", "--nosignature", "--qf", "%{name}", published.appending(name).string])
                    .output(.verify))
        }
        // What they require of each other must come from the release.
        required.subtract(provided)
        let repository = folder.appending("fedora")
        required.remove(Self.shell)
        let libraries = try await Command("ldd", [Self.shell]).output(.setup)
            .split(whereSeparator: \.isWhitespace).map(String.init).filter { $0.hasPrefix("/") }
        try await make(
            SmallPackage(name: "fedora-shim", provides: required.sorted(), files: [Self.shell] + libraries),
            in: repository)
        try await index(repository)
        return repository
    }

    private static let shell = "/bin/sh"
}

/// A package of little.
struct SmallPackage {
    var name: String
    var version = 1
    var provides: [String] = []
    /// Files of this machine, which the package holds under the same names.
    var files: [String] = []
    /// A scriptlet in rpm's own Lua, which needs no program in the root.
    var post: String?

    var spec: String {
        """
        Name: \(name)
        Version: \(version)
        Release: 1
        Summary: A package for a test
        License: MIT
        BuildArch: noarch
        AutoReqProv: no
        \(provides.map { "Provides: \($0)" }.joined(separator: "\n"))

        %description
        A package for a test.

        %install
        \(files.map { "install -D -m 0755 \($0) %{buildroot}\($0)" }.joined(separator: "\n"))

        \(post.map { "%post -p <lua>\n\($0)\n" } ?? "")
        %files
        \(files.joined(separator: "\n"))

        """
    }
}

extension Files {
    /// Flips one bit of the byte at `offset`.
    static func flip(_ path: FilePath, at offset: Int) throws {
        var bytes = try read(path)
        bytes[offset] ^= 1
        try write(bytes, to: path)
    }
}
