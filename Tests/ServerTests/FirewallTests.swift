import Foundation
import Lab
import ReleaseSupport
import SystemPackage
import Testing

/// The firewall in a network namespace: this machine's own kernel, with the users that a server has.
@Suite("The firewall", .serialized)
struct FirewallTests {
    /// Loads `rules` (with an empty firewall.d unless `own` is given) and runs `script` where they are in force.
    private func run(_ script: String, rules: String, own: String = "") async throws -> Command.Outcome {
        try await Appliance.withFolder { folder in
            try Files.makeFolder(folder.appending("firewall.d"))
            if !own.isEmpty { try Files.write(own, to: folder.appending("firewall.d/own.nft")) }
            try Files.write(
                rules.replacing("/etc/untochat/", with: folder.string + "/"), to: folder.appending("firewall.nft"))
            try Files.write(try Appliance.text("etc/untochat/lockdown.nft"), to: folder.appending("lockdown.nft"))
            return try await Appliance.bash(
                """
                cd \(folder)
                id=61001; export PROBE_SECONDS=1
                cp /etc/passwd passwd; cp /etc/group group
                for name in untochat toranon ngircdus boss silver; do
                    sed -i "/^$name:/d" passwd group
                    group=$id; [ $name != silver ] || group=61001
                    [ $name = silver ] || echo "$name:x:$id:" >>group
                    echo "$name:x:$id:$group::/:/bin/false" >>passwd; id=$((id + 1))
                done
                mount --bind passwd /etc/passwd; mount --bind group /etc/group
                mount -t tmpfs tmpfs /run
                mkdir -p /run/netns; ip link set lo up
                nft -f lockdown.nft && nft -f firewall.nft; echo "loaded: $?" >&2
                \(script)
                """, in: ["-n", "-m"])
        }
    }

    private func rules() throws -> String { try Appliance.text("etc/untochat/firewall.nft") }

    /// Older nft prints an empty line less or more; names of sets and rules are what counts.
    private func lines(_ text: String) -> [String] {
        text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    }

    @Test("the kernel has exactly the expected rules")
    func inForce() async throws {
        let outcome = try await run("nft -s -u list ruleset", rules: rules())
        #expect(outcome.errorText.contains("loaded: 0"))
        #expect(lines(outcome.text) == lines(Ruleset.inForce))
    }

    @Test("a file that does not load leaves everything closed")
    func failClosed() async throws {
        for mistake in ["nonsense\n", "add rule inet untochat output meta skuid \"nobody-here\" accept\n"] {
            let outcome = try await run("nft -s -u list ruleset", rules: rules(), own: mistake)
            #expect(outcome.errorText.contains("loaded: 1"))
            #expect(lines(outcome.text) == lines(Ruleset.lockdown))
        }
    }

    @Test("packets go out for Tor alone, and over loopback for those who need it")
    func packets() async throws {
        let outcome = try await run(FirewallTrial.outside + FirewallTrial.script, rules: rules())
        #expect(FirewallTrial.unexpected(in: outcome.text) == [], "\(outcome.errorText)")
    }

    @Test(
        "each rule that is loosened lets a packet through that should not pass, or stops one that should",
        arguments: [
            (#"meta skuid "toranon" tcp dport { 80, 443, 9001, 9030 } ct"#, "tcp dport { 80, 443, 9001, 9030 } ct"),
            (#"tcp dport { 80, 443, 9001, 9030 } ct"#, "meta l4proto tcp ct"),
            (#"tcp dport { 80, 443, 9001, 9030 } ct"#, "tcp dport { 80, 443, 9001 } ct"),
            (#"hook output priority filter; policy drop"#, "hook output priority filter; policy accept"),
            (#"meta skgid "untochat" ip daddr 127.0.0.1 tcp dport 6667"#, #"ip daddr 127.0.0.1 tcp dport 6667"#),
            (#"skgid "untochat" ip daddr 127.0.0.1 tcp dport 6667"#, #"skgid "untochat" ip daddr 127.0.0.1"#),
            (#"skgid "untochat" ip daddr 127.0.0.1 tcp"#, #"skgid "untochat" tcp"#),
            (#"meta skuid "toranon" ip daddr 127.0.0.1 tcp dport 2022"#, #"tcp dport 2022"#),
            (#"meta skuid "root" ip daddr 127.0.0.1 tcp dport 9050"#, #"tcp dport 9050"#),
            (#"oifname "lo" goto loopback"#, #"oifname "lo" accept"#),
        ])
    func loosened(_ rule: String, _ other: String) async throws {
        var changed = try rules()
        try #require(changed.contains(rule))
        changed = changed.replacing(rule, with: other)
        // A policy shows only where the rule before it does not drop.
        if other.contains("policy accept") { changed = changed.replacing("jump refused", with: "continue") }
        let outcome = try await run(FirewallTrial.outside + FirewallTrial.script, rules: changed)
        #expect(outcome.errorText.contains("loaded: 0"), "\(outcome.errorText)")
        #expect(FirewallTrial.unexpected(in: outcome.text) != [])
    }

    @Test("an address in blocked.nft is out of reach for Tor too, and who tries is counted")
    func blocked() async throws {
        let example = try Appliance.text("etc/untochat/firewall.d/blocked.nft")
            .replacing("#add element", with: "add element").replacing("192.0.2.1", with: "10.9.9.2")
        let outcome = try await run(
            FirewallTrial.outside + FirewallTrial.script + "nft list chain inet untochat blocked", rules: rules(),
            own: example)
        #expect(outcome.errorText.contains("loaded: 0"), "\(outcome.errorText)")
        let wrong = FirewallTrial.unexpected(in: outcome.text)
        #expect(wrong.contains("toranon to 10.9.9.2:443: nothing"))
        #expect(try #require(outcome.text.firstMatch(of: /counter packets ([0-9]+)/)).output.1 != "0")
    }

    @Test("who is blocked in the middle of a connection is not heard any more; without the rule for input, heard")
    func blockedWhileConnected() async throws {
        let rule = "ip saddr @blocked4 jump blocked\n"
        let whole = try rules()
        try #require(whole.contains(rule))
        for (rules, heard) in [(whole, "silence\n"), (whole.replacing(rule, with: ""), "heard b'x'\n")] {
            let outcome = try await run(FirewallTrial.outside + Self.interrupted, rules: rules)
            #expect(outcome.errorText.contains("loaded: 0"))
            #expect(outcome.text == heard, "\(outcome.errorText)")
        }
    }

    /// Tor's user connects to the second machine, whose address is blocked then; after that it speaks.
    private static let interrupted = """
        mkfifo ready go
        cat >server.py <<'TEXT'
        import socket
        with socket.create_server(("10.9.9.2", 443)) as s:
            open("ready", "w").close()
            connection, _ = s.accept()
            open("go").close()
            connection.send(b"x")
        TEXT
        cat >client.py <<'TEXT'
        import os, pwd, socket, subprocess
        open("ready").close()
        os.seteuid(pwd.getpwnam("toranon").pw_uid)
        with socket.socket() as s:
            s.connect(("10.9.9.2", 443))
            os.seteuid(0)
            subprocess.run(["nft", "add element inet untochat blocked4 { 10.9.9.2 }"], check=True)
            open("go", "w").close()
            s.settimeout(1)
            try: print("heard", s.recv(1))
            except TimeoutError: print("silence")
        TEXT
        timeout 20 nsenter --net=/run/netns/outside python3 server.py &
        timeout 20 python3 client.py; wait

        """
}
