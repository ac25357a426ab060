public import GnuPG
import RPMKit
import ReleaseSupport
public import SystemPackage

/// Signs packages and takes nothing on trust: what comes out was verified with the public key alone.
public struct SignStage: Sendable {
    private let key: SigningKey
    private let epoch: Int

    /// Signs with `key`; signatures bear the time `epoch`, in seconds since 1970, so that they do not tell when the
    /// release was made.
    public init(key: SigningKey, epoch: Int) {
        self.key = key
        self.epoch = epoch
    }

    /// Signs copies of `packages`: each lands under the path that `destination` names, complete, signed and verified, or
    /// not at all. One that is there already, with the same content and a good signature, is left alone.
    ///
    /// - Returns: the verified packages in the order given, and how many had to be signed.
    public func sign(
        _ packages: [FilePath], to destination: (FilePath) -> FilePath
    ) async throws -> (packages: [VerifiedPackage], signed: Int) {
        try await withKeyring { keyring in
            var results: [VerifiedPackage?] = []
            var pending: [(index: Int, temporary: FilePath, final: FilePath)] = []
            do {
                for (index, package) in packages.enumerated() {
                    let final = destination(package)
                    let present = try? keyring.verify(final)
                    let content = try Package(reading: package).contentDigests()
                    results.append(try present?.package.contentDigests() == content ? present : nil)
                    guard results[index] == nil else { continue }
                    let temporary = Files.temporaryName(beside: final)
                    try Files.makeFolder(final.removingLastComponent())
                    try Files.copy(package, to: temporary)
                    pending.append((index, temporary, final))
                }
                if !pending.isEmpty { try await signInPlace(pending.map(\.temporary)) }
                for (index, temporary, final) in pending {
                    let verified = try keyring.verify(temporary)
                    guard try verified.package.contentDigests() == Package(reading: packages[index]).contentDigests()
                    else {
                        throw ReleaseError(.sign, "\(final.lastComponent?.string ?? ""): signing changed the package")
                    }
                    try Files.setTime(temporary, epoch)
                    try Files.commit(temporary, to: final)
                    results[index] = try keyring.verify(final)
                }
            } catch {
                for (_, temporary, _) in pending { try? Files.remove(temporary) }
                throw error
            }
            return (results.compactMap(\.self), pending.count)
        }
    }

    private func signInPlace(_ packages: [FilePath]) async throws {
        let macros = try await Dictionary(uniqueKeysWithValues: key.rpmMacros(epoch: epoch).map { ($0.name, $0.value) })
        let task = RPMTask.sign(SigningRequest(packages: packages.map(\.string), macros: macros))
        try await task.command().with { $0.environment = key.home.environment }.output(
            .sign, hint: "try the key by hand: gpg --local-user \(key.signingFingerprint) --clear-sign")
    }

    private func withKeyring<Result>(_ body: (PublicKeyring) async throws -> Result) async throws -> Result {
        let armored = try await key.exportPublicKey()
        return try await TemporaryFolder.with { folder in
            let file = folder.appending(publicKeyName)
            try Files.write(armored, to: file)
            return try await body(PublicKeyring(key: file))
        }
    }
}

extension Package {
    /// The digests of header and payload: the same for a package before and after it is signed.
    func contentDigests() throws -> [String] {
        try ["sha256header", "payloaddigest"].map { name in
            guard let digest = tag(name), digest.count == 64 else {
                throw ReleaseError(.sign, "\(identifier): no SHA-256 \(name)", hint: "build it with rpm 4.14 or newer")
            }
            return digest
        }
    }
}
