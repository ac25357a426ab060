/// What gpgv found out about one detached signature.
public enum SignatureVerdict: Equatable, Sendable {
    /// The signature is right.
    case good(GoodSignature)
    /// It is not, and why.
    case refused(SignatureFault)
}

/// A signature that was checked and is right.
public struct GoodSignature: Equatable, Sendable {
    /// The fingerprint of the key or subkey that made it.
    public let signer: String
    /// The fingerprint of the primary key that `signer` belongs to.
    public let primary: String
    /// When it says it was made, in seconds since 1970.
    public let created: Int
    /// The OpenPGP number of its digest: 8 is SHA-256, 10 SHA-512.
    public let digest: Int
}

/// Why a signature is not accepted.
public enum SignatureFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// There is no signature file.
    case missing
    /// There is a signature and nothing that it could be about.
    case dataMissing
    /// The file is not one armored signature, exactly as gpg writes it.
    case malformed
    /// The data or the signature has been changed.
    case bad
    /// Made by a key other than the expected one.
    case otherKey(String)
    /// The key has expired.
    case expiredKey
    /// The key is revoked.
    case revokedKey
    /// The signature itself carries a date after which it does not count.
    case expiredSignature
    /// Made with a digest older than SHA-2.
    case weakDigest
    /// gpgv said something that is none of these.
    case unclear(String)

    public var description: String {
        switch self {
        case .missing: "the signature is missing"
        case .dataMissing: "the signed file is missing"
        case .malformed: "the signature file is not one armored OpenPGP signature"
        case .bad: "the signature is bad: the file or the signature was changed"
        case .otherKey(let key): "signed by another key (\(key))"
        case .expiredKey: "the signing key has expired"
        case .revokedKey: "the signing key is revoked"
        case .expiredSignature: "the signature has expired"
        case .weakDigest: "the signature uses a digest weaker than SHA-256"
        case .unclear(let said): "gpgv gives no clear answer: \(said)"
        }
    }
}

/// Reads `--status-fd` lines. Pure.
///
/// The exit status of gpgv is not enough: it is 0 for a key that has expired.
///
/// Source: GnuPG 2.2, doc/DETAILS, "Format of the --status-fd output".
enum SignatureStatus {
    /// The verdict on one detached signature over a file.
    static func verdict(_ text: String, exitStatus: Int32?) -> SignatureVerdict {
        let prefix = "[GNUPG:] "
        let lines = text.split(separator: "\n").filter { $0.hasPrefix(prefix) }
            .map { $0.dropFirst(prefix.count).split(separator: " ").map(String.init) }
        func first(_ keyword: String) -> [String]? { lines.first { $0.first == keyword } }

        if first("BADSIG") != nil { return .refused(.bad) }
        if let line = first("ERRSIG") {
            // Field 7 of ERRSIG: 9 is a missing public key, 4 an unknown algorithm.
            let signer = line.last.flatMap { $0.count >= 40 ? $0 : nil } ?? (line.count > 1 ? line[1] : "unknown")
            let missingKey = line.count > 6 && line[6] == "9"
            return .refused(missingKey ? .otherKey(signer) : .unclear(line.joined(separator: " ")))
        }
        if first("REVKEYSIG") != nil { return .refused(.revokedKey) }
        if first("EXPKEYSIG") != nil { return .refused(.expiredKey) }
        if first("EXPSIG") != nil { return .refused(.expiredSignature) }
        if first("NODATA") != nil || first("UNEXPECTED") != nil { return .refused(.malformed) }
        let valid = lines.filter { $0.first == "VALIDSIG" }
        guard exitStatus == 0, first("GOODSIG") != nil, valid.count == 1, valid[0].count >= 11,
            lines.count(where: { $0.first == "NEWSIG" }) == 1,
            let created = Int(valid[0][3]), let digest = Int(valid[0][8])
        else { return .refused(.unclear(lines.last?.joined(separator: " ") ?? "nothing")) }
        // Class 00 is a signature over the bytes; a text signature (01) would let line ends change.
        guard valid[0][9] == "00" else { return .refused(.malformed) }
        guard [8, 9, 10].contains(digest) else { return .refused(.weakDigest) }
        return .good(GoodSignature(signer: valid[0][1], primary: valid[0][10], created: created, digest: digest))
    }
}
