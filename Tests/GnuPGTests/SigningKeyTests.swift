import Foundation
import ReleaseSupport
import SystemPackage
import Testing

@testable import GnuPG

@Suite("A signing key, with the real gpg") struct SigningKeyTests {
    @Test("an Ed25519 key is found by fingerprint, key ID and e-mail address")
    func findsEd25519() async throws {
        try await Keyring.with { ring in
            let fingerprint = try await ring.make("ed25519", "Release <release@example.invalid>")
            for id in [fingerprint, "0x" + fingerprint.suffix(16), "release@example.invalid"] {
                let key = try await SigningKey.find(id, home: ring.home)
                #expect(key.fingerprint == fingerprint)
                #expect(key.signingFingerprint == fingerprint)
                #expect(key.algorithm == "Ed25519")
                #expect(key.userID == "Release <release@example.invalid>")
                #expect(!key.isDevelopment)
            }
        }
    }

    @Test("RSA of 3072 bits is taken")
    func takesRSA3072() async throws {
        try await Keyring.with { ring in
            let fingerprint = try await ring.make("rsa3072", "Release <release@example.invalid>")
            #expect(try await SigningKey.find(fingerprint, home: ring.home).algorithm == "RSA 3072")
        }
    }

    @Test(
        "weak and foreign algorithms are refused with the reason",
        arguments: [
            ("rsa2048", "RSA of 2048 bits is too short"), ("dsa2048", "DSA keys are not accepted"),
            ("nistp256", "not nistp256"),
        ])
    func refusesWeak(algorithm: String, reason: String) async throws {
        try await Keyring.with { ring in
            let fingerprint = try await ring.make(algorithm, "Weak <weak@example.invalid>")
            let said = await refusal { try await SigningKey.find(fingerprint, home: ring.home) }
            #expect(said.contains(reason))
            #expect(said.contains("gpg --quick-generate-key"))
        }
    }

    @Test("an expired key is refused, and the hint names the command that extends it")
    func refusesExpired() async throws {
        try await Keyring.with { ring in
            let fingerprint = try await ring.make(
                "ed25519", "Old <old@example.invalid>", expires: "30d",
                options: ["--faked-system-time", "1000000000!"])
            let said = await refusal { try await SigningKey.find(fingerprint, home: ring.home) }
            #expect(said.contains("it is expired"))
            #expect(said.contains("gpg --quick-set-expire \(fingerprint)"))
        }
    }

    @Test("a revoked key is refused; before it was revoked it was taken")
    func refusesRevoked() async throws {
        try await Keyring.with { ring in
            let fingerprint = try await ring.make("ed25519", "Gone <gone@example.invalid>")
            _ = try await SigningKey.find(fingerprint, home: ring.home)
            try await ring.revoke(fingerprint)
            let said = await refusal { try await SigningKey.find(fingerprint, home: ring.home) }
            #expect(said.contains("it is revoked"))
        }
    }

    @Test("a disabled key is refused; enabled again it is taken")
    func refusesDisabled() async throws {
        try await Keyring.with { ring in
            let fingerprint = try await ring.make("ed25519", "Off <off@example.invalid>")
            try await ring.gpg(["--command-fd", "0", "--edit-key", fingerprint], input: "disable\nsave\n")
            let said = await refusal { try await SigningKey.find(fingerprint, home: ring.home) }
            #expect(said.contains("it is disabled"))
            try await ring.gpg(["--command-fd", "0", "--edit-key", fingerprint], input: "enable\nsave\n")
            _ = try await SigningKey.find(fingerprint, home: ring.home)
        }
    }

    @Test("a key held together by SHA-1 is refused")
    func refusesSHA1() async throws {
        try await Keyring.with { ring in
            let fingerprint = try await ring.make(
                "rsa3072", "Past <past@example.invalid>",
                options: ["--cert-digest-algo", "SHA1", "--allow-weak-digest-algos"])
            let said = await refusal { try await SigningKey.find(fingerprint, home: ring.home) }
            #expect(said.contains("SHA-1"))
        }
    }

    @Test("an address of two keys is refused with both fingerprints; each fingerprint alone is taken")
    func refusesAmbiguous() async throws {
        try await Keyring.with { ring in
            let one = try await ring.make("ed25519", "One <same@example.invalid>")
            let two = try await ring.make("ed25519", "Two <same@example.invalid>")
            let said = await refusal { try await SigningKey.find("same@example.invalid", home: ring.home) }
            #expect(said.contains("names 2 keys") && said.contains(one) && said.contains(two))
            #expect(try await SigningKey.find(two, home: ring.home).fingerprint == two)
        }
    }

