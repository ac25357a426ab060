/// Proves by gpg that files are those that a key's owner signed. Each proof has a key ring of its own: what the user's
/// own one trusts has no say.
struct Verification {
    /// A folder that is ours alone.
    let work: String
    /// The public keys that may have signed.
    let key: String

    /// The text that was signed in the clear-signed file `path`: nothing that stands outside of the signature.
    func clearSigned(_ path: String) throws -> String {
        let text = "\(work)/signed"
        try check(
            ["--output", text, "--decrypt", "--", path], path, "it is not signed by a key in \(key), or not intact")
        return try SecretFile.text(text)
    }

    /// Checks the detached signature `path`.asc.
    func detached(_ path: String) throws {
        try check(["--verify", "--", "\(path).asc", path], path, "\(path).asc is not its signature by a key in \(key)")
    }

    /// Proves the published release in the folder `repository` by its signed sums.
    func release(_ repository: String) throws {
        say("checking \(repository)")
        try detached("\(repository)/SHA256SUMS")
        // sha256sum has no option for the folder that names are relative to.
        let sums = Program(
            "env", ["--chdir=\(repository)", "sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"])
        _ = try sums.output(otherwise: "\(repository) is not as it was signed: see the lines above")
    }

    /// Compares the SHA-256 of the file `path` with the line for its name in Fedora's CHECKSUM file.
    func image(_ path: String, checksums: String) throws {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let listed = try Self.digest(of: name, in: clearSigned(checksums), checksums)
        let printed = try Program("sha256sum", ["--", path]).output(otherwise: "\(path) cannot be read")
        // A backslash before the digest says that the name is escaped.
        let actual = printed.drop { $0 == "\\" }.prefix { $0 != " " }
        guard actual == listed else {
            throw SystemError(
                plain: "\(path) is not what Fedora signed: its SHA-256 is \(actual), and \(checksums) says \(listed)")
        }
    }

    /// The digest in a line such as "SHA256 (Fedora-Server-dvd-x86_64-45-1.1.iso) = 0123…".
    static func digest(of name: String, in text: String, _ file: String) throws(SystemError) -> String {
        let start = "SHA256 (\(name)) = "
        let found = text.split(whereSeparator: \.isNewline).filter { $0.hasPrefix(start) }
        guard found.count == 1, let digest = found.first?.dropFirst(start.count) else {
            throw SystemError(plain: "\(file) does not list \(name) once: keep the name that Fedora gave the image")
        }
        guard digest.utf8.count == 64, digest.allSatisfy(\.isHexDigit) else {
            throw SystemError(plain: "\(file) has no SHA-256 for \(name)")
        }
        return digest.lowercased()
    }

    private func check(_ arguments: [String], _ path: String, _ otherwise: String) throws {
        let home = "\(work)/gnupg"
        let common = ["--homedir", home, "--batch", "--quiet", "--no-tty", "--no-autostart", "--status-fd", "1"]
        try TemporaryDirectory.make(home)
        defer { TemporaryDirectory.remove(home) }
        _ = try Program("gpg", common + ["--import", "--", key]).output(otherwise: "\(key) is no public key")
        let status = try Program("gpg", common + ["--trust-model", "always"] + arguments).output(
            otherwise: "\(path): \(otherwise)")
        // GOODSIG alone: an expired key or signature has another word.
        let words = status.split(separator: "\n").map { $0.split(separator: " ").dropFirst().first }
        guard words.filter({ $0 == "GOODSIG" }).count == 1, words.contains("VALIDSIG") else {
            throw SystemError(plain: "\(path): \(otherwise)")
        }
    }
}
