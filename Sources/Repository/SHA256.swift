import ReleaseSupport
public import SystemPackage

/// SHA-256 digests in lower-case hexadecimal. The only place that knows who computes them.
public enum SHA256 {
    /// The digest of the file `path`.
    public static func digest(of path: FilePath) async throws -> String {
        // --zero: a name with a backslash or line feed would change the form of the line.
        try await hexadecimal(Command("sha256sum", ["--binary", "--zero", "--", path.string]))
    }

    /// The digest of `bytes`.
    public static func digest(of bytes: [UInt8]) async throws -> String {
        try await hexadecimal(Command("sha256sum", ["--binary", "--zero"]).with { $0.input = bytes })
    }

    /// Whether `text` has the form of a digest.
    static func isDigest(_ text: some StringProtocol) -> Bool {
        text.utf8.count == 64 && text.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) }
    }

    private static func hexadecimal(_ command: Command) async throws -> String {
        let digest = String(try await command.output(.verify).prefix(64))
        guard isDigest(digest) else { throw ReleaseError(.verify, "sha256sum gave no digest") }
        return digest
    }
}
