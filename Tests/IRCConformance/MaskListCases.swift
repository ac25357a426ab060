import IRCHarness

/// Bans, exceptions and invitations by mask (RFC 2811, section 4.3).
enum MaskListCases {
    static let all: [ConformanceCase] = [
        ConformanceCase("RFC 2811, 4.3.1", "+b keeps out who fits the mask: 474") { scene in
            let users = try scene.room("alice")
            let bob = try scene.user("bob")
            try users[0].ask("MODE #c +b bob!*@*").expect("alice MODE #c +b bob!*@*")
            try bob.ask("JOIN #c").expect(". 474 bob #c *")
            _ = try users[0].ask("MODE #c -b bob!*@*")
            try bob.ask("JOIN #c").expect("bob JOIN #c")
        },
        ConformanceCase("RFC 2811, 4.3.1", "a banned member does not speak") { scene in
            let users = try scene.room("alice", "bob")
            _ = try users[0].ask("MODE #c +b bob!*@*")
            _ = try users[1].seen()
            try users[1].ask("PRIVMSG #c :x").expect(". 404 bob #c *")
        },
        ConformanceCase("RFC 2812, 2.5", "* and ? in masks, case not minding") { scene in
            let users = try scene.room("alice")
            _ = try users[0].ask("MODE #c +b B?B!*@*")
            try scene.user("bob").ask("JOIN #c").expect(". 474 bob #c *")
            try scene.user("boob").ask("JOIN #c").expect("boob JOIN #c")
        },
        ConformanceCase("RFC 2811, 4.3.1", "masks of user and of host") { scene in
            let users = try scene.room("alice")
            let bob = try scene.user("bob")
            _ = try users[0].ask("MODE #c +b *!*bob@*")
            try bob.ask("JOIN #c").expect(". 474 bob #c *")
            _ = try users[0].ask("MODE #c -b *!*bob@*")
            _ = try users[0].ask("MODE #c +b *!*@127.0.0.*")
            try bob.ask("JOIN #c").expect(". 474 bob #c *")
        },
        ConformanceCase("modern.ircdocs.horse, Ban Channel Mode", "a bare nick becomes nick!*@*") { scene in
            let users = try scene.room("alice")
            let line = try users[0].ask("MODE #c +b bob").expect("alice MODE #c +b *")
            try require(line.last == "bob!*@*", line.text)
        },
        ConformanceCase("RFC 2812, 3.2.3", "MODE +b lists: 367, who and when, and 368") { scene in
            let users = try scene.room("alice")
            _ = try users[0].ask("MODE #c +b x!*@*")
            let seen = try users[0].ask("MODE #c +b")
            try seen.expect(". 367 alice #c x!*@* alice* *")
            try seen.expect(". 368 alice #c *")
            try users[0].ask("MODE #c b").expect(". 368 alice #c *")
        },
        ConformanceCase("RFC 2811, 4.3.1", "the same ban twice is one") { scene in
            let users = try scene.room("alice")
            _ = try users[0].ask("MODE #c +b x!*@*")
            _ = try users[0].ask("MODE #c +b X!*@*")
            try require(users[0].ask("MODE #c +b").count(". 367 ...") == 1, "listed twice")
        },
        ConformanceCase("RFC 2811, 4.3.2", "+e lets in who is banned, and lists with 348 and 349") { scene in
            let users = try scene.room("alice")
            _ = try users[0].ask("MODE #c +b *!*@*")
            try users[0].ask("MODE #c +e bob!*@*").expect("alice MODE #c +e bob!*@*")
            try scene.user("bob").ask("JOIN #c").expect("bob JOIN #c")
            let seen = try users[0].ask("MODE #c +e")
            try seen.expect(". 348 alice #c bob!*@* ...")
            try seen.expect(". 349 alice #c *")
        },
        ConformanceCase("RFC 2811, 4.3.3", "+I lets in without an invitation, and lists with 346 and 347") { scene in
            let users = try scene.room("alice")
            _ = try users[0].ask("MODE #c +i")
            try users[0].ask("MODE #c +I bob!*@*").expect("alice MODE #c +I bob!*@*")
            try scene.user("bob").ask("JOIN #c").expect("bob JOIN #c")
            let seen = try users[0].ask("MODE #c +I")
            try seen.expect(". 346 alice #c bob!*@* ...")
            try seen.expect(". 347 alice #c *")
        },
        ConformanceCase("RFC 2811, 4.3", "an invitation opens a channel to who is banned") { scene in
            let users = try scene.room("alice")
            let bob = try scene.user("bob")
            _ = try users[0].ask("MODE #c +b bob!*@*")
            _ = try users[0].ask("INVITE bob #c")
            _ = try bob.seen()
            try bob.ask("JOIN #c").expectOne(of: "bob JOIN #c", ". 474 bob #c *")
        },
        ConformanceCase("modern.ircdocs.horse, MAXLIST", "a list that is full refuses more with 478") { scene in
            let users = try scene.room("alice")
            for place in 0..<50 { _ = try users[0].ask("MODE #c +b m\(place)!*@*") }
            try users[0].ask("MODE #c +b more!*@*").expect(". 478 alice #c ...")
        },
        ConformanceCase("RFC 2812, 3.2.3", "members see the list of bans, but do not change it") { scene in
            let users = try scene.room("alice", "bob")
            _ = try users[0].ask("MODE #c +b x!*@*")
            _ = try users[1].seen()
            try users[1].ask("MODE #c +b").expect(". 367 bob #c x!*@* ...")
            try users[1].ask("MODE #c -b x!*@*").expect(". 482 bob #c *")
        },
    ]
}
