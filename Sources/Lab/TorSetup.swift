import ReleaseSupport
import SystemPackage

/// Debian's tor in the place of Fedora's, so that what our package lays over it applies: its unit, its user, its defaults.
///
/// It is not started by itself. No relay can be reached from a guest, so it tries for ever to reach the two of which `relays`
/// tells it, and all that it sends is known.
enum TorSetup {
    /// Where tor looks for its network: addresses of documentation, which nobody has (RFC 5737).
    static let network = "192.0.2."

    private static let relays = """
        DirAuthority lab orport=9001 v3ident=\(String(repeating: "A1", count: 20)) \(network)1:80 \
        \(String(repeating: "B2", count: 20))
        FallbackDir \(network)2:80 orport=443 id=\(String(repeating: "C3", count: 20))

        """

    /// As Fedora's has it, without what systemd takes from its walls.
    private static let unit = """
        [Unit]
        Description=Anonymizing overlay network for TCP
        After=network.target
        [Service]
        Type=simple
        ExecStart=/bin/false
        KillSignal=SIGINT
        [Install]
        WantedBy=multi-user.target

        """

    /// What needs none of our packages, but the user of the firewall's rules.
    static func prepareBare(_ root: GuestRoot) async throws {
        // Its own would be started at boot, and the firewall with it.
        try await root.output("systemctl", ["disable", "tor"])
        try await root.output("systemctl", ["mask", "tor@default"])
        try root.write(unit, to: "/etc/systemd/system/tor.service")
        try root.write("User toranon\nDataDirectory /var/lib/tor\n", to: "/usr/share/tor/defaults-torrc")
        try root.write("d /run/tor 0700 toranon toranon\n", to: "/etc/tmpfiles.d/tor.conf")
        try root.write(relays, to: "/etc/tor/untochat.d/lab.conf")
        try await root.output("chown", ["-R", "toranon:toranon", "/var/lib/tor"])
        try root.write("nameserver 10.0.2.3\n", to: "/etc/resolv.conf")
    }

    /// Called when the packages are installed.
    static func prepare(_ root: GuestRoot) async throws {
        // dnf 4 does not know the folder that dnf 5 reads.
        try await root.output("cp", ["/etc/dnf/libdnf5.conf.d/60-untochat.conf", "/etc/dnf/dnf.conf"])
    }
}
