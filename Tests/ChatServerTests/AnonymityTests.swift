import ChatServer
import Foundation
import IRCProtocol
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
            configuration.operators = [.init()]
            configuration.operators[0].name = Array("op".utf8)
            configuration.operators[0].password = Array("pw".utf8)
        }
        let world = isAnonymous ? World.anonymous(change) : World.open(change)
        if hasOthers {
            world.join("hidden", login: "hidlogin", uid: 2000)
            world.send("hidden", "JOIN #lair")
            world.send("hidden", "TOPIC #lair :plans")
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
        let leaks = AnonymityTests.leaks(AnonymityTests.probe(AnonymityTests.world(isAnonymous: true, hasOthers: true)))
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
            var generator = Seeded(seed: UInt64(seed))
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
