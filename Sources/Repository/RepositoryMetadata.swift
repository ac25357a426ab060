import Foundation
public import GnuPG
import ReleaseSupport
public import SystemPackage

/// The `repodata` folder that dnf reads: made by createrepo_c, the same bytes for the same packages.
public enum RepositoryMetadata {
    /// Indexes the packages in `folder`, signs the index and then puts both in place of an older `repodata`: whoever
    /// reads the folder meanwhile never sees a part of it or an index without its signature.
    ///
    /// - Parameters:
    ///   - epoch: the revision and every time in the metadata, in seconds since 1970. The packages' own modification
    ///     times are set to it, because they go into the metadata too.
    ///   - key: signs `repomd.xml`; nil leaves the index unsigned.
    public static func make(folder: FilePath, epoch: Int, key: SigningKey?) async throws {
        for name in try Files.names(in: folder) where name.hasSuffix(".rpm") {
            try Files.setTime(folder.appending(name), epoch)
        }
        let metadata = folder.appending(RepositoryLayout.metadataFolder)
        let temporary = Files.temporaryName(beside: metadata)
        try Files.makeFolder(temporary)
        defer { try? Files.remove(temporary) }
        try await Command(
            "createrepo_c",
            [
                "--quiet", "--no-database", "--skip-symlinks", "--checksum", "sha256", "--revision", "\(epoch)",
                "--set-timestamp-to-revision",
                // gzip: every dnf reads it, and its bytes do not depend on a library's version as zstd's do.
                "--general-compress-type", "gz", "--outputdir", temporary.string, folder.string,
            ]
        ).with { $0.environment = ["LC_ALL": "C.UTF-8", "TZ": "UTC"] }
            .output(.publish, hint: "`untochat doctor` says whether createrepo_c is there")
        let made = temporary.appending(RepositoryLayout.metadataFolder)
        let index = made.appending("repomd.xml")
        try Files.setTime(index, epoch)
        if let key { try Files.setTime(try await key.detachedSign(index, epoch: epoch), epoch) }
        try replace(metadata, by: made, keepingOldAt: temporary.appending("old"))
    }

    /// Two renames: for an instant there is no index, never a mixed one.
    private static func replace(_ folder: FilePath, by new: FilePath, keepingOldAt old: FilePath) throws {
        guard rename(folder.string, old.string) == 0 || errno == ENOENT else { throw Errno(rawValue: errno) }
        guard rename(new.string, folder.string) == 0 else {
            let reason = errno
            rename(old.string, folder.string)
            throw Errno(rawValue: reason)
        }
    }
}
