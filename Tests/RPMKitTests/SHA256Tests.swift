import RPMKit
import ReleaseSupport
import Testing

@Suite("SHA-256") struct SHA256Tests {
    // Source: FIPS 180-2, appendix B, and the NIST example values; the empty message is well known.
    @Test(
        "the standard's messages have the standard's digests",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
            (
                String(repeating: "a", count: 1_000_000),
                "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
            ),
        ])
    func vectors(message: String, digest: String) { #expect(SHA256.of(Array(message.utf8)) == digest) }

    @Test("in pieces or at once, from memory or from a file, the digest is the same")
    func pieces() async throws {
        // More than the piece in which files are read.
        let bytes = (0..<600_001).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        var inPieces = SHA256()
        for start in stride(from: 0, to: bytes.count, by: 977) {
            inPieces.update(Array(bytes[start..<min(start + 977, bytes.count)]))
        }
        let whole = SHA256.of(bytes)
        #expect(inPieces.finish() == whole)
        try await TemporaryFolder.with { folder in
            let file = folder.appending("file")
            try Files.write(bytes, to: file)
            #expect(try SHA256.of(file: file) == whole)
            try Files.write(bytes.dropLast(), to: file)
            #expect(try SHA256.of(file: file) != whole)
        }
    }
}
