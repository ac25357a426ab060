import AuditFixtures
import Foundation
import PackageAudit
import ReleaseSupport
import SystemPackage
import Testing

extension Behaviour {
    /// Each check of the audit, from a real package to the exit status.
    @Suite("Refusals of the audit") struct AuditRefusals {
        @Test("a package built with switches for tests is refused for them")
        func testSwitches() async throws {
            try await Clone.with(.unbuilt) { clone in
                let built = try await clone.run(["build", "untosh", "--with", "test_switches", "--json"])
                #expect(built.status == 0, "\(built)")
                let package = try #require(try built.json([String].self).first { !$0.hasSuffix(".src.rpm") })
                let ended = try await clone.run(["audit", package, "--json"])
                #expect(ended.status == 1, "\(ended)")
                let report = try ended.json(AuditReport.self)
                #expect(Set(report.findings.map(\.check)) == [.testSwitches], "\(report.findingsText)")
                // A release does not take it from the cache.
                #expect(try await clone.run(["release"]).status == 0)
                try await clone.expectVerified()
            }
        }

        @Test("the clean package is accepted")
        func clean() async throws {
            let ended = try await Factory.audit(RPMFixture(program: CFixture.clean.build()))
            #expect(ended.status == 0, "\(ended)")
            let report = try ended.json(AuditReport.self)
            #expect(report.isClean && report.packages.count == 1 && report.elfFiles.count == 1)
        }

        @Test("a package whose program has one flaw is refused for just that", arguments: ELFFlaw.all)
        func program(flaw: ELFFlaw) async throws {
            try await expectRefusal(
                Factory.audit(RPMFixture(program: flaw.build())), for: flaw.check, reason: flaw.reason)
        }

        // When a package should have been built, `audit` cannot know; a release does.
        private static let packageFlaws = PackageFlaw.all.filter {
            $0.inSpec != nil && $0.title != "built at another time"
        }

        @Test("a package with one flaw is refused for just that", arguments: packageFlaws)
        func package(flaw: PackageFlaw) async throws {
            var fixture = RPMFixture(program: try await CFixture.clean.build())
            flaw.inSpec?(&fixture)
            try await expectRefusal(Factory.audit(fixture), for: flaw.check, reason: flaw.reason)
        }

        private func expectRefusal(_ ended: Ended, for check: Check, reason: String) throws {
            #expect(ended.status == 1, "\(ended)")
            let findings = try ended.json(AuditReport.self).findings
            #expect(!findings.isEmpty && findings.allSatisfy { $0.check == check }, "\(findings)")
            #expect(findings.contains { $0.reason.contains(reason) }, "\(findings)")
        }
    }
}

/// The machine and the checkout that the flawed packages betray: a clone at /srv/factory, on the machine tardis in
/// Berlin, in the hands of joanna. It exists in namespaces of its own.
private enum Factory {
    /// A clone with the component that the flawed packages claim to be, and a target that is as old as they need.
    private static let clone = Task<Clone, any Error> {
        let released = try await Shared.released.value
        let root = Shared.folder.appending("factory")
        try await Shared.clone(released.root, to: root)
        let clone = Clone(folder: Shared.folder, root: root)
        for (path, text) in [
            ("specs/fixture.spec", RPMFixture().spec), ("specs/fixture.yaml", ELFFlaw.declaration),
            ("rpmbuild/macros/fixture-1.macros", "%dist .f1\n"), ("rpmbuild/targets/fixture-1.yaml", ELFFlaw.target),
        ] { try Files.write(text, to: root.appending(path)) }
        // All of /etc, because only its owner may replace the link that says where this machine is.
        _ = try await Command("cp", ["-a", "/etc", Shared.folder.appending("etc").string]).run(.setup)
        try await Command(
            "ln", ["-sfn", "/usr/share/zoneinfo/Europe/Berlin", Shared.folder.appending("etc/localtime").string]
        ).output(.setup)
        return clone
    }

    /// Builds the package and lets the program judge it there.
    static func audit(_ fixture: RPMFixture) async throws -> Ended {
        let clone = try await clone.value
        let folder = Shared.folder.appending("package-\(UInt32.random(in: 0 ... .max))")
        defer { try? Files.remove(folder) }
        let package = try await fixture.build(in: folder).binary
        // The program is opened first: it may lie below /srv itself.
        let inside = """
            set -e
            exec 9<"$3"
            hostname tardis.example.org
            mount --bind "$1" /etc
            mount -t tmpfs none /srv
            mkdir /srv/factory
            mount --bind "$2" /srv/factory
            shift 3
            exec /proc/self/fd/9 "$@"
            """
        return try await clone.run(
            ["audit", "--directory", "/srv/factory", "--target", "fixture-1", "--json", package.string],
            environment: ["HOME": "/home/joanna", "SUDO_USER": "joanna"],
            before: [
                "unshare", "--map-root-user", "--mount", "--uts", "sh", "-c", inside, "sh",
                Shared.folder.appending("etc").string, clone.root.string,
            ])
    }
}
