import ReleaseSupport

/// How a server comes up after its power was cut, as its network card and its units tell, and whether it is as shipped then.
enum PowerPromises {
    static let chapter = LabChapter(
        name: "power", guest: .snapshot, restarts: true,
        promises: [
            .guest(
                "power-closed-first",
                "after a power cut the firewall stands before there is a network, then come Tor and the onion's sshd; "
                    + "from the first moment nothing but Tor's traffic leaves the machine, whoever tries"
            ) { guest, laboratory in
                try await TrafficPromises.start(guest, laboratory)
                try await prepare(guest)
                let sent = try await restart(guest)
                try await orderHolds(guest)
                try TrafficPromises.isTorAlone(sent)
                try await talkerWasRefused(guest)
                try await FirewallPromises.rulesInForce(guest)
                try await onionIsBack(guest)
            },
            .guest("power-as-shipped", "after all that rpm finds every package of ours as it was shipped") { guest, _ in
                try await isAsShipped(guest)
            },
            .guest("power-as-shipped-fail", "one byte changed, one mode, or one file missing is found by rpm") {
                guest, _ in try await isAsShippedFails(guest)
            },
            .guest(
                "power-closed-first-fail",
                "with a firewall that waits for the network both checks notice: the order, and what leaves the machine"
            ) { guest, _ in
                try await guest.root(lateFirewall)
                let sent = try await restart(guest)
                try await requireFailure(of: "the check of the order", saying: "stood before the firewall") {
                    try await orderHolds(guest)
                }
                try await requireFailure(of: "the watch over the network card", saying: "udp 10.0.2.3:53") {
                    try TrafficPromises.isTorAlone(sent)
                }
            },
        ])

    // MARK: - A boot

    /// Somebody who asks for a name over and over from the first moment of a boot, as root, before there are rules. It writes
    /// down how often which answer came.
    private static let talker = """
        cat >/root/talker.py <<'TEXT'
        import collections, errno, os, socket, time
        name = b"".join(bytes([len(p)]) + p for p in (b"mirror", b"example")) + bytes(1)
        data = bytes([1, 2, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]) + name + bytes([0, 1, 0, 1])
        seen = collections.Counter()
        end = time.monotonic() + 300
        while time.monotonic() < end:
            cards = [n for n in os.listdir("/sys/class/net") if n != "lo"]
            for family in socket.AF_INET, socket.AF_INET6:
                try:
                    to = ("10.0.2.3", 53)
                    if family == socket.AF_INET6:
                        to = ("ff02::fb", 5353, 0, socket.if_nametoindex(cards[0] if cards else "none"))
                    with socket.socket(family, socket.SOCK_DGRAM) as s:
                        s.sendto(data, to); result = "sent"
                except OSError as e: result = errno.errorcode.get(e.errno, str(e))
                if not seen[result]:
                    print(f"{family.name} {result} {time.monotonic():.3f}", flush=True)
                seen[result] += 1
            time.sleep(0.05)
        TEXT
        cat >/etc/systemd/system/lab-talker.service <<'TEXT'
        [Unit]
        DefaultDependencies=no
        [Service]
        ExecStart=/usr/bin/python3 -u /root/talker.py
        StandardOutput=file:/run/talker.log
        StandardError=inherit
        [Install]
        WantedBy=sysinit.target
        TEXT
        """

    private static func prepare(_ guest: Guest) async throws {
        try await guest.root(
            """
            set -e
            PATH=$PATH:/opt/sbin
            \(talker)
            systemctl daemon-reload
            systemctl -q enable lab-talker tor
            untochat-onion add-client silver | cat >/dev/null
            untochat-onion enable >/root/address
            sync
            """)
    }

    /// The power goes and comes back; what left the machine from then on until its units had come up.
    private static func restart(_ guest: Guest) async throws -> Set<SentFrame> {
        await guest.powerCut()
        return try await guest.sentFromPowerOn {
            // "degraded" where a unit failed; the order is asked for afterwards.
            _ = try await guest.ssh("root", "timeout 300 systemctl is-system-running --wait")
            _ = try await guest.ssh(
                "root",
                "timeout 120 sh -c 'until ss -Htn state syn-sent dst \(TorSetup.network)0/24 | grep -q .; do sleep 0.2; done'"
            )
        }
    }

