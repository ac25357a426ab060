/// The ways in which a user may name a key. Fewer than gpg knows: no substrings, so that a name cannot come to mean
/// another key when a keyring grows.
enum KeyIdentifier: Equatable, Sendable {
    /// 8, 16, 40 or 64 hexadecimal digits in upper case: the end of a fingerprint, or all of it.
    case hexadecimal(String)
    /// A whole e-mail address.
    case mail(String)

    /// Reads what the user typed, or returns nil.
    init?(_ text: String) {
        let compact = text.filter { $0 != " " }
        let digits = compact.lowercased().hasPrefix("0x") ? compact.dropFirst(2) : compact[...]
        if [8, 16, 40, 64].contains(digits.utf8.count), digits.allSatisfy({ $0.isASCII && $0.isHexDigit }) {
            self = .hexadecimal(digits.uppercased())
            return
        }
        var mail = text[...]
        if mail.hasPrefix("<"), mail.hasSuffix(">") { mail = mail.dropFirst().dropLast() }
        let sides = mail.split(separator: "@", omittingEmptySubsequences: false)
        guard sides.count == 2, sides.allSatisfy({ !$0.isEmpty }),
            mail.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f && !"<>\"\\,;:()".utf8.contains($0) })
        else { return nil }
        self = .mail(String(mail))
    }

    /// How gpg is asked: an e-mail address in brackets matches as a whole.
    var query: String {
        switch self {
        case .hexadecimal(let digits): "0x" + digits
        case .mail(let address): "<\(address)>"
        }
    }

    /// Whether this names just `part` of a key.
    func names(_ part: KeyListing.Part) -> Bool {
        guard case .hexadecimal(let digits) = self else { return false }
        return part.fingerprint.hasSuffix(digits)
    }
}
