import IRCHarness

/// Connection registration, its numerics, PING and QUIT.
enum RegistrationCases {
    private static var withPassword: ServerSettings {
        var settings = ServerSettings.conversational
        settings.globals = ["Password = secret"]
        return settings
    }

    static let all: [ConformanceCase] = [
        ConformanceCase("RFC 2812, 3.1", "NICK and USER register, and the welcome is 001 to 004") { scene in
            let alice = try scene.stranger()
            let seen = try alice.ask("NICK alice") + alice.ask("USER alice 0 * :Alice Real")
            try seen.expect(". 001 alice :Welcome to the Internet Relay Network alice!*alice@*")
            for numeric in ["002", "003", "004"] { try seen.expect(". \(numeric) alice ...") }
        },
        ConformanceCase("RFC 2812, 3.1.2", "USER before NICK registers too") { scene in
            let alice = try scene.stranger()
            try (alice.ask("USER alice 0 * :Alice") + alice.ask("NICK alice")).expect(". 001 alice *")
        },
        ConformanceCase("RFC 2812, 3.1.2", "NICK changes while registering") { scene in
            let alice = try scene.stranger()
            let seen = try alice.ask("NICK first") + alice.ask("NICK second") + alice.ask("USER a 0 * :A")
            try seen.expect(". 001 second *")
        },
        ConformanceCase("RFC 2812, 5.1", "004 names the server and its modes") { scene in
            let alice = try scene.stranger()
            let seen = try alice.ask("NICK alice") + alice.ask("USER a 0 * :A")
            let line = try seen.expect(". 004 alice irc.test.net * * * ...")
            for mode in ["i", "o", "w"] { try require(line.parameter(3).contains(mode), "no user mode \(mode)") }
            for mode in ["b", "i", "k", "l", "m", "n", "o", "s", "t", "v"] {
                try require(line.parameter(4).contains(mode), "no channel mode \(mode)")
            }
        },
        ConformanceCase("modern.ircdocs.horse, RPL_ISUPPORT", "005 names what clients rely on") { scene in
            let alice = try scene.stranger()
            let seen = try alice.ask("NICK alice") + alice.ask("USER a 0 * :A")
            let tokens = seen.filter { $0.command == "005" }.flatMap { $0.parameters.dropFirst().dropLast() }
            for name in ["CASEMAPPING", "CHANMODES", "CHANTYPES", "PREFIX", "NICKLEN", "CHANNELLEN", "TOPICLEN"] {
                try require(tokens.contains { $0.hasPrefix(name + "=") }, "005 does not name \(name)")
            }
            try require(seen.filter { $0.command == "005" }.allSatisfy { $0.parameters.count <= 15 }, "too many tokens")
        },
        ConformanceCase("modern.ircdocs.horse, Connection Registration", "the welcome ends with 376 or 422") { scene in
            let alice = try scene.stranger()
            let seen = try alice.ask("NICK alice") + alice.ask("USER a 0 * :A")
            try seen.expectOne(of: ". 376 alice *", ". 422 alice *")
            try seen.expect(". 251 alice *")
            try seen.expect(". 255 alice *")
        },
        ConformanceCase(
            "RFC 2812, 3.1.1", "a wrong password is refused with 464 and the connection closed", withPassword
        ) {
            let alice = try $0.stranger()
            alice.say("PASS wrong")
            alice.say("NICK alice")
            alice.say("USER alice 0 * :Alice")
            let seen = try alice.connection.waitForClose()
            try seen.expectOne(of: ". 464 * *", " ERROR *assword*")
            try seen.refuse(". 001 ...")
        },
        ConformanceCase("RFC 2812, 3.1.1", "with the right password one is welcome", withPassword) { scene in
            let alice = try scene.stranger()
            let seen = try alice.ask("PASS secret") + alice.ask("NICK alice") + alice.ask("USER alice 0 * :Alice")
            try seen.expect(". 001 alice *")
        },
        ConformanceCase("RFC 2812, 3.1.1", "PASS without a parameter is 461") { scene in
            try scene.stranger().ask("PASS").expect(". 461 * PASS *")
        },
        ConformanceCase("RFC 2812, 3.1.1", "PASS after registration is 462") { scene in
            try scene.user("alice").ask("PASS x").expect(". 462 alice *")
        },
        ConformanceCase("RFC 2812, 3.1.3", "USER after registration is 462") { scene in
            try scene.user("alice").ask("USER a 0 * :A").expect(". 462 alice *")
        },
        ConformanceCase("RFC 2812, 3.1.3", "USER with too few parameters is 461") { scene in
            try scene.stranger().ask("USER a").expect(". 461 * USER *")
        },
        ConformanceCase("RFC 2812, 3.1.2", "NICK without a parameter is 431 or 461") { scene in
            try scene.user("alice").ask("NICK").expectOne(of: ". 431 alice *", ". 461 alice NICK *")
        },
        ConformanceCase("RFC 2812, 3.1.2", "an erroneous nick is 432") { scene in
            let alice = try scene.user("alice")
            for nick in ["1abc", "-x", "a b!", "#c", "a@b", "a.b"] {
                let word = nick.split(separator: " ")[0]
                guard word != "a" else { continue }
                try alice.ask("NICK \(word)").expect(". 432 alice \(word) *")
            }
        },
        ConformanceCase("RFC 2812, 3.1.2", "a nick in use is 433, also in another case") { scene in
            _ = try scene.user("alice")
            let other = try scene.stranger()
            try other.ask("NICK alice").expect(". 433 * alice *")
            try other.ask("NICK ALICE").expect(". 433 * ALICE *")
        },
        ConformanceCase("RFC 2812, 3.1.2", "a change of nick is told to oneself and to channels") { scene in
            let users = try scene.room("alice", "bob")
            try users[0].ask("NICK anna").expect("alice NICK anna")
            try users[1].seen().expect("alice NICK anna")
        },
        ConformanceCase("RFC 2812, 3.1.2", "one may change the case of one's own nick") { scene in
            try scene.user("alice").ask("NICK Alice").expect("alice NICK Alice")
        },
        ConformanceCase("RFC 2812, 3.1.2", "a nick that was given up can be taken at once") { scene in
            let alice = try scene.user("alice")
            let bob = try scene.user("bob")
            _ = try alice.ask("NICK anna")
            try bob.ask("NICK alice").expect("bob NICK alice")
        },
        ConformanceCase("RFC 2812, 1.2.1", "a nick as long as NICKLEN is taken as it is") { scene in
            try scene.user("alice").ask("NICK abcdefghi").expect("alice NICK abcdefghi")
        },
        ConformanceCase("RFC 2812, 2.3", "before registration commands are refused with 451") { scene in
            let stranger = try scene.stranger()
            for command in ["JOIN #c", "PRIVMSG x :y", "WHO x", "LIST", "MODE #c", "WHOIS x"] {
                try stranger.ask(command).expect(". 451 ...")
            }
        },
        ConformanceCase("RFC 2812, 3.1.7", "QUIT is answered by ERROR and the end of the connection") { scene in
            let alice = try scene.user("alice")
            alice.say("QUIT :bye")
            let seen = try alice.connection.waitForClose()
            try require(seen.contains { $0.command == "ERROR" }, "no ERROR")
        },
        ConformanceCase("RFC 2812, 3.1.7", "a QUIT is told once to those who share channels") { scene in
            let users = try scene.room("alice", "bob")
            for user in users { _ = try user.ask("JOIN #d") }
            _ = try users[0].ask("QUIT :bye now")
            let seen = try users[1].seen()
            try require(seen.count("alice QUIT ...") == 1, "QUIT came \(seen.count("alice QUIT ...")) times")
            try require(seen.contains { $0.command == "QUIT" && $0.last.contains("bye now") }, "without the reason")
        },
        ConformanceCase("RFC 2812, 3.1.7", "a lost connection is told as QUIT") { scene in
            let users = try scene.room("alice", "bob")
            users[0].connection.disconnect()
            _ = try users[1].connection.wait("QUIT") { $0.command == "QUIT" && $0.nick == "alice" }
        },
        ConformanceCase("RFC 2812, 3.7.2", "PING is answered by PONG with the same word") { scene in
            let line = try scene.user("alice").ask("PING token").first { $0.command == "PONG" }
            try require(line?.last == "token" && line?.parameter(0) == "irc.test.net", "\(line?.text ?? "no PONG")")
        },
        ConformanceCase("RFC 2812, 3.7.2", "PING without a word is 409 or 461") { scene in
            try scene.user("alice").ask("PING").expectOne(of: ". 409 alice *", ". 461 alice PING *")
        },
        ConformanceCase("RFC 2812, 3.7.3", "PONG is not answered") { scene in
            try scene.user("alice").ask("PONG irc.test.net").expectNothing()
        },
        ConformanceCase("RFC 2812, 3.7.2", "who does not answer PING is closed", impatient) { scene in
            let alice = try scene.user("alice")
            // A connection answers PING while it is read from, and this one is not from here on.
            let deaf = try scene.user("deaf")
            _ = try alice.ask("JOIN #c")
            _ = try deaf.ask("JOIN #c")
            _ = try alice.connection.wait("the QUIT of who is deaf") { $0.command == "QUIT" && $0.nick == "deaf" }
        },
    ]

    private static var impatient: ServerSettings {
        var settings = ServerSettings.conversational
        settings.limits = ["PingTimeout = 5", "PongTimeout = 5"]
        return settings
    }
}
