import ReleaseSupport
public import SystemPackage

/// One public key read from cold: no keyring of this machine has a part in it.
public struct PublicKey: Sendable, Equatable {
    /// The primary key's fingerprint.
    public let fingerprint: String
    /// The fingerprints of every part of the key that may sign.
    public let signingFingerprints: [String]
    /// The first valid user ID.
    public let userID: String
    /// Why this key should not have signed a release, or nil.
    public let weakness: String?
    /// The key as OpenPGP packets, without what no self-signature holds.
    public let packets: [UInt8]

    /// Whether this is a key that `SigningKey.development` made.
    public var isDevelopment: Bool { userID == SigningKey.developmentUserID }

    /// Reads the key in `file`, armored or not.
    public init(file: FilePath) async throws {
        guard Files.exists(file) else { throw ReleaseError(.verify, "\(file): there is no key file") }
        try await self.init(Files.read(file), name: file.string)
    }

    /// Reads the key in `bytes`, armored or not; `name` is what messages call it.
    public init(_ bytes: [UInt8], name: String = "the key") async throws {
        let armorStart = Array("-----BEGIN PGP ".utf8)
        (packets, weakness, fingerprint, signingFingerprints, userID) = try await TemporaryFolder.with { folder in
            try await KeyHome.withOwn(folder.appending("home")) { home in
                var packets = bytes
                if bytes.starts(with: armorStart) {
                    let outcome = try await home.gpg(["--dearmor"]).with { $0.input = bytes }.run(.verify)
                    guard outcome.succeeded else { throw unreadable(name) }
                    packets = outcome.output
                }
                let listing: KeyListing
                (listing, packets) = try await home.importAlone(packets)
                guard !listing.hasSecretKeys else {
                    throw ReleaseError(
                        .verify, "\(name) holds a secret key, which must never be published",
                        hint: "consider it stolen: revoke it")
                }
                guard let key = listing.keys.first, listing.keys.count == 1 else { throw unreadable(name) }
                var weakness: String?
                if case .failure(let refusal) = KeyPolicy.signingPart(of: key, needsSecret: false) {
                    weakness = refusal.what
                }
                return (
                    packets, weakness, key.primary.fingerprint,
                    key.parts.filter { $0.capabilities.contains("s") }.map(\.fingerprint), KeyPolicy.userID(of: key)
                )
            }
        }
    }

    /// Checks the detached signature in the file `signature` over the file `data`, by gpgv and this key alone.
    ///
    /// - Throws: only where gpgv cannot be run or a file cannot be read.
    public func verdict(signature: FilePath, of data: FilePath) async throws -> SignatureVerdict {
        guard Files.exists(data) else { return .refused(.dataMissing) }
        guard Files.exists(signature) else { return .refused(.missing) }
        guard let decoded = Armor.decode(try Files.read(signature), kind: "SIGNATURE") else {
            return .refused(.malformed)
        }
        return try await TemporaryFolder.with { folder in
            let keyring = folder.appending("key.gpg")
            let binarySignature = folder.appending("signature")
            try Files.write(packets, to: keyring)
            try Files.write(decoded, to: binarySignature)
            let outcome = try await Command(
                "gpgv",
                [
                    "--homedir", folder.string, "--status-fd", "1", "--keyring", keyring.string, "--",
                    binarySignature.string, data.string,
                ]
            ).with { $0.environment = ["LC_ALL": "C.UTF-8"] }.run(.verify)
            return SignatureStatus.verdict(outcome.text, exitStatus: outcome.exitStatus)
        }
    }

    /// Checks as `verdict(signature:of:)` does; anything but a good signature is an error that says which.
    @discardableResult
    public func verifyDetached(signature: FilePath, of data: FilePath) async throws -> GoodSignature {
        switch try await verdict(signature: signature, of: data) {
        case .good(let good): return good
        case .refused(let fault):
            throw ReleaseError(
                .verify, "\(data): \(fault)", hint: "expected a signature by \(fingerprint) in \(signature)")
        }
    }
}

private func unreadable(_ name: String) -> ReleaseError {
    ReleaseError(
        .verify, "\(name) is not exactly one OpenPGP public key",
        hint: "export it: gpg --armor --export-options export-minimal --export FINGERPRINT")
}

extension KeyHome {
    /// Imports `packets` into this empty home.
    ///
    /// Imported rather than just listed: gpg then drops whatever no valid self-signature holds.
    /// - Returns: what lies there, and its packets afterwards. No key at all where gpg does not take it.
    fileprivate func importAlone(_ packets: [UInt8]) async throws -> (KeyListing, [UInt8]) {
        let shown = KeyListing(
            try await gpg(["--with-colons", "--show-keys"]).with { $0.input = packets }.run(.verify).text)
        guard !shown.hasSecretKeys, shown.keys.count == 1 else { return (shown, []) }
        let imported = try await gpg(["--import-options", "import-minimal", "--import"])
            .with { $0.input = packets }.run(.verify)
        let exported = try await gpg(["--export-options", "export-minimal", "--export"]).run(.verify)
        guard imported.succeeded, exported.succeeded else { return (KeyListing(""), []) }
        let listing = try await gpg(["--with-colons", "--with-subkey-fingerprint", "--check-sigs"]).output(.verify)
        return (KeyListing(listing), exported.output)
    }
}