    /// Complains where something that makes a network, or uses it, was begun before the rules stood.
    private static func orderHolds(_ guest: Guest) async throws {
        let units = ["systemd-networkd", "tor", "untochat-sshd", "ssh"]
        let said = try await guest.root(
            """
            systemctl show -P ActiveEnterTimestampMonotonic untochat-firewall
            systemctl show -P InactiveExitTimestampMonotonic \(units.joined(separator: " ")) | grep .
            """)
        let times = said.split(separator: "\n").compactMap { Int($0) }
        try require(times.count == 1 + units.count && !times.contains(0), "the units were begun at \(said)")
        for (unit, time) in zip(units, times.dropFirst()) {
            try require(time > times[0], "\(unit) stood before the firewall: \(time) and \(times[0]) µs after power on")
        }
        let lockdown = try await guest.root("systemctl show -P ExecStartPre untochat-firewall")
        try require(
            lockdown.contains("/etc/untochat/lockdown.nft") && lockdown.contains("status=0"),
            "before the rules came \(lockdown)")
    }

    /// Complains where the talker had not tried before there were addresses, or was not refused when there were.
    private static func talkerWasRefused(_ guest: Guest) async throws {
        let said = try await guest.root("cat /run/talker.log")
        try require(
            said.contains("AF_INET ENETUNREACH") && said.contains("AF_INET EPERM"), "the talker says:\n\(said)")
        try require(!said.contains("AF_INET sent"), "the talker says:\n\(said)")
    }

    private static func onionIsBack(_ guest: Guest) async throws {
        let status = try await guest.ssh("root", "cat /root/address; /opt/sbin/untochat-onion status").text
        let lines = status.split(separator: "\n").map(String.init)
        try require(
            lines.count > 4 && lines[0].wholeMatch(of: /[a-z2-7]{56}\.onion/) != nil
                && lines[1] == "address:  \(lines[0])" && lines.contains("service:  enabled")
                && lines.contains { $0.hasPrefix("tor:      0.") } && lines.contains("clients:  silver"),
            "the onion service is\n\(status)")
        try await OnionDoor(to: guest).login("silver").leave()
    }

    /// The same unit without its place at the beginning, and a network that does not wait for it. The rules come when the
    /// talker has had its chance.
    private static let lateFirewall = """
        set -e
        cat >/root/wait <<'TEXT'
        until grep -q "AF_INET sent" /run/talker.log; do sleep 0.2; done
        TEXT
        sed -e '/^DefaultDependencies=/d' -e '/^Wants=/d' -e 's/^Before=.*/After=systemd-networkd.service/' \
            -e 's/sysinit.target/multi-user.target/' \
            -e '0,/^ExecStartPre=/s,^ExecStartPre=,ExecStartPre=-/usr/bin/timeout 120 sh /root/wait\\n&,' \
            /usr/lib/systemd/system/untochat-firewall.service >/etc/systemd/system/untochat-firewall.service
        ln -s /dev/null /etc/systemd/system/systemd-networkd.service.d/untochat.conf
        systemctl daemon-reload
        systemctl -q disable untochat-firewall; systemctl -q enable untochat-firewall
        sync
        """

    // MARK: - As shipped

    private static let packages =
        "untochat-server untochat-selinux untochat-tor-tools untochat-admin-tools untosh irssius ngircdus"

    private static func isAsShipped(_ guest: Guest) async throws {
        let said = try await guest.ssh("root", "rpm -V \(packages)")
        try require(said.succeeded && said.text.isEmpty, "rpm says \(said.text)\(said.errorText)")
    }

    private static func isAsShippedFails(_ guest: Guest) async throws {
        for (path, change) in [
            ("/etc/untochat/firewall.nft", "sed -i s/6667/6668/ FILE && touch -r FILE.lab FILE"),
            ("/usr/lib/systemd/system/untochat-sshd.service", "chmod 666 FILE"),
            ("/etc/pam.d/untochat-sshd", "rm FILE"),
        ] {
            try await guest.root(
                "set -e; cp -a \(path) \(path).lab; " + change.replacing("FILE", with: path))
            try await requireFailure(of: "rpm", saying: path) { try await isAsShipped(guest) }
            try await guest.root("mv -f \(path).lab \(path)")
        }
        try await isAsShipped(guest)
    }
}
