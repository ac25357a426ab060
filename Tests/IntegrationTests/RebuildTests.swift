import Foundation
import RPMKit
import ReleaseSupport
import Repository
import SystemPackage
import Testing

@testable import ReleasePipeline

@Suite("A stranger rebuilds the release", .serialized, .integration, .timeLimit(.minutes(15)))
struct RebuildTests {
    @Test(
        "a source package rebuilds with plain rpmbuild wherever it lies: an empty home, no network, not root",
        arguments: ["untosh", "untochat-selinux"])
    func rebuilds(name: String) async throws {
        try await Stranger.with { stranger in
            let devices = try await stranger.run("unshare", Stranger.offline + ["cat", "/proc/net/dev"])
            #expect(devices.text.split(separator: "\n").dropFirst(2).map { $0.contains("lo:") } == [true])

            let source = try #require(
                try stranger.sources().first { try Package(reading: $0).name == name }, "no source package of \(name)")
            let rebuilt = try await stranger.run(
                "unshare",
                Stranger.offline + ["rpmbuild", "--rebuild", "--nodeps"] + stranger.macros(in: stranger.folder)
                    + ["--define", "_topdir \(stranger.folder)/top", source.string])
            let ending = rebuilt.exitStatus
            #expect(ending == 0, "\(source): \(rebuilt.errorText.suffix(2000))")
            let made = try packages(below: stranger.folder.appending("top/RPMS"))
            let published = try packages(below: stranger.workshop.packages)
            #expect(made.count == 1)
            for (name, package) in made {
                #expect(package.files.map(\.path) == published[name]?.files.map(\.path), "\(name)")
            }
        }
    }

    // All of them, under the same conditions; the place and the time are what makes the bytes equal.
    @Test("from the source packages and rpm's own tools, at the same place and time, come the published bytes")
    func sameBytesWithoutOrchestrator() async throws {
        try await Stranger.with { stranger in
            for source in try stranger.sources() {
                let package = try Package(reading: source)
                let place = FilePath(Sandbox.place)
                let script = """
                    set -e
                    umask 077
                    hostname quokka
                    mount --bind "$1" "$2"
                    cd "$2"
                    spec=$3 source=$4
                    shift 4
                    rpm -i --define "_topdir $PWD" --define "_dbpath $PWD/rpmdb" "$source"
                    rpmbuild -ba --nodeps --define "_topdir $PWD" "$@" "SPECS/$spec"
                    """
                let arguments =
                    ["--map-root-user", "--user", "--mount", "--net", "--uts", "sh", "-c", script, "sh"]
                    + [
                        stranger.folder.string, place.string, "\(package.name).spec",
                        source.lastComponent?.string ?? "",
                    ]
                let rebuilt = try await stranger.run(
                    "unshare", arguments + stranger.macros(in: place),
                    [
                        // All that must be the same. The rest is another's: user, home, host, time zone, locale, umask.
                        "SOURCE_DATE_EPOCH": package.tag("buildtime"), "TMPDIR": "\(place)/tmp",
                        "HOME": "\(place)/home",
                        "TZ": "Asia/Tokyo", "LC_ALL": "POSIX",
                    ])
                let ending = rebuilt.exitStatus
                #expect(ending == 0, "\(source): \(rebuilt.errorText.suffix(2000))")
            }
            var made = try digests(below: stranger.folder.appending("RPMS"))
            made.merge(try digests(below: stranger.folder.appending("SRPMS"))) { $1 }
            let published = try digests(below: stranger.workshop.release)
            let different = Set(made.keys).union(published.keys).filter { made[$0] != published[$0] }
            for name in different.sorted() {
                Issue.record("\(name): \(try differences(of: name, below: stranger))")
            }
        }
    }

    @Test("from another clone, as another user on another host, come the published bytes")
    func sameBytesFromAnotherClone() async throws {
        try await Stranger.with { stranger in
            let clone = try await stranger.clone()
            try await stranger.own()
            // The host's name is root's to change; everything after that is the stranger's.
            let script = "hostname quokka && umask 077 && exec \"$@\""
            let built = try await Command(
                "unshare",
                ["--uts", "sh", "-c", script, "sh"] + Stranger.identity + [
                    stranger.binary.string, "release", "--directory", clone.string, "--target",
                    stranger.workshop.subject.target, "--no-sign", "--public-key", stranger.publicKey.string,
                ]
            ).with {
                $0.inheritsEnvironment = false
                $0.environment = stranger.environment.merging(["TZ": "Asia/Tokyo", "LC_ALL": "POSIX"]) { $1 }
            }.run(.compile)
            let ending = built.exitStatus
            #expect(ending == 0, "\(built.text)\(built.errorText)")
            let made = try digests(below: clone.appending("rpmbuild/unsigned"))
            #expect(made == (try digests(below: stranger.workshop.release)))
        }
    }

    @Test("a changed source gives other bytes, so the comparison above can fail")
    func changedSource() async throws {
        try await Stranger.with { stranger in
            let clone = try await stranger.clone()
            let file = clone.appending("Sources/Confinement/Refusal.swift")
            let text = try Files.text(file)
            #expect(text.contains("SELinux is not enabled"))
            try Files.write(text.replacing("SELinux is not enabled", with: "SELinux is not on"), to: file)
            let built = try await Command(
                stranger.binary.string,
                ["build", "untosh", "--directory", clone.string, "--target", stranger.workshop.subject.target]
            ).run(.compile)
            let ending = built.exitStatus
            #expect(ending == 0, "\(built.errorText)")
            let made = try digests(below: clone.appending("rpmbuild/cache/untosh"))
            let published = try digests(below: stranger.workshop.release)
            #expect(made.count == 2)
            for (name, digests) in made {
                let expected = try #require(published[name])
                #expect(zip(digests, expected).allSatisfy { $0 != $1 }, "\(name)")
            }
        }
    }

    // MARK: -

    private func packages(below folder: FilePath) throws -> [String: Package] {
        var found: [String: Package] = [:]
        for file in try Files.files(below: folder) where file.hasSuffix(".rpm") {
            let package = try Package(reading: folder.pushing(FilePath(file)))
            found[package.fileName] = package
        }
        return found
    }

    /// What a reader of a failed comparison wants to know: the files that differ, or that only the header does.
    private func differences(of name: String, below stranger: Stranger) throws -> String {
        let made = try packages(below: stranger.folder.appending("RPMS"))
            .merging(try packages(below: stranger.folder.appending("SRPMS"))) { $1 }
        guard let ours = made[name] else { return "was not made" }
        guard let theirs = try packages(below: stranger.workshop.release)[name] else { return "is not published" }
        let pairs = Dictionary(theirs.files.map { ($0.path, $0) }) { $1 }
        let files = ours.files.filter { "\($0)" != pairs[$0.path].map { "\($0)" } }
            .map { "\($0), published as \(pairs[$0.path].map { "\($0)" } ?? "nothing")" }
        return files.isEmpty && ours.files.count == theirs.files.count
            ? "the lists of files are equal, the headers are not" : files.joined(separator: "; ")
    }

    /// The digests of header and payload, which signing does not change, by the package's name.
    private func digests(below folder: FilePath) throws -> [String: [String]] {
        try packages(below: folder).mapValues { try $0.contentDigests() }
    }
}

