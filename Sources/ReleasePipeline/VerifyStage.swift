import GnuPG
import PackageAudit
import RPMKit
import ReleaseSupport
public import Repository
public import SystemPackage

/// A stranger's check of a whole release from cold: what a repository folder and a public key prove by themselves.
/// Nothing that this checkout or this machine knows has a part in it.
public struct VerifyStage: Sendable {
    private let keyFile: FilePath?

    /// Checks against the key in the file `key`. Without one the release's own key is taken: that proves the release
    /// whole, not who made it.
    public init(key: FilePath?) { keyFile = key }

    /// Checks everything in `folder`; one outcome a check and file.
    ///
    /// - Throws: `ReleaseError` where `folder` is no repository or the key cannot be read: no check was made.
    public func verify(_ folder: FilePath) async throws -> [Outcome] {
        guard Files.exists(folder.appending(RepositoryLayout.checksumsFile)) else {
            throw ReleaseError(
                .verify, "\(folder) is not a published release: it has no \(RepositoryLayout.checksumsFile)",
                hint: "name the folder that holds x86_64/ and source/, such as rpmbuild/repo/fedora-45")
        }
        let key: PublicKey?
        if let keyFile { key = try await PublicKey(file: keyFile) } else { key = nil }
        var outcomes = try await RepositoryCheck.verify(folder: folder, key: key)
        // An interrupted check ends as a failed one, and that would be said of a sound release.
        try Task.checkCancellation()
        let keyring: PublicKeyring
        do {
            keyring = try PublicKeyring(key: keyFile ?? folder.appending(RepositoryLayout.keyFile))
        } catch {
            return outcomes + [
                Outcome(name: "key", subject: RepositoryLayout.keyFile, passed: false, reason: "\(error)")
            ]
        }
        let audit = try AuditStage(tree: nil, target: nil)
        // Where the key cannot be read the check of the repository has said so.
        let signer = try? await self.signer(of: folder)
        if let signer { outcomes += try await InstallerArchive.verify(folder, key: signer) }
        for path in try Files.files(below: folder) where path.hasSuffix(".rpm") {
            outcomes += await check(path, in: folder, keyring, audit)
            if let signer { outcomes += await checkPackagedKeys(path, in: folder, signer: signer.fingerprint) }
            try Task.checkCancellation()
        }
        return outcomes
    }

    /// Whether the release in `folder` is signed by a throwaway key, which says nothing of who made it.
    public func isDevelopmentSigned(_ folder: FilePath) async -> Bool {
        (try? await signer(of: folder).isDevelopment) ?? false
    }

    private func signer(of folder: FilePath) async throws -> PublicKey {
        try await PublicKey(file: keyFile ?? folder.appending(RepositoryLayout.keyFile))
    }

    /// A package that brings servers another key than the one that signed the release.
    private func checkPackagedKeys(_ path: String, in folder: FilePath, signer: String) async -> [Outcome] {
        // A package that cannot be read has failed already.
        guard let keys = try? await PackagedKey.all(in: folder.appending(path)) else { return [] }
        return keys.map { key in
            let same = key.fingerprint == signer
            return Outcome(
                name: "packaged key", subject: path, passed: same,
                reason: same ? "is the one that signed" : "is \(key.fingerprint), and \(signer) signed the release")
        }
    }

    private func check(
        _ path: String, in folder: FilePath, _ keyring: PublicKeyring, _ audit: AuditStage
    ) async -> [Outcome] {
        do {
            _ = try keyring.verify(folder.appending(path))
        } catch {
            // What nobody vouches for is not looked into.
            return [Outcome(name: "package signature", subject: path, passed: false, reason: "\(error)")]
        }
        let signed = Outcome(name: "package signature", subject: path, passed: true, reason: "good")
        do {
            let report = try await audit.audit(package: folder.appending(path))
            let findings = report.findings.map {
                Outcome(
                    name: $0.check.rawValue, subject: [path, $0.path].compactMap(\.self).joined(separator: " "),
                    passed: false, reason: $0.reason)
            }
            let clean = Outcome(name: "audit", subject: path, passed: true, reason: "no finding")
            return [signed] + (findings.isEmpty ? [clean] : findings)
        } catch {
            return [signed, Outcome(name: "audit", subject: path, passed: false, reason: "\(error)")]
        }
    }
}
