public import GnuPG
import RPMKit
import ReleaseSupport
public import SystemPackage

/// `SHA256SUMS`: the digests of every file of a release, as `sha256sum -c` reads them.
public struct Checksums: Equatable, Sendable {
    /// Paths relative to the release, with their digests.
    public let digests: [String: String]

    /// Takes digests by path.
    public init(_ digests: [String: String]) { self.digests = digests }

    /// Reads the file's text, strictly: every line as `text` writes it, sorted, no path twice.
    /// - Throws: an error that names the first line that is not right.
    public init(parsing text: String) throws {
        var digests: [String: String] = [:]
        for (index, line) in text.split(separator: "\n").enumerated() {
            let digest = line.prefix(64)
            let path = String(line.dropFirst(66))
            guard SHA256.isDigest(digest), line.dropFirst(64).hasPrefix("  "), RepositoryLayout.isSafe(path),
                digests.updateValue(String(digest), forKey: path) == nil
            else {
                throw ReleaseError(.verify, "line \(index + 1) of \(RepositoryLayout.checksumsFile) is malformed")
            }
        }
        self.digests = digests
        guard self.text == text else {
            throw ReleaseError(.verify, "\(RepositoryLayout.checksumsFile) is not sorted line by line")
        }
    }

    /// The file's text: one line a path, sorted by bytes.
    public var text: String {
        digests.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            .map { "\($0.value)  \($0.key)\n" }.joined()
    }

    /// Computes the digests of every file below `folder`, except the two that this writes.
    public static func compute(_ folder: FilePath) async throws -> Checksums {
        var digests: [String: String] = [:]
        for (path, isRegular) in RepositoryLayout.entries(below: folder) where !isOwn(path) {
            guard isRegular, RepositoryLayout.isSafe(path) else {
                throw ReleaseError(
                    .publish, "\(folder): \(path) cannot be published",
                    hint: "remove it: only plain files with plain names belong in a repository")
            }
            digests[path] = try SHA256.of(file: folder.pushing(FilePath(path)))
        }
        return Checksums(digests)
    }

    /// Writes `SHA256SUMS` in `folder` and, with a key, `SHA256SUMS.asc`; without one an old signature is removed.
    @discardableResult
    public static func write(_ folder: FilePath, key: SigningKey?, epoch: Int) async throws -> Checksums {
        let checksums = try await compute(folder)
        let file = folder.appending(RepositoryLayout.checksumsFile)
        try Files.remove(folder.appending(RepositoryLayout.checksumsSignature))
        try Files.write(checksums.text, to: file)
        try Files.setTime(file, epoch)
        if let key { try Files.setTime(try await key.detachedSign(file, epoch: epoch), epoch) }
        return checksums
    }

    static func isOwn(_ path: String) -> Bool {
        path == RepositoryLayout.checksumsFile || path == RepositoryLayout.checksumsSignature
    }
}
