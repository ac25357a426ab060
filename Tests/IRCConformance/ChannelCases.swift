import IRCHarness

/// JOIN, PART, TOPIC, KICK, INVITE, NAMES and LIST.
enum ChannelCases {
    static let all: [ConformanceCase] = joining + topics + kicks + invitations + lists

    private static let joining: [ConformanceCase] = [
        ConformanceCase("RFC 2812, 3.2.1", "JOIN is answered by JOIN, names and their end") { scene in
            let seen = try scene.user("alice").ask("JOIN #c")
            try seen.expect("alice JOIN #c")
            try seen.expect(". 353 alice = #c @alice")
            try seen.expect(". 366 alice #c *")
        },
        ConformanceCase("RFC 2812, 3.2.1", "members see who joins") { scene in
            let users = try scene.room("alice")
            let bob = try scene.user("bob")
            let seen = try bob.ask("JOIN #c")
            try users[0].seen().expect("bob JOIN #c")
            let names = Set(try seen.expect(". 353 bob = #c *").last.split(separator: " "))
            try require(names == ["@alice", "bob"], "names are \(names)")
        },
        ConformanceCase("RFC 2812, 3.2.1", "JOIN takes a list, and keys in its order") { scene in
            let alice = try scene.user("alice")
            _ = try alice.ask("JOIN #a,#b")
            _ = try alice.ask("MODE #b +k key")
            let seen = try scene.user("bob").ask("JOIN #b,#a key")
            try seen.expect("bob JOIN #a")
            try seen.expect("bob JOIN #b")
        },
        ConformanceCase("RFC 2812, 3.2.1", "JOIN 0 leaves all channels") { scene in
            let alice = try scene.user("alice")
            _ = try alice.ask("JOIN #a,#b")
            let seen = try alice.ask("JOIN 0")
            try seen.expect("alice PART #a ...")
            try seen.expect("alice PART #b ...")
        },
        ConformanceCase("RFC 2812, 3.2.1", "JOIN again is not told again") { scene in
            let users = try scene.room("alice", "bob")
            try users[0].ask("JOIN #c").refuse("alice JOIN #c")
            try users[1].seen().expectNothing()
        },
        ConformanceCase("RFC 2812, 3.2.1", "JOIN without a parameter is 461") { scene in
            try scene.user("alice").ask("JOIN").expect(". 461 alice JOIN *")
        },
        ConformanceCase("RFC 2812, 1.3", "a name that no channel can have is 403 or 476") { scene in
            let alice = try scene.user("alice")
            for name in ["c", "!c", "*"] {
                try alice.ask("JOIN \(name)").expectOne(of: ". 403 alice \(name) *", ". 476 alice \(name) *")
            }
        },
        ConformanceCase("RFC 2812, 2.2", "channel names differ by more than case") { scene in
            let users = try scene.room("alice")
            try scene.user("bob").ask("JOIN #C").expect("bob JOIN *")
            try users[0].seen().expect("bob JOIN *")
        },
        ConformanceCase("RFC 2812, 1.3", "a local channel (&) can be joined") { scene in
            try scene.user("alice").ask("JOIN &local").expect("alice JOIN &local")
        },
        ConformanceCase("RFC 2811, 2.1", "a channel without modes (+) has no operator") { scene in
            let alice = try scene.user("alice")
            try alice.ask("JOIN +free").expect(". 353 alice = +free alice")
            try alice.ask("MODE +free +m").expectOne(of: ". 477 alice +free *", ". 482 alice +free *")
        },
        ConformanceCase("RFC 2812, 3.2.1", "more channels than CHANLIMIT is 405", fewJoins) { scene in
            let alice = try scene.user("alice")
            _ = try alice.ask("JOIN #a,#b")
            try alice.ask("JOIN #d").expect(". 405 alice #d *")
        },
        ConformanceCase("RFC 2812, 3.2.2", "PART is told to oneself and to members, with its text") { scene in
            let users = try scene.room("alice", "bob")
            try users[0].ask("PART #c :so long").expect("alice PART #c :*so long*")
            try users[1].seen().expect("alice PART #c :*so long*")
        },
        ConformanceCase("RFC 2812, 3.2.2", "PART of what one is not on is 442, of what is not there 403") { scene in
            _ = try scene.room("alice")
            let bob = try scene.user("bob")
            try bob.ask("PART #c").expect(". 442 bob #c *")
            try bob.ask("PART #none").expect(". 403 bob #none *")
            try bob.ask("PART").expect(". 461 bob PART *")
        },
        ConformanceCase("RFC 2812, 3.2.2", "an empty channel is gone, and its next user operates it") { scene in
            let users = try scene.room("alice", "bob")
            for user in users { _ = try user.ask("PART #c") }
            try users[1].ask("JOIN #c").expect(". 353 bob = #c @bob")
        },
    ]

