import ReleaseSupport
public import SystemPackage

/// A server's configuration for the sshd of this machine, which may be older than a server's: what it does not know yet is
/// taken out.
public struct OlderSshd: Sendable {
    /// What is left of the configuration.
    public let text: String
    /// What `sshd -T` says of it.
    public let understood: String
    /// Ways of exchanging keys that this sshd does not know.
    public let unknownExchanges: Set<String>

    /// Keywords since OpenSSH 9.3 to 10.0; a server has them.
    public static let recent = [
        "channeltimeout", "pamservicename", "persourcepenalties", "persourcepenaltyexemptlist", "refuseconnection",
    ]

    /// Takes out of `configuration` what this machine's sshd is too old for. The key of the host that it names must be there.
    ///
    /// - Parameter folder: for a file.
    /// - Throws: where sshd complains of anything else.
    public init(_ configuration: String, in folder: FilePath) async throws {
        let known = Set(
            try await Command("ssh", ["-Q", "kex"]).output(.verify).split(separator: "\n").map(String.init))
        var text = configuration
        var unknown: Set<String> = []
        for match in configuration.matches(of: /(?m)^KexAlgorithms (.*)$/) {
            unknown = Set(match.output.1.split(separator: ",").map(String.init)).subtracting(known)
            for name in unknown { text = text.replacing(name + ",", with: "") }
        }
        unknownExchanges = unknown
        let file = folder.appending("sshd_config")
        try Files.makeFolder("/run/sshd")
        for _ in 0...Self.recent.count {
            try Files.write(text, to: file)
            let outcome = try await Command("/usr/sbin/sshd", ["-T", "-f", file.string]).run(.verify)
            if outcome.succeeded {
                self.text = text
                understood = outcome.text
                return
            }
            guard let option = outcome.errorText.firstMatch(of: /Bad configuration option: (\w+)/)?.output.1,
                Self.recent.contains(option.lowercased())
            else { break }
            text = text.split(separator: "\n").filter { !$0.hasPrefix(option) }.joined(separator: "\n") + "\n"
        }
        throw ReleaseError(.verify, "sshd does not take the configuration")
    }
}
