import Testing
import TorService

@Suite("untochat-update judges what other programs say")
struct UpdateTests {
    private static let before = """
        untosh\t1.0-1.fc45.x86_64
        kernel\t6.17-1.x86_64
        kernel\t6.18-1.x86_64
        gone\t1-1.noarch
        same\t2-1.noarch

        """
    private static let after = """
        kernel\t6.18-1.x86_64
        kernel\t6.19-1.x86_64
        same\t2-1.noarch
        gpg-pubkey\tabc-def.(none)
        untosh\t1.1-1.fc45.x86_64

        """

    @Test("what it is asked for is read whole or not at all")
    func requests() {
        #expect(UpdateRequest([]) == .update)
        #expect(UpdateRequest(["--check"]) == .check)
        #expect(UpdateRequest(["--help"]) == .help)
        for wrong in [["-c"], ["--check", "--check"], ["tor"], [""]] {
            #expect(UpdateRequest(wrong) == nil, "\(wrong)")
        }
    }

    @Test("changes are told package by package, several versions of one beside each other")
    func changes() throws {
        let (before, after) = (try #require(PackageList(Self.before)), try #require(PackageList(Self.after)))
        #expect(
            before.changes(to: after) == [
                "removed gone 1-1.noarch", "installed gpg-pubkey abc-def.(none)",
                "changed kernel 6.17-1.x86_64 -> 6.19-1.x86_64",
                "changed untosh 1.0-1.fc45.x86_64 -> 1.1-1.fc45.x86_64",
            ])
        #expect(before.changes(to: before).isEmpty)
    }

    @Test("an answer that is no list of packages is none", arguments: ["", "error: rpmdb open failed\n", "a\tb\tc\n"])
    func noList(text: String) { #expect(PackageList(text) == nil) }

    @Test("our packages are those that this project makes, by whole names")
    func ours() throws {
        let text = ["untochat", "untochat-server", "untosh", "untoshed", "irssius", "irssi", "ngircdus", "untochatty"]
            .map { "\($0)\t1-1.noarch\n" }.joined()
        #expect(
            try #require(PackageList(text)).ours == ["irssius", "ngircdus", "untochat", "untochat-server", "untosh"])
    }

    @Test("tor works when it is in its network and has a circuit, and in no other case")
    func tor() {
        let up = ControlReply(
            status: 250,
            lines: [#"status/bootstrap-phase=NOTICE BOOTSTRAP PROGRESS=100 TAG=done SUMMARY="Done""#, "OK"])
        let coming = ControlReply(
            status: 250, lines: ["status/bootstrap-phase=NOTICE BOOTSTRAP PROGRESS=10 TAG=conn_done", "OK"])
        let circuits = ControlReply(status: 250, lines: ["status/circuit-established=1", "OK"])
        let none = ControlReply(status: 250, lines: ["status/circuit-established=0", "OK"])
        let refused = ControlReply(status: 552, lines: ["Unrecognized key"])
        #expect(UpdateFindings.torFault(bootstrap: up, circuits: circuits) == nil)
        for (bootstrap, circuits) in [
            (coming, circuits), (up, none), (up, refused), (refused, circuits), (nil, circuits), (up, nil),
        ] { #expect(UpdateFindings.torFault(bootstrap: bootstrap, circuits: circuits) != nil) }
    }

    @Test("a failed script is found in the words of rpm and of both dnfs")
    func scriptlets() {
        let said = """
            Running transaction
            warning: %post(faulty-1-1.noarch) scriptlet failed, exit status 1
            Error in POSTIN scriptlet in rpm package faulty
            >>> Error in post-install scriptlet: faulty-0:1-1.noarch
            Running scriptlet: faulty-1-1.noarch
            Complete!
            """
        #expect(UpdateFindings.failedScriptlets(in: said).count == 3)
        #expect(UpdateFindings.failedScriptlets(in: "Complete!\n").isEmpty)
    }

    @Test("changed contents of a configuration file are the administrator's, and everything else is damage")
    func damage() {
        let fine = "S.5....T.  c /opt/etc/ngircdus.conf\n..5......  c /opt/etc/irssius.conf\n"
        #expect(UpdateFindings.damage(in: fine).isEmpty)
        let damaged = [
            "S.5....T.    /opt/bin/untosh", ".M.......  c /opt/etc/ngircdus.conf",
            ".....U...  c /opt/etc/ngircdus.conf",
            "......G..  c /opt/etc/ngircdus.conf", "missing     /opt/bin/irssius", "missing   c /opt/etc/irssius.conf",
            "Unsatisfied dependencies for untochat-1.0-1.noarch:", "package untosh is not installed",
        ]
        #expect(UpdateFindings.damage(in: fine + damaged.joined(separator: "\n")) == damaged)
    }

    @Test("of the policy's check only what is wrong is told")
    func policy() {
        let said = "ok     the module untochat is loaded\nWRONG  SELinux is enforcing: Permissive, not Enforcing\n"
        #expect(
            UpdateFindings.policyFaults(in: said) == ["WRONG  SELinux is enforcing: Permissive, not Enforcing"])
    }
}
