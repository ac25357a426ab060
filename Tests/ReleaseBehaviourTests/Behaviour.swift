import Foundation
import ReleaseSupport
import SystemPackage
import Testing

/// What a release manager sees of the command `untochat`: every test runs the real program on a clone of its own.
///
/// One after the other: a build takes all cores, and tests that wait for a moment in one should not wait for another's.
@Suite(
    "The command untochat", .serialized, .timeLimit(.minutes(10)),
    .enabled(if: ProcessInfo.processInfo.environment["UNTOCHAT_INTEGRATION"] == "1", "UNTOCHAT_INTEGRATION=1 runs it"))
struct Behaviour {}

/// Where things are that all tests share.
enum Shared {
    /// The checkout that this file belongs to.
    static let checkout = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()

    /// The program under test. A test without it fails: a suite that silently proves nothing is worse than none.
    static func program() throws -> String {
        let path = ProcessInfo.processInfo.environment["UNTOCHAT_BINARY"]
        return try #require(
            path.flatMap { access($0, X_OK) == 0 ? $0 : nil }, "UNTOCHAT_BINARY must name the built untochat")
    }

    /// Gone when the tests end.
    static let folder: FilePath = {
        let folder = FilePath("/tmp/untochat-behaviour-\(getpid())")
        atexit { try? Files.remove(Shared.folder) }
        return folder
    }()

    /// What is released in these tests. The command treats all components alike, and these two take ten seconds to build
    /// where the chat server takes minutes; IntegrationTests build everything.
    static let components: Set = ["untochat-release", "untosh"]

    /// A clone in which one release has been made, with the development key.
    static let released = Task<Clone, any Error> {
        let root = folder.appending("released")
        try await clone(checkout, to: root)
        try await takeOver(checkout, to: root)
        let released = Clone(folder: folder, root: root)
        for place in [folder.appending("home"), released.temporary] { try Files.makeFolder(place) }
        let ended = try await released.run(["release"])
        try #require(ended.status == 0, "the release that tests start from: \(ended)")
        return released
    }

    /// Clones `from` and gives the clone a name to commit under.
    static func clone(_ from: FilePath, to root: FilePath) async throws {
        try await Command("git", ["clone", "--quiet", "--no-hardlinks", from.string, root.string]).output(.setup)
        for (key, value) in [
            ("user.name", "Tester"), ("user.email", "tester@example.org"), ("commit.gpgSign", "false"),
        ] {
            try await Command("git", ["-C", root.string, "config", key, value]).output(.setup)
        }
    }

    /// Commits in the clone `root` what differs from the newest commit in `from`: tests are of what lies here now.
    private static func takeOver(_ from: FilePath, to root: FilePath) async throws {
        let patch = try await Command("git", ["-C", from.string, "diff", "--binary", "HEAD"]).run(.setup).output
        if !patch.isEmpty {
            try await Command("git", ["-C", root.string, "apply"]).with { $0.input = patch }.output(.setup)
        }
        let others = try await Command(
            "git", ["-C", from.string, "ls-files", "-z", "--others", "--exclude-standard"]
        ).output(.setup)
        for name in others.split(separator: "\0").map(String.init) {
            let copy = root.pushing(FilePath(name))
            try Files.makeFolder(copy.removingLastComponent())
            try await Command("cp", ["-a", from.pushing(FilePath(name)).string, copy.string]).output(.setup)
        }
        for file in try Files.names(in: root.appending("specs")) where !components.contains(component(of: file)) {
            try Files.remove(root.appending("specs").appending(file))
        }
        try await Command("git", ["-C", root.string, "add", "--all"]).output(.setup)
        try await Command("git", ["-C", root.string, "commit", "--quiet", "--allow-empty", "-m", "Tested state"])
            .output(.setup)
    }

    /// `untosh` of `untosh.spec`.
    private static func component(of file: String) -> String { FilePath(file).stem ?? file }
}

/// Waits until `condition` holds, looking every few milliseconds.
func waitUntil(
    _ what: String, within limit: Duration = .seconds(120), _ condition: () throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while try !condition() {
        try #require(ContinuousClock.now < deadline, "waited \(limit) for \(what)")
        try await Task.sleep(for: .milliseconds(5))
    }
}
