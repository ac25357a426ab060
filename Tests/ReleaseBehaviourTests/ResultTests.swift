import Foundation
import ReleasePipeline
import ReleaseSupport
import SystemPackage
import Testing

extension Behaviour {
    @Suite("Results") struct Results {
        private static let packages = [
            "RPMS/noarch/untochat-release-1.0-1.fc45.noarch.rpm", "RPMS/x86_64/untosh-1.0-1.fc45.x86_64.rpm",
            "SRPMS/untochat-release-1.0-1.fc45.src.rpm", "SRPMS/untosh-1.0-1.fc45.src.rpm",
        ]

        @Test("everything lies where scripts look for it, readable for all, and nothing else is there")
        func places() async throws {
            let clone = try await Shared.released.value
            let found = try await clone.results().keys.sorted()
            for package in Self.packages { #expect(found.contains(package)) }
            for name in [
                "RPM-GPG-KEY-untochat", "untochat.repo", "SHA256SUMS", "SHA256SUMS.asc", "x86_64/repodata/repomd.xml",
                "x86_64/repodata/repomd.xml.asc", "source/repodata/repomd.xml", "source/repodata/repomd.xml.asc",
                "x86_64/untosh-1.0-1.fc45.x86_64.rpm", "x86_64/untochat-release-1.0-1.fc45.noarch.rpm",
                "source/untosh-1.0-1.fc45.src.rpm", "source/untochat-release-1.0-1.fc45.src.rpm",
            ] { #expect(found.contains("repo/fedora-45/" + name), "\(name)") }
            // Three lists a folder besides.
            #expect(found.count == Self.packages.count + 12 + 6, "\(found)")
            let shut = try await Command(
                "find", [clone.repository.string, "-not", "-perm", "-444", "-o", "-perm", "/022"]
            ).output(.setup)
            #expect(shut.isEmpty, "\(shut)")
            #expect(try await clone.leftovers().isEmpty)
            #expect(clone.strays().isEmpty)
        }

        @Test("the report names every result with its size and digest")
        func report() async throws {
            let clone = try await Shared.released.value
            let report = try clone.readReport()
            #expect(report.passed && report.target == "fedora-45")
            #expect(report.commit == (try await clone.git("rev-parse", "HEAD")).trimmingCharacters(in: .newlines))
            let results = try await clone.results()
            #expect(
                Dictionary(uniqueKeysWithValues: report.artifacts.map { ($0.path, $0.sha256) })
                    == Dictionary(uniqueKeysWithValues: results.map { ("rpmbuild/" + $0.key, $0.value) }))
            for artifact in report.artifacts {
                #expect(try Files.size(clone.root.appending(artifact.path)) == artifact.size)
            }
            #expect(report.checks.count > 50 && report.checks.allSatisfy(\.passed))
        }

        @Test("sha256sum, gpgv and rpm accept the release with the published key alone")
        func strangers() async throws {
            let clone = try await Shared.released.value
            try await TemporaryFolder.with { folder in
                let key = clone.repository.appending("RPM-GPG-KEY-untochat").string
                try await Command("sha256sum", ["--check", "--strict", "--quiet", "SHA256SUMS"])
                    .with { $0.directory = clone.repository }.output(.verify)
                let ring = folder.appending("ring.gpg").string
                try await Command("gpg", ["--batch", "--output", ring, "--dearmor", key]).output(.verify)
                for file in ["SHA256SUMS", "x86_64/repodata/repomd.xml", "source/repodata/repomd.xml"] {
                    let path = clone.repository.appending(file).string
                    try await Command("gpgv", ["--keyring", ring, path + ".asc", path]).output(.verify)
                }
                let rpmkeys = ["--dbpath", folder.appending("db").string, "--define", "_pkgverify_level all"]
                let packages = Self.packages.map { clone.output.appending($0).string }
                let unknown = try await Command("rpmkeys", rpmkeys + ["--checksig"] + packages).run(.verify)
                #expect(!unknown.succeeded, "without the key rpm must refuse, or the next check proves nothing")
                try await Command("rpmkeys", rpmkeys + ["--import", key]).output(.verify)
                try await Command("rpmkeys", rpmkeys + ["--checksig"] + packages).output(.verify)
            }
            try await clone.expectVerified()
        }

        @Test("another target has its own repository and report, and leaves the first one's alone")
        func otherTarget() async throws {
            try await Clone.with(.released) { clone in
                let before = try await clone.results(report: true)
                let ended = try await clone.run(["release", "--target", "fedora-44"])
                #expect(ended.status == 0, "\(ended)")
                let after = try await clone.results(report: true)
                #expect(
                    after.filter { !$0.key.contains("fc44") && !$0.key.contains("fedora-44") }.changes(from: before)
                        == [])
                let names = try await clone.packages().filter { $0.contains(".fc44.") }
                // Each once below RPMS or SRPMS and once in the repository.
                #expect(names.count == 8 && Set(names).count == 4, "\(names)")
                let other = try await clone.run(["verify", clone.output.appending("repo/fedora-44").string])
                #expect(other.status == 0, "\(other)")
                #expect(Files.exists(clone.output.appending("release-fedora-44.json")))
            }
        }

        @Test("an unknown target or component is misuse, and the right names are said")
        func unknown() async throws {
            let clone = try await Shared.released.value
            let target = try await clone.run(["release", "--target", "fedora-99"])
            #expect(target.status == 2 && target.errors.contains("fedora-44, fedora-45"), "\(target)")
            let component = try await clone.run(["build", "untosch"])
            #expect(component.status == 2 && component.errors.contains("untochat-release, untosh"), "\(component)")
        }
    }
}
