import ChatServer
import Testing

/// One case: where it is specified, what was said before, what is said, and what the speaker reads.
struct Case: CustomTestStringConvertible, Sendable {
    let section: String
    var before: [String] = []
    let line: String
    let replies: [String]

    var testDescription: String { "\(section): \(line)" }
}

/// alice is an operator of #a, bob is in #a, carol is not; root may become an IRC operator. Lines of others are written
/// `bob> JOIN #b`; what is not marked alice says. Replies are without `:irc.test.net ` before them.
struct CommandTests {
    static let cases: [Case] = [
        Case(section: "RFC 2812, 3.1.2", line: "NICK", replies: ["461 alice NICK :Syntax error"]),
        Case(section: "RFC 2812, 3.1.2", line: "NICK bob", replies: ["433 alice bob :Nickname already in use"]),
        Case(section: "RFC 2812, 3.1.2", line: "NICK b*", replies: ["432 alice b* :Erroneous nickname"]),
        Case(section: "RFC 2812, 3.1.2", line: "NICK ALICE", replies: [":alice!~alice@127.0.0.1 NICK :ALICE"]),
        Case(section: "RFC 2812, 3.1.3", line: "USER a 0 * :A", replies: ["462 alice :Connection already registered"]),
        Case(section: "RFC 2812, 3.1.4", line: "OPER root no", replies: ["464 alice :Invalid password"]),
        Case(
            section: "RFC 2812, 3.1.4", line: "OPER root pw",
            replies: ["MODE alice :+o", "381 alice :You are now an IRC Operator"]),
        Case(section: "RFC 2812, 3.1.5", line: "MODE alice", replies: ["221 alice +"]),
        Case(section: "RFC 2812, 3.1.5", line: "MODE alice +i", replies: [":alice!~alice@127.0.0.1 MODE alice :+i"]),
        Case(section: "RFC 2812, 3.1.5", line: "MODE alice +o", replies: ["481 alice :Permission denied"]),
        Case(section: "RFC 2812, 3.1.5", line: "MODE bob", replies: ["502 alice :Can't set/get mode for other users"]),
        Case(section: "RFC 2812, 3.1.5", line: "MODE alice +?", replies: ["501 alice :Unknown mode \"+?\""]),
        Case(section: "RFC 2812, 3.1.7", line: "QUIT :bye", replies: ["ERROR :\"bye\""]),
        Case(
            section: "RFC 2812, 3.2.1", line: "JOIN #b",
            replies: [":alice!~alice@127.0.0.1 JOIN :#b", "353 alice = #b :@alice", "366 alice #b :End of NAMES list"]),
        Case(section: "RFC 2812, 3.2.1", line: "JOIN b", replies: ["403 alice b :No such channel"]),
        Case(section: "RFC 2812, 3.2.1", line: "JOIN 0", replies: [":alice!~alice@127.0.0.1 PART #a :alice"]),
        Case(
            section: "RFC 2812, 3.2.1, keys by place",
            before: ["carol> JOIN #x", "carol> MODE #x +k one", "carol> JOIN #y", "carol> MODE #y +k two"],
            line: "JOIN #x,#y wrong,two",
            replies: [
                "475 alice #x :Cannot join channel (+k) -- Wrong channel key", ":alice!~alice@127.0.0.1 JOIN :#y",
                "353 alice = #y :@carol alice", "366 alice #y :End of NAMES list",
            ]),
        Case(section: "RFC 2812, 3.2.2", line: "PART #a :bye", replies: [":alice!~alice@127.0.0.1 PART #a :bye"]),
        Case(section: "RFC 2812, 3.2.2", line: "PART #b", replies: ["403 alice #b :No such channel"]),
        Case(section: "RFC 2812, 3.2.3", line: "MODE #a +o bob", replies: [":alice!~alice@127.0.0.1 MODE #a +o bob"]),
        Case(
            section: "RFC 2812, 3.2.3", line: "MODE #a +nt-n+k-t key",
            replies: [":alice!~alice@127.0.0.1 MODE #a +nt-n+k-t key"]),
        Case(
            section: "RFC 2812, 3.2.3", line: "MODE #a +o carol",
            replies: ["441 alice carol #a :They aren't on that channel"]),
        Case(section: "RFC 2811, 4.2.9", before: ["alice> MODE #a +l 2"], line: "MODE #a +l 2", replies: []),
        Case(section: "RFC 2811, 4.3.1", line: "MODE #a +b", replies: ["368 alice #a :End of channel ban list"]),
        Case(
            section: "RFC 2811, 4.3.1, a ban silences", before: ["bob> JOIN #z", "bob> MODE #z +b alice"],
            line: "PRIVMSG #z :x", replies: ["404 alice #z :Cannot send to channel"]),
        Case(section: "RFC 2812, 3.2.4", line: "TOPIC #a", replies: ["331 alice #a :No topic is set"]),
        Case(section: "RFC 2812, 3.2.4", line: "TOPIC #a :x", replies: [":alice!~alice@127.0.0.1 TOPIC #a :x"]),
        Case(section: "RFC 2812, 3.2.5", line: "NAMES #nosuch", replies: ["366 alice #nosuch :End of NAMES list"]),
        Case(
            section: "RFC 2812, 3.2.6", line: "LIST #a",
            replies: ["321 alice Channel :Users  Name", "322 alice #a 2 :", "323 alice :End of LIST"]),
        Case(
            section: "RFC 2812, 3.2.6, secret channels", before: ["carol> JOIN #s", "carol> MODE #s +s"],
            line: "LIST #s",
            replies: ["321 alice Channel :Users  Name", "323 alice :End of LIST"]),
        Case(section: "RFC 2812, 3.2.7", line: "INVITE bob #a", replies: ["443 alice bob #a :is already on channel"]),
        Case(section: "RFC 2812, 3.2.7", line: "INVITE carol #a", replies: ["341 alice carol #a"]),
        Case(
            section: "RFC 2812, 3.2.8", line: "KICK #a bob :out", replies: [":alice!~alice@127.0.0.1 KICK #a bob :out"]),
        Case(
            section: "RFC 2812, 3.2.8", line: "KICK #a carol",
            replies: ["441 alice carol #a :They aren't on that channel"]),
        Case(section: "RFC 2812, 3.3.1", line: "PRIVMSG bob", replies: ["412 alice :No text to send"]),
        Case(section: "RFC 2812, 3.3.1", line: "PRIVMSG", replies: ["411 alice :No recipient given (PRIVMSG)"]),
        Case(
            section: "RFC 2812, 3.3.1", line: "PRIVMSG nosuch :x",
            replies: ["401 alice nosuch :No such nick or channel name"]),
        Case(section: "RFC 2812, 3.3.2, notices are not answered", line: "NOTICE nosuch :x", replies: []),
        Case(section: "RFC 2812, 3.4.1", line: "MOTD", replies: ["422 alice :MOTD file is missing"]),
        Case(
            section: "RFC 2812, 3.4.5", line: "LINKS",
            replies: ["364 alice irc.test.net irc.test.net :0 ngircdus", "365 alice * :End of LINKS list"]),
        Case(
            section: "RFC 2812, 3.4.9", line: "ADMIN",
            replies: ["423 alice irc.test.net :No administrative info available"]),
        Case(
            section: "RFC 2812, 3.6.1", line: "WHO #a o",
            replies: ["315 alice #a :End of WHO list"]),
        Case(
            section: "RFC 2812, 3.6.1", line: "WHO b?b",
            replies: ["352 alice * ~bob 127.0.0.1 irc.test.net bob H :0 Bob", "315 alice b?b :End of WHO list"]),
        Case(
            section: "RFC 2812, 3.6.1, the invisible", before: ["carol> MODE carol +i"], line: "WHO c*",
            replies: ["315 alice c* :End of WHO list"]),
        Case(
            section: "RFC 2812, 3.6.2", line: "WHOIS nosuch",
            replies: ["401 alice nosuch :No such nick or channel name", "318 alice nosuch :End of WHOIS list"]),
        Case(
            section: "RFC 2812, 3.6.3", line: "WHOWAS bob",
            replies: ["406 alice bob :There was no such nickname", "369 alice bob :End of WHOWAS list"]),
        Case(
            section: "RFC 2812, 3.6.3, also of who was here for a moment", before: ["carol> QUIT"],
            line: "WHOWAS carol",
            replies: [
                "314 alice carol ~carol 127.0.0.1 * :Carol",
                "312 alice carol irc.test.net :Tue Nov 14 2023 at 22:15:23 (UTC)",
                "369 alice carol :End of WHOWAS list",
            ]),
        Case(section: "RFC 2812, 3.7.1", line: "KILL bob :x", replies: ["481 alice :Permission denied"]),
        Case(section: "RFC 2812, 3.7.2", line: "PING :a b", replies: ["PONG irc.test.net :a b"]),
        Case(section: "RFC 2812, 4.1", line: "AWAY :x", replies: ["306 alice :You have been marked as being away"]),
        Case(
            section: "RFC 2812, 4.1", before: ["bob> AWAY :lunch"], line: "PRIVMSG bob :x",
            replies: ["301 alice bob :lunch"]),
        Case(section: "RFC 2812, 4.5", line: "SUMMON x", replies: ["445 alice :SUMMON has been disabled"]),
        Case(section: "RFC 2812, 4.6", line: "USERS", replies: ["446 alice :USERS has been disabled"]),
        Case(
            section: "RFC 2812, 4.8", before: ["bob> AWAY :x"], line: "USERHOST bob nosuch",
            replies: ["302 alice :bob=-~bob@127.0.0.1"]),
        Case(section: "RFC 2812, 4.9", line: "ISON BOB nosuch carol", replies: ["303 alice :bob carol"]),
        Case(section: "RFC 2812, 5.2", line: "NOSUCH", replies: ["421 alice NOSUCH :Unknown command"]),
        Case(
            section: "ngircd, KLINE", before: ["root> OPER root pw", "root> KLINE bob 60 :bad"], line: "ISON bob",
            replies: ["303 alice :"]),
        Case(
            section: "ngircd, DIE", before: ["root> OPER root pw"], line: "DIE",
            replies: ["481 alice :Permission denied"]),
        Case(
            section: "ngircd, user mode C", before: ["carol> MODE carol +C"], line: "PRIVMSG carol :x",
            replies: ["493 alice :You must share a common channel with carol"]),
        Case(
            section: "ngircd, user mode I", before: ["bob> MODE bob +I", "bob> JOIN #secretly"], line: "WHOIS #a,bob",
            replies: [
                "401 alice #a :No such nick or channel name", "311 alice bob ~bob 127.0.0.1 * :Bob",
                "312 alice bob irc.test.net :ngircdus",
                "317 alice bob 0 1700000123 :seconds idle, signon time", "318 alice #a,bob :End of WHOIS list",
            ]),
        Case(
            section: "ngircd, channel mode Q", before: ["alice> MODE #a +Q"], line: "KICK #a bob",
            replies: ["482 alice #a :Cannot kick, bob is protected"]),
    ]

