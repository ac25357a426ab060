import Foundation
import ReleaseSupport
public import SystemPackage

/// A secret key that may sign a release. Only `find` and `development` make one, so every value has been vetted.
public struct SigningKey: Sendable, Equatable {
    /// The primary key's fingerprint: what users compare.
    public let fingerprint: String
    /// The fingerprint of the part that signs: the primary key or a subkey.
    public let signingFingerprint: String
    /// `Ed25519` or `RSA 4096`.
    public let algorithm: String
    /// When the signing part was made, in seconds since 1970. No signature can be older.
    public let created: Int
    /// When the signing part or the primary key expires, in seconds since 1970.
    public let expires: Int?
    /// The first valid user ID.
    public let userID: String
    /// The home in which the key lies.
    public let home: KeyHome

    /// Whether this is the throwaway key; every summary says so.
    public var isDevelopment: Bool { userID == Self.developmentUserID }

    /// The user ID of the throwaway key.
    public static let developmentUserID = "Untochat development key (throwaway) <development@untochat.invalid>"

    // MARK: - Finding and making

    /// The one secret key in `home` that `id` (a fingerprint, key ID or e-mail address) names, if it may sign.
    public static func find(_ id: String, home: KeyHome) async throws -> SigningKey {
        guard let identifier = KeyIdentifier(id) else {
            throw ReleaseError(
                .sign, "'\(id)' is no fingerprint, key ID or e-mail address",
                hint: "gpg --list-secret-keys shows the keys there are")
        }
        let keys = try await home.secretKeys(identifier)
        guard let key = keys.first else {
            throw ReleaseError(
                .sign, "no secret key for '\(id)' in \(home.folder)",
                hint: "gpg --list-secret-keys shows the keys there are; \(KeyPolicy.makeOne)")
        }
        guard keys.count == 1 else {
            let list = keys.map { "\($0.primary.fingerprint) \(KeyPolicy.userID(of: $0))" }
            throw ReleaseError(
                .sign, "'\(id)' names \(keys.count) keys:\n    \(list.joined(separator: "\n    "))",
                hint: "name one by its fingerprint")
        }
        switch KeyPolicy.signingPart(of: key, named: identifier) {
        case .success(let part): return SigningKey(key, part, home)
        case .failure(let refusal):
            throw ReleaseError(
                .sign, "the key \(key.primary.fingerprint) may not sign a release: \(refusal.what)", hint: refusal.hint)
        }
    }

    /// The throwaway key of `home`, made where there is none: Ed25519, without a passphrase.
    ///
    /// `home` is one that `KeyHome.withOwn` opened.
    public static func development(home: KeyHome) async throws -> SigningKey {
        let mail = "development@untochat.invalid"
        if try await home.secretKeys(.mail(mail)).isEmpty {
            try await home.gpg([
                // 2000-01-01: older than any commit, and the same for everyone.
                "--faked-system-time", "946684800!", "--cert-digest-algo", "SHA512", "--pinentry-mode", "loopback",
                // No secret: the key is a throwaway, and the folder that holds it is 0700.
                "--passphrase", "", "--quick-generate-key", developmentUserID, "ed25519", "sign", "never",
            ]).output(.sign)
        }
        return try await find(mail, home: home)
    }

    // MARK: - Using

    /// The public key, ASCII-armored: without the signatures of others, version or comment, the same at every call.
    public func exportPublicKey() async throws -> [UInt8] {
        let options = ["--armor", "--no-emit-version", "--no-comments", "--export-options", "export-minimal"]
        let armored = try await home.gpg(options + ["--export", "--", "0x" + fingerprint]).run(.sign)
        guard armored.succeeded, !armored.output.isEmpty else {
            throw ReleaseError(.sign, "cannot export the public key \(fingerprint): \(armored.errorText)")
        }
        return armored.output
    }

