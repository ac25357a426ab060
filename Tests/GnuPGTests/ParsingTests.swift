import Testing

@testable import GnuPG

@Suite("What gpg says, read from recorded lines") struct ParsingTests {
    // Recorded from gpg 2.2.40.
    private let listing = """
        tru::1:1795429673:0:3:1:5
        pub:u:3072:1:CC042E14E3745F23:1795429673:::u:::scSC:::+:::23::0:
        fpr:::::::::272C8554CBAF217A3B8E5847CC042E14E3745F23:
        grp:::::::::D0EC2AD4D986ACA86AB7C10F029C500AEC99886C:
        uid:u::::1795429673::C6E415567D3A79838471D62C4A8C24BC63002000::a\\x3ab\\x1b <r@x.invalid>::::::::::0:
        sig:!::1:CC042E14E3745F23:1795429673::::r <r@x.invalid>:13x::272C8554CBAF217A3B8E5847CC042E14E3745F23:::10:
        sig:!::22:EE79BC2A807C1930:1795429674::::f <f@x.invalid>:10x::3BA3118189E2487200BC8CDBEE79BC2A807C1930:::2:
        sub:e:255:22:15BEC3FC8C8BAE4E:1795429680:1795429690:::::s:::#::ed25519::
        fpr:::::::::52DCE106C8E5B4760848C63E15BEC3FC8C8BAE4E:
        sig:!::1:CC042E14E3745F23:1795429680::::r <r@x.invalid>:18x::272C8554CBAF217A3B8E5847CC042E14E3745F23:::8:
        """

    @Test("a key block is read with its parts, names and the digests of its self-signatures")
    func readsListing() throws {
        let keys = KeyListing(listing)
        #expect(!keys.hasSecretKeys)
        let key = try #require(keys.keys.first)
        #expect(keys.keys.count == 1)
        #expect(key.primary.fingerprint == "272C8554CBAF217A3B8E5847CC042E14E3745F23")
        #expect(key.primary.algorithm == 1 && key.primary.bits == 3072 && key.primary.hasSecret)
        #expect(key.primary.expires == nil)
        #expect(key.userIDs.map(\.text) == ["a:b\\x1b <r@x.invalid>"])
        #expect(key.userIDs[0].selfSignatures.map(\.digest) == [10])
        let subkey = try #require(key.subkeys.first)
        #expect(subkey.fingerprint == "52DCE106C8E5B4760848C63E15BEC3FC8C8BAE4E")
        #expect(subkey.curve == "ed25519" && subkey.expires == 1_795_429_690 && subkey.validity == "e")
        #expect(!subkey.hasSecret)
        #expect(subkey.selfSignatures.map(\.digest) == [8])
    }

    @Test("a line that is cut short, unknown or before any key does no harm")
    func readsRubbish() {
        for text in ["", ":", "pub", "fpr:::::::::AA:", "uid:u", "sig:!", "sub:", "xyz:1:2", "\u{0}:\n:\n"] {
            _ = KeyListing(text)
        }
        #expect(KeyListing("sub:u:255:22:15BEC3FC8C8BAE4E:1::::::s:").keys.isEmpty)
    }

    @Test("what a user may type, and how gpg is asked")
    func identifiers() {
        let fingerprint = "272C8554CBAF217A3B8E5847CC042E14E3745F23"
        #expect(KeyIdentifier(fingerprint.lowercased())?.query == "0x" + fingerprint)
        #expect(KeyIdentifier("272C 8554 CBAF 217A 3B8E  5847 CC04 2E14 E374 5F23") == .hexadecimal(fingerprint))
        #expect(KeyIdentifier("0xCC042E14E3745F23") == .hexadecimal("CC042E14E3745F23"))
        #expect(KeyIdentifier("me@example.invalid")?.query == "<me@example.invalid>")
        #expect(KeyIdentifier("<me@example.invalid>")?.query == "<me@example.invalid>")
        for text in ["", "me", "@me", "me@", "a@b@c", "Me <me@x>", "me@x\n", "123", "--help", fingerprint + "!"] {
            #expect(KeyIdentifier(text) == nil, "\(text)")
        }
    }

