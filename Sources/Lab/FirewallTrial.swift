/// Packets that users try to send, and what should come of each: for guests, and for a network namespace of this machine.
public enum FirewallTrial {
    /// A second machine, as far as the kernel can tell: a network of its own at the other end of a cable.
    public static let outside = """
        ip netns list | grep -q outside || (
            set -e
            ip netns add outside
            ip link add lab0 type veth peer name lab1 netns outside
            ip addr add 10.9.9.1/24 dev lab0; ip addr add fd99::1/64 dev lab0 nodad; ip link set lab0 up
            ip -n outside addr add 10.9.9.2/24 dev lab1; ip -n outside addr add fd99::2/64 dev lab1 nodad
            ip -n outside link set lab1 up; ip -n outside link set lo up
        ) || exit

        """

    /// Who tries what, and whether it should arrive: each is a connection, or a datagram, of a user.
    private static let attempts: [(user: String, group: String, to: String, passes: Bool)] = [
        ("silver", "untochat", "127.0.0.1:6667", true), ("silver", "untochat", "127.0.0.1:22", false),
        ("silver", "untochat", "127.0.0.1:2022", false), ("silver", "untochat", "127.0.0.1:9050", false),
        ("silver", "untochat", "127.0.0.2:6667", false), ("silver", "untochat", "[::1]:6667", false),
        ("silver", "untochat", "10.9.9.1:6667", false), ("silver", "untochat", "10.9.9.2:443", false),
        ("silver", "untochat", "udp 10.9.9.2:53", false), ("silver", "untochat", "udp 127.0.0.1:53", false),
        ("ngircdus", "ngircdus", "127.0.0.1:9050", false), ("ngircdus", "ngircdus", "10.9.9.2:443", false),
        ("toranon", "toranon", "10.9.9.2:80", true), ("toranon", "toranon", "10.9.9.2:443", true),
        ("toranon", "toranon", "10.9.9.2:9001", true), ("toranon", "toranon", "10.9.9.2:9030", true),
        ("toranon", "toranon", "10.9.9.2:22", false), ("toranon", "toranon", "10.9.9.2:8443", false),
        ("toranon", "toranon", "udp 10.9.9.2:443", false), ("toranon", "toranon", "127.0.0.1:2022", true),
        ("toranon", "toranon", "127.0.0.1:6667", false), ("toranon", "toranon", "127.0.0.1:22", false),
        ("root", "root", "127.0.0.1:9050", true), ("root", "root", "127.0.0.1:6667", false),
        ("root", "root", "10.9.9.2:443", false), ("root", "root", "udp 10.9.9.2:53", false),
        ("root", "root", "udp 10.9.9.2:123", false), ("root", "root", "[fd99::2]:443", false),
        ("boss", "boss", "10.9.9.2:443", false), ("boss", "boss", "127.0.0.1:9050", false),
    ]

    /// Tries all of them: a shell script for root.
    public static var script: String {
        let lines = attempts.map { "\($0.user) \($0.group) \($0.to)" }.joined(separator: "\n")
        return
            "probe=$(mktemp); cat >$probe <<'TEXT'\n\(probe)\nTEXT\npython3 $probe <<'TEXT'\n\(lines)\nTEXT\nrm $probe\n"
    }

    /// The lines of what `script` said that are otherwise than they should be, or missing.
    public static func unexpected(in said: String) -> [String] {
        let found = said.split(separator: "\n").map(String.init)
        let wanted = attempts.map { "\($0.user) to \($0.to): \($0.passes ? "through" : "nothing")" }
        let missing = wanted.filter { line in !found.contains { $0.hasPrefix(line.prefix { $0 != ":" }) } }
        return found.filter { !wanted.contains($0) } + missing.map { "not tried: \($0)" }
    }

