import Foundation
import ReleaseSupport
import SystemPackage
import Testing

extension Behaviour {
    @Suite("Interruption") struct Interruption {
        static let signals = [SIGINT, SIGTERM]

        @Test("interrupted while it compiles, a release leaves nothing and no one behind", arguments: signals)
        func compiling(signal: Int32) async throws {
            try await interrupt(by: signal) { clone in
                try clone.touchUntosh()
                try Files.remove(clone.log)
            } at: { clone in
                try Files.exists(clone.log) && Files.text(clone.log).contains("Compiling")
            }
        }

        @Test("interrupted while it packages, a release leaves nothing and no one behind", arguments: signals)
        func packaging(signal: Int32) async throws {
            try await interrupt(by: signal) { clone in
                try Files.remove(Self.releaseLog(clone))
                // Noise is slow to compress.
                try clone.replace(
                    "%files\n", with: "%files\n/opt/share/noise\n", in: "specs/untochat-release.spec")
                try clone.replace(
                    "%install\n",
                    with:
                        "%install\ninstall -d %{buildroot}/opt/share\nhead -c 64M /dev/urandom >%{buildroot}/opt/share/noise\n",
                    in: "specs/untochat-release.spec")
            } at: { clone in
                let log = Self.releaseLog(clone)
                return try Files.exists(log) && Files.text(log).contains("Processing files:")
            } before: { clone in
                try await clone.git("checkout", "--quiet", "specs")
                try clone.touchRelease()
            }
        }

        @Test("interrupted later, a release leaves nothing and no one behind", arguments: Stall.all, signals)
        func stalled(stall: Stall, signal: Int32) async throws {
            try await interrupt(by: signal) { clone in
                try clone.touchRelease()
                try stall.set(in: clone)
            } at: { clone in
                Files.exists(stall.reached(in: clone))
            } before: { clone in
                try stall.lift(in: clone)
            }
        }

        @Test("after an interruption while packages are signed where they lie, each is as it was")
        func signingFolder() async throws {
            try await Clone.with(.built) { clone in
                #expect(try await clone.run(["release", "--no-sign"]).status == 0)
                let before = try await clone.fingerprint(["unsigned"])
                let stall = Stall.signingPackages
                try stall.set(in: clone)
                let running = try clone.start(["sign", "rpmbuild/unsigned/fedora-45"])
                try await waitUntil("gpg") { Files.exists(stall.reached(in: clone)) }
                running.send(SIGINT)
                #expect(try await running.ended().status == 130)
                #expect(try await clone.fingerprint(["unsigned"]).changes(from: before) == [])
                #expect(try await clone.leftovers() == [])
                #expect(clone.strays() == [])
            }
        }

        @Test("a hang-up that nohup has it ignore does not stop a release")
        func ignored() async throws {
            try await Clone.with(.released) { clone in
                let stall = Stall.indexing
                try stall.set(in: clone)
                let running = try clone.start(["release"], before: ["sh", "-c", "trap '' HUP; exec \"$@\"", "sh"])
                try await waitUntil("the moment") { Files.exists(stall.reached(in: clone)) }
                running.send(SIGHUP)
                try stall.release(in: clone)
                // The stalled program ended with nothing made, and that alone is what ends the release.
                let ended = try await running.ended()
                #expect(ended.status == 1 && ended.errors.contains("FAILED in publish"), "\(ended)")
            }
        }

        @Test("a signal that comes before anything has begun is not lost", arguments: signals + [SIGHUP])
        func atOnce(signal: Int32) async throws {
            let released = try await Shared.released.value
            for _ in 1...20 {
                let running = try released.start(["verify", released.repository.string])
                running.send(signal)
                let ended = try await running.ended()
                #expect(ended.status == 130 || ended.status == 128 + signal, "\(ended)")
            }
        }

        private static func releaseLog(_ clone: Clone) -> FilePath {
            clone.output.appending("logs/fedora-45/untochat-release.log")
        }

