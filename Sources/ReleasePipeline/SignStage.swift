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

    /// Signs and verifies copies of `packages`, each beside the path that `destination` names, where it goes by `commit`.
    /// One that is there already, with the same content and a good signature, is taken as it is.
    public func sign(
        _ packages: [FilePath], to destination: (FilePath) -> FilePath
    ) async throws -> SignedPackages {
        try await withKeyring { keyring in
            var entries: [SignedPackages.Entry] = []
            var copies: [FilePath] = []
            do {
                for package in packages {
                    let final = destination(package)
                    if let present = try? keyring.verify(final),
                        try present.package.contentDigests() == Package(reading: package).contentDigests()
                    {
                        entries.append(.init(place: final, final: final, package: present.package))
                        continue
                    }
                    let temporary = Files.temporaryName(beside: final)
                    try Files.makeFolder(final.removingLastComponent())
                    copies.append(temporary)
                    try Files.copy(package, to: temporary)
                    entries.append(.init(place: temporary, final: final, package: try Package(reading: package)))
                }
                if !copies.isEmpty { try await signInPlace(copies) }
                for entry in entries where !entry.isInPlace {
                    let signed = try keyring.verify(entry.place).package
                    guard try signed.contentDigests() == entry.package.contentDigests() else {
                        throw ReleaseError(.sign, "\(signed.identifier): signing changed the package")
                    }
                    try Files.setTime(entry.place, epoch)
                }
            } catch {
                for copy in copies { try? Files.remove(copy) }
                throw error
            }
            return SignedPackages(entries: entries)
        }
    }

    private func signInPlace(_ packages: [FilePath]) async throws {
        let macros = try await Dictionary(uniqueKeysWithValues: key.rpmMacros(epoch: epoch).map { ($0.name, $0.value) })
        let task = RPMTask.sign(SigningRequest(packages: packages.map(\.string), macros: macros))
        _ = try await TemporaryFolder.with { home in
            try await task.command().with {
                // A HOME with no .rpmmacros in it: they could replace the command that signs.
                $0.environment = key.home.environment.merging(["HOME": home.string], uniquingKeysWith: { $1 })
            }.output(.sign, hint: "try the key by hand: gpg --local-user \(key.signingFingerprint) --clear-sign")
        }
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

/// Packages that are signed and verified; new ones still bear temporary names beside their final ones.
public struct SignedPackages: Sendable {
    struct Entry: Sendable {
        /// Where the package lies now.
        let place: FilePath
        /// Where it belongs.
        let final: FilePath
        let package: Package
        var isInPlace: Bool { place == final }
    }

    let entries: [Entry]

    /// Where the packages lie before `commit`, in the order in which they were handed in.
    var places: [FilePath] { entries.map(\.place) }
    /// How many had to be signed.
    var signed: Int { entries.count { !$0.isInPlace } }

    /// Gives all of them their final names, and returns these.
    func commit() throws -> [FilePath] {
        for entry in entries where !entry.isInPlace { try Files.commit(entry.place, to: entry.final) }
        return entries.map(\.final)
    }

    /// Removes what has no final name.
    func discard() {
        for entry in entries where !entry.isInPlace { try? Files.remove(entry.place) }
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
