import IRCHarness

/// WHO, WHOX, WHOIS, WHOWAS, USERHOST, ISON and the modes of users.
enum UserQueryCases {
    static let all: [ConformanceCase] = who + whois + others + modes

    private static let who: [ConformanceCase] = [
        ConformanceCase("RFC 2812, 3.6.1", "WHO of a channel lists its members: 352, 315") { scene in
            let users = try scene.room("alice", "bob")
            let seen = try users[0].ask("WHO #c")
            try seen.expect(". 352 alice #c *alice * irc.test.net alice H@ :0 alice Real")
            try seen.expect(". 352 alice #c *bob * irc.test.net bob H :0 bob Real")
            try seen.expect(". 315 alice #c *")
        },
        ConformanceCase("RFC 2812, 3.6.1", "WHO of a nick, and of a mask") { scene in
            let alice = try scene.user("alice")
            _ = try scene.user("bob")
            try alice.ask("WHO bob").expect(". 352 alice * *bob * * bob H *")
            let seen = try alice.ask("WHO b*")
            try seen.expect(". 352 alice * *bob * * bob H *")
            try seen.refuse(". 352 alice * * * * alice ...")
        },
        ConformanceCase("RFC 2812, 3.6.1", "WHO shows away as G and IRC operators as *") { scene in
            let op = try scene.operatorUser("op")
            _ = try op.ask("AWAY :x")
            try scene.user("bob").ask("WHO op").expect(". 352 bob * *op * * op G* *")
            let flags = try scene.user("carol").ask("WHO op").expect(". 352 ...").parameter(6)
            try require(flags.contains("*"), flags)
        },
        ConformanceCase("RFC 2812, 3.6.1", "an invisible user is found by those who share a channel only") { scene in
            let users = try scene.room("alice", "bob")
            _ = try users[0].ask("MODE alice +i")
            let carol = try scene.user("carol")
            try carol.ask("WHO *").refuse(". 352 carol * * * * alice ...")
            try users[1].ask("WHO #c").expect(". 352 bob #c * * * alice ...")
        },
        ConformanceCase("RFC 2812, 3.6.1", "WHO of nobody is only the end") { scene in
            let seen = try scene.user("alice").ask("WHO nobody")
            try seen.expect(". 315 alice nobody *")
            try seen.refuse(". 352 ...")
        },
        ConformanceCase("WHOX", "the fields asked for, in their order, with the token") { scene in
            let users = try scene.room("alice", "bob")
            let seen = try users[0].ask("WHO #c %tcuihsnfdlar,42")
            try seen.expect(". 354 alice 42 #c *alice * * irc.test.net alice H@ 0 * * :alice Real")
            try users[0].ask("WHO #c %n").expect(". 354 alice bob")
            try users[0].ask("WHO bob %na").expect(". 354 alice bob 0")
        },
    ]

    private static let whois: [ConformanceCase] = [
        ConformanceCase("RFC 2812, 3.6.2", "WHOIS: 311, 312, 319 and 318") { scene in
            let users = try scene.room("alice", "bob")
            let seen = try users[1].ask("WHOIS alice")
            try seen.expect(". 311 bob alice *alice * * :alice Real")
            try seen.expect(". 312 bob alice irc.test.net *")
            try seen.expect(". 319 bob alice :*@#c*")
            try seen.expect(". 318 bob alice *")
        },
        ConformanceCase("RFC 2812, 3.6.2", "WHOIS shows idle time, IRC operators and away") { scene in
            let op = try scene.operatorUser("op")
            _ = try op.ask("AWAY :gone")
            let seen = try scene.user("bob").ask("WHOIS op")
            try seen.expect(". 317 bob op * ...")
            try seen.expect(". 313 bob op *")
            try seen.expect(". 301 bob op gone")
        },
        ConformanceCase("RFC 2812, 3.6.2", "WHOIS of nobody is 401 and 318, without a nick 431 or 461") { scene in
            let alice = try scene.user("alice")
            let seen = try alice.ask("WHOIS nobody")
            try seen.expect(". 401 alice nobody *")
            try seen.expect(". 318 alice nobody *")
            try alice.ask("WHOIS").expectOne(of: ". 431 alice *", ". 461 alice WHOIS *")
        },
        ConformanceCase("RFC 2812, 3.6.2", "WHOIS with a server asks that server") { scene in
            let alice = try scene.user("alice")
            try alice.ask("WHOIS irc.test.net alice").expect(". 311 alice alice ...")
            try alice.ask("WHOIS alice alice").expect(". 311 alice alice ...")
            try alice.ask("WHOIS no.such.net alice").expect(". 402 alice no.such.net *")
        },
        ConformanceCase("RFC 2812, 3.6.3", "WHOWAS of who has just left: 314 and 369") { scene in
            let alice = try scene.user("alice")
            let bob = try scene.user("bob")
            bob.say("QUIT")
            _ = try bob.connection.waitForClose()
            let seen = try alice.ask("WHOWAS bob")
            try seen.expect(". 314 alice bob *bob * * :bob Real")
            try seen.expect(". 369 alice bob *")
        },
        ConformanceCase("RFC 2812, 3.6.3", "WHOWAS of who never was is 406 and 369") { scene in
            let seen = try scene.user("alice").ask("WHOWAS nobody")
            try seen.expect(". 406 alice nobody *")
            try seen.expect(". 369 alice nobody *")
        },
    ]

