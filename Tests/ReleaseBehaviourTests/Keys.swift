import Foundation
import ReleaseSupport
import SystemPackage
import Testing

/// A GnuPG home of a release manager, with real keys in it.
struct Keys: Sendable {
    /// GNUPGHOME.
    let home: FilePath

    /// Makes an empty home beside the clone.
    init(for clone: Clone) throws {
        home = clone.folder.appending("keys")
        guard mkdir(home.string, 0o700) == 0 else { throw Errno(rawValue: errno) }
    }

    /// What a run needs to find the keys.
    var environment: [String: String] { ["GNUPGHOME": home.string] }

    /// Makes a key for `user` and returns its fingerprint; no agent is left over.
    func make(
        _ algorithm: String, _ user: String, expires: String = "never", passphrase: String = "", options: [String] = []
    ) async throws -> String {
        let made = try await gpg(
            options + [
                "--status-fd", "1", "--pinentry-mode", "loopback", "--passphrase-fd", "0", "--quick-generate-key", user,
                algorithm, "sign", expires,
            ], input: passphrase + "\n")
        try await endAgent()
        return String(try #require(made.split(separator: "\n").first { $0.contains("KEY_CREATED") }).suffix(40))
    }

    /// Runs gpg and returns what it says.
    @discardableResult
    func gpg(_ arguments: [String], input: String = "") async throws -> String {
        try await command("gpg", ["--batch", "--no-tty"] + arguments).with { $0.input = Array(input.utf8) }
            .output(.sign)
    }

    /// Writes the public half of `key` to a file in ASCII armor.
    func export(_ key: String, to file: FilePath) async throws {
        try await gpg(["--armor", "--output", file.string, "--export", key])
    }

    /// Ends the agent of this home.
    func endAgent() async throws {
        try await command("gpgconf", ["--kill", "gpg-agent"]).output(.sign)
        try await waitUntil("the agent to end") { !Files.exists(home.appending("S.gpg-agent")) }
    }

    func command(_ program: String, _ arguments: [String]) -> Command {
        Command(program, arguments).with { $0.environment = ["GNUPGHOME": home.string] }
    }

    /// The fingerprint of the key in a file.
    static func fingerprint(of file: FilePath) async throws -> String {
        try await fingerprint(of: Files.read(file))
    }

    /// The fingerprint of an ASCII-armored key.
    static func fingerprint(of key: [UInt8]) async throws -> String {
        try await TemporaryFolder.with { folder in
            let said = try await Command(
                "gpg", ["--homedir", folder.string, "--batch", "--with-colons", "--show-keys"]
            ).with { $0.input = key }.output(.sign)
            return said.split(separator: "\n").first { $0.hasPrefix("fpr:") }.map { $0.split(separator: ":")[1] }
                .map(String.init) ?? ""
        }
    }
}

extension Clone {
    /// The fingerprint of the key that the packaged `untochat-release` holds.
    func packagedKey(below folder: String = "RPMS") async throws -> String {
        let package = output.appending("\(folder)/noarch/untochat-release-1.0-1.fc45.noarch.rpm")
        let key = try await Command(
            "sh",
            [
                "-c", "rpm2cpio \"$1\" | cpio --quiet --to-stdout --extract '*RPM-GPG-KEY-untochat'", "sh",
                package.string,
            ]
        ).run(.verify).output
        return try await Keys.fingerprint(of: key)
    }
}