    @Test("each command, by its section", arguments: cases)
    func replies(to example: Case) {
        let world = World.open {
            $0.operators = [.init()]
            $0.operators[0].name = Array("root".utf8)
            $0.operators[0].password = Array("pw".utf8)
        }
        for (uid, name) in ["alice", "bob", "carol", "root"].enumerated() { world.join(name, uid: UInt32(uid)) }
        world.send("alice", "JOIN #a")
        world.send("bob", "JOIN #a")
        for line in example.before {
            let parts = line.split(separator: "> ", maxSplits: 1)
            world.send(String(parts[0]), String(parts[1]))
        }
        let prefix = ":irc.test.net "
        let replies = world.ask("alice", example.line).map {
            $0.hasPrefix(prefix) ? String($0.dropFirst(prefix.count)) : $0
        }
        #expect(replies == example.replies)
    }

    @Test("an operator who is no member sees the mode that was set, and in an anonymous server the server has set it")
    func operatorModes() {
        for isAnonymous in [false, true] {
            let change: (inout Configuration) -> Void = {
                $0.options.operCanUseMode = true
                $0.operators = [.init()]
                $0.operators[0].name = Array("root".utf8)
                $0.operators[0].password = Array("pw".utf8)
            }
            let world = isAnonymous ? World.anonymous(change) : World.open(change)
            world.join("alice", uid: 1)
            world.join("root", uid: 2)
            world.send("alice", "JOIN #a")
            world.send("root", "OPER root pw")
            world.drain()
            world.send("root", "MODE #a +m")
            let source = isAnonymous ? "irc.test.net" : "root!~root@127.0.0.1"
            #expect(world.lines("alice") == [":\(source) MODE #a +m"])
            #expect(world.lines("root") == [":\(source) MODE #a +m"])
        }
    }

    @Test("REHASH, RESTART and DIE are asked of the edge")
    func control() {
        for (line, effect) in [("REHASH", Effect.rehash), ("RESTART", .restart), ("DIE", .shutDown)] {
            let world = World.open {
                $0.operators = [.init()]
                $0.operators[0].name = Array("root".utf8)
                $0.operators[0].password = Array("pw".utf8)
            }
            world.join("root")
            world.send("root", "OPER root pw")
            world.send("root", line)
            #expect(world.requests == [effect])
            #expect(world.closed.contains("root") == (line != "REHASH"))
        }
    }
}