        /// Releases a changed tree, sends `signal` at a moment, and then releases again.
        private func interrupt(
            by signal: Int32, _ change: (Clone) throws -> Void, at moment: (Clone) throws -> Bool,
            before next: (Clone) async throws -> Void = { _ in }
        ) async throws {
            try await Clone.with(.released) { clone in
                let before = try await clone.fingerprint(["RPMS", "SRPMS", "repo", "cache", "release-fedora-45.json"])
                try change(clone)
                let running = try clone.start(["release"])
                try await waitUntil("the moment") {
                    try #require(running.isRunning, "it ended before the moment came")
                    return try moment(clone)
                }
                running.send(signal)
                let ended = try await running.ended()
                #expect(ended.status == 130, "\(ended)")
                #expect(ended.errors.hasSuffix("untochat: interrupted: what was half made is gone\n"), "\(ended)")
                #expect(ended.output.isEmpty)
                #expect(clone.strays() == [])
                #expect(try await clone.leftovers() == [])
                // A finished build may stay in the cache; what was there before stays as it was.
                let after = try await clone.fingerprint(["RPMS", "SRPMS", "repo", "cache", "release-fedora-45.json"])
                #expect(
                    after.filter { !$0.key.hasPrefix("cache/") || before[$0.key] != nil }.changes(from: before) == [])
                try await clone.expectVerified("the earlier release")
                try await next(clone)
                let again = try await clone.run(["release"])
                #expect(again.status == 0, "\(again)")
                let sources = before.filter { $0.key.hasPrefix("SRPMS") }
                #expect(try await !clone.fingerprint(["SRPMS"]).changes(from: sources).isEmpty)
                try await clone.expectVerified("the new release")
            }
        }
    }

    @Suite("Sudden death") struct SuddenDeath {
        @Test("killed while it compiles, a release takes its build with it, and the next one clears up and succeeds")
        func compiling() async throws {
            try await Clone.with(.released) { clone in
                try clone.touchUntosh()
                try Files.remove(clone.log)
                let running = try clone.start(["release"])
                try await waitUntil("compilation") {
                    try Files.exists(clone.log) && Files.text(clone.log).contains("Compiling")
                }
                running.send(SIGKILL)
                #expect(try await running.ended().status == 128 + SIGKILL)
                // The agent of a key home goes with the next run: nobody can end it for a process that was killed.
                try await waitUntil("the build to end", within: .seconds(60)) {
                    clone.strays().allSatisfy { $0.contains(" gpg-agent ") }
                }
                #expect(try await clone.leftovers() != [], "nothing to clear up would prove nothing")
                try await expectNext(clone)
            }
        }

        @Test("killed later, a release does not hinder the next one", arguments: Stall.all)
        func stalled(stall: Stall) async throws {
            try await Clone.with(.released) { clone in
                try clone.touchRelease()
                try stall.set(in: clone)
                let running = try clone.start(["release"])
                try await waitUntil("the moment") { Files.exists(stall.reached(in: clone)) }
                running.send(SIGKILL)
                #expect(try await running.ended().status == 128 + SIGKILL)
                try await clone.expectVerified("the earlier release")
                // What nobody reads from any more is stopped for ever by the test's own pipe.
                clone.endStalled()
                try stall.lift(in: clone)
                try await expectNext(clone)
            }
        }

        private func expectNext(_ clone: Clone) async throws {
            let again = try await clone.run(["release"])
            #expect(again.status == 0, "\(again)")
            #expect(try await clone.leftovers() == [])
            #expect(clone.strays() == [])
            try await clone.expectVerified()
        }
    }

    @Suite("Two at once") struct TwoAtOnce {
        @Test("a second release in the same tree says so and ends at once; the first is not disturbed")
        func refused() async throws {
            try await Clone.with(.released) { clone in
                let stall = Stall.indexing
                try stall.set(in: clone)
                let first = try clone.start(["release"])
                try await waitUntil("the first") { Files.exists(stall.reached(in: clone)) }
                for arguments in [["release"], ["build"], ["sign", "rpmbuild/RPMS"], ["publish"]] {
                    let second = try await clone.run(arguments)
                    #expect(second.status == 1 && second.errors.contains("another untochat is at work in"), "\(second)")
                }
                #expect(first.isRunning)
                try stall.release(in: clone)
                let ended = try await first.ended()
                // The stalled program ended with nothing made: the release fails for that and no other reason.
                #expect(ended.status == 1 && ended.errors.contains("repository: FAILED in publish"), "\(ended)")
                try stall.lift(in: clone)
                #expect(try await clone.run(["release"]).status == 0)
            }
        }
    }
}

extension Stall {
    /// Lets the program that waits come to its end, without having done anything.
    func release(in clone: Clone) throws {
        let pipe = try FileDescriptor.open(clone.folder.appending("never"), .writeOnly)
        try pipe.close()
    }
}

extension Clone {
    /// Ends programs that wait at the test's pipe.
    func endStalled() {
        for stray in strays() where stray.contains("cat \(folder.appending("never"))") {
            if let process = pid_t(stray.prefix { $0.isNumber }) { kill(process, SIGKILL) }
        }
    }
}
