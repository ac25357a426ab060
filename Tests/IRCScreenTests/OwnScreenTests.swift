import Foundation
import IRCHarness
import Testing

private let environment = ProcessInfo.processInfo.environment

/// What irssius shows where irssi is no example.
@Suite(.serialized, .enabled(if: environment["UNTOCHAT_INTEGRATION"] == "1"))
struct OwnScreenTests {
    private static let removed = [
        "exec ls", "eval echo x", "foreach window echo", "script load x", "load x", "unload x", "cat /etc/passwd",
        "cd /",
        "log open x", "rawlog save x", "save", "reload", "dcc send bob x", "mircdcc on", "connect 10.0.0.1",
        "server add x",
        "disconnect", "network add x", "rmreconns", "rmrejoins", "upgrade", "restart", "ctcp bob VERSION",
        "nctcp bob VERSION x", "quote WHO", "squery x y", "oper a b", "die", "kill bob", "rehash", "squit x", "trace",
        "stats u", "map", "hash", "wall x", "wallops x", "sethost x", "setname x", "notify bob", "unnotify bob",
        "recode",
        "capsicum enter", "ts", "raw QUIT", "proxy x", "irssiproxy x", "otr init", "sv", "run x", "chat bob",
    ]

    @Test("a command of irssi that is not kept is unknown, and the server hears nothing of it")
    func removedCommands() throws {
        let side = try Side(.irssius, .scripted)
        defer { side.end() }
        try side.terminal.wait(toShow: "Act: 2")
        try side.terminal.key("M-2")
        _ = try side.said()
        for command in OwnScreenTests.removed {
            try side.terminal.type("/\(command)\n")
            let name = command.prefix { $0 != " " }
            try side.terminal.wait("a refusal of \(command)") { screen in
                let answer = screen.rows.dropLast(2).last { !$0.text.isEmpty }?.text ?? ""
                return ["Unknown command: \(name)", "Ambiguous command: \(name)"].contains(where: answer.hasSuffix)
            }
        }
        #expect(try side.said() == [])
        // What is kept is heard, so the list above can be empty for no other reason.
        try side.terminal.type("/motd\n")
        try side.terminal.type("/echo asked\n")
        try side.terminal.wait(toShow: "asked")
        #expect(try side.said() == ["MOTD"])
    }

    /// UNTOCHAT_WRITE_SCREENS=1 writes docs/screens/irssius-*.txt anew.
    @Test("the screens in docs/screens/ are those of irssius")
    func gallery() throws {
        var settings = ServerSettings.conversational
        settings.isAnonymous = true
        settings.identifiesUsers = true
        let side = try Side(.irssius, .real(.underTest(), settings), size: (80, 24))
        defer { side.end() }
        try side.terminal.wait(toShow: "[Act: 2]")
        try side.terminal.wait(toShow: "End of MOTD")
        try keep(side, "start")
        try side.terminal.key("M-2")
        for step in OwnScreenTests.conversation {
            try side.perform(step)
            if case .shows(let text) = step { try side.terminal.wait(toShow: text) }
        }
        try keep(side, "conversation")
        try side.terminal.resize(columns: 20, rows: 4)
        try side.terminal.wait("four rows") { $0.rows.count == 4 && $0.rows[3].text.hasPrefix("[#test]") }
        try keep(side, "20x4")
        try side.terminal.resize(columns: 80, rows: 24)
        for step in OwnScreenTests.question {
            try side.perform(step)
            if case .shows(let text) = step { try side.terminal.wait(toShow: text) }
        }
        try keep(side, "query")
        try side.terminal.type("/clear\n/whois bob\n")
        try side.terminal.key("M-1")
        try side.terminal.wait(toShow: "End of WHOIS")
        try keep(side, "whois")
    }

    private static let conversation: [Step] = [
        .peer("bob", "JOIN #test"), .shows("bob has joined"), .enter("/topic what we talk about"),
        .shows("changed the topic"), .peer("bob", "PRIVMSG #test :alice: are you there?"), .shows("are you there"),
        .enter("yes, and so is *everybody* else: this line is long enough to be wrapped, and goes on under itself"),
        .shows("<@alice> yes, and so"), .peer("bob", "PRIVMSG #test :\u{1}ACTION nods, 漢字 and žluťoučký kůň\u{1}"),
        .shows("kůň"), .enter("/voice bob"), .shows("+v bob"), .peer("bob", "NOTICE #test :take note"),
        .shows("take note"),
    ]

    private static let question: [Step] = [
        .peer("bob", "PRIVMSG alice :between us"), .shows("Act: 3"), .key("M-3"), .shows("between us"),
        .enter("nobody else reads this"), .shows("<alice> nobody else"),
    ]

