import IRCHarness

/// MONITOR (IRCv3).
enum MonitorCases {
    static let all: [ConformanceCase] = [
        ConformanceCase("IRCv3 monitor", "MONITOR + tells at once who is there and who is not") { scene in
            let alice = try scene.user("alice")
            _ = try scene.user("bob")
            let seen = try alice.ask("MONITOR + bob,carol")
            try seen.expect(". 730 alice :bob!*@*")
            try seen.expect(". 731 alice carol")
        },
        ConformanceCase("IRCv3 monitor", "coming, going and a change of nick are told") { scene in
            let alice = try scene.user("alice")
            _ = try alice.ask("MONITOR + bob,beth")
            let bob = try scene.user("bob")
            try alice.seen().expect(". 730 alice bob!*@*")
            _ = try bob.ask("NICK beth")
            let seen = try alice.seen()
            try seen.expect(". 731 alice bob")
            try seen.expect(". 730 alice beth!*@*")
            bob.say("QUIT")
            _ = try bob.connection.waitForClose()
            try alice.seen().expect(". 731 alice beth")
        },
        ConformanceCase("IRCv3 monitor", "MONITOR - ends it, L lists, C clears, S asks again") { scene in
            let alice = try scene.user("alice")
            _ = try alice.ask("MONITOR + bob,carol")
            _ = try alice.ask("MONITOR - bob")
            let list = try alice.ask("MONITOR L")
            try list.expect(". 732 alice carol")
            try list.expect(". 733 alice *")
            try alice.ask("MONITOR S").expect(". 731 alice carol")
            _ = try alice.ask("MONITOR C")
            try alice.ask("MONITOR L").refuse(". 732 ...")
        },
        ConformanceCase("IRCv3 monitor", "more than MONITOR= allows is 734") { scene in
            let alice = try scene.stranger()
            let welcome = try alice.ask("NICK alice") + alice.ask("USER a 0 * :A")
            let tokens = welcome.filter { $0.command == "005" }.flatMap(\.parameters)
            guard let limit = tokens.first(where: { $0.hasPrefix("MONITOR=") }).flatMap({ Int($0.dropFirst(8)) }) else {
                throw HarnessError("no MONITOR= in 005")
            }
            for start in stride(from: 0, to: limit, by: 20) {
                let nicks = (start..<min(start + 20, limit)).map { "n\($0)" }.joined(separator: ",")
                _ = try alice.ask("MONITOR + \(nicks)")
            }
            try alice.ask("MONITOR + more").expect(". 734 alice \(limit) more *")
        },
    ]
}
