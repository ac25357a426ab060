/// What `gpg --with-colons` says about keys, as values. Pure: the edge is `KeyHome`.
///
/// Source: GnuPG 2.2, doc/DETAILS, "Format of the colon listings".
struct KeyListing: Equatable, Sendable {
    /// One key block: a primary key, its subkeys and its user IDs.
    struct Key: Equatable, Sendable {
        var primary: Part
        var subkeys: [Part] = []
        var userIDs: [UserID] = []

        /// The primary key, then the subkeys.
        var parts: [Part] { [primary] + subkeys }
    }

    /// A primary key or a subkey.
    struct Part: Equatable, Sendable {
        var keyID: String
        var fingerprint = ""
        /// The OpenPGP number: 1 is RSA, 17 DSA, 19 ECDSA, 22 EdDSA.
        var algorithm: Int
        var bits: Int
        /// `ed25519`, `nistp256` …, or empty where the algorithm has no curves.
        var curve: String
        /// In seconds since 1970.
        var created: Int
        /// In seconds since 1970; nil when the key does not expire.
        var expires: Int?
        /// `e` expired, `r` revoked, `d` disabled, `i` invalid, `n` not trusted; others are no obstacle.
        var validity: Character?
        /// Lower case: what this part can do. Upper case, on a primary key: what the whole key can do; `D`: disabled.
        var capabilities: String
        /// Whether the secret half is here or on a token; false for a stub.
        var hasSecret: Bool
        /// Made by the primary key on this part.
        var selfSignatures: [SelfSignature] = []
    }

    /// A name on a key.
    struct UserID: Equatable, Sendable {
        /// Control characters stay escaped as `\x..`, so that the text is harmless on a terminal.
        var text: String
        var validity: Character?
        var selfSignatures: [SelfSignature] = []
    }

    /// A signature of the primary key on its own key block.
    struct SelfSignature: Equatable, Sendable {
        var created: Int
        /// The OpenPGP number: 1 is MD5, 2 SHA-1, 8 SHA-256, 10 SHA-512.
        var digest: Int
        var isRevocation: Bool
    }

    var keys: [Key] = []
    /// Whether any secret key packet was listed.
    var hasSecretKeys = false

    /// Reads the listing; records it does not know are passed over, as the format demands.
    init(_ text: String) {
        var subject = Subject.other
        for line in text.split(separator: "\n") {
            let record = Record(line)
            switch record[1] {
            case "pub", "sec":
                hasSecretKeys = hasSecretKeys || record[1] == "sec"
                keys.append(Key(primary: Part(record)))
                subject = .part
            case _ where keys.isEmpty: break
            case "sub", "ssb":
                hasSecretKeys = hasSecretKeys || record[1] == "ssb"
                keys[keys.count - 1].subkeys.append(Part(record))
                subject = .part
            case "fpr":
                if subject == .part { withLastPart { $0.fingerprint = record[10] } }
            case "uid":
                keys[keys.count - 1].userIDs.append(
                    UserID(text: unescape(record[10]), validity: record[2].first))
                subject = .userID
            case "uat": subject = .other
            // "!": gpg has checked it and it is right.
            case "sig" where record[2] == "!", "rev" where record[2] == "!":
                add(SelfSignature(record), by: record[5], on: subject)
            default: break
            }
        }
    }

    /// What a signature record is about: it follows its subject.
    private enum Subject { case part, userID, other }

    private mutating func add(_ signature: SelfSignature, by signer: String, on subject: Subject) {
        let key = keys.count - 1
        guard signer == keys[key].primary.keyID else { return }
        switch subject {
        case .part: withLastPart { $0.selfSignatures.append(signature) }
        case .userID: keys[key].userIDs[keys[key].userIDs.count - 1].selfSignatures.append(signature)
        case .other: break
        }
    }

    private mutating func withLastPart(_ change: (inout Part) -> Void) {
        let key = keys.count - 1
        if keys[key].subkeys.isEmpty {
            change(&keys[key].primary)
        } else {
            change(&keys[key].subkeys[keys[key].subkeys.count - 1])
        }
    }
}

/// One line's fields, by the numbers that the format's description gives them.
private struct Record {
    private let fields: [Substring]

    init(_ line: Substring) { fields = line.split(separator: ":", omittingEmptySubsequences: false) }

    /// Field `number`, counted from 1; empty where the line is shorter.
    subscript(number: Int) -> String { number <= fields.count ? String(fields[number - 1]) : "" }
}

extension KeyListing.Part {
    fileprivate init(_ record: Record) {
        self.init(
            keyID: record[5], algorithm: Int(record[4]) ?? 0, bits: Int(record[3]) ?? 0, curve: record[17],
            created: Int(record[6]) ?? 0, expires: Int(record[7]), validity: record[2].first,
            capabilities: record[12],
            // Field 15: "+" here, a serial number on a token, "#" a stub without the secret half.
            hasSecret: !record[15].isEmpty && record[15] != "#")
    }
}

extension KeyListing.SelfSignature {
    fileprivate init(_ record: Record) {
        self.init(created: Int(record[6]) ?? 0, digest: Int(record[16]) ?? 0, isRevocation: record[1] == "rev")
    }
}

/// The listing escapes the colon as `\x3a`; every other escape is left as it is.
private func unescape(_ text: String) -> String {
    var result = ""
    var rest = Substring(text)
    while let character = rest.first {
        if rest.hasPrefix("\\x3a") {
            result.append(":")
            rest = rest.dropFirst(4)
        } else {
            result.append(character)
            rest = rest.dropFirst()
        }
    }
    return result
}
