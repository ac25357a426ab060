import CRPM
public import SystemPackage

/// SHA-256 as librpm computes it: the library is here already, and hashing needs no second one.
///
/// Source: FIPS 180-4.
public struct SHA256 {
    private var context: DIGEST_CTX?

    /// Starts a digest.
    public init() { context = rpmDigestInit(Int32(RPM_HASH_SHA256.rawValue), rpmDigestFlags(RPMDIGEST_NONE.rawValue)) }

    /// Adds `bytes`.
    public mutating func update(_ bytes: [UInt8]) {
        _ = bytes.withUnsafeBytes { rpmDigestUpdate(context, $0.baseAddress, $0.count) }
    }

    /// Adds the UTF-8 of `text`.
    public mutating func update(_ text: String) { update(Array(text.utf8)) }

    /// The digest in lower-case hexadecimal.
    public consuming func finish() -> String {
        var digest: UnsafeMutableRawPointer?
        var length = 0
        guard rpmDigestFinal(context, &digest, &length, 1) == 0, let digest else { return "" }
        defer { free(digest) }
        return String(cString: digest.assumingMemoryBound(to: CChar.self))
    }

    /// The digest of `bytes`.
    public static func of(_ bytes: [UInt8]) -> String {
        var digest = SHA256()
        digest.update(bytes)
        return digest.finish()
    }

    /// The digest of the file `path`, read in pieces.
    public static func of(file path: FilePath) throws -> String {
        let file = try FileDescriptor.open(path, .readOnly)
        return try file.closeAfter {
            var digest = SHA256()
            var piece = [UInt8](repeating: 0, count: 1 << 18)
            while true {
                let count = try piece.withUnsafeMutableBytes { try file.read(into: $0) }
                if count == 0 { return digest.finish() }
                digest.update(count == piece.count ? piece : Array(piece.prefix(count)))
            }
        }
    }

    /// Whether `text` has the form of a digest.
    public static func isDigest(_ text: some StringProtocol) -> Bool {
        text.utf8.count == 64 && text.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) }
    }
}