    /// What many connections come to at once, in PROBE_SECONDS. An answer is an answer, "refused" too.
    private static let probe = """
        import os, pwd, grp, select, socket, sys, time
        tries = []
        for line in sys.stdin:
            user, group, to = line.rstrip().split(" ", 2)
            kind = socket.SOCK_DGRAM if to.startswith("udp ") else socket.SOCK_STREAM
            host, port = to.removeprefix("udp ").rsplit(":", 1)
            family = socket.AF_INET6 if host[0] == "[" else socket.AF_INET
            os.setegid(grp.getgrnam(group).gr_gid); os.seteuid(pwd.getpwnam(user).pw_uid)
            s = socket.socket(family, kind); s.setblocking(False)
            result = None
            try: s.connect((host.strip("[]"), int(port)))
            except BlockingIOError: pass
            except OSError as e: result = "through" if e.errno == 111 else "nothing"
            if kind == socket.SOCK_DGRAM and result is None:
                try: s.send(b"x" * 12); result = None
                except OSError as e: result = "through" if e.errno == 111 else "nothing"
            os.seteuid(0); os.setegid(0)
            tries.append([user, to, s, kind, result])
        end = time.monotonic() + float(os.environ.get("PROBE_SECONDS", 4))
        while time.monotonic() < end:
            for t in tries:
                if t[4] is not None: continue
                if t[3] == socket.SOCK_STREAM and not select.select([], [t[2]], [], 0)[1]: continue
                e = t[2].getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                if t[3] == socket.SOCK_STREAM: t[4] = "through" if e in (0, 111) else "nothing"
                elif e == 111: t[4] = "through"
            time.sleep(0.05)
        for user, to, _, _, result in tries: print(f"{user} to {to}: {result or 'nothing'}")
        """
}

/// What `nft -s -u list ruleset` says on a server. Written by hand after appliance/etc/untochat, not made from it.
public enum Ruleset {
    /// With everything in force.
    public static let inForce = """
        table inet untochat {
        	set blocked4 {
        		type ipv4_addr
        		flags interval
        	}

        	set blocked6 {
        		type ipv6_addr
        		flags interval
        	}

        	chain input {
        		type filter hook input priority filter; policy drop;
        		ip saddr @blocked4 jump blocked
        		ip6 saddr @blocked6 jump blocked
        		iifname "lo" accept comment "sent by this machine, so judged on its way out"
        		meta l4proto tcp ct state established accept
        		meta l4proto { icmp, ipv6-icmp } ct state related accept comment "errors about such a connection"
        		jump refused
        	}

        	chain forward {
        		type filter hook forward priority filter; policy drop;
        		jump refused
        	}

        	chain output {
        		type filter hook output priority filter; policy drop;
        		ip daddr @blocked4 jump blocked
        		ip6 daddr @blocked6 jump blocked
        		oifname "lo" goto loopback
        		meta l4proto tcp ct state established accept
        		meta skuid "toranon" tcp dport { 80, 443, 9001, 9030 } ct state new accept
        		jump refused
        	}

        	chain loopback {
        		meta l4proto tcp ct state established accept
        		meta skgid "untochat" ip daddr 127.0.0.1 tcp dport 6667 ct state new accept
        		meta skuid "toranon" ip daddr 127.0.0.1 tcp dport 2022 ct state new accept
        		meta skuid "root" ip daddr 127.0.0.1 tcp dport 9050 ct state new accept
        		jump refused
        	}

        	chain refused {
        		limit rate 6/minute burst 12 packets log prefix "untochat refused: " flags skuid
        		counter drop
        	}

        	chain blocked {
        		limit rate 6/minute burst 12 packets log prefix "untochat blocked: " flags skuid
        		counter drop
        	}
        }

        """

    /// Where the rules do not load.
    public static let lockdown = """
        table inet untochat {
        	chain input {
        		type filter hook input priority filter; policy drop;
        	}

        	chain forward {
        		type filter hook forward priority filter; policy drop;
        	}

        	chain output {
        		type filter hook output priority filter; policy drop;
        	}
        }

        """
}
