import AuditFixtures
import Foundation
import PackageAudit
import RPMKit
import ReleaseSupport
import Testing

@Suite("Each check of packages can fail")
struct PackageAntiTests {
    @Test("a clean package passes every check")
    func clean() async throws {
        let report = try await PackageFixture(program: CFixture.clean.build()).audit(ELFFlaw.policy())
        #expect(report.findings.isEmpty, "\(report)")
        #expect(report.packages.count == 1 && report.elfFiles.count == 1)
        for check in Check.ofPackage { #expect(report.packages[0].verdicts[check]?.answer == .yes, "\(check)") }
    }

    @Test("a package with one flaw is refused for just that", arguments: PackageFlaw.all)
    func flawed(flaw: PackageFlaw) async throws {
        var fixture = PackageFixture(program: try await CFixture.clean.build())
        flaw.inValue(&fixture)
        let report = try await fixture.audit(ELFFlaw.policy())
        #expect(report.findings.map(\.check) == [flaw.check], "\(report)")
        #expect(report.findings.first?.reason.contains(flaw.reason) == true, "\(report.findings)")
        #expect(report.findings.first?.subject == "fixture-1.0-1.x86_64")
        #expect(report.packages.first?.verdicts[flaw.check]?.answer == .no)
    }

    @Test("every check has a flaw that it finds")
    func complete() {
        #expect(Set(PackageFlaw.all.map(\.check)) == Set(Check.ofPackage))
        #expect(Set((PackageFlaw.all.map(\.check) + ELFFlaw.all.map(\.check))) == Set(Check.allCases))
    }

    @Test("a flaw in a packaged program is the package's finding, with the path")
    func flawedProgram() async throws {
        let flaw = try #require(ELFFlaw.all.first { $0.check == .bindNow })
        let report = try await PackageFixture(program: flaw.build()).audit(ELFFlaw.policy())
        let finding = try #require(report.findings.first)
        #expect(report.findings.count == 1 && finding.check == .bindNow)
        #expect(finding.subject == "fixture-1.0-1.x86_64" && finding.path == ELFFlaw.path)
        #expect(
            finding.description
                == "bindNow: fixture-1.0-1.x86_64: /opt/bin/fixture: immediate binding is missing\n  hint: link with -z now"
        )
    }

    @Test("a declared program that is missing, or is none, is a finding")
    func missingProgram() async throws {
        var fixture = PackageFixture(program: Array("#!/bin/sh\n".utf8))
        #expect(try await fixture.audit(ELFFlaw.policy()).findings.map(\.check) == [.neededLibraries])
        fixture.files.remove(at: 1)
        #expect(try await fixture.audit(ELFFlaw.policy()).findings.map(\.check) == [.neededLibraries])
    }

    @Test("traces are found below one and two layers of compression", arguments: ["gzip", "zstd", "xz", "bzip2"])
    func compressed(program: String) async throws {
        let text = Array("…, as joanna wrote\n".utf8)
        let once = try await Command(program, ["-c"]).with { $0.input = text }.run(.setup).output
        let twice = try await Command("gzip", ["-c"]).with { $0.input = once }.run(.setup).output
        for content in [once, twice] {
            var fixture = PackageFixture(program: try await CFixture.clean.build())
            fixture.contents[RPMFixture.textPath] = content
            let report = try await fixture.audit(ELFFlaw.policy())
            #expect(report.findings.map(\.check) == [.leaks], "\(report)")
        }
    }

    @Test("the owner's name in a tar archive of a source package is found; tests' switches there are allowed")
    func tarball() async throws {
        for (owner, refused) in [("joanna", [Check.leaks]), ("root", [])] {
            let report = try await auditArchive(of: "a.swift", "UNTOCHAT_TEST_CONTEXT\n", owner: owner)
            #expect(report.findings.map(\.check) == refused, "\(report)")
            #expect(report.packages[0].verdicts[.testSwitches]?.answer == .notApplicable)
        }
    }

