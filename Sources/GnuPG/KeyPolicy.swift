/// Which keys may sign a release: the rules, without a keyring.
///
/// Ed25519 and RSA of 3072 bits or more are what Fedora's crypto policy FUTURE accepts and every rpm since 4.16 can
/// check. DSA is broken by its digest length; ECDSA on NIST curves fails on a bad random number once.
enum KeyPolicy {
    /// Why a key is refused, and what to do.
    struct Refusal: Error, Equatable {
        var what: String
        var hint: String
    }

    /// What makes a right key; every refusal of a wrong one ends in it.
    static let makeOne =
        "make a key that fits: gpg --quick-generate-key 'NAME <MAIL>' ed25519 sign 3y"

    /// `Ed25519`, `RSA 4096`, or for what is not accepted the reason.
    static func algorithm(_ part: KeyListing.Part) -> Result<String, Refusal> {
        switch (part.algorithm, part.curve.lowercased(), part.bits) {
        case (22, "ed25519", _): .success("Ed25519")
        case (1, _, 3072...): .success("RSA \(part.bits)")
        case (1, _, let bits): refuse("RSA of \(bits) bits is too short (3072 at least)")
        case (17, _, _): refuse("DSA keys are not accepted")
        case (let number, "", _): refuse("only Ed25519 and RSA keys are accepted, not algorithm \(number)")
        case (_, let curve, _): refuse("only Ed25519 and RSA keys are accepted, not \(curve)")
        }
    }

    private static func refuse(_ what: String) -> Result<String, Refusal> {
        .failure(Refusal(what: what, hint: makeOne))
    }

    /// Whether `part` is fit for use at all: neither revoked, expired, disabled nor weak.
    static func check(_ part: KeyListing.Part) -> Refusal? {
        if part.capabilities.contains("D") || part.validity == "d" {
            return Refusal(what: "it is disabled", hint: "enable it: gpg --edit-key \(part.fingerprint) enable save")
        }
        switch part.validity {
        case "r": return Refusal(what: "it is revoked", hint: makeOne)
        case "e":
            return Refusal(
                what: "it is expired", hint: "extend it: gpg --quick-set-expire \(part.fingerprint) 2y, or \(makeOne)")
        case "i": return Refusal(what: "it is invalid (no valid self-signature)", hint: makeOne)
        default: break
        }
        if case .failure(let refusal) = algorithm(part) { return refusal }
        return weakBinding(part.selfSignatures, fingerprint: part.fingerprint)
    }

    /// The part of `key` that signs, or why none can.
    ///
    /// - Parameter identifier: what the user typed; where it names one subkey, only that one is considered.
    static func signingPart(
        of key: KeyListing.Key, named identifier: KeyIdentifier? = nil, needsSecret: Bool = true
    ) -> Result<KeyListing.Part, Refusal> {
        if let refusal = check(key.primary) { return .failure(refusal) }
        guard let user = key.userIDs.first(where: { !"re".contains($0.validity ?? "-") }) else {
            return .failure(Refusal(what: "it has no valid user ID", hint: makeOne))
        }
        if let refusal = weakBinding(user.selfSignatures, fingerprint: key.primary.fingerprint) {
            return .failure(refusal)
        }
        let named = key.subkeys.filter { identifier?.names($0) ?? false }
        let signers = (named.isEmpty ? key.parts : named).filter { $0.capabilities.contains("s") }
        let usable = signers.filter { check($0) == nil && ($0.hasSecret || !needsSecret) }
        // The newest, as gpg itself chooses; the fingerprint decides between two of one second.
        if let best = usable.max(by: { ($0.created, $0.fingerprint) < ($1.created, $1.fingerprint) }) {
            return .success(best)
        }
        let addSubkey = "add a signing subkey: gpg --quick-add-key \(key.primary.fingerprint) ed25519 sign 2y"
        guard let nearest = signers.last else {
            return .failure(Refusal(what: "no part of it can sign", hint: addSubkey))
        }
        if let refusal = check(nearest) {
            return .failure(
                Refusal(what: "its signing subkey \(nearest.fingerprint): \(refusal.what)", hint: addSubkey))
        }
        return .failure(
            Refusal(
                what: "its secret half is not on this machine",
                hint: "import it, or connect the token, or sign elsewhere: untochat release --no-sign"))
    }

    /// The name that `key` goes by: its first user ID that is not revoked.
    static func userID(of key: KeyListing.Key) -> String {
        key.userIDs.first { !"re".contains($0.validity ?? "-") }?.text ?? ""
    }

    /// rpm under Fedora's policy takes no key that is held together by SHA-1 or MD5. Digest 0: gpg did not say.
    private static func weakBinding(_ signatures: [KeyListing.SelfSignature], fingerprint: String) -> Refusal? {
        guard let newest = signatures.filter({ !$0.isRevocation }).max(by: { $0.created < $1.created }),
            ![0, 8, 9, 10].contains(newest.digest)
        else { return nil }
        return Refusal(
            what: "its self-signature uses a digest that Fedora no longer accepts (SHA-1 or older)",
            hint: "renew it: gpg --cert-digest-algo SHA512 --quick-set-expire \(fingerprint) 2y")
    }
}