    /// Signs the file `path` into `path` + ".asc" and checks the result with gpgv and the exported key alone.
    ///
    /// - Parameter epoch: the time the signature shall bear, in seconds since 1970; the key's own where that is later.
    /// - Returns: the signature's path. On an error an earlier signature stays as it was and nothing new is left.
    @discardableResult
    public func detachedSign(_ path: FilePath, epoch: Int) async throws -> FilePath {
        let signature = FilePath(path.string + ".asc")
        let temporary = Files.temporaryName(beside: signature)
        do {
            let outcome = try await home.gpg(
                signingOptions(epoch: epoch) + [
                    "--no-emit-version", "--no-comments", "--armor", "--digest-algo", "SHA512", "--local-user",
                    signingFingerprint + "!", "--output", temporary.string, "--detach-sign", "--", path.string,
                ]
            ).run(.sign)
            guard outcome.succeeded else {
                throw ReleaseError(
                    .sign, "gpg did not sign \(path):\n    \(lastLines(outcome.errorText))",
                    hint: "try the key by hand: gpg --local-user \(signingFingerprint) --clear-sign")
            }
            let publicKey = try await PublicKey(exportPublicKey(), name: fingerprint)
            let good = try await publicKey.verifyDetached(signature: temporary, of: path)
            guard good.signer == signingFingerprint, good.created == signatureTime(epoch: epoch), good.digest == 10
            else {
                throw ReleaseError(.sign, "\(path): gpg signed with another key, time or digest than it was told")
            }
            guard chmod(temporary.string, 0o644) == 0 else { throw Errno(rawValue: errno) }
            try Files.commit(temporary, to: signature)
            return signature
        } catch {
            try? Files.remove(temporary)
            throw error
        }
    }

    /// The macros with which librpm signs packages with this key. The process that signs needs `home.environment` too.
    ///
    /// Source: rpm 4.18, macros.in, `__gpg_sign_cmd`; rpm 6 names the key by `_openpgp_sign_id`.
    public func rpmMacros(epoch: Int) async throws -> [(name: String, value: String)] {
        let gpg = try await Command("/bin/sh", ["-c", "command -v gpg"]).output(.sign)
            .trimmingCharacters(in: .newlines)
        let options = try await ["--no-options", "--batch", "--no-tty"] + signingOptions(epoch: epoch)
        return [
            ("__gpg", gpg), ("_gpg_path", escapeMacro(home.path.string)), ("_gpg_name", signingFingerprint + "!"),
            ("_openpgp_sign", "gpg"), ("_openpgp_sign_id", signingFingerprint + "!"),
            ("_gpg_digest_algo", "sha512"), ("_gpg_sign_cmd_extra_args", options.joined(separator: " ")),
        ]
    }

    /// When a signature made for `epoch` says it was made. An older one than its key would not count.
    public func signatureTime(epoch: Int) -> Int { max(epoch, created) }

    /// Waits until the clock is past the time that the signature shall bear, where it has just come to it.
    ///
    /// Told to stop its clock at the very second that it is, gpg takes that for no order and lets the clock run on
    /// (GnuPG 2.4, common/gettime.c, `gnupg_set_time`); a commit of this second would bear a signature of the next.
    private func passMoment(epoch: Int) async throws {
        let wanted = Date(timeIntervalSince1970: Double(signatureTime(epoch: epoch)))
        // time(2), which gpg asks, is up to a tick of the kernel behind.
        let passed = wanted.addingTimeInterval(1.05).timeIntervalSinceNow
        // A clock that is further behind does not come to that second while gpg runs.
        guard passed > 0, passed <= 5 else { return }
        try await Task.sleep(for: .seconds(passed))
    }

    /// What makes a signature bear its time. They can be used as soon as they are there.
    private func signingOptions(epoch: Int) async throws -> [String] {
        try await passMoment(epoch: epoch)
        return ["--faked-system-time", "\(signatureTime(epoch: epoch))!"]
    }
}

extension SigningKey {
    fileprivate init(_ key: KeyListing.Key, _ part: KeyListing.Part, _ home: KeyHome) {
        fingerprint = key.primary.fingerprint
        signingFingerprint = part.fingerprint
        algorithm = (try? KeyPolicy.algorithm(part).get()) ?? ""
        created = max(part.created, key.primary.created)
        expires = [part.expires, key.primary.expires].compactMap { $0 }.min()
        userID = KeyPolicy.userID(of: key)
        self.home = home
    }
}

extension KeyHome {
    /// The key blocks with a secret half that `identifier` names, with their self-signatures.
    fileprivate func secretKeys(_ identifier: KeyIdentifier) async throws -> [KeyListing.Key] {
        let form = ["--with-colons", "--fixed-list-mode", "--with-subkey-fingerprint", "--with-secret"]
        // Status 2 means that there is no such key; what else can go wrong shows in the listing being empty.
        let secret = try await gpg(form + ["--list-secret-keys", "--", identifier.query]).run(.sign)
        let fingerprints = KeyListing(secret.text).keys.map(\.primary.fingerprint)
        guard !fingerprints.isEmpty else { return [] }
        let listing = try await gpg(form + ["--check-sigs", "--"] + fingerprints.map { "0x" + $0 }).run(.sign)
        return KeyListing(listing.text).keys
    }
}

private func lastLines(_ text: String) -> String {
    text.split(separator: "\n").suffix(5).joined(separator: "\n    ")
}

/// A percent sign starts a macro.
private func escapeMacro(_ text: String) -> String { text.replacing("%", with: "%%") }