/// Somebody who has the published files, a clone, and a machine with rpm and Swift: another user, with a home that is empty.
private struct Stranger {
    let workshop: Workshop
    /// Theirs: `home`, `tmp`, the macro files and the source packages are here.
    let folder: FilePath
    /// A copy of the orchestrator that they may read.
    let binary: FilePath
    var publicKey: FilePath { folder.appending(RepositoryLayout.keyFile) }

    /// 65534 is nobody, everywhere.
    static let identity = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    static let offline = ["--map-root-user", "--user", "--net"]

    static func with(_ body: (Stranger) async throws -> Void) async throws {
        try await Workshop.with { workshop in
            let folder = workshop.folder.appending("stranger")
            for name in ["home", "tmp", "top"] { try Files.makeFolder(folder.appending(name)) }
            let stranger = Stranger(
                workshop: workshop, folder: folder, binary: workshop.folder.appending("untochat"))
            try FileManager.default.copyItem(atPath: workshop.subject.binary.string, toPath: stranger.binary.string)
            try Files.copy(workshop.subject.publicKey, to: stranger.publicKey)
            for file in try workshop.subject.macroFiles {
                try Files.copy(file, to: folder.appending(file.lastComponent?.string ?? ""))
            }
            let published = workshop.subject.repository.appending("source")
            for file in try Files.names(in: published) where file.hasSuffix(".rpm") {
                try Files.copy(published.appending(file), to: folder.appending(file))
            }
            try await stranger.own()
            try await body(stranger)
        }
    }

    /// Gives them all that lies in their folder.
    func own() async throws {
        try await Command("chown", ["--recursive", "65534:65534", folder.string]).output(.setup)
    }

    func sources() throws -> [FilePath] {
        try Files.names(in: folder).filter { $0.hasSuffix(".src.rpm") }.map { folder.appending($0) }
    }

    /// rpmbuild's options that load the target's macro files, which lie in `place`.
    func macros(in place: FilePath) throws -> [String] {
        try workshop.subject.macroFiles.flatMap { ["--load", "\(place)/\($0.lastComponent?.string ?? "")"] }
    }

    var environment: [String: String?] {
        [
            "PATH": ProcessInfo.processInfo.environment["PATH"], "HOME": folder.appending("home").string,
            "TMPDIR": folder.appending("tmp").string,
        ]
    }

    /// Runs `program` as them, with nothing of this process's environment but PATH.
    func run(
        _ program: String, _ arguments: [String], _ changes: [String: String?] = [:]
    ) async throws -> Command.Outcome {
        let words = Self.identity + [program] + arguments
        return try await Command(words[0], Array(words.dropFirst())).with {
            $0.inheritsEnvironment = false
            $0.environment = environment.merging(changes) { $1 }
            $0.directory = folder
        }.run(.compile)
    }

    /// The checkout as it is now, elsewhere, with the Swift packages that components bring along.
    func clone() async throws -> FilePath {
        let root = workshop.subject.tree.root
        let clone = folder.appending("some/where/else")
        try await Command("git", ["clone", "--quiet", root.string, clone.string]).output(.source)
        let changed = try await Command(
            "git", ["-C", root.string, "ls-files", "-z", "--modified", "--others", "--exclude-standard"]
        ).output(.source)
        for name in Set(changed.split(separator: "\0").map(String.init)) where Files.exists(root.appending(name)) {
            try Files.makeFolder(clone.appending(name).removingLastComponent())
            try Files.copy(root.appending(name), to: clone.appending(name))
        }
        let needed = try Component.load(from: workshop.subject.tree).flatMap(\.declaration.dependencies)
        let checkouts = ".build/checkouts"
        for name in Set(needed) {
            try Files.makeFolder(clone.appending(checkouts))
            try FileManager.default.copyItem(
                atPath: root.appending("\(checkouts)/\(name)").string,
                toPath: clone.appending("\(checkouts)/\(name)").string)
        }
        return clone
    }
}
