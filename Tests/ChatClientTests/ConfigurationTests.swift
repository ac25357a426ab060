import Testing

@testable import ChatClient

struct ConfigurationTests {
    static let user = User(name: Array("ann".utf8), realName: Array("Ann".utf8))

    static func load(_ personal: String, system: String? = nil) -> Configuration {
        Configuration(system: system.map { Array($0.utf8) }, personal: Array(personal.utf8), user: user)
    }

    static func faults(_ configuration: Configuration) -> [String] {
        configuration.faults.map { "\($0.fault.line): " + String(decoding: $0.fault.what, as: UTF8.self) }
    }

    @Test(
        "irssi's grammar is read",
        arguments: [
            ("a = \"x\";", "x"), ("a = 'sq\\n';", "sq\\n"), ("a = \"\\103\\\"\\\\\";", "C\"\\"),
            ("a = \"\\x41\";", "x41"), ("a = 007;", "007"),
            ("# note\na = x /* and\nmore */;", "x"), ("A = 1; a = 2;", "2"), ("\"a\" = x", "x"),
        ])
    func values(_ text: String, _ value: String) {
        let (pairs, faults) = ConfigurationReader.read(Array(text.utf8))
        #expect(pairs.first?.value.text.map { String(decoding: $0, as: UTF8.self) } == value)
        #expect(faults == [])
    }

    @Test(
        "what is wrong is told with its line",
        arguments: [
            ("a = b\nc = d;", "2: ';' is missing"), ("a b;", "1: '=' is missing"),
            ("\n\na = ;", "3: here should be a value"),
            ("a = { b = c;", "1: a block has no end"), ("a = ( x, y", "1: ',' or ')' is missing"),
            ("a = \"x\n\";", "1: a quotation mark is missing"),
            ("}", "1: '}' without a block"), (String(repeating: "a = { ", count: 20), "1: nested too deep"),
            (
                "settings = { core = {\n scrollback_lines = \"99999\"; }; };",
                "2: scrollback_lines isn't a number it can be"
            ),
            ("servers = ( { address = \"evil.example\"; } );", "1: there is no server but this machine's"),
            ("channels = (\n { name = \"no channel\"; } );", "2: here should be a channel's name"),
            ("aliases = { x = \"exec $0\"; };", "1: x needs $, which is not understood in aliases"),
            ("keyboard = ( { key = \"^A\"; id = \"exec\"; } );", "1: no such key, or nothing that a key can do"),
        ])
    func faults(_ text: String, _ fault: String) {
        #expect(ConfigurationTests.faults(ConfigurationTests.load(text)) == [fault])
        let talk = Talk(personal: text)
        #expect(talk.lines.contains { $0.contains("Your configuration, line ") })
        #expect(!talk.screen.contains { $0.contains("/home") || $0.contains("/opt") })
    }

