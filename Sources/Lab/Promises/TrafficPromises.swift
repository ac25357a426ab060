import ReleaseSupport

/// What leaves the machine by its network card, seen from outside of it: Tor's traffic and no other.
enum TrafficPromises {
    static let chapter = LabChapter(
        name: "traffic", guest: .snapshot,
        promises: [
            .guest("traffic-start", "tor starts with the server's configuration, behind the firewall", start),
            .guest(
                "traffic-tor-alone",
                "whatever a user, an administrator and an update do, Tor's traffic leaves the machine and no other"
            ) { guest, _ in try await torAlone(guest) { try await everything(guest) } },
            .guest("traffic-dns-fail", "without the firewall a chat user's question for a name is seen") { guest, _ in
                try await withoutFirewall(guest, saying: "udp 10.0.2.3:53") {
                    try await guest.root(run(as: "silver", "python3 -c '\(question)'"))
                }
            },
            .guest("traffic-curl-fail", "without the firewall root's curl is seen") { guest, _ in
                try await withoutFirewall(guest, saying: "tcp 198.51.100.7:443") {
                    try await guest.root("curl -s -m 3 https://198.51.100.7/ || true")
                }
            },
            .guest("traffic-time-fail", "without the firewall a question for the time is seen") { guest, _ in
                try await withoutFirewall(guest, saying: "udp 10.0.2.2:123") { try await guest.root(askForTime) }
            },
            .guest("traffic-dnf", "even without the firewall dnf asks Tor alone") { guest, _ in
                try await guest.root("nft flush ruleset")
                try await torAlone(guest) { try await guest.root(dnf) }
                try await guest.root("systemctl reload untochat-firewall")
            },
            .guest("traffic-dnf-fail", "without its proxy, or on a machine with a name of its own, dnf is seen") {
                guest, _ in
                try await guest.root("sed -i /^proxy=/d /etc/dnf/dnf.conf")
                try await withoutFirewall(guest, saying: "udp 10.0.2.3:53") { try await guest.root(dnf) }
                // rpm's library looks up the name of the machine that it runs on.
                try await guest.root(
                    "cp /etc/dnf/libdnf5.conf.d/60-untochat.conf /etc/dnf/dnf.conf; hostname elsewhere")
                try await withoutFirewall(guest, saying: "udp 10.0.2.3:53") { try await guest.root(dnf) }
                try await guest.root("hostname localhost")
            },
            .guest("traffic-denials", "in all that SELinux refused nothing to what is ours") { guest, _ in
                try await requireNoDenial(in: guest)
            },
        ])

    static func start(_ guest: Guest, _: Laboratory) async throws {
        try await ServerSetup.arm(guest)
        try await guest.root(
            """
            set -e
            systemd-tmpfiles --create /etc/tmpfiles.d/tor.conf
            restorecon -RF /run/tor /var/lib/tor /etc/tor
            # Since the package came nobody has rebooted.
            systemd-tmpfiles --create untochat-server.conf; hostname $(cat /etc/hostname)
            systemctl start tor
            timeout 60 sh -c 'until ss -Hltn src 127.0.0.1:9050 | grep -q .; do sleep 0.2; done' || {
                systemctl status --no-pager tor; journalctl -b --no-pager -u tor; grep AVC /var/log/audit/audit.log | grep tor
                exit 1
            } >&2
            """)
        let tor = try await guest.root("ps -o user:20=,label= -p $(systemctl show -P MainPID tor)")
        try require(tor.hasPrefix("toranon") && tor.contains(":tor_t:"), "tor runs as \(tor)")
    }

    /// Complains unless Tor's traffic was seen while `body` ran, and no other than the lab's own.
    private static func torAlone(_ guest: Guest, _ body: () async throws -> Void) async throws {
        try isTorAlone(
            try await guest.sent {
                // Whoever sees nothing at all would be content otherwise.
                try await guest.root("systemctl restart tor")
                try await body()
            })
    }

