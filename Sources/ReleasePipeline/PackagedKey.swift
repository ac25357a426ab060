import GnuPG
import RPMKit
import Repository
import SystemPackage

/// The public keys inside a package. A server trusts the key that it found in untochat-release: were that another one
/// than the key that signs, nothing could be installed any more, or the wrong one could sign.
enum PackagedKey {
    /// Every key that the package `path` puts on a server, or that a source package would.
    static func all(in path: FilePath) async throws -> [PublicKey] {
        var files: [[UInt8]] = []
        try Package.forEachFile(in: path) { file, bytes in
            if FilePath(file.path).lastComponent?.string == RepositoryLayout.keyFile { files.append(bytes) }
        }
        var keys: [PublicKey] = []
        for bytes in files {
            keys.append(try await PublicKey(bytes, name: "the key in \(path.lastComponent?.string ?? "")"))
        }
        return keys
    }
}
