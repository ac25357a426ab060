import ReleaseSupport
import SystemPackage

/// The firewall, by the rules that the kernel has and by packets.
enum FirewallPromises {
    static let promises: [LabPromise] = [
        .guest("firewall-rules-fail", "one rule more is found by the comparison of rules") { guest, _ in
            try await guest.root("nft insert rule inet untochat output meta skuid root accept")
            try await requireFailure(of: "the comparison of rules", saying: "meta skuid \"root\" accept") {
                try await rulesInForce(guest)
            }
            try await guest.root("systemctl reload untochat-firewall")
            try await rulesInForce(guest)
        },
        .guest("firewall-packets", "packets go out for Tor alone, and over loopback for those who need it", packets),
        .guest("firewall-packets-fail", "without the rules the check of packets finds each that went through") {
            guest, laboratory in
            try await guest.root("nft flush ruleset")
            try await requireFailure(of: "the check of packets", saying: "silver to 127.0.0.1:22: through") {
                try await packets(guest, laboratory)
            }
            try await guest.root("systemctl reload untochat-firewall")
        },
        .guest(
            "firewall-blocked",
            "an address in blocked.nft is out of reach and not heard, Tor's or not, and both attempts are in the log",
            blocked),
        .guest("firewall-blocked-fail", "with the file as it is shipped that address is reached, and nothing is logged")
        {
            guest, _ in
            try await requireFailure(of: "the check of blocked addresses", saying: "10.9.9.2 is reached") {
                try await isBlocked(guest)
            }
        },
        .guest("firewall-scan", "from outside no port answers, TCP or UDP, over IPv4 or IPv6", scan),
        .guest("firewall-scan-fail", "without the rules the scan finds the administrator's sshd") { guest, laboratory in
            try await guest.root("nft flush ruleset")
            try await requireFailure(of: "the scan", saying: "10.9.9.1 tcp 22: open") {
                try await scan(guest, laboratory)
            }
            try await guest.root("systemctl reload untochat-firewall")
        },
        .guest(
            "firewall-mistake", "with a mistake in its files everything is closed, and a reload leaves what there was"
        ) {
            guest, _ in
            let log = try await guest.root(mistake)
            try require(log.contains("reload: 1"), "a mistake is loaded: \(log)")
            try require(log.contains("restart: 1"), "the unit starts with a mistake: \(log)")
            try require(log.contains("network: inactive"), "there is a network without rules: \(log)")
            try require(
                log.contains(Ruleset.lockdown), "in force is not what should be without rules:\n\(log)")
            try await rulesInForce(guest)
        },
    ]

