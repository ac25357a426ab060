import Foundation
import ReleaseSupport
import SystemPackage
import Testing

@testable import GnuPG

@Suite("A GnuPG home, with the real gpg-agent") struct KeyHomeTests {
    @Test("the development key is made once, says nothing about when, and its home is closed to others")
    func developmentKey() async throws {
        try await TemporaryFolder.with { folder in
            let place = folder.appending("development")
            let first = try await KeyHome.withOwn(place) { try await SigningKey.development(home: $0) }
            let second = try await KeyHome.withOwn(place) { try await SigningKey.development(home: $0) }
            #expect(first == second)
            #expect(first.isDevelopment)
            #expect(first.algorithm == "Ed25519")
            #expect(first.created == 946_684_800)
            #expect(first.expires == nil)
            #expect(try mode(place) == 0o700)
        }
    }

    @Test("a home that has lost its mode gets it back")
    func repairsMode() async throws {
        try await TemporaryFolder.with { folder in
            let place = folder.appending("home")
            try Files.makeFolder(place)
            chmod(place.string, 0o755)
            try await KeyHome.withOwn(place) { _ in }
            #expect(try mode(place) == 0o700)
        }
    }

    @Test("a link in the place of the home is refused")
    func refusesLink() async throws {
        try await TemporaryFolder.with { folder in
            try Files.makeFolder(folder.appending("elsewhere"))
            symlink(folder.appending("elsewhere").string, folder.appending("home").string)
            let said = await refusal { try await KeyHome.withOwn(folder.appending("home")) { _ in } }
            #expect(said.contains("is not a folder of this user"))
        }
    }

    @Test("a tree too deep for a socket's name works all the same")
    func deepTree() async throws {
        try await TemporaryFolder.with { folder in
            let deep = folder.appending(String(repeating: "d", count: 100)).appending(String(repeating: "e", count: 90))
            let signed = try await KeyHome.withOwn(deep) { home in
                #expect(home.folder == deep)
                #expect(home.path != deep)
                let key = try await SigningKey.development(home: home)
                try Files.write("hello", to: folder.appending("data"))
                return try await key.detachedSign(folder.appending("data"), epoch: 1_700_000_000)
            }
            #expect(Files.exists(signed))
        }
    }

    @Test("no agent survives, whether the work succeeds, fails or is cancelled")
    func noAgentSurvives() async throws {
        struct Failure: Error {}
        try await TemporaryFolder.with { folder in
            let place = folder.appending("home")
            let pid = try await KeyHome.withOwn(place) { try await startAgent($0) }
            #expect(!isRunning(pid))

            var failed: Int32 = 0
            try? await KeyHome.withOwn(place) { home in
                failed = try await startAgent(home)
                throw Failure()
            }
            #expect(failed > 0 && !isRunning(failed))

            let (started, announce) = AsyncStream.makeStream(of: Int32.self)
            let task = Task {
                try await KeyHome.withOwn(place) { home in
                    announce.yield(try await startAgent(home))
                    _ = try await Command("sleep", ["60"]).run(.sign)
                }
            }
            var pids = started.makeAsyncIterator()
            let cancelled = try #require(await pids.next())
            #expect(isRunning(cancelled))
            task.cancel()
            _ = await task.result
            #expect(!isRunning(cancelled))
        }
    }

    @Test("an agent that the user had running stays; one that was started for the work does not")
    func sparesUsersAgent() async throws {
        try await TemporaryFolder.with { folder in
            let place = folder.appending("home")
            try await KeyHome.withOwn(place) { home in
                let pid = try await startAgent(home)
                try await KeyHome.withUsers(place) { _ = try await SigningKey.development(home: $0) }
                #expect(isRunning(pid))
            }
            let pid = try await KeyHome.withUsers(place) { try await startAgent($0) }
            #expect(!isRunning(pid))
        }
    }

    @Test("a user's home that is not there is an error, not a new folder")
    func missingHome() async throws {
        try await TemporaryFolder.with { folder in
            let said = await refusal { try await KeyHome.withUsers(folder.appending("none")) { _ in } }
            #expect(said.contains("there is no GnuPG home"))
            let left = try Files.names(in: folder)
            #expect(left.isEmpty)
        }
    }

    private func startAgent(_ home: KeyHome) async throws -> Int32 {
        let said = try await Command(
            "gpg-connect-agent", ["--homedir", home.path.string, "GETINFO pid", "/bye"]
        ).output(.sign)
        return try #require(Int32(said.split(separator: "\n")[0].dropFirst(2)))
    }

    /// Whether the process still holds a file: one that is exiting, or waits as a zombie for init, does not.
    private func isRunning(_ pid: Int32) -> Bool {
        let names = try? Files.names(in: FilePath("/proc/\(pid)/fd"))
        return names.map { !$0.isEmpty } ?? false
    }

    private func mode(_ path: FilePath) throws -> mode_t {
        var status = stat()
        try #require(stat(path.string, &status) == 0)
        return status.st_mode & 0o7777
    }
}
