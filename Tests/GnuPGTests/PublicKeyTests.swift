import ReleaseSupport
import SystemPackage
import Testing

@testable import GnuPG

@Suite("A public key from cold, with the real gpgv") struct PublicKeyTests {
    @Test("an exported key reads back, from a file and armored or not")
    func readsBack() async throws {
        try await Keyring.with { ring in
            let key = try await SigningKey.development(home: ring.home)
            let armored = try await key.exportPublicKey()
            try Files.write(armored, to: ring.folder.appending("key"))
            let read = try await PublicKey(file: ring.folder.appending("key"))
            #expect(read.fingerprint == key.fingerprint)
            #expect(read.signingFingerprints == [key.fingerprint])
            #expect(read.isDevelopment)
            #expect(read.weakness == nil)
            #expect(try await PublicKey(read.packets) == read)
        }
    }

    @Test("what is not exactly one public key is refused")
    func refusesOthers() async throws {
        try await Keyring.with { ring in
            let key = try await SigningKey.development(home: ring.home)
            try await ring.make("ed25519", "Two <two@example.invalid>")
            let both = Array(try await ring.gpg(["--armor", "--export"]).utf8)
            #expect(await refusal { try await PublicKey(both) }.contains("not exactly one"))
            #expect(await refusal { try await PublicKey(Array("nothing".utf8)) }.contains("not exactly one"))
            #expect(await refusal { try await PublicKey([]) }.contains("not exactly one"))
            #expect(await refusal { try await PublicKey(file: "/nonexistent") }.contains("there is no key file"))
            let secret = Array(try await ring.gpg(["--armor", "--export-secret-keys", key.fingerprint]).utf8)
            #expect(await refusal { try await PublicKey(secret) }.contains("holds a secret key"))
        }
    }

    @Test("a weak key reads, and says that it is weak")
    func saysWeak() async throws {
        try await Keyring.with { ring in
            try await ring.make("rsa2048", "Weak <weak@example.invalid>")
            let armored = try await ring.gpg(["--armor", "--export"])
            let key = try await PublicKey(Array(armored.utf8))
            #expect(key.weakness?.contains("too short") == true)
        }
    }

    @Test("a flipped bit in any byte of the data or of the signature is noticed")
    func noticesEachByte() async throws {
        try await Keyring.with { ring in
            let key = try await SigningKey.development(home: ring.home)
            let publicKey = try await PublicKey(key.exportPublicKey())
            let data = try ring.file("data", "some text\nof two lines\n")
            let signature = try await key.detachedSign(data, epoch: 1_700_000_000)
            #expect(try await publicKey.verdict(signature: signature, of: data).isGood)
            for offset in try Files.read(data).indices {
                try Files.flip(data, at: offset)
                #expect(try await publicKey.verdict(signature: signature, of: data) == .refused(.bad))
                try Files.flip(data, at: offset)
            }
            for offset in try Files.read(signature).indices {
                try Files.flip(signature, at: offset)
                #expect(try await publicKey.verdict(signature: signature, of: data) == .refused(.malformed))
                try Files.flip(signature, at: offset)
            }
            #expect(try await publicKey.verdict(signature: signature, of: data).isGood)
        }
    }

    @Test("a signature whose armor is right again after the change is bad")
    func noticesRepairedArmor() async throws {
        try await Keyring.with { ring in
            let key = try await SigningKey.development(home: ring.home)
            let publicKey = try await PublicKey(key.exportPublicKey())
            let data = try ring.file("data", "hello")
            let signature = try await key.detachedSign(data, epoch: 1_700_000_000)
            var packet = try #require(Armor.decode(try Files.read(signature), kind: "SIGNATURE"))
            packet[packet.count - 1] ^= 1
            try Files.write(Armor.encode(packet, kind: "SIGNATURE"), to: signature)
            #expect(try await publicKey.verdict(signature: signature, of: data) == .refused(.bad))
        }
    }

