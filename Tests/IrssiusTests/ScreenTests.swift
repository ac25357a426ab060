import Foundation
import IRCHarness
import Testing

/// The built client on a real terminal, with a real server and a real irssi.
@Suite(.serialized, .enabled(if: Tools.areThere, Tools.why))
struct ScreenTests {
    static let system =
        "settings = { core = { nick = \"ann\"; }; };\nchannels = ( { name = \"#test\"; autojoin = yes; } );\n"

    @Test("it connects, enters its channel and talks with irssi, and both show the same lines")
    func beside() throws {
        let server = try RunningServer.ngircd()
        let ours = try Screen(columns: 100, rows: 30, port: server.port, system: ScreenTests.system)
        #expect(ours.waits(for: "Connected as ann"))
        guard let irssi = LocalProgram.find("irssi") else { return }
        let home = FileManager.default.temporaryDirectory.appendingPathComponent("irssi-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
        try """
        servers = ( { address = "127.0.0.1"; port = "\(server.port)"; autoconnect = "yes"; chatnet = "local"; } );
        chatnets = { local = { type = "IRC"; }; };
        channels = ( { name = "#test"; chatnet = "local"; autojoin = "yes"; } );
        settings = { core = { nick = "bob"; user_name = "bob"; real_name = "R bob"; };
          "irc/core" = { cmds_max_at_once = "200"; cmd_queue_speed = "10msecs"; }; };
        """.write(toFile: home + "/config", atomically: false, encoding: .utf8)
        let theirs = try Screen(columns: 100, rows: 30, home: home, command: "\(irssi) --home \(home)")
        #expect(theirs.waits(for: "Act: 2"))
        try ours.key("M-2")
        // Not by the key: on a busy machine irssi may take its Escape for one that was pressed alone.
        try theirs.type("/window 2\n")
        #expect(theirs.waits { $0.last?.hasPrefix("[#test]") == true })
        #expect(ours.waits(for: "bob has joined #test"))
        try theirs.type("hello everyone *bold*\nann: hi there\n/me waves\n")
        #expect(ours.waits(for: "* bob waves"))
        try ours.type(
            "hi bob, how are you: a line that is so long that it has to go on in a second row of the window, here\n")
        try ours.type("/topic A new topic\n/me bows\n/mode +m\n/voice bob\n/nick anna\n")
        #expect(theirs.waits(for: "ann is now known as anna"))
        try theirs.type("漢字 wide \u{E9}\n/notice #test noted\n")
        #expect(ours.waits(for: "noted"))
        #expect(theirs.waits(for: "noted"))
        // What must be the same, apart from the clock.
        let lines = { (screen: Screen) in try screen.rows.map { $0.count > 5 ? String($0.dropFirst(5)) : $0 } }
        let (here, there) = (try lines(ours), try lines(theirs))
        for line in [
            " < bob> hello everyone *bold*", " < bob> ann: hi there", "  * bob waves", "  * ann bows",
            " -!- mode/#test [+m] by ann",
            " -!- ann changed the topic of #test to: A new topic", " <+bob> 漢字 wide é",
            " <@ann> hi bob, how are you: a line that is so long that it has to go on in a second row of",
            "        the window, here",
        ] {
            #expect(here.contains(line), "\(line)")
            #expect(there.contains(line), "\(line)")
        }
        #expect(try ours.rows[0] == " A new topic")
        #expect(try theirs.rows[0] == " A new topic")
        #expect(here.contains(" -bob:#test- noted"))
        try ours.type("/quit\n")
        #expect(try ours.ends())
    }

    @Test(
        "at every size, and when the size changes, the last line and the input line are there",
        arguments: [
            (80, 24), (100, 30), (40, 10), (20, 4),
        ])
    func sizes(_ columns: Int, _ rows: Int) throws {
        let server = try RunningServer.ngircd()
        let screen = try Screen(columns: columns, rows: rows, port: server.port, system: ScreenTests.system)
        #expect(screen.waits { $0.last?.hasPrefix("[(status)]") == true && $0.contains { $0.contains("Act") } })
        try screen.type("/join #test\n")
        #expect(screen.waits { $0.last?.hasPrefix("[#test]") == true })
        // The last line of the text, wherever on the screen it ends.
        let last = { (seen: [String]) in seen.dropLast(2).last { !$0.isEmpty } ?? "" }
        // What the server says of the channel, last of all the year in which it was made, would come after the mark.
        #expect(screen.waits { last($0).contains(/20[0-9]{2}$/) })
        try screen.type("mark\n")
        #expect(screen.waits { last($0).hasSuffix("mark") })
        for (columns, rows) in [(60, 12), (20, 4), (19, 3), (100, 30), (columns, rows)] {
            try screen.resize(columns: columns, rows: rows)
            #expect(
                screen.waits { seen in
                    seen.count == rows && seen.last?.hasPrefix("[#test]") == true
                        && (columns < 20 || last(seen).hasSuffix("mark"))
                })
        }
    }

