import Lab
import ReleaseSupport
import SystemPackage

/// The keys of the one directory authority, and how the other nodes know it by them.
struct AuthorityIdentity {
    static let name = "authority"

    /// The line by which every node trusts it, and nobody else.
    let line: String
    /// Its own configuration.
    let configuration: String

    /// Makes the keys in the folder that the authority will have below `parent`.
    static func make(in parent: FilePath) async throws -> AuthorityIdentity {
        let folder = parent.appending(name)
        let keys = folder.appending("keys")
        for path in [folder, keys] { try Files.makePrivateFolder(path) }
        let (port, directoryPort) = (try Loopback.freePort(), try Loopback.freePort())
        let certificate = keys.appending("authority_certificate")
        try await Command(
            "tor-gencert",
            [
                "--create-identity-key", "--passphrase-fd", "0", "-m", "12", "-a", "127.0.0.1:\(directoryPort)",
                "-i", keys.appending("authority_identity_key").string,
                "-s", keys.appending("authority_signing_key").string, "-c", certificate.string,
            ]
        ).with { $0.input = Array("private network\n".utf8) }.output(.setup)
        let identity = try Files.text(certificate).firstMatch(of: #/(?m)^fingerprint ([0-9A-F]+)$/#)
        // tor tells its fingerprint only as a relay of some network.
        let said = try await Command(
            "tor",
            [
                "--ignore-missing-torrc", "-f", "/nonexistent", "--defaults-torrc", "/nonexistent", "--quiet",
                "--DataDirectory", folder.string,
                "--ORPort", "127.0.0.1:1", "--list-fingerprint", "--DirAuthority",
                "x 127.0.0.1:1 " + String(repeating: "f", count: 40),
            ]
        ).output(.setup)
        let groups = said.split(separator: "\n").last?.split(separator: " ").dropFirst() ?? []
        guard let identity, groups.count == 10 else { throw ReleaseError(.setup, "tor made no identity: \(said)") }
        return AuthorityIdentity(
            line: "DirAuthority \(name) orport=\(port) no-v2 v3ident=\(identity.1) 127.0.0.1:\(directoryPort) "
                + groups.joined(),
            configuration: TorNetwork.relay(name, port: port, isExit: false) + settings(directoryPort))
    }

    /// A vote every few seconds, in which every relay is everything at once.
    private static func settings(_ port: Int) -> String {
        """
        AuthoritativeDirectory 1
        V3AuthoritativeDirectory 1
        ContactInfo nobody@example.test
        DirPort 127.0.0.1:\(port) IPv4Only
        TestingV3AuthInitialVotingInterval 5
        TestingV3AuthInitialVoteDelay 2
        TestingV3AuthInitialDistDelay 2
        V3AuthVotingInterval 10
        V3AuthVoteDelay 2
        V3AuthDistDelay 2
        V3AuthNIntervalsValid 3
        TestingDirAuthVoteExit *
        TestingDirAuthVoteGuard *
        TestingDirAuthVoteHSDir *
        TestingMinExitFlagThreshold 0

        """
    }
}
