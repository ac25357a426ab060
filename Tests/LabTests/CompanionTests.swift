import ReleaseSupport
import SystemPackage
import Testing

@testable import Lab

@Suite("Companion", .timeLimit(.minutes(1)))
struct CompanionTests {
    @Test("a program that ends by itself is seen to have ended, with its status, and what it said is in the log")
    func ends() async throws {
        try await TemporaryFolder.with { folder in
            let log = folder.appending("log")
            let program = try Companion(Command("sh", ["-c", "echo said; exit 3"]), log: log)
            #expect(try await program.outcome.exitStatus == 3)
            #expect(program.hasEnded)
            #expect(try Files.text(log) == "said\n")
        }
    }

    @Test("a program that is ended ends, and all that it started")
    func ended() async throws {
        try await TemporaryFolder.with { folder in
            let (log, pipe, started) = (folder.appending("log"), folder.appending("pipe"), folder.appending("started"))
            try await Command("mkfifo", [pipe.string]).output(.setup)
            let program = try Companion(
                Command("sh", ["-c", "exec 4>'\(pipe)'; echo up >&4; >'\(started)'; sleep 1000; true"]), log: log)
            // cat ends when nobody holds the pipe open for writing any more.
            async let said = Command("cat", [pipe.string]).output(.setup)
            // A file that appears is no event here; the pause is between looks.
            while !Files.exists(started) { try await Task.sleep(for: .milliseconds(5)) }
            #expect(!program.hasEnded)
            await program.end()
            #expect(try await said == "up\n")
        }
    }
}
