import Confinement
import ReleaseSupport
import Repository
import SystemPackage
import Testing

@Suite("dnf installs the release into an empty root", .serialized, .integration, .timeLimit(.minutes(5)))
struct DnfInstallTests {
    private let published = ["untochat", "ngircdus", "untochat-release", "untochat-server", "untosh"]

    @Test("from the signed repository by the published untochat.repo, and rpm finds nothing to say about it")
    func installs() async throws {
        try await Workshop.with { workshop in
            try await DnfRoot.with(workshop) { root in
                let said = try await root.dnf(["install"] + published)
                #expect(said.succeeded, "\(said.text)")
                #expect(said.text.contains(Self.spaced(workshop.key.fingerprint)), "dnf shows the key it takes")
                let installed = try await root.installed()
                for name in published { #expect(installed.contains { $0.hasPrefix(name + "-1") }, "\(name)") }
                #expect(try await root.verify() == (0, ""))

                // What untochat-release put there is what updates come by.
                let repo = root.folder.appending("etc/yum.repos.d/\(RepositoryLayout.configurationFile)")
                #expect(
                    try Files.read(repo) == Files.read(workshop.release.appending(RepositoryLayout.configurationFile)))
                let key = root.folder.appending("etc/pki/rpm-gpg/\(RepositoryLayout.keyFile)")
                #expect(try Files.read(key) == Files.read(workshop.subject.publicKey))

                for program in ["opt/bin/untosh", "opt/sbin/ngircdus"] {
                    try await expectRefusal(by: root.folder.appending(program))
                }
            }
        }
    }

    @Test("the policy comes along, and before what it labels")
    func policyFirst() async throws {
        try await Workshop.with { workshop in
            try await DnfRoot.with(workshop) { root in
                #expect(try await root.dnf(["install", "untosh", "ngircdus"]).succeeded)
                let order = try await root.installedInOrder()
                let policy = try #require(order.firstIndex(of: "untochat-selinux"), "\(order)")
                for name in ["untosh", "ngircdus"] {
                    #expect(try policy < #require(order.firstIndex(of: name)), "\(order)")
                }
            }
        }
    }

    @Test("a file changed after the installation is found by rpm, so its silence above means something")
    func verifyCanFail() async throws {
        try await Workshop.with { workshop in
            try await DnfRoot.with(workshop) { root in
                #expect(try await root.dnf(["install"] + published).succeeded)
                try Files.flip(root.folder.appending("opt/bin/untosh"), at: 5000)
                let (status, findings) = try await root.verify()
                #expect(status != 0)
                #expect(findings.contains("/opt/bin/untosh"))
            }
        }
    }

    @Test("a script that fails leaves dnf at exit status 0, and is noticed all the same")
    func scriptletFailure() async throws {
        try await Workshop.with { workshop in
            try await workshop.make(SmallPackage(name: "faulty", post: "error('no')"), in: workshop.packages)
            try await workshop.index(workshop.packages)
            try await DnfRoot.with(workshop) { root in
                let said = try await root.dnf(["install", "faulty"])
                #expect(said.scriptletFailed, "\(said.text)")
                #expect(!said.succeeded)
            }
        }
    }

    @Test("a newer package comes by the configuration and the key that untochat-release installed")
    func upgrades() async throws {
        try await Workshop.with { workshop in
            try await workshop.make(SmallPackage(name: "probe", version: 1), in: workshop.packages)
            try await workshop.index(workshop.packages)
            try await DnfRoot.with(workshop) { root in
                #expect(try await root.dnf(["install", "probe"] + published).succeeded)
                try await workshop.make(SmallPackage(name: "probe", version: 2), in: workshop.packages)
                try await workshop.index(workshop.packages, epoch: Workshop.epoch + 1)
                let said = try await root.dnf(["upgrade", "--refresh"], installedConfiguration: true)
                #expect(said.succeeded, "\(said.text)")
                #expect(try await root.installed().contains("probe-2"))
            }
        }
    }

    /// The program starts, sees that it was not started in its SELinux domain, says so and leaves.
    private func expectRefusal(by program: FilePath) async throws {
        // 65534 is nobody, everywhere.
        let outcome = try await Command(
            "setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", program.string]
        ).run(.verify)
        let refusal: Refusal = Files.exists("/sys/fs/selinux/enforce") ? .contextWrong : .selinuxDisabled
        #expect(outcome.exitStatus == 1, "\(outcome.ending)")
        #expect(outcome.text.isEmpty)
        let name = program.lastComponent?.string ?? ""
        #expect(outcome.errorText.hasPrefix("\(name): \(refusal.message)"), "\(outcome.errorText)")
    }

    /// As dnf prints a fingerprint: in groups of four.
    private static func spaced(_ fingerprint: String) -> String {
        stride(from: 0, to: fingerprint.count, by: 4)
            .map { fingerprint.dropFirst($0).prefix(4) }.joined(separator: " ")
    }
}
