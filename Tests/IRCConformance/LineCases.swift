import IRCHarness

/// What a line is: lengths, ends, bytes, case.
enum LineCases {
    static let all: [ConformanceCase] = [
        ConformanceCase("RFC 2812, 2.3", "a line of 512 bytes is taken, and delivered in no more than 512") { scene in
            let users = try scene.room("alice", "bob")
            let head = "PRIVMSG #c :"
            users[0].say(head + String(repeating: "x", count: 510 - head.utf8.count))
            _ = try users[0].seen()
            let line = try users[1].seen().expect("alice PRIVMSG #c *")
            try require(line.text.utf8.count <= 510, "\(line.text.utf8.count + 2) bytes")
            try require(line.last.count > 400, "cut to \(line.last.count)")
        },
        ConformanceCase("modern.ircdocs.horse, ERR_INPUTTOOLONG", "a longer line is 417, and the client stays") {
            scene in
            let alice = try scene.user("alice")
            try alice.ask("PRIVMSG alice :" + String(repeating: "x", count: 600)).expect(". 417 alice *")
            try require(alice.ask("PING x").contains { $0.command == "PONG" }, "gone")
        },
        ConformanceCase("RFC 2812, 2.3", "a line may come in parts") { scene in
            let alice = try scene.user("alice")
            for part in ["PI", "NG ", "to", "ken\r"] { alice.connection.send(bytes: [UInt8](part.utf8)) }
            try require(alice.ask("").contains { $0.command == "PONG" && $0.last == "token" }, "no PONG")
        },
        ConformanceCase("RFC 2812, 2.3", "many lines may come in one part") { scene in
            let alice = try scene.user("alice")
            alice.connection.send(bytes: [UInt8]("PING 1\r\nPING 2\r\nPING 3\r\n".utf8))
            let words = try alice.seen().filter { $0.command == "PONG" }.map(\.last)
            try require(words == ["1", "2", "3"], "\(words)")
        },
        ConformanceCase("modern.ircdocs.horse, Message Format", "a line may end with LF alone") { scene in
            let alice = try scene.user("alice")
            alice.connection.send(bytes: [UInt8]("PING lf\n".utf8))
            try require(alice.seen().contains { $0.command == "PONG" && $0.last == "lf" }, "no PONG")
        },
        ConformanceCase("RFC 2812, 2.3.1", "empty lines are ignored") { scene in
            let alice = try scene.user("alice")
            alice.connection.send(bytes: [UInt8]("\r\n\r\n\n".utf8))
            try alice.seen().expectNothing()
        },
        ConformanceCase("RFC 2812, 2.3", "commands are taken in any case") { scene in
            try scene.user("alice").ask("join #c").expect("alice JOIN #c")
        },
        ConformanceCase("RFC 2812, 2.3", "one's own prefix is taken, another's not") { scene in
            let users = try scene.room("alice", "bob")
            _ = try users[0].ask(":alice PRIVMSG #c :mine")
            try users[1].seen().expect("alice PRIVMSG #c mine")
            users[0].say(":bob PRIVMSG #c :forged")
            _ = try users[0].seen()
            try require(!users[1].seen().contains { $0.nick == "bob" }, "forged")
        },
        ConformanceCase("RFC 2812, 2.3.1", "fifteen parameters are taken") { scene in
            let alice = try scene.user("alice")
            let seen = try alice.ask("ISON alice " + (1...14).map { "n\($0)" }.joined(separator: " "))
            try seen.expect(". 303 alice *alice*")
        },
        ConformanceCase("RFC 2812, 2.2", "names differ as CASEMAPPING says: ASCII letters only") { scene in
            let alice = try scene.user("alice")
            _ = try scene.user("a[b]")
            try alice.ask("NICK a{b}").expect("alice NICK a{b}")
            try alice.ask("NICK A[B]").expect(". 433 a{b} A[B] *")
        },
        ConformanceCase("modern.ircdocs.horse, UTF8ONLY", "with UTF8ONLY other bytes are refused, not delivered") {
            scene in
            let users = try scene.room("alice", "bob")
            users[0].connection.send(bytes: [UInt8]("PRIVMSG #c :".utf8) + [0xFF, 0xFE, 13, 10])
            let seen = try users[0].seen()
            try require(seen.contains { $0.command == "FAIL" || $0.command == "NOTICE" }, "no answer")
            try users[1].seen().expectNothing()
        },
        ConformanceCase("RFC 2812, 2.3.1", "NUL in a line does no harm to the next") { scene in
            let alice = try scene.user("alice")
            alice.connection.send(bytes: [UInt8]("PING a\u{0}b\r\n".utf8))
            try require(alice.ask("PING next").contains { $0.command == "PONG" && $0.last == "next" }, "no PONG")
        },
        ConformanceCase("ngircd, GET and POST", "HTTP is not IRC: the connection is closed") { scene in
            let stranger = try scene.stranger()
            stranger.say("POST / HTTP/1.1")
            _ = try stranger.connection.waitForClose()
        },
        ConformanceCase("RFC 2812, 3.2.4", "a topic as long as TOPICLEN is kept in full for who asks") { scene in
            let users = try scene.room("alice", "bob")
            let text = String(repeating: "t", count: 390)
            _ = try users[0].ask("TOPIC #c :\(text)")
            try users[1].ask("TOPIC #c").expect(". 332 bob #c \(text)")
        },
    ]
}