    /// Compares a screen with the file that has it, or writes the file.
    private func keep(_ side: Side, _ name: String) throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "docs/screens/irssius-\(name).txt")
        let isWritten = environment["UNTOCHAT_WRITE_SCREENS"] == "1"
        let documented = isWritten ? "" : try String(contentsOf: file, encoding: .utf8)
        // The last of what was waited for need not be the last that is painted.
        let shown = try? side.terminal.wait(name, seconds: isWritten ? 0.5 : 5) {
            OwnScreenTests.normal($0.text) == documented
        }
        let text = OwnScreenTests.normal(try shown?.text ?? side.terminal.screen.text)
        if isWritten { return try text.write(to: file, atomically: true, encoding: .utf8) }
        #expect(text == documented)
        #expect(!text.contains("127.0.0.1"))
    }

    /// Without times and dates, and with the login name that whoever runs the test has.
    private static func normal(_ text: String) -> String {
        text.replacing(/\b[0-9]{2}:[0-9]{2}\b/, with: "--:--")
            .replacing(/[A-Z][a-z]{2} [A-Z][a-z]{2} [0-9]{2} --:-- [0-9]{4}/, with: "Mon Jan 01 --:-- 2026")
            .replacing(/synced in [0-9]+ secs/, with: "synced in 0 secs")
    }
}

/// That the comparison finds what is different.
struct ComparisonTests {
    private func list(_ text: String) throws -> IntendedDifferences { try IntendedDifferences(text) }

    @Test("rows that stand for one another are the same only when what they share is")
    func pairs() throws {
        let list = try list("Hosts.\n- & [?] joined *\n+ & joined *")
        let irssi = list.comparable(["bob [host] joined #a"], ofIrssius: false)
        #expect(irssi == list.comparable(["bob joined #a"], ofIrssius: true))
        #expect(irssi != list.comparable(["eve joined #a"], ofIrssius: true))
        #expect(irssi != list.comparable(["bob joined #b"], ofIrssius: true))
        #expect(list.comparable(["joined"], ofIrssius: true) == ["joined"])
    }

    @Test("a row that one side may have alone is left out there, and not on the other side")
    func alone() throws {
        let list = try list("A greeting.\n+ Welcome*")
        #expect(list.comparable(["Welcome.", "x"], ofIrssius: true) == ["x"])
        #expect(list.comparable(["Welcome.", "x"], ofIrssius: false) == ["Welcome.", "x"])
    }

    @Test("what is listed and never seen is told")
    func unused() throws {
        let list = try list("One.\n- a\n+ b\n\nTwo.\n- c")
        _ = list.comparable(["a"], ofIrssius: false)
        #expect(list.unused == ["+ b", "- c"])
        #expect(throws: ScreenError.self) { try self.list("Twice.\n- a\n- b") }
    }
}

/// That a kind of line which no scene shows is found.
struct FormatTableTests {
    @Test("a kind of line is seen when a whole row is one, and otherwise told")
    func unseen() throws {
        let table = try FormatTable("# what\njoin\t--:-- .* has joined #a\npart\t--:-- .* has left #a\nquit\tquit")
        table.look(at: " topic\n--:-- bob has joined #a\n--:-- he has quit \n bar\n[#a]")
        #expect(table.unseen == ["part", "quit"])
        #expect(throws: ScreenError.self) { try FormatTable("no tab") }
    }
}

/// The comparison itself, on terminals.
@Suite(.serialized, .enabled(if: environment["UNTOCHAT_INTEGRATION"] == "1"))
struct ComparisonOnTerminalsTests {
    @Test("one other character, one other colour and one other place of the cursor are each found")
    func isFound() throws {
        let base = #"\033[2J\033[H topic\r\n\033[1mbold\033[m text\r\n\033[3;1Hbar\r\n[x] input"#
        let others = [
            base.replacing("text", with: "test"), base.replacing("[1m", with: "[4m"), base + #"\033[D"#,
            base.replacing("input", with: "inpuT"),
        ]
        let none = try IntendedDifferences("")
        let first = try shown(base)
        #expect(Stage.difference(first, try shown(base), none) == [])
        for other in others { #expect(Stage.difference(first, try shown(other), none) != [], "\(other)") }
    }

    private func shown(_ text: String) throws -> NormalScreen {
        let terminal = try Terminal(columns: 20, rows: 4, "sh -c 'printf \"\(text)\"; exec sleep 60'")
        return NormalScreen(try terminal.wait("it") { $0.rows.last?.text.lowercased().hasSuffix("input") ?? false })
    }
}