    @Test("settings, channels, aliases, rules, keys and completions are taken")
    func everything() {
        let configuration = ConfigurationTests.load(
            """
            settings = { core = { nick = "annie"; timestamps = off; }; "fe-text" = { scrollback_lines = 800; nosuch = 1; }; };
            channels = ( { name = "#a"; chatnet = "x"; autojoin = yes; password = "k"; }, { name = "#b"; } );
            aliases = { GO = "join #go"; rest = "say $*"; };
            hilights = ( { text = "ping"; word = yes; color = "%G"; } );
            ignores = ( { mask = "bad!*@*"; level = "PUBLIC MSGS"; } );
            keyboard = ( { key = "meta-x"; id = "command"; data = "names"; } );
            completions = { brb = { value = "be right back"; auto = no; }; };
            """)
        #expect(ConfigurationTests.faults(configuration) == [])
        #expect(configuration.settings[.nick] == Array("annie".utf8))
        #expect(!configuration.settings.isOn(.timestamps) && configuration.settings.number(.scrollbackLines) == 800)
        #expect(
            configuration.channels == [
                ConfiguredChannel(name: Array("#a".utf8), key: Array("k".utf8), isJoined: true),
                ConfiguredChannel(name: Array("#b".utf8), key: [], isJoined: false),
            ])
        #expect(configuration.aliases.contains(Alias(name: Array("go".utf8), body: Array("join #go".utf8))))
        #expect(configuration.aliases.contains(Alias(name: Array("rest".utf8), body: Array("say".utf8))))
        #expect(configuration.hilights.first?.colour == 10)
        #expect(configuration.ignores.first?.levels == [.public, .msgs])
        #expect(
            configuration.bindings.contains(
                Binding(key: .meta(UInt8(ascii: "x")), action: .command, data: Array("names".utf8))))
        #expect(configuration.completions == [Alias(name: Array("brb".utf8), body: Array("be right back".utf8))])
    }

    @Test("what the system locks the user cannot change, in the file or by command")
    func locked() {
        let system = "settings = { a = { scrollback_lines = 600; }; }; locked = ( \"scrollback_lines\", \"channels\" );"
        let personal =
            "settings = { a = {\n scrollback_lines = 700; real_name = \"Eve\"; }; };\nchannels = ( { name = \"#x\"; } );"
        let configuration = ConfigurationTests.load(personal, system: system)
        #expect(configuration.settings.number(.scrollbackLines) == 600)
        #expect(configuration.channels == [])
        #expect(configuration.settings[.realName] == Array("Ann".utf8))
        #expect(
            ConfigurationTests.faults(configuration) == [
                "2: scrollback_lines is locked by the administrator", "3: channels is locked by the administrator",
            ])
        let talk = Talk(system: system, personal: personal).registered()
        talk.type("/set scrollback_lines 700\n")
        #expect(talk.last == "08:42 -!- Irssius: scrollback_lines is locked by the administrator")
    }

    @Test("without the lock the same file changes it, so the test above can fail")
    func unlocked() {
        let configuration = ConfigurationTests.load(
            "settings = { a = { scrollback_lines = 700; }; };",
            system: "settings = { a = { scrollback_lines = 600; }; };")
        #expect(configuration.settings.number(.scrollbackLines) == 700)
    }

    @Test("the user's own file is the system's with nick and user filled in")
    func personal() {
        let system = "settings = { core = { nick = \"@NICK@\"; user_name = \"@USER@\"; }; };"
        let own = Configuration.personal(from: Array(system.utf8), for: ConfigurationTests.user)
        #expect(
            String(decoding: own, as: UTF8.self) == "settings = { core = { nick = \"ann\"; user_name = \"ann\"; }; };")
    }

    @Test(
        "a login name becomes the nearest nick",
        arguments: [
            ("ann", "ann"), ("ann.b", "ann_b"), ("9lives", "_9lives"), ("-x", "_-x"), ("", "user"), ("a b", "a_b"),
        ])
    func nicks(_ name: String, _ nick: String) {
        #expect(User(name: Array(name.utf8), realName: []).nick == Array(nick.utf8))
    }

    @Test(
        "dates are right far and wide, in any zone",
        arguments: [
            (Int64(0), 0, "Thu Jan 01 00:00 1970"), (951_782_399, 0, "Mon Feb 28 23:59 2000"),
            (951_782_400, 0, "Tue Feb 29 00:00 2000"),
            (1_795_423_365, 0, "Mon Nov 23 08:42 2026"), (1_795_423_365, 90, "Mon Nov 23 10:12 2026"),
            (1_795_423_365, -720, "Sun Nov 22 20:42 2026"),
            (-1, 0, "Wed Dec 31 23:59 1969"),
        ])
    func dates(_ seconds: Int64, _ offset: Int, _ text: String) {
        #expect(String(decoding: Calendar(offset: offset).date(Int(seconds)), as: UTF8.self) == text)
    }

    @Test("no time is too far away")
    func extremes() {
        for time in [Int64.min, .max, 0, -1] {
            #expect(!Calendar(offset: 840).format(Array("%Y".utf8), time).isEmpty)
            #expect(!Calendar(offset: -840).date(Int(time)).isEmpty)
        }
    }
}
