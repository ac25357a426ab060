import IRCHarness

/// Message tags, and the capabilities that live in them: server-time, echo-message, batch, labeled-response.
enum TagCases {
    static let all: [ConformanceCase] = [
        ConformanceCase("IRCv3 message-tags", "a client-only tag is passed on to those who have the capability") {
            scene in
            let users = try scene.room("alice", "bob", capabilities: ["message-tags"])
            _ = try users[0].ask("@+typing=active PRIVMSG #c :x")
            let line = try users[1].seen().expect("alice PRIVMSG #c x")
            try require(line.tags["+typing"] == "active", line.text)
        },
        ConformanceCase("IRCv3 message-tags", "a tag that is not client-only is not passed on") { scene in
            let users = try scene.room("alice", "bob", capabilities: ["message-tags"])
            _ = try users[0].ask("@time=1;account=x PRIVMSG #c :x")
            let line = try users[1].seen().expect("alice PRIVMSG #c x")
            try require(line.tags["account"] == nil && line.tags["time"] != "1", line.text)
        },
        ConformanceCase("IRCv3 message-tags", "who has no capability sees no tags") { scene in
            let alice = try scene.user("alice", capabilities: ["message-tags"])
            let bob = try scene.user("bob")
            _ = try alice.ask("@+typing=active PRIVMSG bob :x")
            try require(bob.seen().expect("alice PRIVMSG bob x").tags.isEmpty, "tags")
        },
        ConformanceCase("IRCv3 message-tags", "TAGMSG reaches those with the capability only") { scene in
            let users = try scene.room("alice", "bob", capabilities: ["message-tags"])
            let carol = try scene.user("carol")
            _ = try carol.ask("JOIN #c")
            for user in users { _ = try user.seen() }
            _ = try users[0].ask("@+typing=active TAGMSG #c")
            let line = try users[1].seen().expect("alice TAGMSG #c")
            try require(line.tags["+typing"] == "active", line.text)
            try carol.seen().expectNothing()
        },
        ConformanceCase("IRCv3 message-tags", "too many bytes of tags are 417") { scene in
            let alice = try scene.user("alice", capabilities: ["message-tags"])
            try alice.ask("@+x=\(String(repeating: "y", count: 4100)) PRIVMSG alice :x").expect(". 417 alice *")
        },
        ConformanceCase("IRCv3 message-tags", "tags count apart from the 512 bytes of the rest") { scene in
            let users = try scene.room("alice", "bob", capabilities: ["message-tags"])
            let text = String(repeating: "t", count: 400)
            _ = try users[0].ask("@+typing=active;+x=\(String(repeating: "y", count: 1000)) PRIVMSG #c :\(text)")
            try require(users[1].seen().expect("alice PRIVMSG #c *").last == text, "cut")
        },
        ConformanceCase("IRCv3 server-time", "lines have the time in UTC, to the millisecond") { scene in
            let users = try scene.room("alice", "bob", capabilities: ["server-time"])
            _ = try users[0].ask("PRIVMSG #c :x")
            let time = try users[1].seen().expect("alice PRIVMSG #c x").tags["time"] ?? ""
            let parts = time.split(whereSeparator: { "-T:.Z".contains($0) })
            try require(parts.map(\.count) == [4, 2, 2, 2, 2, 2, 3] && time.hasSuffix("Z"), "time is \(time)")
        },
        ConformanceCase("IRCv3 echo-message", "one's own messages come back") { scene in
            let users = try scene.room("alice", "bob", capabilities: ["echo-message"])
            try users[0].ask("PRIVMSG #c :x").expect("alice PRIVMSG #c x")
            try users[0].ask("NOTICE bob :y").expect("alice NOTICE bob y")
        },
        ConformanceCase("IRCv3 echo-message", "what was refused does not come back") { scene in
            let alice = try scene.user("alice", capabilities: ["echo-message"])
            try alice.ask("PRIVMSG nobody :x").refuse("alice PRIVMSG ...")
        },
        ConformanceCase("IRCv3 labeled-response", "one line of answer has the label") { scene in
            let alice = try scene.user("alice", capabilities: ["labeled-response", "batch", "message-tags"])
            let line = try alice.ask("@label=abc PING x").first { $0.command == "PONG" }
            try require(line?.tags["label"] == "abc", line?.text ?? "no PONG")
        },
        ConformanceCase("IRCv3 labeled-response", "several lines of answer are a batch with the label") { scene in
            let alice = try scene.user("alice", capabilities: ["labeled-response", "batch", "message-tags"])
            let seen = try alice.ask("@label=abc WHOIS alice")
            let start = try seen.expect("* BATCH +* labeled-response")
            try require(start.tags["label"] == "abc", start.text)
            let name = String(start.parameter(0).dropFirst())
            try require(seen.contains { $0.command == "311" && $0.tags["batch"] == name }, "311 is not in the batch")
            try seen.expect("* BATCH -\(name)")
        },
        ConformanceCase("IRCv3 labeled-response", "no line of answer is ACK with the label") { scene in
            let alice = try scene.user("alice", capabilities: ["labeled-response", "batch", "message-tags"])
            let line = try alice.ask("@label=abc PONG x").expect(". ACK")
            try require(line.tags["label"] == "abc", line.text)
        },
        ConformanceCase("IRCv3 labeled-response", "the echo has the label, others do not see it") { scene in
            let users = try scene.room(
                "alice", "bob", capabilities: ["labeled-response", "batch", "message-tags", "echo-message"])
            let echo = try users[0].ask("@label=abc PRIVMSG #c :x").expect("alice PRIVMSG #c x")
            try require(echo.tags["label"] == "abc", echo.text)
            try require(users[1].seen().expect("alice PRIVMSG #c x").tags["label"] == nil, "bob sees the label")
        },
        ConformanceCase("IRCv3 labeled-response", "an error has the label") { scene in
            let alice = try scene.user("alice", capabilities: ["labeled-response", "batch", "message-tags"])
            let line = try alice.ask("@label=abc NONSENSE").expect(". 421 alice NONSENSE *")
            try require(line.tags["label"] == "abc", line.text)
        },
        ConformanceCase("IRCv3 bot mode", "messages of a bot have the tag bot") { scene in
            let users = try scene.room("alice", "bob", capabilities: ["message-tags"])
            _ = try users[0].ask("MODE alice +B")
            _ = try users[0].ask("PRIVMSG #c :x")
            try require(users[1].seen().expect("alice PRIVMSG #c x").tags["bot"] != nil, "no tag")
        },
    ]
}
