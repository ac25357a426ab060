import ChatServer
import Testing

struct AttackTests {
    @Test("who does not register in time is let go, who is silent is pinged and then let go")
    func timeouts() {
        let world = World.open()
        world.connect("half")
        world.join("quiet")
        world.wait(seconds: 20)
        #expect(world.lines("half") == ["ERROR :Registration timeout"])
        world.wait(seconds: 101)
        #expect(world.lines("quiet") == ["PING :irc.test.net"])
        world.send("quiet", "PONG :irc.test.net")
        world.wait(seconds: 119)
        #expect(world.lines("quiet").isEmpty && !world.closed.contains("quiet"))
        world.wait(seconds: 22)
        #expect(world.closed.contains("quiet"))
        #expect(world.lines("quiet").last?.hasPrefix("ERROR :Ping timeout: 14") == true)
    }

    @Test("the next deadline is there while anybody is, and none passes unseen")
    func deadlines() {
        let world = World.open()
        #expect(world.server.nextDeadline == nil)
        world.connect("a")
        #expect(world.server.nextDeadline == world.now.uptime + 20_000)
    }

    @Test("a flood is held back, later carried out to the last command, and costs nobody else anything")
    func flood() {
        let world = World.open { $0.limits.maxPenaltySeconds = nil }
        world.join("fast")
        world.join("calm")
        world.wait(seconds: 5)
        world.drain()
        for _ in 0..<10 {
            world.send("fast", bytes: Array(String(repeating: "PRIVMSG calm :x\r\n", count: 10).utf8))
        }
        #expect(world.paused == ["fast"])
        #expect(world.lines("calm").count < 30)
        #expect(world.ask("calm", "PING x").count == 1)
        // Three a second.
        world.wait(seconds: 35)
        #expect(world.paused.isEmpty)
        #expect(world.ask("fast", "PING end").count == 1)
    }

    @Test("MaxPenaltyTime = 0 switches penalties off, so the test above can fail")
    func noPenalties() {
        let world = World.open()
        world.join("fast")
        world.join("calm")
        world.send("fast", bytes: Array(String(repeating: "PRIVMSG calm :x\r\n", count: 100).utf8))
        #expect(world.lines("calm").count == 100 && world.paused.isEmpty)
    }

    @Test("modern.ircdocs.horse, 417: a line that is too long is answered and thrown away")
    func tooLong() {
        let world = World.open()
        world.join("a")
        #expect(
            world.ask("a", "PING " + String(repeating: "x", count: 600)) == [
                ":irc.test.net 417 a :Input line was too long"
            ])
        #expect(world.ask("a", "PING x").count == 1)
    }

    @Test("no line is longer than 512 bytes, and none is cut within a character")
    func longReplies() {
        let world = World.open { $0.limits.maxNickLength = 31 }
        world.join("a")
        world.join("b")
        world.send("a", "JOIN #" + String(repeating: "ü", count: 24))
        world.send("a", "PRIVMSG b :" + String(repeating: "😀", count: 120))
        let line = world.lines("b").first ?? ""
        #expect(line.utf8.count <= 510 && line.hasSuffix("😀"))
        #expect(world.malformed.isEmpty)
    }

    @Test("a list of masks ends at its limit, and so does what MODE takes at once")
    func listLimits() {
        let world = World.open()
        world.join("a")
        world.send("a", "JOIN #a")
        for number in 0..<50 { world.send("a", "MODE #a +b n\(number)") }
        #expect(world.ask("a", "MODE #a +b one") == [":irc.test.net 478 a #a b :Channel list is full"])
        #expect(world.ask("a", "MODE #a b").count == 51)
        #expect(
            world.ask("a", "MODE #a -bbbbbb n0 n1 n2 n3 n4 n5")
                == (0..<5).map { ":a!~a@127.0.0.1 MODE #a -b n\($0)!*@*" })
    }

    @Test("MaxJoins, MAXTARGETS and the length of names hold")
    func limits() {
        let world = World.open { $0.limits.maxJoins = 2 }
        world.join("a")
        #expect(world.ask("a", "JOIN #1,#2,#3").last == ":irc.test.net 405 a #3 :You have joined too many channels")
        let targets = (0..<30).map { "t\($0)" }.joined(separator: ",")
        #expect(world.ask("a", "PRIVMSG \(targets) :x").last == ":irc.test.net 407 a t25 :Too many recipients")
        #expect(world.ask("a", "JOIN #\(String(repeating: "x", count: 60))").last?.contains(" 405 ") == true)
    }

    @Test("HTTP requests are cut off")
    func http() {
        for method in ["GET", "POST"] {
            let world = World.open()
            world.connect("a")
            world.send("a", "\(method) / HTTP/1.1")
            #expect(world.closed == ["a"])
        }
    }

    @Test("CAP without END and nicks without USER hold nothing after the registration timeout")
    func registrationAbuse() {
        let world = World.open()
        for number in 0..<500 {
            world.connect("c\(number)")
            world.send("c\(number)", "CAP LS 302")
            world.send("c\(number)", "NICK n\(number)")
        }
        world.wait(seconds: 25)
        #expect(world.server.census.connections == 0)
        world.join("n1")
        #expect(world.ask("n1", "PING x").count == 1)
    }

    @Test("channels that come and go leave nothing behind")
    func churn() {
        let world = World.open()
        world.join("a")
        let before = world.server.census
        for number in 0..<1000 {
            world.send("a", "JOIN #c\(number)")
            world.send("a", "PART #c\(number)")
        }
        #expect(world.server.census == before)
    }

    @Test("a shutdown says goodbye to everybody and closes all, once")
    func goodbye() {
        let world = World.open()
        for name in ["a", "b", "c"] {
            world.join(name)
            world.send(name, "JOIN #a")
        }
        world.drain()
        world.perform(world.server.shutDown(at: world.now))
        for name in ["a", "b", "c"] { #expect(world.lines(name) == ["ERROR :Server going down"]) }
        #expect(world.closed == ["a", "b", "c"] && world.server.census.users == 0 && world.strays == 0)
    }
}
