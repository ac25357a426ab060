import IRCHarness

/// PRIVMSG, NOTICE and AWAY.
enum MessageCases {
    static let all: [ConformanceCase] = [
        ConformanceCase("RFC 2812, 3.3.1", "a message to a user reaches that user alone") { scene in
            let alice = try scene.user("alice")
            let bob = try scene.user("bob")
            let carol = try scene.user("carol")
            try alice.ask("PRIVMSG bob :hello there").expectNothing()
            try bob.seen().expect("alice PRIVMSG bob :hello there")
            try carol.seen().expectNothing()
        },
        ConformanceCase("RFC 2812, 3.3.1", "a message to a channel reaches all members but the sender") { scene in
            let users = try scene.room("alice", "bob", "carol")
            try users[0].ask("PRIVMSG #c :hi").expectNothing()
            try users[1].seen().expect("alice PRIVMSG #c hi")
            try users[2].seen().expect("alice PRIVMSG #c hi")
        },
        ConformanceCase("RFC 2812, 3.3.1", "the source is nick!user@host") { scene in
            let users = try scene.room("alice", "bob")
            _ = try users[0].ask("PRIVMSG bob :x")
            let line = try users[1].seen().expect("alice PRIVMSG bob x")
            try require(line.source.contains("!") && line.source.contains("@"), line.source)
        },
        ConformanceCase("RFC 2812, 3.3.1", "several targets in one command") { scene in
            let users = try scene.room("alice", "bob", "carol")
            _ = try users[0].ask("PRIVMSG bob,carol :both")
            try users[1].seen().expect("alice PRIVMSG bob both")
            try users[2].seen().expect("alice PRIVMSG carol both")
        },
        ConformanceCase("RFC 2812, 3.3.1", "nobody of that name is 401, no channel 401 or 403") { scene in
            let alice = try scene.user("alice")
            try alice.ask("PRIVMSG nobody :x").expect(". 401 alice nobody *")
            try alice.ask("PRIVMSG #none :x").expectOne(of: ". 401 alice #none *", ". 403 alice #none *")
        },
        ConformanceCase("RFC 2812, 3.3.1", "no target is 411, no text 412") { scene in
            let alice = try scene.user("alice")
            try alice.ask("PRIVMSG").expectOne(of: ". 411 alice *", ". 461 alice PRIVMSG *")
            try alice.ask("PRIVMSG alice").expectOne(of: ". 412 alice *", ". 461 alice PRIVMSG *")
            try alice.ask("PRIVMSG alice :").expect(". 412 alice *")
        },
        ConformanceCase("RFC 2812, 3.3.2", "NOTICE reaches users and channels") { scene in
            let users = try scene.room("alice", "bob")
            _ = try users[0].ask("NOTICE bob :one")
            _ = try users[0].ask("NOTICE #c :two")
            let seen = try users[1].seen()
            try seen.expect("alice NOTICE bob one")
            try seen.expect("alice NOTICE #c two")
        },
        ConformanceCase("RFC 2812, 3.3.2", "a NOTICE is never answered by an error") { scene in
            let alice = try scene.user("alice")
            try alice.ask("NOTICE nobody :x").expectNothing()
            try alice.ask("NOTICE #none :x").expectNothing()
        },
        ConformanceCase("RFC 2812, 3.3.1", "UTF-8 passes through unchanged") { scene in
            let users = try scene.room("alice", "bob")
            let text = "žluťoučký kůň 你好 \u{1F600}"
            _ = try users[0].ask("PRIVMSG #c :\(text)")
            try require(users[1].seen().first?.last == text, "changed")
        },
        ConformanceCase("modern.ircdocs.horse, Client-to-Client Protocol", "CTCP passes through unchanged") { scene in
            let users = try scene.room("alice", "bob")
            _ = try users[0].ask("PRIVMSG bob :\u{1}VERSION\u{1}")
            try require(users[1].seen().first?.text.hasSuffix("\\x01VERSION\\x01") ?? false, "changed")
        },
        ConformanceCase("RFC 2812, 3.3.1", "a text keeps its spaces and colons") { scene in
            let users = try scene.room("alice", "bob")
            _ = try users[0].ask("PRIVMSG #c ::  two : words")
            try require(users[1].seen().first?.last == ":  two : words", "changed")
        },
        ConformanceCase("RFC 2812, 3.3.1", "a text in one word needs no colon") { scene in
            let users = try scene.room("alice", "bob")
            _ = try users[0].ask("PRIVMSG #c word")
            try users[1].seen().expect("alice PRIVMSG #c word")
        },
        ConformanceCase("RFC 2812, 3.3.1", "nicks of targets differ by more than case") { scene in
            let alice = try scene.user("alice")
            let bob = try scene.user("bob")
            try alice.ask("PRIVMSG BOB :x").expectNothing()
            try bob.seen().expect("alice PRIVMSG * x")
        },
        ConformanceCase("RFC 2812, 3.3.1", "many messages arrive whole and in order") { scene in
            let users = try scene.room("alice", "bob")
            for number in 0..<500 { users[0].say("PRIVMSG #c :number \(number)") }
            _ = try users[0].seen()
            let texts = try users[1].seen().map(\.last)
            try require(texts == (0..<500).map { "number \($0)" }, "\(texts.count) of 500, or out of order")
        },
        ConformanceCase("RFC 2812, 4.1", "AWAY is 306, back is 305, and who writes sees 301") { scene in
            let alice = try scene.user("alice")
            let bob = try scene.user("bob")
            try alice.ask("AWAY :out for lunch").expect(". 306 alice *")
            try bob.ask("PRIVMSG alice :x").expect(". 301 bob alice :out for lunch")
            try alice.ask("AWAY").expect(". 305 alice *")
            try bob.ask("PRIVMSG alice :x").expectNothing()
        },
        ConformanceCase("RFC 2812, 4.1", "a NOTICE to who is away is not answered") { scene in
            let alice = try scene.user("alice")
            _ = try alice.ask("AWAY :out")
            try scene.user("bob").ask("NOTICE alice :x").expectNothing()
        },
        ConformanceCase("RFC 2812, 4.1", "an empty AWAY is back") { scene in
            let alice = try scene.user("alice")
            _ = try alice.ask("AWAY :out")
            try alice.ask("AWAY :").expect(". 305 alice *")
        },
    ]
}
