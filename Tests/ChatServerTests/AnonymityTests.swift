import ChatServer
import Foundation
import IRCProtocol
import TestNumbers
import Testing

/// What a user can learn while Anonymous = yes: nothing about the server, and about others only what a shared channel
/// shows. Every command is tried; a test of the opposite shows that the tests could fail.
struct AnonymityTests {
    /// A server with a spy, a peer in the spy's channel, an operator in it, and, perhaps, a life that the spy has no part in.
    static func world(isAnonymous: Bool, hasOthers: Bool) -> World {
        let change: (inout Configuration) -> Void = { configuration in
            configuration.options.kernelIdent = true
            configuration.limits.maxConnectionsPerUser = 0
            configuration.global.adminInfo1 = Array("Basement".utf8)
            configuration.global.adminEmail = Array("root@machine".utf8)
            configuration.global.network = Array("Net".utf8)
            configuration.global.motdPhrase = Array("Welcome".utf8)
            configuration.options.cloakHostModeX = Array("cloak.test.net".utf8)
            configuration.operators = [.init()]
            configuration.operators[0].name = Array("op".utf8)
            configuration.operators[0].password = Array("pw".utf8)
        }
        let world = isAnonymous ? World.anonymous(change) : World.open(change)
        if hasOthers {
            world.join("hidden", login: "hidlogin", uid: 2000)
            world.send("hidden", "JOIN #lair")
            world.send("hidden", "TOPIC #lair :plans")
            world.send("hidden", "MODE #lair +sb *!*@bad")
            world.send("hidden", "JOIN +lair")
            world.send("hidden", "AWAY :elsewhere")
            world.join("ghost", uid: 2001)
            world.send("ghost", "MODE ghost +bC")
            for number in 0..<31 {
                world.join("x\(number)", uid: UInt32(3000 + number))
                if number < 19 { world.send("x\(number)", "JOIN #other\(number)") }
            }
            world.join("gone", uid: 2002)
            world.send("gone", "JOIN #lair")
            world.lose("gone")
            world.join("boss", uid: 2003)
            world.send("boss", "OPER op pw")
            world.send("boss", "MODE boss +cs")
        }
        world.wait(seconds: 40)
        world.join("peer", uid: 2100)
        world.send("peer", "OPER op pw")
        world.send("peer", "JOIN #room")
        world.send("peer", "TOPIC #room :subject")
        world.send("peer", "MODE #room +b *!*@bad")
        world.connect("spy", login: "spy", uid: 2101)
        world.send("spy", "NICK spy")
        world.send("spy", "USER x 0 * :Spy")
        world.send("spy", "JOIN #room")
        return world
    }

    static func probe(_ world: World, hidden: String = "hidden") -> [(probe: String, replies: [String])] {
        let probes = Probes.lines(own: "spy", peer: "peer", hidden: hidden, shared: "#room", hiddenChannel: "#lair")
        return [("(registration)", world.lines("spy"))]
            + probes.map { line in
                world.send("spy", line)
                return (line, world.lines("spy"))
            }
    }

    /// The probes and the scenes after them.
    static func walk(isAnonymous: Bool) -> [(probe: String, replies: [String])] {
        let world = world(isAnonymous: isAnonymous, hasOthers: true)
        var walked = probe(world)
        for number in 0..<50 { world.send("peer", "MODE #room +b m\(number)") }
        world.send("peer", "MODE #room +o spy")
        _ = world.lines("spy")
        for (actor, line) in [("spy", "MODE #room +b full"), ("peer", "MODE #room -o spy")] + Probes.scenes {
            world.send(actor == "peter" ? "peer" : actor, line)
            let shown = line.count > 40 ? "\(line.prefix(37))..." : line
            walked.append((actor == "spy" ? shown : "\(actor): \(shown)", world.lines("spy")))
        }
        return walked
    }

    /// What replies look like to an ordinary user: the first example of each numeric and command.
    static func examples(isAnonymous: Bool) -> [String: String] {
        var examples: [String: String] = [:]
        for (probe, replies) in walk(isAnonymous: isAnonymous) {
            for reply in replies {
                let words = reply.split(separator: " ")
                guard let name = words.first(where: { !$0.hasPrefix(":") && !$0.hasPrefix("@") }) else { continue }
                if examples[String(name)] == nil { examples[String(name)] = "\(probe)\u{1F}\(reply)" }
            }
        }
        return examples
    }

