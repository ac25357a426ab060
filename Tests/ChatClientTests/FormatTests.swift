import TerminalText
import Testing

@testable import ChatClient

/// How each kind of line looks, beside what irssi shows for the same.
struct FormatTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let line: String
        let shown: String
        let styles: [(String, Style)]
        var testDescription: String { shown }
        init(_ line: String, _ shown: String, _ styles: [(String, Style)] = []) {
            self.line = line
            self.shown = shown
            self.styles = styles
        }
    }

    static let inChannel: [Case] = [
        Case(
            ":bob!u@h PRIVMSG #test :hello everyone", "08:42 < bob> hello everyone", [("<", Style(8)), ("bob", .plain)]),
        Case(":voice!u@h PRIVMSG #test :now voiced", "08:42 <+voice> now voiced"),
        Case(":op!u@h PRIVMSG #test :hi", "08:42 <@op> hi", [("@", .plain)]),
        Case(":bob!u@h PRIVMSG #test :alice: fine thanks", "08:42 < bob> alice: fine thanks", [("bob", Style(11))]),
        Case(
            ":bob!u@h PRIVMSG #test :\u{1}ACTION bows\u{1}", "08:42  * bob bows", [("* bob", .bold), ("bows", .plain)]),
        Case(
            ":bob!u@h NOTICE #test :this is a notice", "08:42 -bob:#test- this is a notice",
            [("-bob", Style(8)), ("bob", Style(13)), (":#", Style(8)), ("#test-", Style(5))]),
        Case(
            ":dave!~d@127.0.0.1 JOIN #test", "08:42 -!- dave has joined #test", [("dave", Style(14)), ("#test", .bold)]),
        Case(
            ":bob!u@h PART #test :goodbye all", "08:42 -!- bob has left #test [goodbye all]",
            [("bob", Style(6)), ("[", Style(8))]),
        Case(
            ":bob!u@h QUIT :Ping timeout: 120 seconds", "08:42 -!- bob has quit [Ping timeout: 120 seconds]",
            [("bob", Style(6))]),
        Case(
            ":op!u@h KICK #test bob :being a test", "08:42 -!- bob was kicked from #test by op [being a test]",
            [("#test by", .bold), ("op [", .bold)]),
        Case(
            ":bob!u@h NICK bobby", "08:42 -!- bob is now known as bobby", [("bob is", Style(6)), ("bobby", Style(14))]),
        Case(":alice!u@h NICK perfy", "08:42 -!- You're now known as perfy", [("perfy", .bold)]),
        Case(
            ":op!u@h MODE #test +v bob", "08:42 -!- mode/#test [+v bob] by op",
            [("#test", Style(6)), ("op", .bold), ("[", Style(8))]),
        Case(
            ":op!u@h TOPIC #test :New \u{2}topic", "08:42 -!- op changed the topic of #test to: New topic",
            [("op", .bold), ("#test to", .bold), ("topic", .plain)]),
        Case(":op!u@h TOPIC #test :", "08:42 -!- Topic unset by op on #test", [("#test", .bold)]),
        Case(
            ":irc.local MODE #test +s", "08:42 -!- ServerMode/#test [+s] by the server", [("ServerMode", Style(9))]),
        Case(":irc.local NOTICE #test :to all", "08:42 !irc.local to all", [("!irc", Style(2))]),
        Case(":op!u@h NOTICE @#test :to some", "08:42 -op:@#test- to some"),
        Case(":irc 332 alice #test :What it is", "08:42 -!- Topic for #test: What it is"),
        Case(":irc 333 alice #test op!u@h 1795423365", "08:42 -!- Topic set by op [Mon Nov 23 08:42 2026]"),
        Case(":irc 333 alice #test op", "08:42 -!- Topic set by op"),
        Case(":irc 329 alice #test 1795423348", "08:42 -!- Channel #test created Mon Nov 23 08:42 2026"),
        Case(":irc 331 alice #test :No topic", "08:42 -!- No topic set for #test"),
        Case(":irc 368 alice #test :End", "08:42 -!- Irssius: No bans in channel #test"),
        Case(":irc 367 alice #test *!*@bad op!u@h 1", "08:42 -!- 1 - #test: ban *!*@bad [by op]"),
        Case(
            ":irc 404 alice #test :Cannot send to channel",
            "08:42 -!- Your message to #test was not delivered: Cannot send to channel"),
        Case(":irc 482 alice #test :You are not channel operator", "08:42 -!- #test You're not channel operator"),
        Case(":irc 401 alice nobody :No such nick", "08:42 -!- nobody: No such nick/channel"),
        Case(":irc 403 alice #x :No such channel", "08:42 -!- #x: No such channel"),
        Case(":irc 472 alice Z :is unknown mode", "08:42 -!- Unknown mode character Z"),
        Case(
            ":irc 471 alice #full :Cannot join channel (+l)", "08:42 -!- Cannot join to channel #full (Channel is full)"
        ),
        Case(
            ":irc 473 alice #full :Cannot join channel (+i)",
            "08:42 -!- Cannot join to channel #full (You must be invited)"),
        Case(":irc 474 alice #full :x", "08:42 -!- Cannot join to channel #full (You are banned)"),
        Case(":irc 475 alice #full :x", "08:42 -!- Cannot join to channel #full (Bad channel key)"),
        Case(":irc 433 alice bob :Nickname already in use", "08:42 -!- Nick bob is already in use"),
        Case(":irc 432 alice 1bad :Erroneous nickname", "08:42 -!- 1bad Erroneous nickname"),
        Case(":irc 443 alice bob #test :is already on channel", "08:42 -!- bob #test is already on channel"),
        Case(":irc 421 alice NS :Unknown command", "08:42 -!- NS Unknown command"),
    ]

    @Test("a line in a channel", arguments: inChannel)
    func channel(_ example: Case) {
        let talk = Talk().registered().inChannel()
        talk.server(example.line)
        #expect(talk.last == example.shown)
        for (text, style) in example.styles { #expect(talk.style(of: text) == style, "\(text)") }
    }

    static let inStatus: [Case] = [
        Case(":irc.local NOTICE alice :a server notice", "08:42 !irc.local a server notice", [("!irc", Style(2))]),
        Case(":op!u@h NOTICE alice :a private notice", "08:42 -op- a private notice", [("op-", Style(13))]),
        Case(":alice MODE alice :+i", "08:42 -!- Mode change [+i] for user alice", [("+i", .plain), ("alice", .bold)]),
        Case(":op!u@h INVITE alice #secret", "08:42 -!- op invites you to #secret"),
        Case(":irc 306 alice :away", "08:42 -!- You have been marked as being away"),
        Case(":irc 305 alice :back", "08:42 -!- You are no longer marked as being away"),
        Case(":irc 301 alice op :is away text", "08:42 -!- op is away: is away text"),
        Case(":op!u@h PRIVMSG alice :\u{1}PING 12345 678\u{1}", "08:42 -!- op requested CTCP PING and got no answer"),
        Case(":op!u@h WALLOPS :hear", "08:42 -!- WALLOP op: hear"),
        Case("ERROR :some error text", "08:42 -!- ERROR some error text", [("ERROR", Style(9))]),
        Case(":irc 372 alice :- text", "08:42 -!- - text"),
        Case(":irc 376 alice :End of MOTD command", "08:42 -!- End of MOTD command"),
        Case(":irc 999 alice foo :an unknown numeric", "08:42 -!- foo an unknown numeric"),
        Case(":irc 311 alice bobby ~ubob 127.0.0.1 * :R bob", "08:42 -!-  ircname  : R bob"),
        Case(":irc 312 alice bobby irc.test :Example", "08:42 -!-  server   : irc.test [Example]"),
        Case(":irc 319 alice bobby :@+#test", "08:42 -!-  channels : @+#test"),
        Case(
            ":irc 317 alice bobby 3725 1795423345 :seconds idle",
            "08:42 -!-  idle     : 0 days 1 hours 2 mins [signon: Mon Nov 23 08:42 2026]"),
        Case(":irc 330 alice bobby acct :is", "08:42 -!-  account  : acct"),
        Case(":irc 335 alice bobby :is a bot", "08:42 -!-           : is a bot"),
        Case(":irc 313 alice bobby :is an operator", "08:42 -!-           : IRC operator", [("IRC", .bold)]),
        Case(":irc 314 alice bobby ~ubob 127.0.0.1 * :R bob", "08:42 -!-  was      : R bob"),
        Case(":irc 303 alice :bob carol", "08:42 -!- Users online: bob carol", [("bob", .bold)]),
        Case(":irc 441 alice bob #x :They aren't there", "08:42 -!- bob #x They aren't there", [("bob", .plain)]),
        Case(":irc 321 alice Channel :Users  Name", "08:42 -!- Channel Users  Name"),
        Case(":irc 322 alice #x 3 :About x", "08:42 -!- #x 3 About x", [("#x", .plain)]),
        Case(":irc 323 alice :End", "08:42 -!- End of LIST"),
    ]

    @Test("a line in the status window", arguments: inStatus)
    func status(_ example: Case) {
        let talk = Talk().registered()
        talk.server(example.line)
        #expect(talk.last == example.shown)
        for (text, style) in example.styles { #expect(talk.style(of: text) == style, "\(text)") }
    }

    @Test("what is told of somebody has an end, and nobody has none")
    func whois() {
        let talk = Talk().registered()
        talk.server(
            ":irc 311 alice bobby ~ubob h * :R bob", ":irc 301 alice bobby :out", ":irc 318 alice bobby :End of WHOIS")
        #expect(Array(talk.lines.suffix(2)) == ["08:42 -!-  away     : out", "08:42 -!- End of WHOIS"])
        talk.server(":irc 301 alice bobby :out")
        #expect(talk.last == "08:42 -!- bobby is away: out")
        talk.type("/whois nosuch\n")
        talk.server(":irc 401 alice nosuch :No such nick", ":irc 318 alice nosuch :End of WHOIS")
        #expect(talk.last == "08:42 -!- There is no such nick nosuch")
    }

    @Test("letters of modes are in the order of the alphabet, a topic above the text is without its colours")
    func bars() {
        let talk = Talk().registered().inChannel()
        talk.server(":op!u@h MODE #test +tsn", ":op!u@h MODE #test +m", ":op!u@h TOPIC #test :\u{2}fat\u{2} \u{3}4red")
        #expect(talk.bar.contains("#test(+mnst)"))
        #expect(talk.topic == " fat red")
        let cell = talk.frame[0][1]
        #expect(cell.style == Style(7, on: 4))
    }

    @Test("offers of direct connections are not shown, and nothing is ever answered")
    func ctcp() {
        let talk = Talk().registered()
        let before = talk.lines
        talk.server(":op!u@h PRIVMSG alice :\u{1}DCC SEND secret.txt 2130706433 9999 100\u{1}")
        #expect(talk.lines == before)
        for request in ["VERSION", "TIME", "USERINFO", "CLIENTINFO", "FINGER", "PING 1", "SOURCE"] {
            talk.server(":op!u@h PRIVMSG alice :\u{1}\(request)\u{1}", ":op!u@h NOTICE alice :\u{1}\(request)\u{1}")
        }
        #expect(talk.sent == [])
        #expect(talk.lines.count == before.count + 1)
        talk.pass(milliseconds: 59_000)
        talk.server(":op!u@h PRIVMSG alice :\u{1}TIME\u{1}")
        #expect(talk.lines.count == before.count + 1)
        talk.pass(milliseconds: 2_000)
        talk.server(":op!u@h PRIVMSG alice :\u{1}TIME\u{1}")
        #expect(talk.last.hasSuffix("requested CTCP TIME and got no answer"))
    }

    @Test("the members of a channel, in columns by rank and name")
    func names() {
        let talk = Talk().registered()
        talk.type("/join #test\n")
        talk.server(
            ":alice!u@h JOIN #test", ":irc 353 alice = #test :@op +voiced alice Carl eve Zed _under_ carol",
            ":irc 366 alice #test :End")
        #expect(
            Array(talk.lines.suffix(4)) == [
                "08:42 [Users #test]", "08:42 [@op    ] [ _under_] [ Carl ] [ eve]",
                "08:42 [+voiced] [ alice  ] [ carol] [ Zed]",
                "08:42 -!- Irssius: #test: Total of 8 nicks [1 ops, 0 halfops, 1 voices, 6 normal]",
            ])
        #expect(talk.style(of: "Users") == Style(2))
        talk.server(":irc 324 alice #test +nt")
        #expect(talk.last == "08:42 -!- Irssius: Join to #test was synced in 0 secs")
    }

    @Test("of a large channel only the total is shown")
    func manyNames() {
        let talk = Talk().registered()
        talk.type("/join #test\n")
        talk.server(
            ":alice!u@h JOIN #test", ":irc 353 alice = #test :\((0..<19).map { "n\($0)" }.joined(separator: " "))",
            ":irc 366 alice #test :End")
        #expect(talk.last == "08:42 -!- Irssius: #test: Total of 20 nicks [0 ops, 0 halfops, 0 voices, 20 normal]")
        #expect(!talk.lines.contains { $0.contains("[Users") })
        talk.type("/names\n")
        talk.server(":irc 353 alice = #test :n1", ":irc 366 alice #test :End")
        #expect(talk.lines.contains("08:42 [Users #test]"))
    }

    @Test("one's own words, with and without the server's echo")
    func own() {
        for capabilities in ["", "echo-message"] {
            let talk = Talk().registered(capabilities: capabilities).inChannel(members: "@alice bob")
            talk.type("hi bob, how are you\n")
            #expect(talk.takeSent() == ["PRIVMSG #test :hi bob, how are you"])
            if !capabilities.isEmpty {
                #expect(talk.lines == [])
                talk.server(":alice!~a@h PRIVMSG #test :hi bob, how are you")
            }
            #expect(talk.lines == ["08:42 <@alice> hi bob, how are you"])
            #expect(talk.style(of: "alice") == .bold)
            talk.type("/me bows\n")
            #expect(talk.takeSent() == ["PRIVMSG #test :\u{1}ACTION bows\u{1}"])
            if !capabilities.isEmpty { talk.server(":alice!~a@h PRIVMSG #test :\u{1}ACTION bows\u{1}") }
            #expect(talk.last == "08:42  * alice bows")
            talk.type("/notice #test psst\n")
            #expect(talk.takeSent() == ["NOTICE #test :psst"])
            if !capabilities.isEmpty { talk.server(":alice!~a@h NOTICE #test :psst") }
            #expect(talk.last == "08:42 [notice(#test)] psst")
        }
    }

    @Test("a private talk in its window")
    func query() {
        let talk = Talk().registered()
        talk.server(":op!~o@h PRIVMSG alice :in query")
        #expect(talk.bar.contains("[Act: 2]"))
        talk.type("\u{1B}2")
        #expect(talk.lines == ["08:42 -!- Irssius: Starting query in local with op", "08:42 <op> in query"])
        #expect(talk.style(of: "op> in") == Style(9))
        talk.type("yo\n")
        #expect(talk.last == "08:42 <alice> yo")
        #expect(talk.topic == " op")
        #expect(talk.prompt.hasPrefix("[op]"))
    }

    @Test("what is meant for another channel of the same window says so")
    func otherItem() {
        let talk = Talk().registered().inChannel()
        talk.type("/join -window #extra\n")
        talk.server(":alice!u@h JOIN #extra")
        talk.server(":carol!u@h PRIVMSG #test :to the other item")
        #expect(talk.last == "08:42 < carol:#test> to the other item")
        talk.type("\u{18}")
        #expect(talk.last == "08:42 -!- Irssius: You are now talking in #test")
    }

    @Test("a text in emphasis, a rule's word, and a column for nicks")
    func looks() {
        let talk = Talk().registered().inChannel()
        talk.server(":bob!u@h PRIVMSG #test :a *bold* b")
        #expect(talk.style(of: "*bold*") == .bold)
        talk.type("/hilight -word -color %G ping\n")
        talk.server(":bob!u@h PRIVMSG #test :a ping here")
        #expect(talk.style(of: "ping here") == Style(10))
        talk.type("/hilight pong\n/hilight -line pang\n")
        #expect(talk.last == "08:42    3 pang  -line")
        talk.server(":bob!u@h PRIVMSG #test :a pong there")
        #expect(talk.style(of: "bob> a pong") == Style(11) && talk.style(of: "pong there") == .plain)
        talk.server(":bob!u@h PRIVMSG #test :a pang")
        #expect(talk.style(of: "< bob> a pang") == Style(11) && talk.style(of: "pang") == Style(11))
        talk.type("/set nick_column_width 6\n")
        talk.server(":bob!u@h PRIVMSG #test :x", ":verylongnick!u@h PRIVMSG #test :x")
        #expect(Array(talk.lines.suffix(2)) == ["08:42    < bob> x", "08:42 < veryl+> x"])
    }

    @Test("a long message goes on under its own text")
    func hanging() {
        let talk = Talk(columns: 40).registered().inChannel()
        talk.server(":bob!u@h PRIVMSG #test :one two three four five six seven eight nine ten")
        #expect(talk.lines == ["08:42 < bob> one two three four five", "             six seven eight nine ten"])
    }

    @Test("the server's time is shown in the zone that is set, and no other")
    func serverTime() {
        let talk = Talk().registered(capabilities: "server-time").inChannel()
        talk.server("@time=2026-11-23T07:05:09.000Z :bob!u@h PRIVMSG #test :old")
        #expect(talk.last == "07:05 < bob> old")
        talk.type("/set time_offset +02:30\n")
        talk.server("@time=2026-11-23T07:05:09.000Z :bob!u@h PRIVMSG #test :old")
        #expect(talk.last == "09:35 < bob> old")
        talk.server("@time=9999999-99-99T99:99:99Z :bob!u@h PRIVMSG #test :odd")
        #expect(talk.last == "11:12 < bob> odd")
    }
}
