import ChatServer
import Testing

/// What may be done from outside a channel, by operators and by others, with Anonymous = no and yes. What ngircd does is in
/// Recordings/rights.txt and ranks.txt.
struct RightsTests {
    /// alice and bob are in #a (+s, with a ban) and in +plain, carol is in neither; root is an IRC operator, also in neither.
    private static func world(isAnonymous: Bool, operCanUseMode: Bool = true) -> World {
        let change: (inout Configuration) -> Void = {
            $0.options.operCanUseMode = operCanUseMode
            $0.operators = [.init()]
            $0.operators[0].name = Array("root".utf8)
            $0.operators[0].password = Array("pw".utf8)
        }
        let world = isAnonymous ? World.anonymous(change) : World.open(change)
        for (uid, name) in ["alice", "bob", "carol", "root"].enumerated() { world.join(name, uid: UInt32(uid)) }
        for name in ["alice", "bob"] { world.send(name, "JOIN #a,+plain") }
        world.send("alice", "MODE #a +sb *!*@bad")
        world.send("root", "OPER root pw")
        world.drain()
        return world
    }

    private static func source(_ name: String, _ isAnonymous: Bool) -> String {
        isAnonymous ? "\(name)!\(name)@untochat" : "\(name)!~\(name)@127.0.0.1"
    }

    @Test(
        "nobody outside sees the lists of a channel", arguments: [false, true], ["+b", "-b", "b", "+e", "+I", "+bX"])
    func lists(isAnonymous: Bool, modes: String) {
        let world = RightsTests.world(isAnonymous: isAnonymous)
        let refusal =
            isAnonymous
            ? ":irc.test.net 401 carol #a :No such nick or channel name"
            : ":irc.test.net 442 carol #a :You are not on that channel"
        #expect(world.ask("carol", "MODE #a \(modes)") == [refusal])
        #expect(world.ask("bob", "MODE #a \(modes)").contains { $0.contains(" 36") || $0.contains(" 34") })
    }

