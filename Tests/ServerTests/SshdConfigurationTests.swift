import Foundation
import Lab
import ReleaseSupport
import SystemPackage
import Testing

/// The configuration as a real sshd understands it. This machine's may be older than a server's; what it does not know yet
/// is taken out first, and then it is missing in its answer, by name.
@Suite("The sshd of chat users")
struct SshdConfigurationTests {
    /// Without a meaning where nothing is forwarded and nobody comes by Kerberos, or different from one build of sshd to
    /// another: places of its programs, Debian's banner.
    private static let ignored = [
        "port", "debianbanner", "sshdsessionpath", "sshdauthpath", "hostbasedacceptedalgorithms", "modulifile",
        "xauthlocation", "ipqos", "streamlocalbindmask", "streamlocalbindunlink", "kerberosorlocalpasswd",
        "kerberosticketcleanup", "gssapicleanupcredentials", "gssapikeyexchange", "gssapistrictacceptorcheck",
        "gssapistorecredentialsonrekey", "gssapikexalgorithms", "gssapienablek5users", "persourcenetblocksize",
        "x11displayoffset", "x11uselocalhost", "x11maxdisplays", "hostbasedusesnamefrompacketonly", "rekeylimit",
        "ignoreuserknownhosts",
    ]
    /// What `sshd -T` says of `configuration`, and which algorithms for exchanging keys this sshd does not know.
    private func understood(_ configuration: String) async throws -> (lines: Set<String>, unknown: Set<String>) {
        try await Appliance.withFolder { folder in
            let key = folder.appending("key")
            let place = "/etc/ssh/ssh_host_untochat_ed25519_key"
            try await Command("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key.string]).output(.verify)
            let sshd = try await OlderSshd(
                configuration.replacing(place, with: key.string)
                    .replacing("/etc/ssh/", with: Appliance.folder.string + "/etc/ssh/"), in: folder)
            let said = sshd.understood.replacing(key.string, with: place)
            return (Set(said.split(separator: "\n").map(String.init)), sshd.unknownExchanges)
        }
    }

    private func difference(_ configuration: String) async throws -> [String] {
        var (found, unknown) = try await understood(configuration)
        found = found.filter { line in !Self.ignored.contains(String(line.prefix { $0 != " " })) }
        let keywords = Set(found.map { $0.prefix { $0 != " " } })
        let wanted = try Files.text(Appliance.tests.appending("sshd.txt")).split(separator: "\n")
            .filter { !$0.hasPrefix("#") }
            .filter { line in
                let keyword = line.prefix { $0 != " " }
                return keywords.contains(keyword) || !OlderSshd.recent.contains(String(keyword))
            }
            .map { line in unknown.reduce(String(line)) { $0.replacing($1 + ",", with: "") } }
        return found.symmetricDifference(wanted).sorted()
    }

    private static let file = "etc/ssh/untochat-sshd_config"

    @Test("sshd understands the configuration as the reviewed list says")
    func asExpected() async throws {
        #expect(try await difference(Appliance.text(Self.file)) == [])
    }

    @Test("every line that is taken out of the configuration is missed, or stands for sshd's own default")
    func everyLineCounts() async throws {
        let text = try Appliance.text(Self.file)
        // Defaults of sshd's that are stated all the same: another version may have others.
        let defaults = [
            "PermitEmptyPasswords", "StrictModes", "HostbasedAuthentication", "GSSAPIAuthentication",
            "KerberosAuthentication", "IgnoreRhosts", "AuthorizedKeysCommand", "AuthorizedPrincipalsFile",
            "TrustedUserCAKeys", "PermitTTY", "X11Forwarding", "PermitTunnel", "GatewayPorts", "PermitOpen",
            "PermitListen", "PermitUserEnvironment", "AcceptEnv", "Banner", "VersionAddendum", "UseDNS",
            "ExposeAuthInfo", "LogLevel", "PerSourceMaxStartups", "PAMServiceName", "PerSourcePenalties",
        ]
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(lines.count > 50)
        for line in lines where !defaults.contains(String(line.prefix { $0 != " " })) && !line.hasPrefix("Include") {
            let without = text.split(separator: "\n").filter { $0 != line }.joined(separator: "\n")
            // Without its key this sshd would show those of this machine.
            if line.hasPrefix("HostKey ") { continue }
            #expect(try await difference(without) != [], "\(line)")
        }
    }

    @Test("what the administrator adds cannot take back what is stated")
    func firstValueCounts() async throws {
        let text = try Appliance.text(Self.file) + "\nPermitRootLogin yes\nAllowTcpForwarding yes\nMaxSessions 9\n"
        #expect(try await difference(text) == [])
    }

    @Test("what is stated before our lines would be noticed")
    func laterValueDoesNot() async throws {
        let text = "PermitRootLogin yes\n" + (try Appliance.text(Self.file))
        #expect(try await difference(text).contains("permitrootlogin yes"))
    }
}