    @Test("a signature by another key is refused by naming that key")
    func namesOtherKey() async throws {
        try await Keyring.with { ring in
            let right = try await SigningKey.development(home: ring.home)
            let other = try await ring.make("ed25519", "Other <other@example.invalid>")
            let data = try ring.file("data", "hello")
            let signature = try await SigningKey.find(other, home: ring.home).detachedSign(data, epoch: 1_800_000_000)
            let publicKey = try await PublicKey(right.exportPublicKey())
            #expect(try await publicKey.verdict(signature: signature, of: data) == .refused(.otherKey(other)))
            let said = await refusal { try await publicKey.verifyDetached(signature: signature, of: data) }
            #expect(said.contains("signed by another key (\(other))") && said.contains(right.fingerprint))
        }
    }

    @Test("a missing signature and a missing file are told apart")
    func missing() async throws {
        try await Keyring.with { ring in
            let key = try await SigningKey.development(home: ring.home)
            let publicKey = try await PublicKey(key.exportPublicKey())
            let data = try ring.file("data", "hello")
            let none = ring.folder.appending("none")
            #expect(try await publicKey.verdict(signature: none, of: data) == .refused(.missing))
            #expect(try await publicKey.verdict(signature: data, of: none) == .refused(.dataMissing))
        }
    }

    @Test("a signature counts while its key does, and no longer: expired and revoked keys are refused")
    func expiredAndRevoked() async throws {
        try await Keyring.with { ring in
            let data = try ring.file("data", "hello")
            let old = try await ring.make(
                "ed25519", "Old <old@example.invalid>", expires: "30d",
                options: ["--faked-system-time", "1000000000!"])
            try await sign(data, with: old, at: 1_000_000_100, ring)
            let expired = try await PublicKey(armored(old, ring))
            #expect(
                try await expired.verdict(signature: ring.folder.appending("data.asc"), of: data)
                    == .refused(.expiredKey))

            let gone = try await ring.make(
                "ed25519", "Gone <gone@example.invalid>", options: ["--faked-system-time", "1000000000!"])
            try await sign(data, with: gone, at: 1_000_000_100, ring)
            let before = try await PublicKey(armored(gone, ring))
            #expect(try await before.verdict(signature: ring.folder.appending("data.asc"), of: data).isGood)
            try await ring.revoke(gone)
            let after = try await PublicKey(armored(gone, ring))
            #expect(
                try await after.verdict(signature: ring.folder.appending("data.asc"), of: data) == .refused(.revokedKey)
            )
        }
    }

    @Test("SHA-1, a text signature, an expired signature and two signatures in one file are refused")
    func refusesOtherForms() async throws {
        try await Keyring.with { ring in
            let data = try ring.file("data", "hello\n")
            let signature = ring.folder.appending("data.asc")
            let fingerprint = try await ring.make(
                "ed25519", "Key <key@example.invalid>", options: ["--faked-system-time", "1000000000!"])
            let publicKey = try await PublicKey(armored(fingerprint, ring))
            let forms: [([String], String)] = [
                (["--digest-algo", "SHA1", "--allow-weak-digest-algos", "--detach-sign"], "weak"),
                (["--textmode", "--detach-sign"], "armored"),
                (["--default-sig-expire", "1d", "--faked-system-time", "1000000100!", "--detach-sign"], "expired"),
                (
                    [
                        "--local-user", fingerprint, "--local-user",
                        try await ring.make("ed25519", "B <b@example.invalid>"),
                        "--detach-sign",
                    ], "another key"
                ),
            ]
            for (options, reason) in forms {
                try await ring.gpg(
                    ["--yes", "--armor", "--default-key", fingerprint, "--output", signature.string] + options
                        + [data.string])
                let said = await refusal { try await publicKey.verifyDetached(signature: signature, of: data) }
                #expect(said.contains(reason), "\(options)")
            }
        }
    }

    private func sign(_ data: FilePath, with key: String, at time: Int, _ ring: Keyring) async throws {
        try await ring.gpg([
            "--yes", "--armor", "--digest-algo", "SHA512", "--local-user", key, "--faked-system-time", "\(time)!",
            "--output", data.string + ".asc", "--detach-sign", data.string,
        ])
    }

    private func armored(_ key: String, _ ring: Keyring) async throws -> [UInt8] {
        Array(try await ring.gpg(["--armor", "--export", key]).utf8)
    }
}

extension SignatureVerdict {
    fileprivate var isGood: Bool {
        if case .good = self { true } else { false }
    }
}
