import ChatServer
import Testing

struct CapabilityTests {
    private func room(_ capabilities: String, open: Bool = true) -> World {
        let world = open ? World.open() : World.anonymous()
        world.join("alice", uid: 1)
        world.join("bob", uid: 2, capabilities: capabilities)
        world.send("alice", "JOIN #a")
        world.send("bob", "JOIN #a")
        world.drain()
        return world
    }

    @Test("IRCv3 Capability Negotiation: registration waits between LS or REQ and END")
    func negotiation() {
        let world = World.open()
        world.connect("a")
        #expect(world.ask("a", "CAP LS 302").first?.hasPrefix(":irc.test.net CAP * LS :away-notify batch") == true)
        #expect(world.ask("a", "NICK a").isEmpty && world.ask("a", "USER a 0 * :A").isEmpty)
        #expect(world.ask("a", "CAP REQ :echo-message -batch") == [":irc.test.net CAP a ACK :echo-message -batch"])
        #expect(world.ask("a", "CAP REQ :echo-message nonsense") == [":irc.test.net CAP a NAK :echo-message nonsense"])
        #expect(world.ask("a", "CAP LIST") == [":irc.test.net CAP a LIST :cap-notify echo-message"])
        #expect(world.ask("a", "CAP END").first?.contains(" 001 a ") == true)
    }

    @Test("IRCv3 server-time: each line carries the time in UTC with milliseconds; others get none")
    func serverTime() {
        let world = room("server-time")
        world.send("alice", "PRIVMSG #a :hi")
        #expect(world.lines("bob") == ["@time=2023-11-14T22:15:23.456Z :alice!~alice@127.0.0.1 PRIVMSG #a :hi"])
        world.send("bob", "PRIVMSG #a :ho")
        #expect(world.lines("alice") == [":bob!~bob@127.0.0.1 PRIVMSG #a :ho"])
    }

    @Test("server-time is not offered where times are shown to nobody")
    func noServerTime() {
        let world = World.anonymous()
        world.connect("a", login: "a")
        #expect(world.ask("a", "CAP LS 302").allSatisfy { !$0.contains("server-time") })
        #expect(world.ask("a", "CAP REQ server-time") == [":irc.test.net CAP * NAK :server-time"])
    }

    @Test("IRCv3 Message Tags: the few client-only tags are passed on to those who understand tags, others are not")
    func clientTags() {
        let world = room("message-tags")
        world.join("carol", uid: 3, capabilities: "message-tags")
        world.send("carol", "JOIN #a")
        world.drain()
        world.send("bob", "@+typing=active;+draft/reply=x;+secret=1;time=2000 PRIVMSG #a :hi")
        #expect(world.lines("carol") == ["@+typing=active;+draft/reply=x :bob!~bob@127.0.0.1 PRIVMSG #a :hi"])
        #expect(world.lines("alice") == [":bob!~bob@127.0.0.1 PRIVMSG #a :hi"])
        world.send("bob", "@+typing=active TAGMSG #a")
        #expect(world.lines("carol") == ["@+typing=active :bob!~bob@127.0.0.1 TAGMSG #a"])
        #expect(world.lines("alice").isEmpty)
        world.send("bob", "@+typing=active TAGMSG carol,alice")
        #expect(world.lines("carol") == ["@+typing=active :bob!~bob@127.0.0.1 TAGMSG carol"])
        #expect(world.lines("alice").isEmpty)
    }

    @Test("IRCv3 echo-message: the sender gets a copy of what was delivered, and of nothing else")
    func echo() {
        let world = room("echo-message")
        #expect(world.ask("bob", "PRIVMSG #a :x") == [":bob!~bob@127.0.0.1 PRIVMSG #a :x"])
        #expect(world.ask("bob", "NOTICE alice :x") == [":bob!~bob@127.0.0.1 NOTICE alice :x"])
        #expect(world.ask("bob", "PRIVMSG nosuch :x") == [":irc.test.net 401 bob nosuch :No such nick or channel name"])
        #expect(world.ask("alice", "PRIVMSG #a :x").isEmpty)
    }

