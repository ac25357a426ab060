import Foundation
import SystemPackage

/// The names in a published repository: `rpmbuild/repo/<target>/` on the release machine, the web root on the onion.
public enum RepositoryLayout {
    /// The public key, beside the folders.
    public static let keyFile = "RPM-GPG-KEY-untochat"
    /// What goes to /etc/yum.repos.d on a server.
    public static let configurationFile = "untochat.repo"
    /// The digests of every other file.
    public static let checksumsFile = "SHA256SUMS"
    /// The signature over `checksumsFile`.
    public static let checksumsSignature = "SHA256SUMS.asc"
    /// The folders with packages, and the architectures that a package in each may have.
    public static let architectures = [("x86_64", ["x86_64", "noarch"]), ("source", ["src"])]
    /// Where the metadata lies in each of them.
    public static let metadataFolder = "repodata"

    /// Whether `path`, read from a file that anyone may have written, names something below the folder it is about.
    ///
    /// The characters are those of package file names. A percent sign, colon or question mark would mean something
    /// to whoever reads the path as a URL.
    static func isSafe(_ path: String) -> Bool {
        let allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+~^-/"
        guard !path.isEmpty, path.utf8.count <= 512, path.allSatisfy(allowed.contains) else { return false }
        return path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy {
            !$0.isEmpty && $0 != "." && $0 != ".."
        }
    }

    /// Every entry below `folder` that is not a folder, relative to it and sorted by bytes, hidden ones included, and
    /// whether it is a regular file. Symbolic links are not followed.
    static func entries(below folder: FilePath) -> [(path: String, isRegular: Bool)] {
        guard let walker = FileManager.default.enumerator(atPath: folder.string) else { return [] }
        var found: [(path: String, isRegular: Bool)] = []
        while let name = walker.nextObject() as? String {
            let type = walker.fileAttributes?[.type] as? FileAttributeType
            if type != .typeDirectory { found.append((name, type == .typeRegular)) }
        }
        return found.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }
}

/// The size of the regular file `path` in bytes, or nil where there is none. A symbolic link is none.
func regularFileSize(_ path: FilePath) -> Int? {
    var status = stat()
    guard lstat(path.string, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int(status.st_size)
}
