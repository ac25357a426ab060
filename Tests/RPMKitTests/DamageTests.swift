import ReleaseSupport
import SystemPackage
import TestNumbers
import Testing

@testable import RPMKit

/// A package comes from a mirror that may be an enemy's, and librpm parses it before any signature is known to be good.
/// A crash here would end the test run, and leave the package that did it in the temporary folder.
@Suite("Damaged packages") struct DamageTests {
    @Test("cut at any length, a package is never read to its end and never verified")
    func truncated() async throws {
        try await Signer.with { signer in
            let key = try await signer.makeKey("right")
            let whole = try Files.read(try await signer.signed(by: key))
            let keyring = try PublicKeyring(key: try await signer.publicHalf(of: key))
            let cut = signer.folder.appending("cut.rpm")
            // Every length in the heads, then every 61st.
            let lengths = Array(0..<600) + Array(stride(from: 600, to: whole.count, by: 61)) + [whole.count - 1]
            for length in lengths {
                try Files.write(whole[..<length], to: cut)
                #expect(throws: RPMError.self, "\(length) bytes verified") { try keyring.verify(cut) }
                if length < 96 + 16 { #expect(throws: RPMError.self) { try Package(reading: cut) } }
                _ = try? Package.forEachFile(in: cut) { file, bytes in
                    #expect(SHA256.of(bytes) == file.digest, "\(length) bytes: \(file.path)")
                }
            }
        }
    }

    @Test("with bytes changed at random, a package verifies only if it says just what it said", arguments: [1, 2, 3])
    func mutated(seed: UInt64) async throws {
        try await Signer.with { signer in
            let key = try await signer.makeKey("right")
            let signed = try await signer.signed(by: key)
            let whole = try Files.read(signed)
            let keyring = try PublicKeyring(key: try await signer.publicHalf(of: key))
            let original = try keyring.verify(signed).package
            let path = signer.folder.appending("mutated.rpm")
            var random = SeededNumbers(seed: seed)
            var refused = 0
            let rounds = 300
            for round in 0..<rounds {
                try Files.write(Self.mutate(whole, &random), to: path)
                _ = try? Package(reading: path)
                _ = try? Package.forEachFile(in: path) { file, bytes in
                    #expect(bytes.count == Int(file.size), "seed \(seed), round \(round)")
                }
                if let verified = try? keyring.verify(path).package {
                    let same = verified.files == original.files && verified.scriptlets == original.scriptlets
                    #expect(same && verified.identifier == original.identifier, "seed \(seed), round \(round)")
                } else {
                    refused += 1
                }
            }
            // What may change unseen is the old head and the padding of the signature header.
            #expect(refused > rounds / 2)
        }
    }

    /// Changes one to four places: a bit, a byte, or a 32-bit word to a value that breaks arithmetic. Three of four places
    /// lie in the headers, where the counts and offsets are.
    private static func mutate(_ bytes: [UInt8], _ random: inout SeededNumbers) -> [UInt8] {
        var bytes = bytes
        let headers = min(bytes.count - 4, 6000)
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let limit = Int.random(in: 0..<4, using: &random) > 0 ? headers : bytes.count - 4
            let offset = Int.random(in: 0..<limit, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: bytes[offset] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1: bytes[offset] = UInt8.random(in: 0...255, using: &random)
            default:
                let word: [UInt8] =
                    [
                        [0xff, 0xff, 0xff, 0xff], [0x7f, 0xff, 0xff, 0xff], [0x80, 0, 0, 0], [0, 0, 0, 0],
                        [0, 0, 0xff, 0xff],
                    ].randomElement(using: &random) ?? []
                bytes.replaceSubrange(offset..<offset + 4, with: word)
            }
        }
        return bytes
    }
}