    private static var fewJoins: ServerSettings {
        var settings = ServerSettings.conversational
        settings.limits = ["MaxJoins = 2"]
        return settings
    }

    private static let topics: [ConformanceCase] = [
        ConformanceCase("RFC 2812, 3.2.4", "a TOPIC is told to members and shown to who joins") { scene in
            let users = try scene.room("alice", "bob")
            try users[0].ask("TOPIC #c :new topic").expect("alice TOPIC #c :new topic")
            try users[1].seen().expect("alice TOPIC #c :new topic")
            let seen = try scene.user("carol").ask("JOIN #c")
            try seen.expect(". 332 carol #c :new topic")
            try seen.expect(". 333 carol #c alice* *")
        },
        ConformanceCase("RFC 2812, 3.2.4", "TOPIC without text asks: 332, or 331 where none is set") { scene in
            let users = try scene.room("alice")
            try users[0].ask("TOPIC #c").expect(". 331 alice #c *")
            _ = try users[0].ask("TOPIC #c :t")
            try users[0].ask("TOPIC #c").expect(". 332 alice #c t")
        },
        ConformanceCase("RFC 2812, 3.2.4", "an empty TOPIC removes it") { scene in
            let users = try scene.room("alice")
            _ = try users[0].ask("TOPIC #c :t")
            _ = try users[0].ask("TOPIC #c :")
            try users[0].ask("TOPIC #c").expect(". 331 alice #c *")
        },
        ConformanceCase("RFC 2812, 3.2.4", "with +t only operators set it: 482") { scene in
            let users = try scene.room("alice", "bob")
            _ = try users[0].ask("MODE #c +t")
            try users[1].ask("TOPIC #c :mine").expect(". 482 bob #c *")
            _ = try users[0].ask("MODE #c -t")
            try users[1].ask("TOPIC #c :mine").expect("bob TOPIC #c mine")
        },
        ConformanceCase("RFC 2812, 3.2.4", "who is not on the channel cannot set it: 442") { scene in
            _ = try scene.room("alice")
            let bob = try scene.user("bob")
            try bob.ask("TOPIC #c :x").expect(". 442 bob #c *")
            try bob.ask("TOPIC #none :x").expectOne(of: ". 403 bob #none *", ". 442 bob #none *")
            try bob.ask("TOPIC").expect(". 461 bob TOPIC *")
        },
    ]

    private static let kicks: [ConformanceCase] = [
        ConformanceCase("RFC 2812, 3.2.8", "KICK removes and is told to all, with its text") { scene in
            let users = try scene.room("alice", "bob", "carol")
            try users[0].ask("KICK #c bob :go away").expect("alice KICK #c bob :go away")
            try users[1].seen().expect("alice KICK #c bob :go away")
            try users[2].seen().expect("alice KICK #c bob :go away")
            try users[1].ask("PART #c").expect(". 442 bob #c *")
        },
        ConformanceCase("RFC 2812, 3.2.8", "KICK without a text names the operator") { scene in
            let users = try scene.room("alice", "bob")
            try users[0].ask("KICK #c bob").expect("alice KICK #c bob alice")
        },
        ConformanceCase("RFC 2812, 3.2.8", "only operators KICK: 482") { scene in
            let users = try scene.room("alice", "bob")
            try users[1].ask("KICK #c alice").expect(". 482 bob #c *")
        },
        ConformanceCase("RFC 2812, 3.2.8", "KICK of who is not there is 441 or 401, on what is not there 403") {
            scene in
            let users = try scene.room("alice")
            _ = try scene.user("bob")
            try users[0].ask("KICK #c bob").expect(". 441 alice bob #c *")
            try users[0].ask("KICK #c nobody").expectOne(of: ". 401 alice nobody *", ". 441 alice nobody #c *")
            try users[0].ask("KICK #none bob").expect(". 403 alice #none *")
            try users[0].ask("KICK #c").expect(". 461 alice KICK *")
        },
        ConformanceCase("RFC 2812, 3.2.8", "KICK from outside the channel is 442") { scene in
            _ = try scene.room("alice")
            try scene.user("bob").ask("KICK #c alice").expect(". 442 bob #c *")
        },
        ConformanceCase("RFC 2812, 3.2.8", "one KICK may name several users of one channel") { scene in
            let users = try scene.room("alice", "bob", "carol")
            let seen = try users[0].ask("KICK #c bob,carol :out")
            try seen.expect("alice KICK #c bob out")
            try seen.expect("alice KICK #c carol out")
        },
    ]