    @Test("of two signing subkeys the newest usable one signs; a named one is taken as named")
    func choosesSubkey() throws {
        func part(_ fingerprint: String, _ created: Int, validity: Character = "u", can: String = "s")
            -> KeyListing.Part
        {
            .init(
                keyID: "", fingerprint: fingerprint, algorithm: 22, bits: 255, curve: "ed25519", created: created,
                validity: validity, capabilities: can, hasSecret: true)
        }
        let older = String(repeating: "A", count: 40)
        let newer = String(repeating: "B", count: 40)
        let key = KeyListing.Key(
            primary: part("P", 1, can: "cSC"),
            subkeys: [part(older, 5), part(newer, 7), part("C", 9, validity: "r"), part("D", 9, can: "e")],
            userIDs: [.init(text: "x", validity: "u")])
        #expect(try KeyPolicy.signingPart(of: key).get().fingerprint == newer)
        #expect(try KeyPolicy.signingPart(of: key, named: KeyIdentifier(older)).get().fingerprint == older)
        var stubs = key
        for index in stubs.subkeys.indices { stubs.subkeys[index].hasSecret = false }
        #expect(throws: KeyPolicy.Refusal.self) { try KeyPolicy.signingPart(of: stubs).get() }
        #expect(try KeyPolicy.signingPart(of: stubs, needsSecret: false).get().fingerprint == newer)
        var unnamed = key
        unnamed.userIDs = []
        #expect(throws: KeyPolicy.Refusal.self) { try KeyPolicy.signingPart(of: unnamed).get() }
    }

    private let good = """
        [GNUPG:] NEWSIG
        [GNUPG:] KEY_CONSIDERED 3BA3118189E2487200BC8CDBEE79BC2A807C1930 0
        [GNUPG:] SIG_ID 2q+UWUzbh8bYbfbD4yXDR6K92/4 2023-11-14 1700000000
        [GNUPG:] GOODSIG EE79BC2A807C1930 Untochat <development@untochat.invalid>
        [GNUPG:] VALIDSIG 3BA3118189E2487200BC8CDBEE79BC2A807C1930 2023-11-14 1700000000 0 4 0 22 10 00 \
        3BA3118189E2487200BC8CDBEE79BC2A807C1930
        """

    @Test("a good signature is good, and any doubt in the same lines makes it not")
    func readsVerdicts() {
        let fingerprint = "3BA3118189E2487200BC8CDBEE79BC2A807C1930"
        #expect(
            SignatureStatus.verdict(good, exitStatus: 0)
                == .good(GoodSignature(signer: fingerprint, primary: fingerprint, created: 1_700_000_000, digest: 10)))
        func fault(_ text: String, _ status: Int32? = 0) -> SignatureFault? {
            if case .refused(let fault) = SignatureStatus.verdict(text, exitStatus: status) { fault } else { nil }
        }
        #expect(fault(good, 1) != nil)
        #expect(fault(good, nil) != nil)
        #expect(fault("") == .unclear("nothing"))
        #expect(fault(good + "\n[GNUPG:] BADSIG EE79BC2A807C1930 x") == .bad)
        #expect(fault(good + "\n" + good) != nil)
        #expect(fault(good.replacing("GOODSIG", with: "EXPKEYSIG")) == .expiredKey)
        #expect(fault(good.replacing("GOODSIG", with: "REVKEYSIG")) == .revokedKey)
        #expect(fault(good.replacing("GOODSIG", with: "EXPSIG")) == .expiredSignature)
        #expect(fault(good.replacing("22 10 00", with: "22 2 00")) == .weakDigest)
        #expect(fault(good.replacing("22 10 00", with: "22 10 01")) == .malformed)
        #expect(
            fault("[GNUPG:] NEWSIG\n[GNUPG:] ERRSIG A383B1C2CBDA75EA 22 10 00 946684900 9 -\n", 2)
                == .otherKey("A383B1C2CBDA75EA"))
        #expect(fault("[GNUPG:] NODATA 1\n[GNUPG:] NODATA 2\n", 2) == .malformed)
    }

    @Test("a user ID cannot pass itself off as a status line")
    func ignoresUserIDText() {
        let forged = good.replacing("Untochat <", with: "BADSIG VALIDSIG [GNUPG:] <")
        #expect(SignatureStatus.verdict(forged, exitStatus: 0) == SignatureStatus.verdict(good, exitStatus: 0))
    }

    @Test("armor reads back, and has one spelling only")
    func armor() throws {
        for count in [1, 47, 48, 49, 96, 117] {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 37) }
            let text = Armor.encode(bytes, kind: "SIGNATURE")
            #expect(Armor.decode(text, kind: "SIGNATURE") == bytes)
            #expect(Armor.decode(text, kind: "MESSAGE") == nil)
            #expect(Armor.decode(text + [0x0A], kind: "SIGNATURE") == nil)
            #expect(Armor.decode([0x0A] + text, kind: "SIGNATURE") == nil)
            #expect(Armor.decode(text.dropLast(), kind: "SIGNATURE") == nil)
            for offset in text.indices {
                var changed = text
                changed[offset] ^= 1
                #expect(Armor.decode(changed, kind: "SIGNATURE") == nil)
            }
        }
        #expect(Armor.decode([], kind: "SIGNATURE") == nil)
    }
}
