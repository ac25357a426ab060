import ReleaseSupport
import SystemPackage
import Testing

/// An attacker who holds the mirror can serve an older release with all its good signatures. What dnf does then is
/// stated here as it is, not as one would wish; docs/verification.md tells administrators.
@Suite("dnf and an older release, validly signed", .serialized, .integration, .timeLimit(.minutes(5)))
struct DnfRollbackTests {
    @Test("it takes the older metadata without a word: it cannot tell")
    func acceptsOlderMetadata() async throws {
        try await afterRollback { workshop, root in
            let said = try await root.dnf(["makecache", "--refresh"])
            #expect(said.succeeded, "\(said.text)")
            for word in ["older", "rollback", "revision", "outdated"] { #expect(!said.text.contains(word)) }
            let cached = try Files.files(below: root.folder.appending("var/cache")).filter {
                $0.contains("/untochat-") && $0.hasSuffix("/repomd.xml")
            }
            #expect(cached.count == 1)
            for name in cached {
                let text = try Files.text(root.folder.appending("var/cache").pushing(FilePath(name)))
                #expect(text.contains("<revision>\(Self.older)</revision>"))
            }
        }
    }

    @Test("its upgrade keeps the newer package that is installed")
    func upgradeDoesNotGoBack() async throws {
        try await afterRollback { workshop, root in
            let said = try await root.dnf(["upgrade", "--refresh"])
            #expect(said.succeeded && said.text.contains("Nothing to do"), "\(said.text)")
            #expect(try await root.installed().contains("probe-2"))
        }
    }

    @Test("its distro-sync does go back, so a server must not run it")
    func distroSyncGoesBack() async throws {
        try await afterRollback { workshop, root in
            let said = try await root.dnf(["distro-sync", "--refresh"])
            #expect(said.succeeded, "\(said.text)")
            #expect(try await root.installed().contains("probe-1"))
        }
    }

    @Test("a new server gets the older package: nothing there has seen the newer one")
    func newServer() async throws {
        try await afterRollback { workshop, _ in
            try await DnfRoot.with(workshop, named: "new-root") { root in
                let said = try await root.dnf(["install", "probe"])
                #expect(said.succeeded, "\(said.text)")
                let installed = try await root.installed()
                #expect(installed == ["probe-1"])
            }
        }
    }

    private static let newer = Workshop.epoch
    private static let older = Workshop.epoch - 86_400

    /// Installs the newer package, then puts the older release in its place.
    private func afterRollback(_ body: (Workshop, DnfRoot) async throws -> Void) async throws {
        try await Workshop.with { workshop in
            let new = try await workshop.make(SmallPackage(name: "probe", version: 2), in: workshop.packages)
            try await workshop.index(workshop.packages, epoch: Self.newer)
            try await DnfRoot.with(workshop) { root in
                #expect(try await root.dnf(["install", "probe"]).succeeded)
                #expect(try await root.installed() == ["probe-2"])
                try Files.remove(new)
                try await workshop.make(SmallPackage(name: "probe", version: 1), in: workshop.packages)
                try await workshop.index(workshop.packages, epoch: Self.older)
                try await body(workshop, root)
            }
        }
    }
}
