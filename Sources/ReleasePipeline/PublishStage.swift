import GnuPG
import RPMKit
import ReleaseSupport
import Repository
import SystemPackage

/// Makes a signed dnf repository of signed packages: two folders with metadata, the public key, the .repo file, and the
/// signed digests of everything.
struct PublishStage {
    let target: Target
    let key: SigningKey
    /// The key's public half, ASCII-armored.
    let publicKey: [UInt8]
    /// `untochat.repo`, as it is packaged.
    let configuration: FilePath
    /// The revision of the metadata and the time of its signatures, in seconds since 1970.
    let epoch: Int

    /// Makes the repository of `packages` beside the folder `repository`, whose place it takes by `commit`: whoever serves
    /// it never serves half of a release.
    ///
    /// - Throws: `RPMError` for a package that the key did not sign: an unsigned one is never published.
    func prepare(_ packages: [FilePath], for repository: FilePath) async throws -> PreparedFolder {
        try refuseOther(repository)
        let prepared = PreparedFolder(for: repository)
        let temporary = prepared.place
        do {
            try Files.makeFolder(temporary)
            try Files.write(publicKey, to: temporary.appending(RepositoryLayout.keyFile))
            let keyring = try PublicKeyring(key: temporary.appending(RepositoryLayout.keyFile))
            try Files.copy(configuration, to: temporary.appending(RepositoryLayout.configurationFile))
            for (folder, _) in RepositoryLayout.architectures { try Files.makeFolder(temporary.appending(folder)) }
            for path in packages {
                let package = try keyring.verify(path).package
                if package.name == InstallerArchive.package, !package.isSource {
                    let folder = temporary.appending(InstallerArchive.folder)
                    try Files.makeFolder(folder)
                    try await InstallerArchive(target: target, key: key, publicKey: publicKey, epoch: epoch)
                        .make(of: path, in: folder)
                }
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
            return prepared
        } catch let error as ReleaseError {
            // Asked before what was made so far goes, and with it the reason.
            let hint = Files.fullDiskHint(temporary)
            prepared.discard()
            throw ReleaseError(error.stage, error.what, hint: hint ?? error.hint, log: error.log)
        } catch {
            prepared.discard()
            throw error
        }
    }

    /// What is replaced is removed, so it must be a repository: somebody may name a folder with all of a web site.
    private func refuseOther(_ folder: FilePath) throws {
        guard Files.exists(folder) else { return }
        let names = try Files.names(in: folder)
        guard names.isEmpty || names.contains(RepositoryLayout.checksumsFile) else {
            throw ReleaseError(
                .publish, "\(folder) holds something else than a repository, and it would be replaced",
                hint: "name a folder that does not exist yet, or one that was published before")
        }
    }
}

/// A finished folder under a temporary name beside the place it is made for.
struct PreparedFolder {
    /// Where it lies now.
    let place: FilePath
    private let final: FilePath

    /// Chooses the place; the folder is yet to be made.
    init(for final: FilePath) {
        self.final = final
        place = Files.temporaryName(beside: final)
    }

    /// Puts the folder where it belongs, in one step; what was there is removed.
    func commit() throws { try Files.replaceFolder(final, by: place) }

    /// Removes it.
    func discard() { try? Files.remove(place) }
}