    @Test("a channel without modes takes no message from outside, and one without +n does", arguments: [false, true])
    func modeless(isAnonymous: Bool) {
        let world = RightsTests.world(isAnonymous: isAnonymous)
        #expect(
            world.ask("carol", "PRIVMSG +plain :x") == [
                isAnonymous
                    ? ":irc.test.net 401 carol +plain :No such nick or channel name"
                    : ":irc.test.net 404 carol +plain :Cannot send to channel"
            ])
        #expect(world.ask("carol", "NOTICE +plain :x").isEmpty)
        #expect(world.ask("root", "PRIVMSG +plain :x") == [":irc.test.net 404 root +plain :Cannot send to channel"])
        #expect(world.lines("alice").isEmpty)
        // Nobody but an IRC operator could be heard in a channel that others do not even see.
        world.send("root", "PRIVMSG #a :x")
        #expect(world.lines("alice") == (isAnonymous ? [] : [":root!~root@127.0.0.1 PRIVMSG #a :x"]))
    }

    @Test("an IRC operator outside cannot kick, nor speak where others could not", arguments: [false, true])
    func operatorsOutside(isAnonymous: Bool) {
        for operCanUseMode in [false, true] {
            let world = RightsTests.world(isAnonymous: isAnonymous, operCanUseMode: operCanUseMode)
            #expect(world.ask("root", "KICK #a bob") == [":irc.test.net 442 root #a :You are not on that channel"])
            for modes in ["+m", "-m+n", "+m"] {
                world.send("alice", "MODE #a \(modes)")
                #expect(world.ask("root", "PRIVMSG #a :x") == [":irc.test.net 404 root #a :Cannot send to channel"])
            }
            world.send("alice", "MODE #a -mn")
            world.drain()
            #expect(world.ask("root", "PRIVMSG #a :x").isEmpty == !isAnonymous)
            #expect(world.lines("bob").count == (isAnonymous ? 0 : 1))
        }
    }

    @Test("inside, OperCanUseMode lets an IRC operator kick, and without it not", arguments: [false, true])
    func operatorsInside(isAnonymous: Bool) {
        for operCanUseMode in [false, true] {
            let world = RightsTests.world(isAnonymous: isAnonymous, operCanUseMode: operCanUseMode)
            world.send("root", "JOIN #a")
            let source = isAnonymous ? "irc.test.net" : RightsTests.source("root", false)
            let kick = ":\(source) KICK #a bob :root"
            let refusal = ":irc.test.net 482 root #a :Your privileges are too low"
            #expect(world.ask("root", "KICK #a bob") == [operCanUseMode ? kick : refusal])
        }
    }

    @Test("an IRC operator who sets a topic from outside is told so, or refused", arguments: [false, true])
    func topics(isAnonymous: Bool) {
        for operCanUseMode in [false, true] {
            let world = RightsTests.world(isAnonymous: isAnonymous, operCanUseMode: operCanUseMode)
            let source = isAnonymous ? "irc.test.net" : RightsTests.source("root", false)
            let change = ":\(source) TOPIC #a :x"
            let refusal = ":irc.test.net 442 root #a :You are not on that channel"
            #expect(world.ask("root", "TOPIC #a :x") == [operCanUseMode ? change : refusal])
            #expect(world.lines("alice") == (operCanUseMode ? [change] : []))
        }
    }

    @Test(
        "a line with another's prefix is void and says nothing, whoever it names", arguments: ["alice", "nobody", ""])
    func anonymousPrefix(name: String) {
        let world = RightsTests.world(isAnonymous: true)
        #expect(world.ask("carol", ":\(name) PING x").isEmpty)
        #expect(world.ask("carol", ":CAROL PING x") == [":irc.test.net PONG irc.test.net :x"])
        world.connect("dave", login: "dave", uid: 9)
        #expect(world.ask("dave", ":\(name) NICK dave").isEmpty)
        #expect(world.ask("dave", "NICK dave").isEmpty)
        #expect(world.ask("dave", "USER d 0 * :D").first?.contains(" 001 dave ") == true)
    }

    @Test("with Anonymous = no ngircd's answers tell who is there, so the test above can fail")
    func openPrefix() {
        let world = RightsTests.world(isAnonymous: false)
        #expect(world.ask("carol", ":nobody PING x") == ["ERROR :Invalid prefix \"nobody\""])
        #expect(world.ask("carol", ":alice PING x") == ["ERROR :Spoofed prefix"])
        #expect(world.closed == ["carol"])
    }

    @Test("a message without a text is none: 412, and nobody gets it", arguments: [false, true])
    func emptyTexts(isAnonymous: Bool) {
        let world = RightsTests.world(isAnonymous: isAnonymous)
        for target in ["bob", "#a", "nobody", "bob,alice"] {
            #expect(world.ask("alice", "PRIVMSG \(target) :") == [":irc.test.net 412 alice :No text to send"])
            #expect(world.ask("alice", "NOTICE \(target) :").isEmpty)
        }
        #expect(world.lines("bob").isEmpty)
        #expect(world.ask("alice", "PRIVMSG bob : ").isEmpty && world.lines("bob").count == 1)
    }

    @Test("a QUIT's text stands in quotes, so that none looks like the server's", arguments: [false, true])
    func quits(isAnonymous: Bool) {
        let change: (inout Configuration) -> Void = { $0.options.morePrivacy = false }
        let world = isAnonymous ? World.anonymous(change) : World.open(change)
        for (line, text) in [("QUIT :Ping timeout: 120 seconds", "\"Ping timeout: 120 seconds\""), ("QUIT", "bob")] {
            world.join("alice", uid: 1)
            world.join("bob", uid: 2)
            for name in ["alice", "bob"] { world.send(name, "JOIN #a") }
            world.drain()
            world.send("bob", line)
            #expect(world.lines("alice") == [":\(RightsTests.source("bob", isAnonymous)) QUIT :\(text)"])
            world.send("alice", "QUIT")
        }
    }

    @Test(
        "HELP is 704 to 706 and lists every command; each has its own; what is none is 524", arguments: [false, true])
    func help(isAnonymous: Bool) {
        let world = RightsTests.world(isAnonymous: isAnonymous)
        let lines = world.ask("carol", "HELP")
        #expect(lines.first?.contains(" 704 carol * :") == true && lines.last?.contains(" 706 carol * :") == true)
        let commands = lines.filter { $0.contains(" 705 ") }
            .flatMap { $0.split(separator: ":").last?.split(separator: " ") ?? [] }
        #expect(commands.count == 48 && commands.contains("JOIN") && commands.contains("MONITOR"))
        #expect(world.ask("carol", "HELP commands") == lines)
        for command in commands {
            let numerics = world.ask("carol", "HELP \(command)").map { $0.split(separator: " ")[1] }
            #expect(numerics == ["704", "705", "706"], "\(command)")
        }
        for subject in ["nothing", "SQUIT", "x"] {
            #expect(
                world.ask("carol", "HELP \(subject)")
                    == [":irc.test.net 524 carol \(subject) :No help available on this topic"])
        }
        #expect(
            world.ask("carol", "HELP join")[0] == ":irc.test.net 704 carol JOIN :JOIN #channel[,...] [key[,...]] | 0")
    }

    @Test("by user name a message reaches nobody while Anonymous = yes, and nobody learns whether there is one")
    func byUserName() {
        let world = RightsTests.world(isAnonymous: true)
        for target in ["alice@irc.test.net", "alice%untochat", "alice%untochat@irc.test.net"] {
            let known = world.ask("carol", "PRIVMSG \(target) :x")
            let unknown = world.ask("carol", "PRIVMSG \(target.replacing("alice", with: "nobody")) :x")
            #expect(known.isEmpty && unknown.isEmpty && world.lines("alice").isEmpty)
        }
        let open = RightsTests.world(isAnonymous: false)
        #expect(open.ask("carol", "PRIVMSG ~alice%127.0.0.1 :x").isEmpty && open.lines("alice").count == 1)
    }

    @Test("operators are told of tries at their commands and of OPER, and nobody else is", arguments: [false, true])
    func notices(isAnonymous: Bool) {
        let world = RightsTests.world(isAnonymous: isAnonymous)
        for name in ["alice", "root"] { world.send(name, "MODE \(name) +s") }
        world.drain()
        world.send("carol", "KILL alice :x")
        world.send("carol", "OPER root no")
        world.send("carol", "OPER root pw")
        let carol = RightsTests.source("carol", isAnonymous)
        #expect(
            world.lines("root") == [
                ":irc.test.net NOTICE root :No privileges: client \"\(carol)\", command \"KILL\"!",
                ":irc.test.net NOTICE root :Got invalid OPER from \"\(carol)\": \"root\" -- bad password!",
                ":irc.test.net NOTICE root :Got valid OPER for \"root\" from \"\(carol)\", user is an IRC operator now.",
            ])
        #expect(world.lines("alice").isEmpty)
    }

    /// What alice hears of all that an IRC operator can do that others cannot, once as members of a channel and once as a
    /// stranger; by then root operates #a, too.
    private static func heardOfOperator(isAnonymous: Bool) -> [String] {
        let world = RightsTests.world(isAnonymous: isAnonymous)
        for line in ["JOIN #p", "MODE #p +n"] { world.send("alice", line) }
        world.send("alice", "MODE alice +wC")
        world.drain()
        var heard: [String] = []
        for line in [
            "MODE #p +P", "JOIN #p", "PART #p", "TOPIC #p :x", "PRIVMSG #p :x", "PRIVMSG alice :x", "MODE #a +M",
            "WALLOPS :x", "PRIVMSG $*.net :x", "NOTICE #*.chat :x", "JOIN #a", "PRIVMSG #a :x", "KICK #a bob",
            "MODE #a -M+o root", "MODE #a +OPQN", "KICK #a bob", "NICK root2", "MODE #a -N", "KILL carol :x",
        ] {
            world.send("bob", "JOIN #a")
            _ = world.lines("alice")
            world.send("root", line)
            heard += world.lines("alice")
        }
        return heard
    }

    @Test("nothing that only an IRC operator can do names the one who does it")
    func operatorsAreUnknown() {
        let heard = RightsTests.heardOfOperator(isAnonymous: true)
        let named = heard.filter { $0.hasPrefix(":root") }
        // What is left is what any user does: entering and leaving channels, and as an operator of one what those do.
        #expect(named.allSatisfy { [" JOIN ", " PART ", " MODE #a -N"].contains(where: $0.contains) }, "\(named)")
        #expect(heard.filter { $0.hasPrefix(":irc.test.net ") }.count > 8, "\(heard)")
        #expect(!heard.contains { $0.contains("+o root") && $0.contains("#p") })
    }

    @Test("with Anonymous = no the operator is named, so the test above can fail")
    func operatorsAreKnown() {
        let named = RightsTests.heardOfOperator(isAnonymous: false).filter { $0.hasPrefix(":root") }
        for word in [" MODE #p +P", " MODE #p +o root", " PRIVMSG alice ", " WALLOPS ", " KICK #a bob", " NICK "] {
            #expect(named.contains { $0.contains(word) }, "\(word) \(named)")
        }
    }

    @Test("how many strangers come and go does not show in what WHOWAS still knows; ten minutes do")
    func strangersDoNotCrowdOut() {
        let world = RightsTests.world(isAnonymous: true)
        world.send("bob", "QUIT")
        for number in 0..<200 {
            world.join("x\(number)", uid: 4711)
            world.send("x\(number)", "QUIT")
        }
        #expect(world.ask("alice", "WHOWAS bob").first?.contains(" 314 ") == true)
        world.now.unix += 600_000
        #expect(world.ask("alice", "WHOWAS bob").first?.contains(" 406 ") == true)
    }

    @Test("an IRC operator finds every user by name and every channel in LIST, and no more", arguments: [false, true])
    func operatorsSight(isAnonymous: Bool) {
        let world = RightsTests.world(isAnonymous: isAnonymous)
        world.send("alice", "MODE alice +i")
        world.send("bob", "MODE bob +i")
        #expect(world.ask("root", "LIST").contains { $0.contains(" 322 root #a ") })
        #expect(world.ask("root", "WHOIS alice").contains { $0.contains(" 311 root alice ") })
        for question in ["NAMES #a", "NAMES", "WHO #a", "WHO *", "WHO alic*", "WHOIS alice"] {
            let lines = world.ask("root", question)
            #expect(!lines.contains { $0.contains(" 353 ") && $0.contains("alice") }, "\(lines)")
            #expect(!lines.contains { $0.contains(" 352 ") && $0.contains("alice") }, "\(lines)")
            #expect(!lines.contains { $0.contains(" 319 ") && $0.contains("#a") }, "\(lines)")
        }
        world.send("root", "JOIN #a")
        #expect(world.ask("root", "NAMES #a").contains { $0.contains("@alice") })
    }

    @Test("KILL reaches who holds a nick without registering")
    func killStranger() {
        let world = RightsTests.world(isAnonymous: true)
        world.connect("mute", login: "mute", uid: 77)
        world.send("mute", "NICK wanted")
        world.send("root", "KILL wanted :let go")
        #expect(world.closed == ["mute"])
        #expect(world.ask("carol", "NICK wanted") == [":carol!carol@untochat NICK :wanted"])
    }
}