    @Test("IRCv3 labeled-response: ACK for nothing, the tag for one line, a batch for several")
    func labels() {
        let world = room("labeled-response batch echo-message")
        #expect(world.ask("bob", "@label=1 PONG x") == ["@label=1 :irc.test.net ACK"])
        #expect(world.ask("bob", "@label=2 PING x") == ["@label=2 :irc.test.net PONG irc.test.net :x"])
        let batch = world.ask("bob", "@label=3 MODE #a")
        #expect(batch.first == "@label=3 :irc.test.net BATCH +1 labeled-response")
        #expect(batch.dropFirst().dropLast().allSatisfy { $0.hasPrefix("@batch=1 :irc.test.net 32") })
        #expect(batch.last == ":irc.test.net BATCH -1")
        #expect(world.ask("bob", "@label=4 PRIVMSG #a :x") == ["@label=4 :bob!~bob@127.0.0.1 PRIVMSG #a :x"])
        #expect(world.lines("alice") == [":bob!~bob@127.0.0.1 PRIVMSG #a :x"])
        #expect(world.ask("alice", "@label=5 PING x") == [":irc.test.net PONG irc.test.net :x"])
    }

    @Test("IRCv3 away-notify and extended-join: those who asked see more, others see what they always saw")
    func notifications() {
        let world = room("away-notify extended-join setname")
        world.join("carol", uid: 3)
        world.send("carol", "AWAY :lunch")
        world.drain()
        world.send("carol", "JOIN #a")
        #expect(
            world.lines("bob") == [
                ":carol!~carol@127.0.0.1 JOIN #a * :Carol", ":carol!~carol@127.0.0.1 AWAY :lunch",
            ])
        #expect(world.lines("alice") == [":carol!~carol@127.0.0.1 JOIN :#a"])
        world.drain()
        world.send("carol", "AWAY")
        #expect(world.lines("bob") == [":carol!~carol@127.0.0.1 AWAY"])
        world.send("carol", "SETNAME :New Carol")
        #expect(world.lines("bob") == [":carol!~carol@127.0.0.1 SETNAME :New Carol"])
        #expect(world.lines("alice").isEmpty)
    }

    @Test("IRCv3 invite-notify: members who asked see that somebody was invited")
    func inviteNotify() {
        let world = room("invite-notify")
        world.join("carol", uid: 3)
        world.send("alice", "INVITE carol #a")
        #expect(world.lines("bob") == [":alice!~alice@127.0.0.1 INVITE carol #a"])
        #expect(world.lines("carol") == [":alice!~alice@127.0.0.1 INVITE carol #a"])
    }

    @Test("IRCv3 multi-prefix and userhost-in-names: NAMES and WHO show all prefixes, NAMES whole sources")
    func names() {
        let world = room("multi-prefix userhost-in-names")
        world.send("alice", "MODE #a +v alice")
        #expect(
            world.ask("bob", "NAMES #a").first
                == ":irc.test.net 353 bob = #a :@+alice!~alice@127.0.0.1 bob!~bob@127.0.0.1")
        #expect(world.ask("alice", "NAMES #a").first == ":irc.test.net 353 alice = #a :@alice bob")
        #expect(world.ask("bob", "WHO #a").first?.contains(" H@+ ") == true)
    }

    @Test(
        "IRCv3 Standard Replies and UTF8ONLY: what is no UTF-8 is refused, as FAIL to those who asked, else as a notice"
    )
    func utf8() {
        let world = room("standard-replies")
        let line = Array("PRIVMSG #a :".utf8) + [0xFF, 13, 10]
        world.send("bob", bytes: line)
        #expect(world.lines("bob").first?.hasPrefix(":irc.test.net FAIL PRIVMSG INVALID_UTF8 :") == true)
        world.send("alice", bytes: line)
        #expect(world.lines("alice").first?.hasPrefix(":irc.test.net NOTICE alice :PRIVMSG: ") == true)
        #expect(world.lines("bob").isEmpty)
    }

    @Test("with UTF8Only = no any bytes are passed on")
    func noUTF8() {
        let world = World.open { $0.options.utf8Only = false }
        world.join("alice", uid: 1)
        world.join("bob", uid: 2)
        world.send("alice", bytes: Array("PRIVMSG bob :".utf8) + [0xFF, 13, 10])
        #expect(world.lines("bob").count == 1)
    }

    @Test("IRCv3 MONITOR: coming, going and changing the nick are told, up to the limit")
    func monitor() {
        let world = World.open()
        world.join("alice", uid: 1)
        #expect(world.ask("alice", "MONITOR + bob,carol") == [":irc.test.net 731 alice :bob,carol"])
        world.join("bob", uid: 2)
        world.connect("late")
        world.drain()
        world.send("bob", "NICK carol")
        #expect(
            world.lines("alice") == [":irc.test.net 731 alice :bob", ":irc.test.net 730 alice :carol!~bob@127.0.0.1"])
        #expect(
            world.ask("alice", "MONITOR S") == [
                ":irc.test.net 730 alice :carol!~bob@127.0.0.1", ":irc.test.net 731 alice :bob",
            ])
        #expect(
            world.ask("alice", "MONITOR L") == [
                ":irc.test.net 732 alice :bob,carol", ":irc.test.net 733 alice :End of MONITOR list",
            ])
        world.send("alice", "MONITOR - carol")
        world.drain()
        world.lose("bob")
        #expect(world.lines("alice").isEmpty)
        let many = (0..<40).map { "n\($0)" }.joined(separator: ",")
        for prefix in ["a", "b", "c"] { world.send("alice", "MONITOR + " + many.replacing("n", with: prefix)) }
        #expect(world.lines("alice").contains { $0.hasPrefix(":irc.test.net 734 alice 100 ") })
    }

    @Test("MONITOR while Anonymous = yes: online is who shares a channel, from meeting to parting")
    func anonymousMonitor() {
        let world = World.anonymous()
        world.join("alice", uid: 1)
        world.join("bob", uid: 2)
        #expect(world.ask("alice", "MONITOR + bob") == [":irc.test.net 731 alice :bob"])
        world.send("alice", "JOIN #a")
        world.drain()
        world.send("bob", "JOIN #a")
        #expect(world.lines("alice").contains(":irc.test.net 730 alice :bob!bob@untochat"))
        world.send("bob", "PART #a")
        #expect(world.lines("alice").last == ":irc.test.net 731 alice :bob")
        world.send("bob", "JOIN #a")
        world.drain()
        world.send("bob", "QUIT")
        #expect(world.lines("alice") == [":bob!bob@untochat QUIT :bob", ":irc.test.net 731 alice :bob"])
    }

    @Test("WHOX: the fields that were asked for, in the order of the specification, and the token")
    func whox() {
        let world = room("")
        #expect(
            world.ask("alice", "WHO #a %tcuihsnfdlaor,7").first
                == ":irc.test.net 354 alice 7 #a ~alice 127.0.0.1 127.0.0.1 irc.test.net alice H@ 0 0 0 n/a :Alice")
        #expect(
            world.ask("alice", "WHO bob %n") == [
                ":irc.test.net 354 alice bob", ":irc.test.net 315 alice bob :End of WHO list",
            ])
    }

    @Test("IRCv3 Bot Mode: +B shows in WHO, WHOIS and as a tag")
    func bot() {
        let world = room("message-tags")
        world.send("alice", "MODE alice +B")
        #expect(world.ask("bob", "WHO alice").first?.contains(" HB ") == true)
        #expect(world.ask("bob", "WHOIS alice").contains(":irc.test.net 335 bob alice :is an IRC Bot"))
        world.send("alice", "PRIVMSG #a :beep")
        #expect(world.lines("bob") == ["@bot :alice!~alice@127.0.0.1 PRIVMSG #a :beep"])
    }

    @Test("STATUSMSG: a message to @#channel reaches operators and nobody else")
    func statusMessages() {
        let world = room("echo-message")
        world.join("carol", uid: 3)
        world.send("carol", "JOIN #a")
        world.drain()
        #expect(world.ask("bob", "PRIVMSG @#a :help") == [":bob!~bob@127.0.0.1 PRIVMSG @#a :help"])
        #expect(world.lines("alice") == [":bob!~bob@127.0.0.1 PRIVMSG @#a :help"])
        #expect(world.lines("carol").isEmpty)
    }

    @Test("ELIST: LIST takes masks, exclusions, counts and ages")
    func elist() {
        let world = World.open()
        world.join("alice", uid: 1)
        world.join("bob", uid: 2)
        world.send("alice", "JOIN #one,#two")
        world.send("bob", "JOIN #two")
        func listed(_ filter: String) -> [String] {
            world.ask("alice", "LIST \(filter)").filter { $0.contains(" 322 ") && !$0.contains("SERVER") }
                .map { String($0.split(separator: " ")[3]) }
        }
        #expect(listed("#t*") == ["#two"] && listed("!#t*") == ["#one"] && listed(">1") == ["#two"])
        #expect(listed("<2") == ["#one"] && listed("C<5").count == 2 && listed("C>5").isEmpty && listed("T<5").isEmpty)
    }
}