    @Test("a part of a name or address names no key", arguments: ["Release", "release@", "-v", "*", "example"])
    func refusesSubstrings(id: String) async throws {
        try await Keyring.with { ring in
            try await ring.make("ed25519", "Release <release@example.invalid>")
            let said = await refusal { try await SigningKey.find(id, home: ring.home) }
            #expect(said.contains("is no fingerprint"))
        }
    }

    @Test("an unknown key is refused with a hint")
    func refusesUnknown() async throws {
        try await Keyring.with { ring in
            let said = await refusal { try await SigningKey.find("nobody@example.invalid", home: ring.home) }
            #expect(said.contains("no secret key for") && said.contains("gpg --list-secret-keys"))
        }
    }

    @Test("a public key alone cannot sign")
    func refusesPublicOnly() async throws {
        try await Keyring.with { other in
            let fingerprint = try await other.make("ed25519", "Far <far@example.invalid>")
            let armored = try await SigningKey.find(fingerprint, home: other.home).exportPublicKey()
            try await Keyring.with { ring in
                try await ring.gpg(["--import"], input: String(decoding: armored, as: UTF8.self))
                let said = await refusal { try await SigningKey.find(fingerprint, home: ring.home) }
                #expect(said.contains("no secret key for"))
            }
        }
    }

    @Test("a signing subkey signs, named by the primary key; the signature verifies against the exported key")
    func signsWithSubkey() async throws {
        try await Keyring.with { ring in
            let primary = try await ring.make(
                "ed25519", "Sub <sub@example.invalid>", options: ["--faked-system-time", "1600000000!"])
            try await ring.gpg([
                "--pinentry-mode", "loopback", "--passphrase", "", "--faked-system-time", "1600000500!",
                "--quick-add-key", primary, "ed25519", "sign", "never",
            ])
            let key = try await SigningKey.find(primary, home: ring.home)
            #expect(key.signingFingerprint != primary)
            #expect(key.created == 1_600_000_500)
            let data = try ring.file("data", "hello")
            let signature = try await key.detachedSign(data, epoch: 1_700_000_000)
            let good = try await PublicKey(key.exportPublicKey()).verifyDetached(signature: signature, of: data)
            #expect(good.signer == key.signingFingerprint && good.primary == primary)
        }
    }

    @Test("a good subkey does not save a weak primary key")
    func refusesWeakPrimary() async throws {
        try await Keyring.with { ring in
            let primary = try await ring.make("rsa2048", "Weak <weak@example.invalid>")
            try await ring.gpg([
                "--pinentry-mode", "loopback", "--passphrase", "", "--quick-add-key", primary, "ed25519", "sign",
            ])
            #expect(await refusal { try await SigningKey.find(primary, home: ring.home) }.contains("too short"))
        }
    }

    @Test("the same file signed twice for one time gives the same bytes")
    func signsDeterministically() async throws {
        try await Keyring.with { ring in
            let key = try await SigningKey.development(home: ring.home)
            let data = try ring.file("data", "hello")
            let first = try Files.read(try await key.detachedSign(data, epoch: 1_700_000_000))
            let second = try Files.read(try await key.detachedSign(data, epoch: 1_700_000_000))
            let other = try Files.read(try await key.detachedSign(data, epoch: 1_700_000_001))
            #expect(first == second)
            #expect(first != other)
        }
    }

    @Test("a signature for this very second bears it, though the clock runs on", arguments: [0.8, 0.9])
    func signsForThisSecond(late: Double) async throws {
        try await Keyring.with { ring in
            let key = try await SigningKey.development(home: ring.home)
            // So large, and so late in a second, that gpg starts in it and signs after it.
            let data = try ring.file("data", "hello")
            try #require(truncate(data.string, 200 << 20) == 0)
            let now = Date().timeIntervalSince1970
            let moment = now.rounded(.down) + late + (now.truncatingRemainder(dividingBy: 1) < late ? 0 : 1)
            try await Task.sleep(for: .seconds(moment - now))
            let signature = try await key.detachedSign(data, epoch: Int(moment))
            let good = try await PublicKey(key.exportPublicKey()).verifyDetached(signature: signature, of: data)
            #expect(good.created == Int(moment))
        }
    }