    @Test(
        "a word in a Swift package that others published is nobody's name; elsewhere in the archive it is, and so is a folder",
        arguments: [
            ("top/Dependencies/nio/a.swift", "joanna", []), ("top/Sources/a.swift", "joanna", [Check.leaks]),
            ("Dependencies/nio/a.swift", "joanna", [.leaks]), ("top/a/Dependencies/a.swift", "joanna", [.leaks]),
            ("top/Dependencies/nio/a.swift", "/home/joanna/nio", [.leaks]),
        ])
    func published(path: String, text: String, refused: [Check]) async throws {
        let report = try await auditArchive(of: path, "// by \(text)\n", owner: "root")
        #expect(report.findings.map(\.check) == refused, "\(report)")
    }

    @Test("who packed a Swift package that others published is found all the same")
    func publishedOwner() async throws {
        let report = try await auditArchive(of: "top/Dependencies/nio/a.swift", "", owner: "joanna")
        #expect(report.findings.map(\.check) == [.leaks], "\(report)")
    }

    /// Audits a source package with an archive of one file.
    private func auditArchive(of path: String, _ text: String, owner: String) async throws -> AuditReport {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path)
            try Files.makeFolder(file.removingLastComponent())
            try Files.write(text, to: file)
            // Another after it, which must be found too.
            try Files.write("", to: folder.appending("z.swift"))
            let archive = try await Command(
                "tar",
                [
                    "--owner=\(owner)", "--group=root", "--mtime=@0", "--format=ustar", "-czf", "-", path, "z.swift",
                ]
            ).with { $0.directory = folder }.run(.setup).output
            var fixture = PackageFixture(program: [])
            fixture.isSource = true
            fixture.files = [PackagedFile(path: "fixture.tar.gz", mode: 0o100644, digest: "00")]
            fixture.contents = ["fixture.tar.gz": archive]
            return try await fixture.audit(ELFFlaw.policy())
        }
    }

    @Test("what cannot be decompressed is refused, not passed over")
    func brokenArchive() async throws {
        var fixture = PackageFixture(program: try await CFixture.clean.build())
        fixture.contents[RPMFixture.textPath] = [0x1f, 0x8b, 8, 0, 1, 2, 3]
        let report = try await fixture.audit(ELFFlaw.policy())
        #expect(report.findings.map(\.check) == [.leaks])
        #expect(report.findings.first?.reason.hasPrefix("it cannot be decompressed") == true)
    }

    @Test("a file newer than the build time, and a cookie with a host, are refused")
    func timesAndCookie() async throws {
        for (tag, value) in [("filemtimes", "1700000001"), ("cookie", "farm7 1700000000")] {
            var fixture = PackageFixture(program: try await CFixture.clean.build())
            fixture.tags[tag] = [value]
            #expect(try await fixture.audit(ELFFlaw.policy()).findings.map(\.check) == [.header])
        }
    }

    @Test("an error of the payload's reader stops the audit")
    func readerFails() async throws {
        struct Broken: Error {}
        let fixture = PackageFixture(program: [])
        let policy = try ELFFlaw.policy()
        await #expect(throws: Broken.self) {
            try await auditPackage(fixture.package, content: { _ in throw Broken() }, policy: policy)
        }
    }

    @Test("the report survives JSON, and its table has a row for each thing")
    func report() async throws {
        let flaw = try #require(ELFFlaw.all.first { $0.check == .relro })
        let report = try await PackageFixture(program: flaw.build()).audit(ELFFlaw.policy())
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let json = try encoder.encode(report)
        #expect(try JSONDecoder().decode(AuditReport.self, from: json) == report)
        #expect(String(decoding: json, as: UTF8.self).contains(#""relro":{"answer":"no""#))
        let lines = report.table.split(separator: "\n").map(String.init)
        #expect(lines[0].hasPrefix("ELF file ") && lines[1].hasPrefix("fixture-1.0-1.x86_64 /opt/bin/fixture "))
        let column = try #require(lines[0].firstRange(of: "RELRO")).lowerBound
        #expect(lines[1][column...].hasPrefix("no "))
        #expect(lines.contains("(1) yes: fortified: __snprintf_chk"))
        #expect(lines.allSatisfy { !$0.hasSuffix(" ") })
    }
}
