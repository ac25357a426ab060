import RPMKit
import ReleaseSupport
import SystemPackage
import Testing

@Suite("Signatures of packages") struct PublicKeyringTests {
    @Test("a package signed by the key is verified, and one signed by another key is not")
    func keys() async throws {
        try await Signer.with { signer in
            let (right, wrong) = (try await signer.makeKey("right"), try await signer.makeKey("wrong"))
            let keyring = try PublicKeyring(key: try await signer.publicHalf(of: right))
            let verified = try keyring.verify(try await signer.signed(by: right))
            #expect(verified.package.name == "fixture")

            let other = try await signer.signed(by: wrong)
            let error = #expect(throws: RPMError.self) { try keyring.verify(other) }
            let reason = error?.description ?? ""
            #expect(reason.hasPrefix("\(other): "))
            #expect(reason.contains("NOKEY") && !reason.contains("BAD"), "\(reason)")
            // By its own key it is in order, so it is the key that was refused.
            let itsOwn = try PublicKeyring(key: try await signer.publicHalf(of: wrong))
            #expect(throws: Never.self) { try itsOwn.verify(other) }
        }
    }

    @Test("a signature by a subkey counts for the key it belongs to")
    func subkey() async throws {
        try await Signer.with { signer in
            let key = try await signer.makeKey("right", bySubkey: true)
            #expect(key.signingFingerprint != key.fingerprint)
            let signed = try await signer.signed(by: key)
            let keyring = try PublicKeyring(key: try await signer.publicHalf(of: key))
            #expect(throws: Never.self) { try keyring.verify(signed) }

            let other = try await signer.makeKey("other", bySubkey: true)
            let wrong = try PublicKeyring(key: try await signer.publicHalf(of: other))
            #expect(throws: RPMError.self) { try wrong.verify(signed) }
        }
    }

    @Test("an unsigned package is refused for that, though its digests are right and rpm --checksig would pass it")
    func unsigned() async throws {
        try await Signer.with { signer in
            let keyring = try PublicKeyring(key: try await signer.publicHalf(of: try await signer.makeKey("right")))
            let error = #expect(throws: RPMError.self) { try keyring.verify(signer.package) }
            #expect(error?.description == "\(signer.package): no signature")
        }
    }

    @Test("a signed package that was changed is refused, and the reason says what does not fit")
    func changed() async throws {
        try await Signer.with { signer in
            let key = try await signer.makeKey("right")
            let keyring = try PublicKeyring(key: try await signer.publicHalf(of: key))
            let signed = try Files.read(try await signer.signed(by: key))
            let changed = signer.folder.appending("changed.rpm")
            let summary = try #require(signed.firstRange(of: Array("A package for tests".utf8))).lowerBound
            for (offset, complaint) in [(summary, "Header SHA256 digest: BAD"), (signed.count - 1, "Payload SHA256")] {
                var bytes = signed
                bytes[offset] ^= 1
                try Files.write(bytes, to: changed)
                let error = #expect(throws: RPMError.self) { try keyring.verify(changed) }
                #expect(error?.description.contains(complaint) == true, "\(error?.description ?? "")")
            }
        }
    }

    @Test("what holds no public key makes no keyring")
    func noKey() async throws {
        try await TemporaryFolder.with { folder in
            let file = folder.appending("key")
            for text in [
                "", "hello", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n-----END PGP PUBLIC KEY BLOCK-----\n",
            ] {
                try Files.write(text, to: file)
                #expect(throws: RPMError.self) { try PublicKeyring(key: file) }
            }
            #expect(throws: RPMError.self) { try PublicKeyring(key: folder.appending("missing")) }
        }
    }
}
