import Glibc
import IRCHarness

/// OPER, KILL, WALLOPS, REHASH, DIE.
enum OperatorCases {
    static let all: [ConformanceCase] = [
        ConformanceCase("RFC 2812, 3.1.4", "OPER with name and password is 381 and sets +o") { scene in
            let seen = try scene.user("alice").ask("OPER op pw")
            try seen.expect(". 381 alice *")
            try seen.expect("* MODE alice +o")
        },
        ConformanceCase("RFC 2812, 3.1.4", "OPER with a wrong password is 464, with an unknown name 491 or 464") {
            scene in
            let alice = try scene.user("alice")
            alice.say("OPER op wrong")
            _ = try alice.connection.wait("464") { $0.command == "464" }
            let bob = try scene.user("bob")
            bob.say("OPER nobody pw")
            _ = try bob.connection.wait("464 or 491") { ["464", "491"].contains($0.command) }
            try scene.user("carol").ask("OPER op").expect(". 461 carol OPER *")
        },
        ConformanceCase("RFC 2812, 3.7.1", "KILL closes a connection and is told as QUIT") { scene in
            let users = try scene.room("alice", "bob")
            let op = try scene.operatorUser("op")
            _ = try op.ask("KILL bob :misbehaved")
            let last = try users[1].connection.waitForClose()
            try require(last.contains { $0.command == "ERROR" }, "no ERROR")
            try users[0].seen().expect("bob QUIT *misbehaved*")
        },
        ConformanceCase("RFC 2812, 3.7.1", "KILL needs an IRC operator: 481; a victim: 401; a reason: 461") { scene in
            let alice = try scene.user("alice")
            try alice.ask("KILL alice :x").expect(". 481 alice *")
            let op = try scene.operatorUser("op")
            try op.ask("KILL nobody :x").expect(". 401 op nobody *")
            try op.ask("KILL alice").expect(". 461 op KILL *")
        },
        ConformanceCase("RFC 2812, 4.7", "WALLOPS reaches those with +w") { scene in
            let alice = try scene.user("alice")
            let bob = try scene.user("bob")
            _ = try alice.ask("MODE alice +w")
            let op = try scene.operatorUser("op")
            _ = try op.ask("WALLOPS :attention")
            try alice.seen().expect("op WALLOPS attention")
            try bob.seen().expectNothing()
        },
        ConformanceCase("RFC 2812, 4.7", "WALLOPS needs an IRC operator: 481") { scene in
            try scene.user("alice").ask("WALLOPS :x").expect(". 481 alice *")
        },
        ConformanceCase("RFC 2812, 4.2", "REHASH is 382, for IRC operators; nobody is dropped") { scene in
            let users = try scene.room("alice", "bob")
            try users[0].ask("REHASH").expect(". 481 alice *")
            let op = try scene.operatorUser("op")
            try op.ask("REHASH").expect(". 382 op ...")
            _ = try users[0].ask("PRIVMSG #c :still here")
            try users[1].seen().expect("alice PRIVMSG #c :still here")
        },
        ConformanceCase("ngircd(8), SIGHUP", "a changed configuration is read again; nobody is dropped") { scene in
            let users = try scene.room("alice", "bob")
            var changed = ServerSettings.conversational
            changed.operators.append(ServerSettings.Operator(name: "new", password: "pass"))
            try scene.server.reconfigure(changed)
            let op = try scene.operatorUser("op")
            _ = try op.ask("REHASH")
            try users[0].ask("OPER new pass").expect(". 381 alice *")
            _ = try users[0].ask("PRIVMSG #c :still here")
            try users[1].seen().expect("alice PRIVMSG #c :still here")
        },
        ConformanceCase("RFC 2812, 4.3", "DIE needs an IRC operator, and closes everybody") { scene in
            let alice = try scene.user("alice")
            try alice.ask("DIE").expect(". 481 alice *")
            let op = try scene.operatorUser("op")
            op.say("DIE")
            _ = try alice.connection.waitForClose()
        },
        ConformanceCase("ngircd(8), SIGTERM", "the end of the server closes everybody") { scene in
            let alice = try scene.user("alice")
            scene.server.signal(SIGTERM)
            _ = try alice.connection.waitForClose()
        },
    ]
}