    /// The table in docs/.
    static func table() -> String {
        let (closed, open) = (examples(isAnonymous: true), examples(isAnonymous: false))
        func cell(_ example: String?) -> String {
            guard let example else { return "(never)" }
            let parts = example.split(separator: "\u{1F}", omittingEmptySubsequences: false)
            return "`\(parts.last ?? "")`".replacing("|", with: "\\|")
        }
        func probe(_ example: String?) -> String { example.map { String($0.split(separator: "\u{1F}")[0]) } ?? "" }
        var lines = [
            "# What each reply of ngircdus tells an ordinary user",
            "",
            "Written by the test of anonymity, which tries everything that a user can say: the first example of each reply, with",
            "`Anonymous = yes`, as shipped, and with `Anonymous = no`, as ngircd answers. The user is spy, who shares #room with",
            "peer, an operator; there are forty others. To write it anew: `UNTOCHAT_WRITE_TABLES=1 swift test --filter AnonymityTests`.",
            "",
            "What `Anonymous = yes` changes besides:",
            "",
            "- A line with a prefix that is not the sender's nick is void and says nothing (RFC 2812, section 2.3). ngircd complains",
            "  about a name that nobody has and closes the connection for one that somebody has, which tells who is there.",
            "- A message to a nick is taken as delivered, whether somebody has it or not, or does not want it. An invitation, too.",
            "- What only an IRC operator can do has the server as its source, or cannot be done: who is heard in a channel where",
            "  nobody can speak is an operator. Only entering a channel that is closed to others still tells.",
            "- A channel that one is not in does not exist, except for JOIN: whoever tries a name learns that it is taken.",
            "- A nick cannot be taken twice: whoever tries one learns that somebody has it, or that it is a login name.",
            "- WHOWAS remembers for ten minutes those with whom one shared a channel, however many others leave.",
            "- Penalties are the same whether the target is there or not.",
            "",
            "| reply | asked | Anonymous = yes | Anonymous = no |",
            "|---|---|---|---|",
        ]
        for key in Set(closed.keys).union(open.keys).sorted() {
            lines.append(
                "| \(key) | `\(probe(closed[key] ?? open[key]))` | \(cell(closed[key])) | \(cell(open[key])) |")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Numerics that no ordinary user can get from the server of these tests, and why.
    static let unseen: [Numeric] = [
        // Links and services, which there are none of.
        .traceLink, .serviceList,
        // For operators.
        .statsKLine, .youAreOperator, .rehashing, .noOperatorHost, .wildTopLevel,
        // Another configuration: no MOTD, a server password, a ban on the server.
        .noMotd, .youAreBanned,
        // Before registration, or of commands that are answered otherwise.
        .tryAgain, .lusersUnknown, .unknownError, .badChannelMask, .adminLocation2,
    ]

    @Test("the table holds every numeric there is, except for those that ordinary users never get")
    func complete() {
        let seen = AnonymityTests.examples(isAnonymous: true).merging(AnonymityTests.examples(isAnonymous: false)) {
            $1
        }
        for numeric in Numeric.allCases {
            let digits = numeric.digits
            let name = String(decoding: [digits.0, digits.1, digits.2], as: UTF8.self)
            #expect((seen[name] != nil) != AnonymityTests.unseen.contains(numeric), "\(name)")
        }
    }

    @Test("the table of replies in docs/ is what the replies are")
    func documented() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "docs/ngircdus-replies.md")
        let table = AnonymityTests.table()
        if ProcessInfo.processInfo.environment["UNTOCHAT_WRITE_TABLES"] == "1" {
            try table.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == table)
    }

    /// What must stand in no reply, as regular expressions.
    static let secrets = [
        "(?i)ngircd", "(?i)swift", "(?i)linux", "(?i)x86", "(?i)debian|fedora",
        #"\b[0-9]+\.[0-9]+\.[0-9]+\.(?!255)[0-9]+\b"#,
        #"\b1[67][0-9]{8}\b"#, #"\b20[0-9]{2}\b"#, #"[0-9]{1,2}:[0-9]{2}:[0-9]{2}"#, "Basement", "root@machine",
        "(?i)hidlogin", "elsewhere", "plans", #"\bx[0-9]+!"#, "#other", "(?i)is an IRC operator",
        " (313|317|329|333|378|379|204|211|212|242|252) spy ",
        #"There are [1-9]"#, #"\b[1-9][0-9]* :channels"#, #"Max: [1-9]"#, #"count: [1-9]"#, " 322 spy #[^ ]+ [1-9]",
        " 352 .* H\\*",
        "peer\\*=",
    ]

    static func leaks(_ probed: [(probe: String, replies: [String])]) -> [String] {
        probed.flatMap { probe, replies in
            replies.flatMap { reply in
                secrets.filter { reply.range(of: $0, options: .regularExpression) != nil }
                    .map { "\(probe): \(reply)    (\($0))" }
            }
        }
    }

