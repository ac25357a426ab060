import IRCHarness

/// MODE on channels, mode by mode, and member modes.
enum ChannelModeCases {
    static let all: [ConformanceCase] = asking + flags + members

    private static let asking: [ConformanceCase] = [
        ConformanceCase("RFC 2812, 3.2.3", "MODE of a channel is 324, and 329 says since when it is") { scene in
            let users = try scene.room("alice")
            _ = try users[0].ask("MODE #c +nt")
            let seen = try users[0].ask("MODE #c")
            let modes = try seen.expect(". 324 alice #c * ...").parameter(2)
            try require(modes.contains("n") && modes.contains("t"), modes)
            try seen.expect(". 329 alice #c *")
        },
        ConformanceCase("RFC 2812, 3.2.3", "a change is told to all members; one that changes nothing to none") {
            scene in
            let users = try scene.room("alice", "bob")
            _ = try users[0].ask("MODE #c +m")
            try users[1].seen().expect("alice MODE #c +m")
            try users[0].ask("MODE #c +m").refuse("alice MODE ...")
            try users[1].seen().expectNothing()
        },
        ConformanceCase("RFC 2812, 3.2.3", "several modes in one command, in both directions") { scene in
            let users = try scene.room("alice")
            _ = try users[0].ask("MODE #c +ms")
            _ = try users[0].ask("MODE #c -m+nt")
            let modes = try users[0].ask("MODE #c").expect(". 324 alice #c * ...").parameter(2)
            try require(Set(modes) == ["+", "n", "s", "t"], modes)
        },
        ConformanceCase("RFC 2812, 3.2.3", "only operators change modes: 482") { scene in
            let users = try scene.room("alice", "bob")
            try users[1].ask("MODE #c +m").expect(". 482 bob #c *")
            try users[1].ask("MODE #c +o bob").expect(". 482 bob #c *")
        },
        ConformanceCase("RFC 2812, 3.2.3", "an unknown mode is 472") { scene in
            let users = try scene.room("alice")
            try users[0].ask("MODE #c +X").expect(". 472 alice X *")
        },
        ConformanceCase("RFC 2812, 3.2.3", "modes of a channel that is not there are 403 or 401") { scene in
            let alice = try scene.user("alice")
            try alice.ask("MODE #none").expectOne(of: ". 403 alice #none *", ". 401 alice #none *")
            try alice.ask("MODE").expect(". 461 alice MODE *")
        },
    ]

    private static let flags: [ConformanceCase] = [
        ConformanceCase("RFC 2811, 4.2.2", "+i: only the invited join") { scene in
            let users = try scene.room("alice")
            _ = try users[0].ask("MODE #c +i")
            try scene.user("bob").ask("JOIN #c").expect(". 473 bob #c *")
        },
        ConformanceCase("RFC 2811, 4.2.3", "+m: only voices and operators speak") { scene in
            let users = try scene.room("alice", "bob")
            _ = try users[0].ask("MODE #c +m")
            try users[1].ask("PRIVMSG #c :x").expect(". 404 bob #c *")
            _ = try users[0].ask("MODE #c +v bob")
            _ = try users[1].seen()
            try users[1].ask("PRIVMSG #c :x").expectNothing()
            try users[0].seen().expect("bob PRIVMSG #c x")
        },
        ConformanceCase("RFC 2811, 4.2.4", "+n: nobody speaks from outside") { scene in
            let users = try scene.room("alice")
            let bob = try scene.user("bob")
            _ = try users[0].ask("MODE #c +n")
            try bob.ask("PRIVMSG #c :x").expect(". 404 bob #c *")
            _ = try users[0].ask("MODE #c -n")
            try bob.ask("PRIVMSG #c :y").expectNothing()
            try users[0].seen().expect("bob PRIVMSG #c y")
        },
        ConformanceCase("RFC 2811, 4.2.6", "+s: not in WHOIS for those outside") { scene in
            let users = try scene.room("alice")
            _ = try users[0].ask("MODE #c +s")
            try scene.user("bob").ask("WHOIS alice").refuse(". 319 ...")
        },
        ConformanceCase("RFC 2811, 4.2.9", "+l: not more members than that") { scene in
            let users = try scene.room("alice", "bob")
            try users[0].ask("MODE #c +l 2").expect("alice MODE #c +l 2")
            try scene.user("carol").ask("JOIN #c").expect(". 471 carol #c *")
            try users[0].ask("MODE #c -l").expect("alice MODE #c -l")
            try scene.user("dave").ask("JOIN #c").expect("dave JOIN #c")
        },
        ConformanceCase("RFC 2811, 4.2.10", "+k: nobody joins without the key, and outsiders do not see it") { scene in
            let users = try scene.room("alice")
            let bob = try scene.user("bob")
            try users[0].ask("MODE #c +k key").expect("alice MODE #c +k key")
            try bob.ask("JOIN #c").expect(". 475 bob #c *")
            try bob.ask("JOIN #c wrong").expect(". 475 bob #c *")
            try require(!bob.ask("MODE #c").contains { $0.text.contains("key") }, "324 shows the key")
            try bob.ask("JOIN #c key").expect("bob JOIN #c")
            try users[0].ask("MODE #c -k key").expect("alice MODE #c -k ...")
            try scene.user("carol").ask("JOIN #c").expect("carol JOIN #c")
        },
        ConformanceCase("RFC 2812, 3.2.3", "+k and +l without a parameter are 461 or nothing") { scene in
            let users = try scene.room("alice")
            try users[0].ask("MODE #c +k").refuse("alice MODE ...")
            try users[0].ask("MODE #c +l").refuse("alice MODE ...")
        },
        ConformanceCase("ngircd, Modes.txt", "+M: only the registered speak") { scene in
            let users = try scene.room("alice", "bob")
            try users[0].ask("MODE #c +M").expect("alice MODE #c +M")
            try users[1].ask("PRIVMSG #c :x").expectOne(of: ". 404 bob #c *", ". 477 bob #c *")
        },
        ConformanceCase("ngircd, Modes.txt", "+N: members do not change their nick") { scene in
            let users = try scene.room("alice", "bob")
            _ = try users[0].ask("MODE #c +N")
            try users[1].ask("NICK beth").refuse("bob NICK ...")
        },
        ConformanceCase("ngircd, Modes.txt", "+O: only IRC operators join") { scene in
            let op = try scene.operatorUser("op")
            _ = try op.ask("JOIN #c")
            _ = try op.ask("MODE #c +O")
            try scene.user("bob").ask("JOIN #c").refuse("bob JOIN ...")
        },
        ConformanceCase("ngircd, Modes.txt", "+P: a channel stays when it is empty") { scene in
            let op = try scene.operatorUser("op")
            _ = try op.ask("JOIN #c")
            _ = try op.ask("MODE #c +P")
            _ = try op.ask("TOPIC #c :stays")
            _ = try op.ask("PART #c")
            try scene.user("bob").ask("JOIN #c").expect(". 332 bob #c stays")
        },
        ConformanceCase("ngircd, Modes.txt", "+Q: nobody is kicked") { scene in
            let users = try scene.room("alice", "bob")
            _ = try users[0].ask("MODE #c +Q")
            try users[0].ask("KICK #c bob").refuse("alice KICK ...")
        },
        ConformanceCase("ngircd, Modes.txt", "+R: only the registered join") { scene in
            let users = try scene.room("alice")
            _ = try users[0].ask("MODE #c +R")
            try scene.user("bob").ask("JOIN #c").refuse("bob JOIN ...")
        },
        ConformanceCase("ngircd, Modes.txt", "+V: nobody is invited") { scene in
            let users = try scene.room("alice")
            let bob = try scene.user("bob")
            _ = try users[0].ask("MODE #c +V")
            _ = try users[0].ask("INVITE bob #c")
            try bob.seen().expectNothing()
        },
        ConformanceCase("ngircd, Modes.txt", "+z: only secure connections join") { scene in
            let users = try scene.room("alice")
            _ = try users[0].ask("MODE #c +z")
            try scene.user("bob").ask("JOIN #c").refuse("bob JOIN ...")
        },
        ConformanceCase("ngircd.conf, [Channel]", "a configured channel has its topic and modes") { scene in
            let seen = try scene.user("alice").ask("JOIN #pre")
            try seen.expect(". 332 alice #pre :Predefined topic")
            try scene.user("bob").ask("JOIN #locked").expectOne(of: ". 473 bob #locked *", ". 475 bob #locked *")
        },
    ]