    private static let invitations: [ConformanceCase] = [
        ConformanceCase("RFC 2812, 3.2.7", "INVITE is told to the invited, and 341 to who invites") { scene in
            let users = try scene.room("alice")
            let bob = try scene.user("bob")
            try users[0].ask("INVITE bob #c").expect("* 341 alice bob #c")
            try bob.seen().expect("alice INVITE bob #c")
        },
        ConformanceCase("RFC 2812, 3.2.7", "the invited may join in spite of +i, and once only") { scene in
            let users = try scene.room("alice")
            let bob = try scene.user("bob")
            _ = try users[0].ask("MODE #c +i")
            try bob.ask("JOIN #c").expect(". 473 bob #c *")
            _ = try users[0].ask("INVITE bob #c")
            try bob.ask("JOIN #c").expect("bob JOIN #c")
            _ = try bob.ask("PART #c")
            try bob.ask("JOIN #c").expect(". 473 bob #c *")
        },
        ConformanceCase("RFC 2812, 3.2.7", "with +i only operators invite: 482") { scene in
            let users = try scene.room("alice", "bob")
            _ = try scene.user("carol")
            _ = try users[0].ask("MODE #c +i")
            try users[1].ask("INVITE carol #c").expect(". 482 bob #c *")
        },
        ConformanceCase("RFC 2812, 3.2.7", "INVITE of a member is 443, of nobody 401, from outside 442") { scene in
            let users = try scene.room("alice", "bob")
            let carol = try scene.user("carol")
            try users[0].ask("INVITE bob #c").expect(". 443 alice bob #c *")
            try users[0].ask("INVITE nobody #c").expect(". 401 alice nobody *")
            try carol.ask("INVITE bob #c").expect(". 442 carol #c *")
            try carol.ask("INVITE bob").expect(". 461 carol INVITE *")
        },
    ]

    private static let lists: [ConformanceCase] = [
        ConformanceCase("RFC 2812, 3.2.5", "NAMES lists members with their prefix") { scene in
            let users = try scene.room("alice", "bob")
            _ = try users[0].ask("MODE #c +v bob")
            let line = try users[1].ask("NAMES #c").expect(". 353 bob = #c *")
            try require(Set(line.last.split(separator: " ")) == ["@alice", "+bob"], line.text)
        },
        ConformanceCase("RFC 2812, 3.2.5", "NAMES of what is not there is only 366") { scene in
            let seen = try scene.user("alice").ask("NAMES #none")
            try seen.expect(". 366 alice #none *")
            try seen.refuse(". 353 ...")
        },
        ConformanceCase("RFC 2812, 3.2.5", "a secret channel's names are not shown from outside") { scene in
            let users = try scene.room("alice")
            _ = try users[0].ask("MODE #c +s")
            try scene.user("bob").ask("NAMES #c").refuse(". 353 ...")
            try users[0].ask("NAMES #c").expect(". 353 alice @ #c @alice")
        },
        ConformanceCase("RFC 2812, 3.2.6", "LIST shows channels with users and topic, and its end") { scene in
            let users = try scene.room("alice", "bob")
            _ = try users[0].ask("TOPIC #c :what for")
            let seen = try users[0].ask("LIST")
            try seen.expect(". 322 alice #c 2 :*what for")
            try seen.expect(". 323 alice *")
        },
        ConformanceCase("RFC 2812, 3.2.6", "LIST of one channel shows that one") { scene in
            let alice = try scene.user("alice")
            _ = try alice.ask("JOIN #a,#b")
            let seen = try alice.ask("LIST #a")
            try seen.expect(". 322 alice #a 1 *")
            try seen.refuse(". 322 alice #b ...")
        },
        ConformanceCase("RFC 2812, 3.2.6", "LIST does not show secret channels from outside") { scene in
            let users = try scene.room("alice")
            _ = try users[0].ask("MODE #c +s")
            try scene.user("bob").ask("LIST").refuse(". 322 bob #c ...")
        },
        ConformanceCase("modern.ircdocs.horse, ELIST", "LIST takes numbers of users (U) and masks (M)") { scene in
            let users = try scene.room("alice", "bob")
            _ = try users[0].ask("JOIN #alone")
            let many = try users[0].ask("LIST >1")
            try many.expect(". 322 alice #c 2 *")
            try many.refuse(". 322 alice #alone ...")
            let few = try users[0].ask("LIST <2")
            try few.expect(". 322 alice #alone 1 *")
            try few.refuse(". 322 alice #c ...")
            try users[0].ask("LIST #al*").expect(". 322 alice #alone 1 *")
        },
    ]
}
