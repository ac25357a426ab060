import IRCHarness

/// Capability negotiation (IRCv3, version 302).
enum CapabilityCases {
    static let all: [ConformanceCase] = [
        ConformanceCase("IRCv3 capability negotiation", "CAP LS lists what there is, before registration too") {
            scene in
            try scene.stranger().ask("CAP LS 302").expect(". CAP * LS *")
        },
        ConformanceCase("IRCv3 capability negotiation", "registration waits for CAP END after CAP LS") { scene in
            let alice = try scene.stranger()
            _ = try alice.ask("CAP LS 302")
            let before = try alice.ask("NICK alice") + alice.ask("USER a 0 * :A")
            try before.refuse(". 001 ...")
            try alice.ask("CAP END").expect(". 001 alice *")
        },
        ConformanceCase("IRCv3 capability negotiation", "registration waits for CAP END after CAP REQ") { scene in
            let alice = try scene.stranger()
            let before = try alice.ask("NICK alice") + alice.ask("CAP REQ :multi-prefix") + alice.ask("USER a 0 * :A")
            try before.refuse(". 001 ...")
            try alice.ask("CAP END").expect(". 001 alice *")
        },
        ConformanceCase("IRCv3 capability negotiation", "CAP REQ of what there is is ACK, of anything else NAK") {
            scene in
            let alice = try scene.user("alice")
            try alice.ask("CAP REQ :multi-prefix").expect(". CAP alice ACK multi-prefix*")
            try alice.ask("CAP REQ :no-such-thing").expect(". CAP alice NAK no-such-thing*")
        },
        ConformanceCase("IRCv3 capability negotiation", "CAP REQ is all or nothing") { scene in
            let alice = try scene.user("alice")
            try alice.ask("CAP REQ :multi-prefix no-such-thing").expect(". CAP alice NAK *")
            let list = try alice.ask("CAP LIST").expect(". CAP alice LIST *").last
            try require(!list.contains("multi-prefix"), list)
        },
        ConformanceCase("IRCv3 capability negotiation", "CAP LIST names what is in use, and -NAME ends it") { scene in
            let alice = try scene.user("alice")
            _ = try alice.ask("CAP REQ :multi-prefix")
            try alice.ask("CAP LIST").expect(". CAP alice LIST *multi-prefix*")
            try alice.ask("CAP REQ :-multi-prefix").expect(". CAP alice ACK -multi-prefix*")
            try require(
                !alice.ask("CAP LIST").expect(". CAP alice LIST *").last.contains("multi-prefix"), "still there")
        },
        ConformanceCase("IRCv3 capability negotiation", "an unknown subcommand is 410") { scene in
            try scene.user("alice").ask("CAP NONSENSE").expect(". 410 alice NONSENSE *")
        },
        ConformanceCase("IRCv3 capability negotiation", "CAP END after registration changes nothing") { scene in
            try scene.user("alice").ask("CAP END").expectNothing()
        },
        ConformanceCase("IRCv3 cap-notify", "CAP LS 302 implies cap-notify") { scene in
            let alice = try scene.user("alice", capabilities: ["multi-prefix"])
            try alice.ask("CAP LIST").expect(". CAP alice LIST *cap-notify*")
            try alice.ask("CAP REQ :-cap-notify").expect(". CAP alice NAK *")
        },
        ConformanceCase("IRCv3 multi-prefix", "NAMES and WHO show all prefixes") { scene in
            let users = try scene.room("alice", "bob", capabilities: ["multi-prefix"])
            _ = try users[0].ask("MODE #c +v alice")
            try users[1].ask("NAMES #c").expect(". 353 bob = #c *@+alice*")
            let flags = try users[1].ask("WHO #c").first { $0.command == "352" && $0.parameter(5) == "alice" }
            try require(flags?.parameter(6).hasSuffix("@+") ?? false, flags?.text ?? "no 352")
        },
        ConformanceCase("RFC 2812, 3.2.5", "without multi-prefix only the highest prefix is shown") { scene in
            let users = try scene.room("alice", "bob")
            _ = try users[0].ask("MODE #c +v alice")
            try users[1].ask("NAMES #c").refuse(". 353 bob = #c *@+alice*")
        },
        ConformanceCase("IRCv3 userhost-in-names", "NAMES shows nick!user@host") { scene in
            let users = try scene.room("alice", "bob", capabilities: ["userhost-in-names"])
            try users[1].ask("NAMES #c").expect(". 353 bob = #c *@alice!*alice@*")
        },
        ConformanceCase("IRCv3 standard replies", "FAIL tells what failed, with command and code") { scene in
            let alice = try scene.user("alice", capabilities: ["standard-replies", "setname"])
            let seen = try alice.ask("SETNAME :")
            try seen.expect(". FAIL SETNAME INVALID_REALNAME ...")
        },
    ]
}
