import CRPM
import ReleaseSupport
public import SystemPackage

/// The public keys that packages are judged by: those handed in and no others; the machine's rpm database is not asked.
public final class PublicKeyring {
    // Handed to librpm, which is entered through `Library.use` alone.
    private let keyring: rpmKeyring

    /// A keyring of the ASCII-armored public key in `file`, subkeys included.
    ///
    /// - Throws: `RPMError` when the file holds no key that librpm understands.
    public init(key file: FilePath) throws {
        keyring = try Library.use {
            guard let key = rpmPubkeyRead(file.string) else {
                throw RPMError("\(file): no public key that rpm can use")
            }
            defer { rpmPubkeyFree(key) }
            guard let keyring = rpmKeyringNew() else { throw RPMError("\(file): librpm makes no keyring") }
            rpmKeyringAddKey(keyring, key)
            var count: Int32 = 0
            if let subkeys = rpmGetSubkeys(key, &count) {
                for index in 0..<Int(count) {
                    rpmKeyringAddKey(keyring, subkeys[index])
                    rpmPubkeyFree(subkeys[index])
                }
                free(subkeys)
            }
            return keyring
        }
    }

    deinit { rpmKeyringFree(keyring) }

    /// Verifies the package file `path` as rpm does with `%_pkgverify_level all`: every digest right and a valid
    /// signature by a key of this keyring.
    ///
    /// - Returns: the verified package: the only way to make one.
    /// - Throws: `RPMError` with rpm's reason.
    public func verify(_ path: FilePath) throws -> VerifiedPackage {
        try Library.use {
            let transaction = rpmtsCreate()
            defer { rpmtsFree(transaction) }
            rpmtsSetKeyring(transaction, keyring)
            rpmtsSetVfyLevel(transaction, Int32(RPMSIG_DIGEST_TYPE | RPMSIG_SIGNATURE_TYPE))
            rpmtsSetVfyFlags(transaction, rpmVSFlags(RPMVSF_DEFAULT.rawValue))
            // At any lower level rpm says no more than "DIGESTS SIGNATURES NOT OK", whatever is wrong.
            let mask = rpmlogSetMask((1 << (RPMLOG_INFO.rawValue + 1)) - 1)
            defer { rpmlogSetMask(mask) }
            let (failed, messages) = Library.collectingMessages {
                path.withPlatformString { name in
                    let arguments: [UnsafeMutablePointer<CChar>?] = [UnsafeMutablePointer(mutating: name), nil]
                    return arguments.withUnsafeBufferPointer {
                        rpmcliVerifySignatures(transaction, UnsafeMutablePointer(mutating: $0.baseAddress))
                    }
                }
            }
            guard failed == 0 else { throw RPMError(reason(from: messages, path)) }
            return try withHeader(path) { header, _ in
                let package = Package(header)
                // rpm's own answer first; this only makes sure that it judged a signature, whatever its configuration says.
                guard ["rsaheader", "dsaheader", "openpgp"].contains(where: { package.tags[$0] != nil }) else {
                    throw RPMError("\(path): no signature")
                }
                return VerifiedPackage(package: package, path: path)
            }
        }
    }

    /// What rpm found wrong, without its list of what was right.
    private func reason(from messages: String, _ path: FilePath) -> String {
        let lines = messages.split(separator: "\n").map { String($0).trimmed }
        let wrong = lines.filter { line in ["BAD", "NOKEY", "error:"].contains { line.contains($0) } }
        // rpm looks for a signature of every kind; one is enough, so a missing one is news only where all are.
        if wrong.isEmpty, lines.contains(where: { $0.hasSuffix("NOTFOUND") }) { return "\(path): no signature" }
        return "\(path): " + (wrong.isEmpty ? lines : wrong).joined(separator: "; ")
    }
}

/// A package whose digests and signature were found right.
public struct VerifiedPackage: Sendable {
    /// What its header says.
    public let package: Package
    /// Where it lies.
    public let path: FilePath

    fileprivate init(package: Package, path: FilePath) {
        self.package = package
        self.path = path
    }
}