    /// Compares the kernel's rules with what they should be; the lab's own bear its name.
    static func rulesInForce(_ guest: Guest) async throws {
        let rules = try await guest.root("nft -s -u list ruleset")
        let found = rules.split(separator: "\n", omittingEmptySubsequences: false)
            .filter { !$0.contains(#"comment "lab""#) }.joined(separator: "\n")
        guard found != Ruleset.inForce else { return }
        let wanted = Set(Ruleset.inForce.split(separator: "\n"))
        let other = found.split(separator: "\n").filter { !wanted.contains($0) }
        throw broken("the rules are not as expected; other lines:\n\(other.joined(separator: "\n"))\nof\n\(found)")
    }

    private static func packets(_ guest: Guest, _: Laboratory) async throws {
        let said = try await guest.root(FirewallTrial.outside + FirewallTrial.script)
        let wrong = FirewallTrial.unexpected(in: said)
        try require(wrong.isEmpty, "not as it should be:\n\(wrong.joined(separator: "\n"))")
    }

    private static let blockedFile = "/etc/untochat/firewall.d/blocked.nft"

    private static func blocked(_ guest: Guest, _: Laboratory) async throws {
        try await guest.root(
            """
            set -e
            cp -a \(blockedFile) /root/blocked
            sed -i -e 's/^#add/add/' -e s/192.0.2.1,/10.9.9.2,/ -e s/2001:db8::/fd99::2/ -e s,/32,/128, \(blockedFile)
            systemctl reload untochat-firewall
            """)
        do {
            try await isBlocked(guest)
        } catch {
            _ = try? await guest.ssh("root", "mv -f /root/blocked \(blockedFile); systemctl reload untochat-firewall")
            throw error
        }
        try await guest.root("mv -f /root/blocked \(blockedFile); systemctl reload untochat-firewall")
    }

    /// Tor's user goes to both addresses of the second machine, and that comes to us by both.
    private static func isBlocked(_ guest: Guest) async throws {
        let said = try await guest.root(
            FirewallTrial.outside + """
                cat >/root/reach.py <<'TEXT'
                import os, pwd, socket, sys
                if sys.argv[1] != "root": os.setuid(pwd.getpwnam(sys.argv[1]).pw_uid)
                for host in sys.argv[2:]:
                    try: socket.create_connection((host, 443), 2); result = "reached"
                    except ConnectionRefusedError: result = "reached"
                    except OSError: result = "out of reach"
                    print(host, "is", result)
                TEXT
                since=$(date +%s)
                python3 /root/reach.py toranon 10.9.9.2 fd99::2
                nsenter --net=/run/netns/outside python3 /root/reach.py root 10.9.9.1 fd99::1
                journalctl --sync; journalctl -k -o cat --since=@$since -g 'untochat blocked: ' || true
                """)
        for host in ["10.9.9.2", "fd99::2"] {
            try require(said.contains("\(host) is out of reach"), "\(host) is reached: \(said)")
        }
        for part in ["OUT=lab0 SRC=10.9.9.1 DST=10.9.9.2 ", "IN=lab0 ", "SRC=10.9.9.2 DST=10.9.9.1 ", "UID="] {
            try require(said.contains(part), "no \(part) in the log: \(said)")
        }
    }

    private static func scan(_ guest: Guest, _: Laboratory) async throws {
        let said = try await guest.root(
            FirewallTrial.outside
                + "cat >/root/scan.py <<'TEXT'\n\(scanner)\nTEXT\nnsenter --net=/run/netns/outside python3 /root/scan.py "
                + "$(ss -Hltun | awk '{ n = split($5, a, \":\"); print a[n] }' | sort -un)")
        try require(said.hasSuffix("done\n"), "the scan says \(said)")
        try require(said == "done\n", "ports answer:\n\(said)")
    }

    /// Looks from outside at the ports that somebody listens on and at those that everybody looks at.
    private static let scanner = """
        import select, socket, sys, time
        ports = sorted(set(range(1, 1025)) | {2022, 3128, 5355, 5353, 6667, 6697, 8080, 9001, 9030, 9050, 9051}
                       | {int(p) for p in sys.argv[1:] if p.isdigit()})
        found = set()
        for family, host in ((socket.AF_INET, "10.9.9.1"), (socket.AF_INET6, "fd99::1")):
            for kind, name in ((socket.SOCK_STREAM, "tcp"), (socket.SOCK_DGRAM, "udp")):
                for start in range(0, len(ports), 400):
                    waiting = {}
                    poll = select.poll()
                    for port in ports[start:start + 400]:
                        s = socket.socket(family, kind); s.setblocking(False)
                        try: s.connect((host, port))
                        except BlockingIOError: pass
                        except OSError as e:
                            if e.errno != 111: raise
                            found.add((host, name, port, "closed"))
                            continue
                        if kind == socket.SOCK_DGRAM:
                            try: s.send(b"hello")
                            except OSError: pass
                        waiting[s.fileno()] = (s, port)
                        poll.register(s, select.POLLIN if kind == socket.SOCK_DGRAM else select.POLLOUT)
                    end = time.monotonic() + 2
                    while waiting and time.monotonic() < end:
                        for fd, _ in poll.poll(100):
                            s, port = waiting.pop(fd); poll.unregister(fd)
                            e = s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                            if e in (0, 111): found.add((host, name, port, "closed" if e else "open"))
        for f in sorted(found): print(*f[:3], end=": "); print(f[3])
        print("done")
        """

    /// Everything is closed in it for some seconds, the lab's own connection too, which goes on afterwards.
    private static let mistake = """
        cat >/root/mistake <<'TEXT'
        echo nonsense >/etc/untochat/firewall.d/zz.nft
        systemctl reload untochat-firewall; echo reload: $?
        systemctl restart untochat-firewall; echo restart: $?
        systemctl restart systemd-networkd; echo network: $(systemctl is-active systemd-networkd)
        nft -s -u list ruleset | cat
        rm /etc/untochat/firewall.d/zz.nft
        systemctl restart untochat-firewall
        systemctl start systemd-networkd untochat-sshd
        TEXT
        systemd-run -q --wait -p StandardOutput=file:/root/mistake.log -p StandardError=null bash /root/mistake || true
        cat /root/mistake.log
        """
}
