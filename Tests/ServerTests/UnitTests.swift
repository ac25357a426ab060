import Foundation
import ReleaseSupport
import SystemPackage
import Testing

/// Units and drop-ins, as systemd reads them.
@Suite("The server's units")
struct UnitTests {
    private static let units = "usr/lib/systemd/system"
    private static let ours = ["untochat-firewall", "untochat-sshd", "untochat-sshd-keygen"]

    /// systemd-analyze's answer about units of ours with `change` made to them. Programs that are not on this machine stand
    /// in for by one that is.
    private func analyze(
        _ arguments: [String], _ unit: String, _ change: (String) -> String = { $0 }
    ) async throws -> String {
        try await Appliance.withFolder { folder in
            for name in Self.ours + ["ngircdus"] {
                let text = try Appliance.text("\(Self.units)/\(name).service")
                let local = text.replacing("/opt/sbin/ngircdus --nodaemon", with: "/bin/true")
                    // A word of systemd 257's, which weighs as much as "yes"; the lab asks one that knows it.
                    .replacing("PrivateUsers=identity", with: "PrivateUsers=yes")
                try Files.write(name == unit ? change(local) : local, to: folder.appending("\(name).service"))
            }
            let outcome = try await Command(
                "systemd-analyze", arguments + [folder.appending("\(unit).service").string]
            ).with { $0.environment = ["SYSTEMD_UNIT_PATH": "\(folder):"] }.run(.verify)
            return outcome.text + outcome.errorText
        }
    }

    @Test("systemd has nothing to say about them", arguments: ours)
    func verify(_ unit: String) async throws {
        #expect(try await analyze(["verify", "--man=no"], unit) == "")
    }

    @Test("systemd has nothing to say about the units of the panic key, and a preset keeps it off")
    func panicKey() async throws {
        try await Appliance.withFolder { folder in
            for name in ["untochat-panic.target", "untochat-panic.service"] {
                let text = try Appliance.text("\(Self.units)/\(name)")
                #expect(text.contains("RefuseManualStart=yes"))
                let local = text.replacing("/opt/sbin/untochat-kill-system", with: "/bin/true")
                try Files.write(local, to: folder.appending(name))
            }
            let outcome = try await Command(
                "systemd-analyze", ["verify", "--man=no", folder.appending("untochat-panic.target").string]
            ).with { $0.environment = ["SYSTEMD_UNIT_PATH": "\(folder):"] }.run(.verify)
            #expect(outcome.text + outcome.errorText == "")
        }
        let preset = try Appliance.text("usr/lib/systemd/system-preset/80-untochat-panic.preset")
        #expect(preset.contains("\ndisable untochat-panic.target\n"))
    }

    @Test("a variable that systemd does not know is noticed, so the test above can fail")
    func misspelt() async throws {
        let said = try await analyze(["verify", "--man=no"], "untochat-sshd") {
            $0.replacing("ProtectProc=", with: "ProtectProcs=")
        }
        #expect(said.contains("ProtectProcs"))
    }

    /// From 0, no way to harm, to 10. docs/server.md says of each line that is left why it is.
    @Test("systemd finds them exposed no further than this", arguments: [("ngircdus", 1.0), ("untochat-sshd", 2.9)])
    func exposure(_ unit: String, _ bound: Double) async throws {
        func level(_ change: (String) -> String) async throws -> Double {
            let said = try await analyze(["security", "--offline=true", "--no-pager"], unit, change)
            let level = said.firstMatch(of: /exposure level for [a-z-]+.service: ([0-9.]+)/)?.output.1
            return try #require(level.flatMap { Double($0) }, "\(said)")
        }
        let found = try await level { $0 }
        print("exposure of \(unit): \(found)")
        #expect(found <= bound)
        let without = try await level { $0.replacing("RestrictNamespaces=yes", with: "") }
        #expect(without > bound)
    }

    @Test("what makes a network needs the firewall, and other firewalls and clocks do not start beside it")
    func dropIns() throws {
        for unit in ["NetworkManager", "systemd-networkd", "tor"] {
            let text = try Appliance.text("\(Self.units)/\(unit).service.d/untochat.conf")
            #expect(text.contains("\nRequires=untochat-firewall.service\nAfter=untochat-firewall.service\n"))
        }
        for unit in ["firewalld", "nftables", "iptables", "ip6tables", "chronyd", "systemd-timesyncd"] {
            let text = try Appliance.text("\(Self.units)/\(unit).service.d/untochat.conf")
            #expect(text.contains("\nConditionPathExists=!/etc/untochat/firewall.nft\n"))
        }
    }
}

/// Numbers and names that more than one file needs.
@Suite("What the server's files agree on")
struct AgreementTests {
    @Test("sshd, firewall and SELinux mean the same port")
    func port() throws {
        #expect(try Appliance.text("etc/ssh/untochat-sshd_config").contains("\nListenAddress 127.0.0.1:2022\n"))
        #expect(try Appliance.text("etc/untochat/firewall.nft").contains("127.0.0.1 tcp dport 2022 ct state new"))
        #expect(try Appliance.text("usr/libexec/untochat-selinux-setup").contains("\nport=2022\n"))
    }

    @Test("chat server and firewall mean the same port and group")
    func chatServer() throws {
        let rules = try Appliance.text("etc/untochat/firewall.nft")
        let server = try Appliance.text("opt/etc/ngircdus.conf")
        #expect(rules.contains(#"skgid "untochat" ip daddr 127.0.0.1 tcp dport 6667"#))
        #expect(server.contains("Ports = 6667\n") && server.contains("PermittedGroup = untochat\n"))
        #expect(try Appliance.text("usr/lib/sysusers.d/untosh.conf").contains("\ng untochat -\n"))
    }

    @Test("Tor reaches exactly the ports that the firewall lets out, and dnf goes where Tor listens")
    func tor() throws {
        let torrc = try Appliance.text("etc/tor/untochat.torrc")
        let line = try #require(torrc.firstMatch(of: /ReachableAddresses (.*)/)).output.1
        let ports = line.matches(of: /\*:([0-9]+)/).map { String($0.output.1) }
        #expect(
            try Appliance.text("etc/untochat/firewall.nft").contains(
                "\"toranon\" tcp dport { \(ports.joined(separator: ", ")) }"))
        #expect(torrc.contains("\nSocksPort 127.0.0.1:9050 "))
        for file in ["etc/dnf/libdnf5.conf.d/60-untochat.conf", "etc/dnf/repos.override.d/60-untochat.repo"] {
            #expect(try Appliance.text(file).contains("\nproxy=socks5h://127.0.0.1:9050\n"))
        }
    }
}
