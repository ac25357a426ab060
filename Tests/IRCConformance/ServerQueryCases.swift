import IRCHarness

/// MOTD, LUSERS, VERSION, STATS, LINKS, TIME, TRACE, ADMIN, INFO and commands that lead nowhere.
enum ServerQueryCases {
    static let all: [ConformanceCase] = [
        ConformanceCase("RFC 2812, 3.4.1", "MOTD: 375, 372, 376") { scene in
            let seen = try scene.user("alice").ask("MOTD")
            try seen.expect(". 375 alice *")
            try seen.expect(". 372 alice :- Hello")
            try seen.expect(". 376 alice *")
        },
        ConformanceCase("RFC 2812, 3.4.2", "LUSERS: 251, 254 and 255") { scene in
            let seen = try scene.user("alice").ask("LUSERS")
            try seen.expect(". 251 alice *")
            try seen.expect(". 255 alice *")
        },
        ConformanceCase("RFC 2812, 3.4.3", "VERSION: 351") { scene in
            try scene.user("alice").ask("VERSION").expect(". 351 alice * irc.test.net ...")
        },
        ConformanceCase("RFC 2812, 3.4.4", "STATS ends with 219") { scene in
            try scene.user("alice").ask("STATS u").expect(". 219 alice u *")
        },
        ConformanceCase("RFC 2812, 3.4.5", "LINKS: 364 of this server, and 365") { scene in
            let seen = try scene.user("alice").ask("LINKS")
            try seen.expect(". 364 alice irc.test.net irc.test.net *")
            try seen.expect(". 365 alice * *")
        },
        ConformanceCase("RFC 2812, 3.4.6", "TIME: 391") { scene in
            try scene.user("alice").ask("TIME").expect(". 391 alice irc.test.net *")
        },
        ConformanceCase("RFC 2812, 3.4.8", "TRACE ends with 262") { scene in
            try scene.user("alice").ask("TRACE").expect(". 262 alice irc.test.net ...")
        },
        ConformanceCase("RFC 2812, 3.4.9", "ADMIN: 256 to 259") { scene in
            let seen = try scene.user("alice").ask("ADMIN")
            try seen.expect(". 256 alice irc.test.net *")
            for numeric in ["257", "258", "259"] { try seen.expect(". \(numeric) alice *") }
        },
        ConformanceCase("RFC 2812, 3.4.10", "INFO ends with 374") { scene in
            try scene.user("alice").ask("INFO").expect(". 374 alice *")
        },
        ConformanceCase("RFC 2812, 3.4", "a question to a server that is not there is 402") { scene in
            let alice = try scene.user("alice")
            for command in ["VERSION", "TIME", "ADMIN", "INFO", "MOTD"] {
                try alice.ask("\(command) no.such.net").expect(". 402 alice no.such.net *")
            }
        },
        ConformanceCase("RFC 2812, 3.4", "a question may name this server, also by a mask") { scene in
            let alice = try scene.user("alice")
            try alice.ask("VERSION irc.test.net").expect(". 351 ...")
            try alice.ask("VERSION *.test.net").expect(". 351 ...")
        },
        ConformanceCase("RFC 2812, 4.5 and 4.6", "SUMMON is 445 and USERS 446") { scene in
            let alice = try scene.user("alice")
            try alice.ask("SUMMON x").expect(". 445 alice *")
            try alice.ask("USERS").expect(". 446 alice *")
        },
        ConformanceCase("RFC 2812, 5.2", "an unknown command is 421") { scene in
            try scene.user("alice").ask("NONSENSE a b").expect(". 421 alice NONSENSE *")
        },
        ConformanceCase("modern.ircdocs.horse, HELP", "HELP is answered") { scene in
            let seen = try scene.user("alice").ask("HELP")
            try require(!seen.isEmpty, "nothing")
        },
        ConformanceCase("modern.ircdocs.horse, HELP", "HELP is numerics: 704, 705, 706, or 524") { scene in
            let seen = try scene.user("alice").ask("HELP")
            try seen.expectOne(of: ". 706 alice ...", ". 524 alice ...")
        },
    ]
}
