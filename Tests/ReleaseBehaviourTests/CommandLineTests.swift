import Foundation
import PackageAudit
import ReleasePipeline
import ReleaseSupport
import SystemPackage
import Testing

extension Behaviour {
    @Suite("The command line") struct CommandLine {
        static let subcommands = ["release", "build", "audit", "sign", "publish", "verify", "doctor", "bench"]

        @Test("every subcommand explains itself on standard output, with an example", arguments: subcommands)
        func help(subcommand: String) async throws {
            let clone = try await Shared.released.value
            let ended = try await clone.run([subcommand, "--help"])
            #expect(ended.status == 0 && ended.errors.isEmpty, "\(ended)")
            #expect(ended.output.contains("Examples:\n  untochat \(subcommand)"), "\(ended)")
            #expect(try await clone.run(["--help"]).output.contains("\n  \(subcommand) "))
        }

        @Test(
            "a misused call ends with status 2, says what is wrong and does nothing",
            arguments: [
                ["frobnicate"], ["release", "--frobnicate"], ["release", "surplus"],
                ["release", "--target", "fedora-1"],
                ["release", "--public-key", "x"], ["release", "--no-sign", "--key", "x"], ["build", "--target"],
                ["build", "nothing"],
                ["audit"], ["sign"], ["sign", "a", "b"], ["publish", "a", "b"], ["verify"], ["verify", "--key"],
                ["doctor", "surplus"], ["bench", "--rounds", "0"], ["bench", "--rounds", "many"],
                ["audit", "--target", "fedora-1", "."],
            ])
        func misuse(arguments: [String]) async throws {
            let clone = try await Shared.released.value
            let before = try await clone.fingerprint(["RPMS", "repo", "release-fedora-45.json"])
            let ended = try await clone.run(arguments)
            #expect(ended.status == 2 && ended.output.isEmpty && ended.errors.hasPrefix("untochat: "), "\(ended)")
            #expect(
                try await clone.fingerprint(["RPMS", "repo", "release-fedora-45.json"]).changes(from: before) == [])
        }

        @Test(
            "a call that fails ends with status 1 and an explanation on standard error",
            arguments: [
                ["audit", "/nonexistent"], ["audit", "specs"], ["sign", "/nonexistent"], ["sign", "specs"],
                ["publish", "/nonexistent"], ["publish", "specs"], ["publish", "--target", "fedora-44"],
                ["verify", "/nonexistent"], ["verify", "specs"],
                ["verify", "rpmbuild/repo/fedora-45", "--key", "/nonexistent"],
                ["verify", "rpmbuild/repo/fedora-45", "--key", "LICENSE"], ["release", "--directory", "/"],
                ["release", "--no-sign", "--public-key", "/nonexistent"], ["build", "--key", "nobody@example.org"],
                ["doctor", "--directory", "/"], ["bench", "--directory", "/"],
            ])
        func failure(arguments: [String]) async throws {
            let clone = try await Shared.released.value
            let ended = try await clone.run(arguments)
            #expect(ended.status == 1 && ended.output.isEmpty && !ended.errors.isEmpty, "\(ended)")
            #expect(!ended.errors.contains("Error Domain") && !ended.errors.contains("Fatal error"), "\(ended)")
        }

        @Test("with --json standard output is one JSON value and nothing else")
        func json() async throws {
            try await Clone.with(.released) { clone in
                let release = try await clone.run(["release", "--json"])
                #expect(try release.json(ReleaseReport.self) == clone.readReport())
                #expect(release.errors.contains("repository: done"))
                let built = try await clone.run(["build", "--json"]).json([String].self)
                #expect(built.count == 4 && built.allSatisfy { Files.exists(FilePath($0)) })
                let audit = try await clone.run(["audit", "rpmbuild/RPMS", "--json"]).json(AuditReport.self)
                #expect(audit.packages.count == 2 && audit.elfFiles.count == 1 && audit.isClean)
                let signed = try await clone.run(["sign", "rpmbuild/RPMS", "--json"]).json(Release.Result.self)
                #expect(signed.files.count == 2 && signed.changed == 0 && signed.signedBy.development)
                let published = try await clone.run(["publish", "--json"]).json(Release.Result.self)
                #expect(published.changed == 0 && published.files.count == 16)
                let verified = try await clone.run(["verify", "rpmbuild/repo/fedora-45", "--json"])
                    .json([[String: JSONScalar]].self)
                #expect(verified.count > 20)
                let doctor = try await clone.run(["doctor", "--json"])
                #expect(try !doctor.json(Doctor.Report.self).findings.isEmpty)
                // Also where the answer is no.
                try Files.write("changed", to: clone.repository.appending("untochat.repo"))
                let failed = try await clone.run(["verify", "rpmbuild/repo/fedora-45", "--json"])
                #expect(failed.status == 1 && failed.output.contains("\"passed\" : false"))
                _ = try failed.json([[String: JSONScalar]].self)
            }
        }

        @Test("results go to standard output, progress to standard error")
        func streams() async throws {
            try await Clone.with(.released) { clone in
                let built = try await clone.run(["build"])
                let lines = built.output.split(separator: "\n")
                #expect(lines.count == 4 && lines.allSatisfy { $0.hasSuffix(".rpm") && $0.hasPrefix("/") }, "\(built)")
                let release = try await clone.run(["release"])
                #expect(release.output.hasPrefix("Untochat for fedora-45: passed\n"), "\(release)")
                #expect(!release.errors.contains("\u{1b}"), "no escape sequence where there is no terminal")
            }
        }

        @Test("a reader that goes away does not stop a release")
        func brokenPipe() async throws {
            try await Clone.with(.released) { clone in
                try clone.touchRelease()
                let ended = try await clone.run(
                    ["release"], before: ["sh", "-c", "{ \"$@\" 2>&1; echo $? >../status; } | head -1", "sh"])
                #expect(ended.output.split(separator: "\n").count == 1, "\(ended)")
                #expect(try Files.text(clone.folder.appending("status")) == "0\n")
                try await clone.expectVerified()
            }
        }
    }
}

/// A text or a truth.
private enum JSONScalar: Decodable {
    case text(String)
    case truth(Bool)

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let truth = try? value.decode(Bool.self) {
            self = .truth(truth)
        } else {
            self = .text(try value.decode(String.self))
        }
    }
}