    /// Complains unless Tor's traffic is among `sent`, and no other than the lab's own.
    static func isTorAlone(_ sent: Set<SentFrame>) throws {
        let others = sent.filter { !isTor($0) && !isLab($0) }.map(\.destination)
        try require(others.isEmpty, "left the machine: \(Set(others).sorted().joined(separator: ", "))")
        try require(sent.contains(where: isTor), "of Tor nothing is seen")
    }

    static func isTor(_ frame: SentFrame) -> Bool {
        ["80", "443", "9001", "9030"].contains { port in
            frame.destination.hasPrefix("tcp \(TorSetup.network)") && frame.destination.hasSuffix(":\(port)")
        }
    }

    /// Answers of the administrator's sshd, and the search for the gateway's card.
    static func isLab(_ frame: SentFrame) -> Bool {
        frame.destination == "arp 10.0.2.2"
            || frame.destination.hasPrefix("tcp 10.0.2.2:") && frame.sourcePort == 22
    }

    private static func withoutFirewall(
        _ guest: Guest, saying words: String, _ body: () async throws -> Void
    ) async throws {
        try await guest.root("nft flush ruleset")
        try await requireFailure(of: "the watch over the network card", saying: words) {
            try await torAlone(guest, body)
        }
        try await guest.root("systemctl reload untochat-firewall")
        try await FirewallPromises.rulesInForce(guest)
    }

    // MARK: - What they do

    private static func everything(_ guest: Guest) async throws {
        let door = try await OnionDoor(to: guest)
        let silver = try await door.login("silver")
        try await silver.command("help")
        try await silver.startChat()
        try await silver.join("#lab")
        try silver.session.send("see https://198.51.100.7/ and mirror.example\r")
        try await silver.session.expect(.screen("198.51.100.7"), within: .seconds(60))
        try await silver.stopChat()
        try await silver.changePassword(from: ReleaseImage.password, to: "another-Different.one-9")
        _ = try await door.ssh("silver", ["-L", "7777:198.51.100.7:443"], command: ["id"])
        try await guest.root(run(as: "silver", "python3 -c '\(question)'"))
        try await guest.root(administration)
        try await silver.leave()
    }

    /// What an administrator asks and tries, whatever comes of it.
    private static let administration = """
        PATH=$PATH:/opt/sbin
        exec 2>&1
        untochat-onion status
        untochat-update --check; untochat-update
        \(dnf)
        no_proxy='*' http_proxy=socks5://198.51.100.7:80 timeout 30 dnf -q --refresh makecache
        rpm -V untochat-server untosh irssius ngircdus
        timeout 20 getent hosts mirror.example; timeout 20 getent ahosts localhost
        for address in https://198.51.100.7/ http://mirror.example/ 'http://[2001:db8::1]/'; do curl -s -m 4 $address; done
        curl -s -m 4 --socks5-hostname 127.0.0.1:9050 http://mirror.example/
        \(askForTime)
        timeout 5 ping -c 1 198.51.100.7
        timedatectl; hostnamectl; sudo -u boss curl -s -m 3 http://198.51.100.7/
        systemctl restart systemd-networkd ngircdus untochat-sshd
        true
        """

    /// dnf with a repository that only Tor could find, given up early.
    private static let dnf = """
        timeout 40 dnf -q --disablerepo='*' --repofrompath=far,http://mirror.example/ --setopt=timeout=5 \
            --setopt=retries=1 --setopt=minrate=1 --refresh makecache 2>&1 || true

        """

    /// A question for the address of mirror.example, RFC 1035 4.1.
    private static let question = """
        import socket
        name = b"".join(bytes([len(p)]) + p for p in (b"mirror", b"example")) + bytes(1)
        data = bytes([1, 2, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]) + name + bytes([0, 1, 0, 1])
        try: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(data, ("10.0.2.3", 53))
        except PermissionError: pass
        """

    private static let askForTime = """
        python3 -c 'import socket
        try: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(bytes([35]) + bytes(47), ("10.0.2.2", 123))
        except PermissionError: pass'

        """

    private static func run(as user: String, _ command: String) -> String {
        "setpriv --reuid \(user) --regid untochat --clear-groups \(command)"
    }
}
