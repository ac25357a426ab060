import IRCHarness

/// Capabilities by which clients are told of what others do.
enum NotificationCases {
    static let all: [ConformanceCase] = [
        ConformanceCase("IRCv3 away-notify", "AWAY is told to those who share a channel") { scene in
            let users = try scene.room("alice", "bob", capabilities: ["away-notify"])
            _ = try users[0].ask("AWAY :lunch")
            try users[1].seen().expect("alice AWAY lunch")
            _ = try users[0].ask("AWAY")
            try users[1].seen().expect("alice AWAY")
        },
        ConformanceCase("IRCv3 away-notify", "who joins and is away is told as such") { scene in
            let users = try scene.room("alice", capabilities: ["away-notify"])
            let bob = try scene.user("bob")
            _ = try bob.ask("AWAY :lunch")
            _ = try bob.ask("JOIN #c")
            try users[0].seen().expect("bob AWAY lunch")
        },
        ConformanceCase("IRCv3 away-notify", "without it nothing is told") { scene in
            let users = try scene.room("alice", "bob")
            _ = try users[0].ask("AWAY :lunch")
            try users[1].seen().expectNothing()
        },
        ConformanceCase("IRCv3 extended-join", "JOIN has account (*) and real name") { scene in
            let users = try scene.room("alice", capabilities: ["extended-join"])
            let bob = try scene.user("bob")
            try bob.ask("JOIN #c").expect("bob JOIN #c")
            let line = try users[0].seen().expect("bob JOIN #c * :bob Real")
            try require(line.parameter(1) == "*", line.text)
        },
        ConformanceCase("IRCv3 invite-notify", "members are told who is invited") { scene in
            let users = try scene.room("alice", "bob", capabilities: ["invite-notify"])
            let carol = try scene.user("carol")
            _ = try users[0].ask("INVITE carol #c")
            try users[1].seen().expect("alice INVITE carol #c")
            try carol.seen().expect("alice INVITE carol #c")
        },
        ConformanceCase("IRCv3 setname", "SETNAME changes the real name and is told") { scene in
            let users = try scene.room("alice", "bob", capabilities: ["setname"])
            try users[0].ask("SETNAME :New Name").expect("alice SETNAME :New Name")
            try users[1].seen().expect("alice SETNAME :New Name")
            try users[1].ask("WHOIS alice").expect(". 311 bob alice * * * :New Name")
        },
        ConformanceCase("IRCv3 cap-notify", "CAP LS names every capability of a modern client") { scene in
            let list = try scene.stranger().ask("CAP LS 302").expect(". CAP * LS *").last.split(separator: " ")
            for name in [
                "away-notify", "batch", "cap-notify", "echo-message", "extended-join", "invite-notify",
                "labeled-response", "message-tags", "multi-prefix", "server-time", "setname", "standard-replies",
                "userhost-in-names",
            ] {
                try require(list.contains(Substring(name)), "no \(name)")
            }
        },
    ]
}