    @Test("when the server goes away the wait is counted down, and everything comes back with it")
    func reconnect() throws {
        let server = try RunningServer.ngircd()
        let screen = try Screen(columns: 80, rows: 24, port: server.port, system: ScreenTests.system)
        #expect(screen.waits(for: "Act: 2"))
        try screen.key("M-2")
        server.stop()
        #expect(screen.waits(for: "Connecting in"))
        #expect(screen.waits(for: "Connection lost"))
        let again = try RunningServer.ngircd(port: server.port)
        defer { again.stop() }
        #expect(screen.waits(seconds: 30) { $0.dropLast().last?.contains("[@ann]") == true })
        try screen.type("again\n")
        #expect(screen.waits(for: "<@ann> again"))
    }

    @Test("a taken name gets a suffix")
    func takenNick() throws {
        let server = try RunningServer.ngircd()
        let first = try Screen(columns: 80, rows: 24, port: server.port, system: ScreenTests.system)
        #expect(first.waits(for: "Connected as ann"))
        let second = try Screen(columns: 80, rows: 24, port: server.port, system: ScreenTests.system)
        #expect(second.waits(for: "Connected as ann_"))
    }

    @Test("the first start makes the user's own file, and no later start changes it")
    func ownFile() throws {
        let screen = try Screen(columns: 80, rows: 24, system: "settings = { core = { nick = \"@NICK@\"; }; };\n")
        #expect(screen.waits(for: "Welcome"))
        let path = screen.home + "/.irssius/config"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.contains("nick = \"") && !text.contains("@NICK@"))
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
        try "settings = { core = { nick = \"mine\" } }; x".write(toFile: path, atomically: false, encoding: .utf8)
        let again = try Screen(columns: 80, rows: 24, home: screen.home, system: "")
        #expect(again.waits(for: "Your configuration, line 1"))
        #expect(try String(contentsOfFile: path, encoding: .utf8).hasSuffix("x"))
    }

    @Test("a file that is a link, or that others may write to, is left out")
    func foreignFile() throws {
        for isLink in [true, false] {
            let home = FileManager.default.temporaryDirectory.appendingPathComponent(
                "irssius-home-\(UUID().uuidString)"
            ).path
            try FileManager.default.createDirectory(atPath: home + "/.irssius", withIntermediateDirectories: true)
            chmod(home + "/.irssius", 0o700)
            let path = home + "/.irssius/config"
            try "aliases = { evil = \"quit\"; };".write(
                toFile: isLink ? home + "/elsewhere" : path, atomically: false, encoding: .utf8)
            if isLink { symlink(home + "/elsewhere", path) } else { chmod(path, 0o666) }
            let screen = try Screen(columns: 80, rows: 24, home: home)
            #expect(screen.waits(for: "not your own file"))
            #expect(try !screen.rows.contains { $0.contains(home) })
            try screen.type("/evil\n")
            #expect(screen.waits(for: "Unknown command: evil"))
        }
    }

    @Test("it ends when its terminal goes away, and when it is told to")
    func ending() throws {
        for signal in [SIGHUP, SIGTERM, SIGINT] {
            let screen = try Screen(columns: 80, rows: 24)
            #expect(screen.waits(for: "Welcome"))
            kill(screen.process, signal)
            #expect(try screen.ends())
        }
        let screen = try Screen(columns: 80, rows: 24)
        #expect(screen.waits(for: "Welcome"))
        let process = screen.process
        screen.terminal.vanish()
        let deadline = Date(timeIntervalSinceNow: 10)
        while kill(process, 0) == 0, Date() < deadline { usleep(20_000) }
        #expect(kill(process, 0) != 0)
    }

    @Test(
        "it takes no arguments but two, and starts on no file and no pipe",
        arguments: [
            (["--version"], Int32(0), "irssius 1.0\n"), (["--help"], 0, "irssius, the chat client of this server."),
            (["--nosuch"], 1, "irssius: "),
            ([], 1, "irssius: standard input is not a terminal\n"), (["-c", "id"], 1, "irssius: "),
            (["--version", "x"], 1, "irssius: "),
        ] as [([String], Int32, String)])
    func arguments(_ arguments: [String], _ status: Int32, _ text: String) throws {
        let outcome = try LocalProgram.run(Screen.irssius, arguments)
        #expect(outcome.status == status)
        #expect(outcome.output.hasPrefix(text))
    }

    @Test("the version it tells is the package's")
    func version() throws {
        let spec = try String(
            contentsOf: URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
                "../../specs/irssius.spec"
            ).standardized,
            encoding: .utf8)
        let line = spec.split(separator: "\n").first { $0.hasPrefix("Version:") }
        let version = line?.split(separator: " ").last ?? "?"
        #expect(try LocalProgram.run(Screen.irssius, ["--version"]).output == "irssius \(version)\n")
    }
}