    private static let members: [ConformanceCase] = [
        ConformanceCase("RFC 2811, 4.1.2", "+o makes an operator, -o ends it") { scene in
            let users = try scene.room("alice", "bob")
            try users[0].ask("MODE #c +o bob").expect("alice MODE #c +o bob")
            try users[1].seen().expect("alice MODE #c +o bob")
            try users[1].ask("MODE #c +m").expect("bob MODE #c +m")
            try users[0].ask("MODE #c -o bob").expect("alice MODE #c -o bob")
            _ = try users[1].seen()
            try users[1].ask("MODE #c -m").expect(". 482 bob #c *")
        },
        ConformanceCase("RFC 2811, 4.1.3", "+v shows in NAMES and goes with -v") { scene in
            let users = try scene.room("alice", "bob")
            _ = try users[0].ask("MODE #c +v bob")
            try users[0].ask("NAMES #c").expect(". 353 alice = #c *+bob*")
            _ = try users[0].ask("MODE #c -v bob")
            try users[0].ask("NAMES #c").refuse(". 353 alice = #c *+bob*")
        },
        ConformanceCase("modern.ircdocs.horse, Halfop Prefix", "+h may kick plain members, not operators") { scene in
            let users = try scene.room("alice", "bob", "carol")
            try users[0].ask("MODE #c +h bob").expect("alice MODE #c +h bob")
            try users[1].ask("KICK #c carol").expect("bob KICK #c carol ...")
            try users[1].ask("KICK #c alice").refuse("bob KICK #c alice ...")
        },
        ConformanceCase("RFC 2812, 3.2.3", "a member mode for who is not there is 441 or 401") { scene in
            let users = try scene.room("alice")
            _ = try scene.user("bob")
            try users[0].ask("MODE #c +o bob").expect(". 441 alice bob #c *")
            try users[0].ask("MODE #c +o none").expectOne(of: ". 401 alice none *", ". 441 alice none #c *")
        },
        ConformanceCase("modern.ircdocs.horse, STATUSMSG", "a message to @#channel reaches operators only") { scene in
            let users = try scene.room("alice", "bob", "carol")
            _ = try users[1].ask("PRIVMSG @#c :for operators")
            try users[0].seen().expect("bob PRIVMSG @#c :for operators")
            try users[2].seen().expectNothing()
        },
        ConformanceCase("modern.ircdocs.horse, STATUSMSG", "a message to +#channel reaches voices and operators") {
            scene in
            let users = try scene.room("alice", "bob", "carol")
            _ = try users[0].ask("MODE #c +v bob")
            for user in users { _ = try user.seen() }
            _ = try users[2].ask("NOTICE +#c :hear")
            try users[0].seen().expect("carol NOTICE +#c hear")
            try users[1].seen().expect("carol NOTICE +#c hear")
        },
    ]
}
