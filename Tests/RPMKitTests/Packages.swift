import AuditFixtures
import GnuPG
import ReleaseSupport
import SystemPackage
import Testing

/// A package of each sort of file that packages have, with known contents.
enum Contents {
    static let text = "A line, and one more.\n"
    static let bigSize = 300_000

    static var fixture: RPMFixture {
        var fixture = RPMFixture()
        fixture.text = text
        fixture.preamble = ["URL: https://untochat.invalid"]
        fixture.scriptlets = ["post": "exit 0"]
        fixture.install = [
            "head -c \(bigSize) /dev/zero | tr '\\0' x > %{buildroot}/opt/share/big",
            ": > %{buildroot}/opt/share/empty",
            "ln -s fixture.txt %{buildroot}/opt/share/link",
        ]
        fixture.files = [
            "%dir %attr(0755,root,root) /opt/share", "%attr(0640,root,root) /opt/share/big",
            "%attr(0644,root,root) /opt/share/empty", "/opt/share/link",
        ]
        return fixture
    }
}

/// A folder with an unsigned package and a GnuPG home for keys to sign it with.
struct Signer {
    let folder: FilePath
    let home: KeyHome
    let package: FilePath

    static func with<Value>(_ body: (Signer) async throws -> Value) async throws -> Value {
        try await TemporaryFolder.with { folder in
            let package = try await Contents.fixture.build(in: folder.appending("build")).binary
            return try await KeyHome.withOwn(folder.appending("gnupg")) { home in
                try await body(Signer(folder: folder, home: home, package: package))
            }
        }
    }

    /// Makes a key that signs itself, or whose subkey signs.
    func makeKey(_ name: String, bySubkey: Bool = false) async throws -> SigningKey {
        let user = "\(name)@untochat.invalid"
        try await gpg(["--quick-generate-key", user, "ed25519", bySubkey ? "cert" : "sign", "never"])
        if bySubkey {
            let listing = try await gpg(["--with-colons", "--list-keys", user])
            let line = try #require(listing.split(separator: "\n").first { $0.hasPrefix("fpr:") })
            let fingerprint = try #require(line.split(separator: ":").last)
            try await gpg(["--quick-add-key", String(fingerprint), "ed25519", "sign", "never"])
        }
        return try await SigningKey.find(user, home: home)
    }

    /// Signs a copy of the package by rpm's own tool.
    func signed(by key: SigningKey) async throws -> FilePath {
        let copy = folder.appending("signed-\(key.userID).rpm")
        try Files.copy(package, to: copy)
        let macros = try await key.rpmMacros(epoch: 1_800_000_000).flatMap { ["--define", "\($0.name) \($0.value)"] }
        try await Command("rpmsign", ["--addsign"] + macros + [copy.string])
            .with { $0.environment = home.environment.merging(["HOME": folder.string]) { $1 } }.output(.sign)
        return copy
    }

    /// Writes the public half of `key` to a file.
    func publicHalf(of key: SigningKey) async throws -> FilePath {
        let file = folder.appending("\(key.userID).asc")
        try Files.write(try await key.exportPublicKey(), to: file)
        return file
    }

    @discardableResult
    private func gpg(_ arguments: [String]) async throws -> String {
        try await Command(
            "gpg", ["--batch", "--no-tty", "--pinentry-mode", "loopback", "--passphrase", ""] + arguments
        )
        .with { $0.environment = home.environment }.output(.sign)
    }
}