    private static let others: [ConformanceCase] = [
        ConformanceCase("RFC 2812, 4.8", "USERHOST: 302 with host, away and IRC operator") { scene in
            let op = try scene.operatorUser("op")
            let bob = try scene.user("bob")
            try bob.ask("USERHOST bob nobody op").expect(". 302 bob :bob=+*bob@* op*=+*op@*")
            _ = try op.ask("AWAY :x")
            try bob.ask("USERHOST op").expect(". 302 bob op*=-*op@*")
            try bob.ask("USERHOST").expect(". 461 bob USERHOST *")
        },
        ConformanceCase("RFC 2812, 4.9", "ISON: 303 names who is there") { scene in
            let alice = try scene.user("alice")
            _ = try scene.user("bob")
            try alice.ask("ISON bob nobody alice").expect(". 303 alice :bob alice")
            try require(alice.ask("ISON nobody").expect(". 303 alice *").last.isEmpty, "somebody")
            try alice.ask("ISON").expect(". 461 alice ISON *")
        },
    ]

    private static let modes: [ConformanceCase] = [
        ConformanceCase("RFC 2812, 3.1.5", "MODE of oneself is 221") { scene in
            let alice = try scene.user("alice")
            try alice.ask("MODE alice +iw").expect("alice MODE alice *")
            let modes = try alice.ask("MODE alice").expect(". 221 alice *").last
            try require(modes.contains("i") && modes.contains("w"), modes)
        },
        ConformanceCase("RFC 2812, 3.1.5", "modes of others are 502, of nobody 401, unknown ones 501") { scene in
            let alice = try scene.user("alice")
            _ = try scene.user("bob")
            try alice.ask("MODE bob +i").expect(". 502 alice *")
            try alice.ask("MODE nobody +i").expectOne(of: ". 401 alice nobody *", ". 502 alice *")
            try alice.ask("MODE alice +Z").expect(". 501 alice ...")
        },
        ConformanceCase("RFC 2812, 3.1.5", "+o cannot be taken, -o gives it up") { scene in
            try scene.user("alice").ask("MODE alice +o").refuse("alice MODE ...")
            let op = try scene.operatorUser("op")
            try op.ask("MODE op -o").expect("op MODE op -o")
            try op.ask("WALLOPS x").expect(". 481 op *")
        },
        ConformanceCase("RFC 2812, 3.1.5", "+r restricts and cannot be taken back") { scene in
            let alice = try scene.user("alice")
            _ = try alice.ask("MODE alice +r")
            try alice.ask("NICK anna").expect(". 484 alice *")
            _ = try alice.ask("MODE alice -r")
            try alice.ask("NICK anna").expect(". 484 alice *")
        },
        ConformanceCase("IRCv3 bot mode", "+B shows as 335 in WHOIS and as B in WHO") { scene in
            let alice = try scene.user("alice")
            try alice.ask("MODE alice +B").expect("alice MODE alice +B")
            let bob = try scene.user("bob")
            try bob.ask("WHOIS alice").expect(". 335 bob alice ...")
            let flags = try bob.ask("WHO alice").expect(". 352 ...").parameter(6)
            try require(flags.contains("B"), flags)
        },
        ConformanceCase("ngircd, Modes.txt", "+b and +C keep messages away") { scene in
            let users = try scene.room("alice", "bob")
            let carol = try scene.user("carol")
            _ = try users[0].ask("MODE alice +C")
            _ = try carol.ask("PRIVMSG alice :x")
            try users[0].seen().expectNothing()
            _ = try users[1].ask("PRIVMSG alice :y")
            try users[0].seen().expect("bob PRIVMSG alice y")
        },
        ConformanceCase("ngircd, Modes.txt", "+I hides one's channels in WHOIS") { scene in
            let users = try scene.room("alice")
            _ = try users[0].ask("MODE alice +I")
            try scene.user("bob").ask("WHOIS alice").refuse(". 319 ...")
        },
    ]
}
