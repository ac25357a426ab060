import ReleaseSupport
import SystemPackage
import Testing

@testable import GnuPG

@Suite("Signing packages with the macros, by the real rpmsign") struct RPMMacroTests {
    @Test("a package is signed with SHA-512 by the key, checks against it alone, and is the same each time")
    func signs() async throws {
        try await Keyring.with { ring in
            let key = try await SigningKey.development(home: ring.home)
            try await check(key, in: ring)
        }
    }

    @Test(
        "so is one signed by a subkey in a home whose name is too long for a socket and has a space and a percent sign")
    func signsFromOddHome() async throws {
        try await TemporaryFolder.with { folder in
            for name in ["a b%c", String(repeating: "d", count: 150)] {
                try await KeyHome.withOwn(folder.appending(name)) { home in
                    let ring = Keyring(folder: folder, home: home)
                    let primary = try await ring.make(
                        "rsa3072", "Sub <sub@example.invalid>", options: ["--faked-system-time", "1600000000!"])
                    try await ring.gpg([
                        "--pinentry-mode", "loopback", "--passphrase", "", "--faked-system-time", "1600000500!",
                        "--quick-add-key", primary, "ed25519", "sign", "never",
                    ])
                    try await check(try await SigningKey.find(primary, home: home), in: ring)
                }
            }
        }
    }

    @Test("for a time before the key's own the package is signed all the same, with the key's time")
    func signsForEarlyTime() async throws {
        try await Keyring.with { ring in
            try await ring.make(
                "ed25519", "Late <late@example.invalid>", options: ["--faked-system-time", "1600000000!"])
            try await check(try await SigningKey.find("late@example.invalid", home: ring.home), in: ring, epoch: 1)
        }
    }

    private func check(_ key: SigningKey, in ring: Keyring, epoch: Int = 1_700_000_000) async throws {
        let package = try await build(in: ring)
        let unsigned = try Files.read(package)
        let published = ring.folder.appending("public")
        try Files.write(try await key.exportPublicKey(), to: published)
        #expect(try await !isAccepted(package, by: published, ring))

        try await sign(package, with: key, epoch: epoch)
        let signed = try Files.read(package)
        #expect(signed != unsigned)
        #expect(try await isAccepted(package, by: published, ring))
        let header = try await Command(
            "rpm",
            [
                "-qp", "--nosignature", "--qf", "%|RSAHEADER?{%{RSAHEADER:pgpsig}}:{%{DSAHEADER:pgpsig}}|",
                package.string,
            ]
        ).output(.sign)
        #expect(header.contains(key.signingFingerprint.suffix(16).lowercased()))
        #expect(header.contains("/SHA512,"))

        try Files.write(unsigned, to: package)
        try await sign(package, with: key, epoch: epoch)
        #expect(try Files.read(package) == signed)

        try Files.flip(package, at: signed.count - 5)
        #expect(try await !isAccepted(package, by: published, ring))
    }

    private func sign(_ package: FilePath, with key: SigningKey, epoch: Int) async throws {
        let macros = try await key.rpmMacros(epoch: epoch).flatMap { ["--define", "\($0.name) \($0.value)"] }
        try await Command("rpmsign", macros + ["--addsign", package.string])
            .with { $0.environment = key.home.environment }.output(.sign)
    }

    /// Whether rpm accepts the package when it knows `key` alone and insists on a signature.
    private func isAccepted(_ package: FilePath, by key: FilePath, _ ring: Keyring) async throws -> Bool {
        let database = ["--define", "_dbpath \(ring.folder)/db", "--define", "_pkgverify_level all"]
        try Files.remove(ring.folder.appending("db"))
        try await Command("rpmkeys", database + ["--import", key.string]).output(.sign)
        return try await Command("rpmkeys", database + ["--checksig", package.string]).run(.sign).succeeded
    }

    private func build(in ring: Keyring) async throws -> FilePath {
        let spec = try ring.file(
            "alpha.spec",
            """
            Name: alpha
            Version: 1.0
            Release: 1
            Summary: A package for a test
            License: MIT
            BuildArch: noarch
            %description
            A package for a test.
            %install
            mkdir -p %{buildroot}/opt
            echo alpha > %{buildroot}/opt/alpha
            %files
            /opt/alpha
            """)
        try await Command("rpmbuild", ["-bb", "--define", "_topdir \(ring.folder)/top", spec.string]).output(.package)
        return ring.folder.appending("top/RPMS/noarch/alpha-1.0-1.noarch.rpm")
    }
}
