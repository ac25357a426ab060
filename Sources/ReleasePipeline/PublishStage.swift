import GnuPG
import RPMKit
import ReleaseSupport
import Repository
import SystemPackage

/// Makes a signed dnf repository of signed packages: two folders with metadata, the public key, the .repo file, and the
/// signed digests of everything.
struct PublishStage {
    let key: SigningKey
    /// The key's public half, ASCII-armored.
    let publicKey: [UInt8]
    /// `untochat.repo`, as it is packaged.
    let configuration: FilePath
    /// The revision of the metadata and the time of its signatures, in seconds since 1970.
    let epoch: Int

    /// Publishes `packages` as the folder `repository`, in one step: whoever serves it never serves half of a release.
    ///
    /// - Throws: `RPMError` for a package that the key did not sign: an unsigned one is never published.
    func publish(_ packages: [FilePath], to repository: FilePath) async throws {
        let temporary = Files.temporaryName(beside: repository)
        do {
            try Files.makeFolder(temporary)
            try Files.write(publicKey, to: temporary.appending(RepositoryLayout.keyFile))
            let keyring = try PublicKeyring(key: temporary.appending(RepositoryLayout.keyFile))
            try Files.copy(configuration, to: temporary.appending(RepositoryLayout.configurationFile))
            for (folder, _) in RepositoryLayout.architectures { try Files.makeFolder(temporary.appending(folder)) }
            for path in packages {
                let package = try keyring.verify(path).package
                let architecture = package.isSource ? "src" : package.architecture
                guard let place = RepositoryLayout.architectures.first(where: { $1.contains(architecture) })?.0 else {
                    throw ReleaseError(.publish, "\(package.identifier): no repository takes \(architecture)")
                }
                try Files.copy(path, to: temporary.appending("\(place)/\(package.fileName)"))
            }
            for (folder, _) in RepositoryLayout.architectures {
                try await RepositoryMetadata.make(folder: temporary.appending(folder), epoch: epoch, key: key)
            }
            try await Checksums.write(temporary, key: key, epoch: epoch)
            try replace(repository, by: temporary)
        } catch {
            try? Files.remove(temporary)
            throw error
        }
    }

    /// Puts the folder `new` at `path`. What was there is put back if that fails, and removed only after it worked.
    private func replace(_ path: FilePath, by new: FilePath) throws {
        guard Files.exists(path) else { return try Files.move(new, to: path) }
        let old = Files.temporaryName(beside: path)
        try Files.move(path, to: old)
        do {
            try Files.move(new, to: path)
        } catch {
            try? Files.move(old, to: path)
            throw error
        }
        try Files.remove(old)
    }
}