    @Test("a signature for a time before its key bears the key's time")
    func neverSignsBeforeKey() async throws {
        try await Keyring.with { ring in
            try await ring.make(
                "ed25519", "Late <late@example.invalid>", options: ["--faked-system-time", "1600000000!"])
            let key = try await SigningKey.find("late@example.invalid", home: ring.home)
            let data = try ring.file("data", "hello")
            let signature = try await key.detachedSign(data, epoch: 1_000_000_000)
            let good = try await PublicKey(key.exportPublicKey()).verifyDetached(signature: signature, of: data)
            #expect(good.created == 1_600_000_000)
            #expect(good.digest == 10)
        }
    }

    @Test("where gpg cannot sign, nothing is left and an earlier signature stays")
    func failureLeavesNothing() async throws {
        try await Keyring.with { ring in
            let key = try await SigningKey.development(home: ring.home)
            let data = try ring.file("data", "hello")
            let earlier = try Files.read(try await key.detachedSign(data, epoch: 1_700_000_000))
            let secrets = ring.home.folder.appending("private-keys-v1.d")
            for name in try Files.names(in: secrets) { try Files.remove(secrets.appending(name)) }
            try await Command("gpgconf", ["--homedir", ring.home.path.string, "--kill", "gpg-agent"]).output(.sign)
            let said = await refusal { try await key.detachedSign(data, epoch: 1_700_000_001) }
            #expect(said.contains("gpg did not sign"))
            #expect(try Files.read(FilePath(data.string + ".asc")) == earlier)
            #expect(try Files.names(in: ring.folder) == ["data", "data.asc", "home"])
        }
    }

    @Test("the exported key is the same at each call, holds no signature of others, version or comment")
    func exportsMinimal() async throws {
        try await Keyring.with { ring in
            let key = try await SigningKey.development(home: ring.home)
            let alone = try await key.exportPublicKey()
            let other = try await ring.make("ed25519", "Friend <friend@example.invalid>")
            try await ring.gpg(["--yes", "--default-key", other, "--quick-sign-key", key.fingerprint])
            #expect(try await key.exportPublicKey() == alone)
            let text = String(decoding: alone, as: UTF8.self)
            #expect(text.hasPrefix("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n"))
            #expect(Armor.decode(alone, kind: "PUBLIC KEY BLOCK") != nil)
        }
    }

    @Test("gpg.conf of the user has no say: no comment and no notation of it is published")
    func ignoresConfiguration() async throws {
        try await Keyring.with { ring in
            let key = try await SigningKey.development(home: ring.home)
            let data = try ring.file("data", "hello")
            let before = try Files.read(try await key.detachedSign(data, epoch: 1_700_000_000))
            try Files.write(
                "comment Alice\nsig-notation who@example.invalid=Alice\ndigest-algo SHA256\n",
                to: ring.home.folder.appending("gpg.conf"))
            #expect(try Files.read(try await key.detachedSign(data, epoch: 1_700_000_000)) == before)
        }
    }

    @Test("a key with a passphrase signs by way of gpg-agent and pinentry, and asks for it once")
    func signsWithPassphrase() async throws {
        try await Keyring.with { ring in
            let asked = ring.folder.appending("asked")
            let pinentry = ring.folder.appending("pinentry")
            // The least that gpg-agent expects of a pinentry.
            let script = """
                #!/bin/sh
                echo OK ready
                while read -r line; do case $line in
                GETPIN*) echo once >> '\(asked)'; echo 'D open sesame'; echo OK ;;
                BYE*) echo OK; exit 0 ;;
                *) echo OK ;;
                esac; done
                """
            try Files.write(script, to: pinentry, mode: [.ownerReadWriteExecute])
            try Files.write("pinentry-program \(pinentry)\n", to: ring.home.folder.appending("gpg-agent.conf"))
            try await ring.gpg([
                "--pinentry-mode", "loopback", "--passphrase", "open sesame", "--quick-generate-key",
                "Locked <locked@example.invalid>", "ed25519", "sign", "never",
            ])
            try await Command("gpgconf", ["--homedir", ring.home.path.string, "--kill", "gpg-agent"]).output(.sign)
            let key = try await SigningKey.find("locked@example.invalid", home: ring.home)
            let data = try ring.file("data", "hello")
            try await key.detachedSign(data, epoch: 1_700_000_000)
            try await key.detachedSign(data, epoch: 1_700_000_001)
            #expect(try Files.text(asked) == "once\n")
        }
    }
}