    @Test("no reply to anything a user can say tells of the server, of times, counts, operators or strangers")
    func nothingLeaks() {
        let world = AnonymityTests.world(isAnonymous: true, hasOthers: true)
        let probed = AnonymityTests.probe(world)
        let leaks = AnonymityTests.leaks(probed + AnonymityTests.walk(isAnonymous: true))
        #expect(
            !world.closed.contains("spy") && probed.allSatisfy { !$0.probe.hasPrefix("WHO") || !$0.replies.isEmpty })
        #expect(leaks.isEmpty, "\(leaks.joined(separator: "\n"))")
    }

    @Test("with Anonymous = no the same questions are answered, so the test above can fail")
    func everythingLeaks() {
        let probed = AnonymityTests.probe(AnonymityTests.world(isAnonymous: false, hasOthers: true))
        let text = AnonymityTests.leaks(probed).joined(separator: "\n")
        for numeric in ["313", "317", "329", "333", "211", "212", "242", "252"] {
            #expect(text.contains(" \(numeric) spy "), "\(numeric) is not there even without anonymity")
        }
        for word in ["ngircdus", "There are 3", "Basement", "#other", "elsewhere"] { #expect(text.contains(word)) }
    }

    @Test(
        "a server full of strangers answers word for word as an empty one does",
        arguments: ["hidden", "ghost", "nobody"])
    func indistinguishable(hidden: String) {
        let full = AnonymityTests.probe(AnonymityTests.world(isAnonymous: true, hasOthers: true), hidden: hidden)
        let empty = AnonymityTests.probe(AnonymityTests.world(isAnonymous: true, hasOthers: false), hidden: hidden)
        for (one, other) in zip(full, empty) { #expect(one.replies == other.replies, "\(one.probe)") }
    }

    @Test("with Anonymous = no the two differ, so the test above can fail")
    func distinguishable() {
        let full = AnonymityTests.probe(AnonymityTests.world(isAnonymous: false, hasOthers: true))
        let empty = AnonymityTests.probe(AnonymityTests.world(isAnonymous: false, hasOthers: false))
        let different = zip(full, empty).filter { $0.replies != $1.replies }
        #expect(different.count > 30)
    }

    @Test("what strangers do is not seen: whatever they say, the spy hears nothing and learns nothing afterwards")
    func noninterference() {
        for seed in 0..<20 {
            var generator = SeededNumbers(seed: UInt64(seed))
            let busy = AnonymityTests.world(isAnonymous: true, hasOthers: true)
            let quiet = AnonymityTests.world(isAnonymous: true, hasOthers: false)
            _ = (busy.lines("spy"), quiet.lines("spy"))
            for _ in 0..<150 {
                // A stranger acts on the busy server alone, never in the shared channel.
                let line = Probes.all.randomElement(using: &generator)?.replacing("#SHARED", with: "#lair")
                    .replacing("#HIDDEN", with: "#lair").replacing("HIDDEN", with: "spy").replacing(
                        "PEER", with: "ghost")
                if let line, !["PRIVMSG", "NOTICE", "INVITE", "TAGMSG"].contains(String(line.prefix { $0 != " " })) {
                    busy.send(
                        ["hidden", "ghost", "x1"].randomElement(using: &generator) ?? "x1",
                        line.replacing("SELF", with: "x1"))
                }
                // And the spy asks on both.
                let probe =
                    Probes.lines(own: "spy", peer: "peer", hidden: "hidden", shared: "#room", hiddenChannel: "#lair")
                    .randomElement(using: &generator) ?? "WHO"
                busy.send("spy", probe)
                quiet.send("spy", probe)
                #expect(busy.lines("spy") == quiet.lines("spy"), "seed \(seed): \(probe)")
            }
        }
    }

    @Test("however a line ends, others read the same: a timeout, a broken line, a flood and a QUIT are one")
    func reasons() {
        var seen: Set<[String]> = []
        for end in ["quit", "text", "broken", "closed", "output", "killed", "silent"] {
            let world = AnonymityTests.world(isAnonymous: true, hasOthers: false)
            world.join("other", uid: 7)
            world.send("other", "JOIN #room")
            world.drain()
            switch end {
            case "quit": world.send("other", "QUIT")
            case "text": world.send("other", "QUIT :Client 1.2.3")
            case "broken": world.lose("other")
            case "closed": world.lose("other", .closed)
            case "output": world.lose("other", .outputLimit)
            case "killed": world.send("peer", "KILL other :reason")
            default:
                for _ in 0..<200 {
                    world.wait(seconds: 1)
                    world.send("spy", "PONG x")
                    world.send("peer", "PONG x")
                }
            }
            seen.insert(world.lines("spy").filter { !$0.contains(" PING ") && !$0.hasPrefix("PING") })
        }
        #expect(seen == [[":other!other@untochat QUIT :other"]])
    }

    @Test("TimeStamps = minute shows times in whole minutes, and offers server-time")
    func minutes() {
        let world = World.anonymous { $0.options.timeStamps = .minute }
        world.join("alice", capabilities: "server-time")
        let lines = world.ask("alice", "JOIN #a") + world.ask("alice", "TOPIC #a :x") + world.ask("alice", "TOPIC #a")
        #expect(lines.allSatisfy { $0.hasPrefix("@time=2023-11-14T22:15:00.000Z ") }, "\(lines)")
        #expect(lines.last?.hasSuffix("333 alice #a alice 1700000100") == true)
    }
}
