import ChatServer
import Testing

/// What commands cost, in seconds in which nothing more is read: as measured with ngircd 26.1, which counts whole seconds
/// and so takes up to one less.
struct PenaltyTests {
    static let costs: [(line: String, seconds: Int)] = [
        ("PING x", 0), ("ADMIN", 1), ("AWAY x", 0), ("HELP", 2), ("INFO", 2), ("INVITE bob #z", 1), ("ISON a", 0),
        ("JOIN #y", 0), ("KICK #c nobody", 2), ("LINKS", 1), ("LIST", 2), ("LUSERS", 1), ("MODE #c", 1),
        ("MODE alice +i", 1), ("NAMES", 1), ("NICK alice", 0), ("NOTICE bob :x", 0), ("OPER x y", 10), ("PART #c", 0),
        ("PRIVMSG bob :x", 0), ("PRIVMSG nobody :x", 2), ("PRIVMSG #none :x", 2), ("SERVLIST", 1), ("SQUERY x y", 2),
        ("STATS", 2), ("SUMMON x", 2), ("TIME", 1), ("TOPIC #c", 1), ("TRACE", 3), ("USERHOST a", 1), ("USERS", 2),
        ("VERSION", 1), ("WALLOPS x", 2), ("WHO", 4), ("WHOIS bob", 1), ("WHOIS nobody", 3), ("WHOWAS nobody", 2),
        ("FOO", 2), ("JOIN bad", 2), ("JOIN", 2), ("PART #none", 2), ("USER x y z a", 2), ("PASS x", 2), ("CAP LS", 0),
        ("CAP FOO", 2), ("CONNECT x", 2), ("DIE", 2), ("KILL a b", 2), (":nobody PING y", 2), ("NICK bob", 2),
        ("NICK a*", 2), ("MODE #c +X", 3), ("MODE #none", 3), ("WHO bob", 4), ("WHO #c", 1), ("WHO b*", 4),
        ("PRIVMSG bob,alice :x", 1), ("PRIVMSG bob,alice,#c :x", 2), ("PRIVMSG nobody,bob :x", 3),
        ("PRIVMSG bob,b2,b3,b4,b5,b6 :x", 15), ("NOTICE bob,alice :x", 1), ("NOTICE nobody :x", 0),
        ("JOIN #x,#y,#z", 0), ("NICK alice2", 2), ("TOPIC #c :x", 1), ("MODE #c +b", 1), ("MODE #c +b x", 1),
        ("WHOIS b*", 4), ("WHOWAS n1,n2,n3", 6), ("LIST #c", 2), ("NAMES #c", 1), ("INVITE nobody #c", 3),
        ("STATS m", 2), ("STATS g", 4),
    ]

    /// How many seconds pass until the next command is carried out.
    private static func delay(after line: String, in world: World) -> Int {
        world.wait(seconds: 100)
        world.drain()
        world.send("alice", line)
        world.drain()
        world.send("alice", "PING end")
        for seconds in 0..<100 {
            if world.lines("alice").contains(":irc.test.net PONG irc.test.net :end") { return seconds }
            world.wait(seconds: 1)
        }
        return .max
    }

    private static func world(_ change: (inout Configuration) -> Void = { _ in }) -> World {
        let world = World.open {
            $0.limits.maxPenaltySeconds = nil
            $0.limits.pingTimeoutSeconds = 86_400
            $0.global.adminInfo1 = Array("Here".utf8)
            $0.operators = [.init()]
            $0.operators[0].name = Array("op".utf8)
            $0.operators[0].password = Array("pw".utf8)
            change(&$0)
        }
        for name in ["alice", "bob"] {
            world.join(name)
            world.send(name, "JOIN #c")
        }
        return world
    }

    @Test("each command costs what it costs with ngircd", arguments: PenaltyTests.costs)
    func measured(line: String, seconds: Int) {
        #expect(PenaltyTests.delay(after: line, in: PenaltyTests.world()) == max(0, seconds - 1))
    }

    @Test("MaxPenaltyTime cuts each penalty, and with 0 there is none")
    func cut() {
        for (limit, seconds) in [(nil, 9), (4, 5), (2, 3), (1, 1), (0, 0)] as [(Int?, Int)] {
            let world = PenaltyTests.world { $0.limits.maxPenaltySeconds = limit }
            // Two penalties: one for the wrong password, one for the error.
            #expect(PenaltyTests.delay(after: "OPER x y", in: world) == seconds, "\(limit ?? -1)")
        }
    }

    @Test("three commands a second are carried out, and with +F any number")
    func rate() {
        for isExempt in [false, true] {
            let world = PenaltyTests.world()
            if isExempt {
                world.send("alice", "OPER op pw")
                world.wait(seconds: 20)
                world.send("alice", "MODE alice +F")
            }
            world.wait(seconds: 20)
            world.drain()
            world.send("alice", bytes: Array(String(repeating: "PING x\r\n", count: 60).utf8))
            var counts = [world.lines("alice").count]
            for _ in 0..<4 {
                world.wait(seconds: 1)
                counts.append(world.lines("alice").count)
            }
            #expect(counts == (isExempt ? [60, 0, 0, 0, 0] : [6, 3, 3, 3, 3]))
        }
    }

    @Test("no penalty tells who is there: with and without strangers each question is answered after the same time")
    func anonymous() {
        func delays(hasOthers: Bool) -> [Int] {
            let world = World.anonymous {
                $0.limits.maxPenaltySeconds = nil
                $0.limits.pingTimeoutSeconds = 86_400
                $0.limits.maxConnectionsPerUser = 0
            }
            if hasOthers {
                for (uid, name) in ["hidden", "other"].enumerated() {
                    world.join(name, uid: UInt32(uid))
                    world.send(name, "JOIN #lair")
                }
                world.send("hidden", "MODE hidden +bC")
                world.send("other", "AWAY x")
                world.wait(seconds: 30)
            }
            world.join("alice", uid: 7)
            return [
                "PRIVMSG hidden :x", "PRIVMSG hidden,other,nobody :x", "NOTICE hidden,other :x", "PRIVMSG #lair :x",
                "WHOIS hidden", "WHOIS h*", "WHOWAS hidden", "MODE #lair", "MODE hidden", "MODE #lair +b",
                "KICK #lair hidden", "TOPIC #lair", "INVITE hidden #lair", "WHO hidden", "WHO #lair", "NAMES #lair",
                "PART #lair", "LIST", ":hidden PING x", "MONITOR + hidden", "PRIVMSG hidden!hidden@untochat :x",
            ].map { PenaltyTests.delay(after: $0, in: world) }
        }
        #expect(delays(hasOthers: true) == delays(hasOthers: false))
    }
}
