import ReleaseSupport
import SystemPackage
import Testing

@testable import GnuPG

/// A real GnuPG home in a temporary folder, with what tests need to fill it.
struct Keyring {
    let folder: FilePath
    let home: KeyHome

    static func with<Value>(_ body: (Keyring) async throws -> Value) async throws -> Value {
        try await TemporaryFolder.with { folder in
            try await KeyHome.withOwn(folder.appending("home")) { try await body(Keyring(folder: folder, home: $0)) }
        }
    }

    /// Makes a key without a passphrase and returns its fingerprint.
    @discardableResult
    func make(_ algorithm: String, _ user: String, expires: String = "never", options: [String] = []) async throws
        -> String
    {
        let made = try await gpg(
            ["--status-fd", "1", "--pinentry-mode", "loopback", "--passphrase", ""] + options
                + ["--quick-generate-key", user, algorithm, "sign", expires])
        return String(try #require(made.split(separator: "\n").first { $0.contains("KEY_CREATED") }).suffix(40))
    }

    /// Revokes the key, as its owner would.
    func revoke(_ fingerprint: String) async throws {
        let certificate = try Files.text(home.folder.appending("openpgp-revocs.d/\(fingerprint).rev"))
        // A colon before the armor keeps a certificate from being imported by accident.
        try await gpg(["--import"], input: certificate.replacing("\n:-----", with: "\n-----"))
    }

    /// Runs gpg in this home and returns its standard output.
    @discardableResult
    func gpg(_ arguments: [String], input: String = "") async throws -> String {
        try await home.gpg(arguments).with { $0.input = Array(input.utf8) }.output(.sign)
    }

    /// Writes a file to sign.
    func file(_ name: String, _ text: String) throws -> FilePath {
        let path = folder.appending(name)
        try Files.write(text, to: path)
        return path
    }
}

extension Files {
    /// Flips one bit of the byte at `offset`.
    static func flip(_ path: FilePath, at offset: Int) throws {
        var bytes = try read(path)
        bytes[offset] ^= 1
        try write(bytes, to: path)
    }
}

/// The error that `body` throws, as the user reads it.
func refusal(_ body: () async throws -> some Any) async -> String {
    do {
        _ = try await body()
        return "no error"
    } catch { return "\(error)" }
}
