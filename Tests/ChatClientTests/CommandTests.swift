import TerminalText
import Testing

@testable import ChatClient

struct CommandTests {
    /// What is typed, and what the server gets for it.
    static let sending: [(String, [String])] = [
        ("/action bob waves", ["PRIVMSG bob :\u{1}ACTION waves\u{1}"]),
        ("/me waves", ["PRIVMSG #test :\u{1}ACTION waves\u{1}"]),
        ("/msg bob hi  there", ["PRIVMSG bob :hi  there"]),
        ("/m bob,carol hi", ["PRIVMSG bob :hi", "PRIVMSG carol :hi"]),
        ("/msg * hi", ["PRIVMSG #test :hi"]), ("/notice bob hi", ["NOTICE bob :hi"]),
        ("/say /slash", ["PRIVMSG #test :/slash"]),
        ("/ text", ["PRIVMSG #test :text"]), ("//x", []), ("/away gone fishing", ["AWAY :gone fishing"]),
        ("/away", ["AWAY"]),
        ("/nick alicia", ["NICK alicia"]), ("/query bob hi", ["PRIVMSG bob :hi"]),
        ("/join #a,#b k1,k2", ["JOIN #a k1", "JOIN #b k2"]),
        ("/j a", ["JOIN #a"]), ("/part", ["PART #test"]), ("/part #test bye all", ["PART #test :bye all"]),
        ("/cycle", ["PART #test", "JOIN #test"]), ("/names", ["NAMES #test"]), ("/topic", ["TOPIC #test"]),
        ("/topic new one", ["TOPIC #test :new one"]), ("/topic -delete", ["TOPIC #test :"]),
        ("/t #test x", ["TOPIC #test :x"]),
        ("/invite bob", ["INVITE bob #test"]), ("/list #a*", ["LIST #a*"]), ("/list -yes", ["LIST"]), ("/list", []),
        ("/mode +m", ["MODE #test +m"]), ("/mode * +b x!*@*", ["MODE #test +b x!*@*"]),
        ("/mode alice +i", ["MODE alice +i"]),
        ("/op bob carol", ["MODE #test +oo bob carol"]), ("/deop bob", ["MODE #test -o bob"]),
        ("/voice bob", ["MODE #test +v bob"]),
        ("/devoice bob", ["MODE #test -v bob"]), ("/kick bob out you go", ["KICK #test bob :out you go"]),
        ("/k bob", ["KICK #test bob"]),
        ("/ban", ["MODE #test +b"]), ("/ban bob", ["MODE #test +b bob!*@*"]), ("/ban *!*@x", ["MODE #test +b *!*@x"]),
        ("/unban bob", ["MODE #test -b bob!*@*"]), ("/kickban bob x", ["MODE #test +b bob!*@*", "KICK #test bob :x"]),
        ("/knockout bob", ["MODE #test +b bob!*@*", "KICK #test bob"]), ("/knock #x", ["KNOCK #x"]),
        ("/who", ["WHO #test"]),
        ("/who *", ["WHO *"]), ("/whois bob", ["WHOIS bob"]), ("/wi", ["WHOIS alice"]), ("/whowas bob", ["WHOWAS bob"]),
        ("/ison bob carol", ["ISON :bob carol"]), ("/userhost bob", ["USERHOST bob"]), ("/motd", ["MOTD"]),
        ("/admin", ["ADMIN"]),
        ("/info", ["INFO"]), ("/lusers", ["LUSERS"]), ("/links", ["LINKS"]), ("/version", ["VERSION"]),
        ("/ping", ["PING :lag"]),
        ("/silence a!*@*", ["SILENCE +a!*@*"]), ("/unsilence a!*@*", ["SILENCE -a!*@*"]),
        ("/accept bob", ["ACCEPT bob"]),
        ("/quit", ["QUIT :leaving"]), ("/quit see you", ["QUIT :see you"]), ("/bye", ["QUIT :leaving"]),
    ]

    @Test("what a command sends", arguments: sending)
    func sends(_ typed: String, _ lines: [String]) {
        let talk = Talk().registered().inChannel()
        talk.type(typed + "\n")
        #expect(talk.sent == lines)
    }

    @Test("who is knocked out may come in again when the time is over, and not before")
    func knockout() {
        let talk = Talk().registered().inChannel()
        talk.type("/knockout 60 bob enough\n/knockout carol\n")
        #expect(
            talk.takeSent() == [
                "MODE #test +b bob!*@*", "KICK #test bob :enough", "MODE #test +b carol!*@*", "KICK #test carol",
            ])
        talk.pass(milliseconds: 59_000)
        #expect(!talk.takeSent().contains { $0.hasPrefix("MODE") })
        talk.pass(milliseconds: 2000)
        #expect(talk.takeSent().filter { $0.hasPrefix("MODE") } == ["MODE #test -b bob!*@*"])
        talk.pass(milliseconds: 300_000)
        #expect(talk.takeSent().filter { $0.hasPrefix("MODE") } == ["MODE #test -b carol!*@*"])
    }

    @Test(
        "what irssi has and this client has not is no command",
        arguments: [
            "exec", "eval", "foreach", "script", "load", "unload", "otr", "cat", "cd", "log", "rawlog", "save",
            "reload", "dcc",
            "mircdcc", "connect", "server", "servlist", "network", "ircnet", "disconnect", "upgrade", "restart", "ctcp",
            "nctcp",
            "quote", "raw", "squery", "oper", "die", "kill", "rehash", "squit", "trace", "stats", "map", "wall",
            "wallops", "notify",
            "recode", "perl", "rmreconns", "open", "url",
        ])
    func removed(_ name: String) {
        let talk = Talk().registered().inChannel()
        let before = talk.effects.count
        talk.type("/\(name) x y z\n")
        #expect(talk.last == "08:42 -!- Irssius: Unknown command: \(name)")
        #expect(talk.sent == [] && talk.effects.count == before)
    }

    @Test("every command has help in plain words", arguments: Command.all.map { "\($0.name)" })
    func help(_ name: String) {
        let talk = Talk().registered()
        talk.type("/help \(name)\n")
        #expect(talk.lines.contains { $0.hasPrefix("08:42 /\(name)") })
        talk.type("/clear\n/help\n")
        #expect(talk.lines.contains { $0.split(separator: " ").contains { $0 == name } })
    }

    @Test(
        "no command without its parameters does harm, and none with nonsense",
        arguments: Command.all.map { "\($0.name)" })
    func nonsense(_ name: String) {
        for rest in [
            "", " -", " --", " -nosuch x", " 999999999999999999999", " #", " * * *", " \u{2}\u{3}",
            " " + String(repeating: "x ", count: 200),
        ] {
            for isRegistered in [true, false] {
                let talk = Talk(columns: 40, rows: 10)
                if isRegistered { talk.registered().inChannel() }
                talk.type("/\(name)\(rest)\n")
                #expect(talk.screen.count == 10)
                #expect(talk.sent.allSatisfy { !$0.contains("\r") && !$0.contains("\n") && $0.utf8.count <= 510 })
            }
        }
    }

    @Test(
        "errors are told where one is",
        arguments: [
            ("/foo", "Unknown command: foo"), ("/k", "Not enough parameters given"),
            ("/wind nosuch", "Unknown command: window nosuch"),
            ("/un", "Ambiguous command: un"), ("/toggle nick", "Setting nick isn't boolean, use /SET"),
            ("/hilight -regexp x", "Patterns are plain texts here: -regexp is not there"),
            ("/ignore bob NOSUCH", "Unknown level: NOSUCH"),
            ("/window new split", "One window is shown at a time here"),
            ("/msg =bob hi", "=bob is neither a nick nor a channel"),
            ("/msg a,b,c,d,e hi", "To four at most"), ("/set real_name x", "real_name is fixed here"),
            ("/alias x exec $0", "An alias is the beginning of one command; the dollar sign and ; mean nothing in it"),
        ])
    func errors(_ typed: String, _ shown: String) {
        let talk = Talk(columns: 160).registered().inChannel()
        talk.type(typed + "\n")
        #expect(talk.last == "08:42 -!- Irssius: \(shown)")
    }

    @Test("without a connection commands say so, and text in no window is not lost silently")
    func offline() {
        let talk = Talk()
        talk.type("/join #a\n")
        #expect(talk.last == "08:42 -!- Irssius: Not connected to server")
        talk.type("hello\n")
        #expect(talk.last == "08:42 -!- Irssius: Nobody would read this: join a channel or open a query first")
    }

    @Test("an alias is the beginning of a command, and one that names itself ends")
    func aliases() {
        let talk = Talk().registered().inChannel()
        talk.type("/alias zz say hello\n/zz there\n")
        #expect(talk.takeSent() == ["PRIVMSG #test :hello there"])
        talk.type("/alias loop loop\n/loop\n")
        #expect(talk.takeSent() == [])
        talk.type("/unalias zz\n/zz\n")
        #expect(talk.last.hasSuffix("Unknown command: zz"))
    }

    @Test("who is ignored is not shown, for as long as was said")
    func ignoring() {
        let talk = Talk().registered().inChannel()
        talk.type("/ignore -time 1min bob PUBLIC\n/sb clear\n")
        talk.server(":bob!u@h PRIVMSG #test :x")
        #expect(talk.lines == [])
        talk.server(":bob!u@h PART #test :x")
        #expect(talk.last == "08:42 -!- bob has left #test [x]")
        talk.pass(milliseconds: 61_000)
        talk.server(":bob!u@h PRIVMSG #test :y")
        #expect(talk.last.hasSuffix("bob> y"))
        talk.type("/ignore -pattern spam *\n")
        talk.server(":carol!u@h PRIVMSG #test :buy spam now")
        #expect(!talk.last.contains("spam now"))
        talk.type("/unignore 1\n")
        talk.server(":carol!u@h PRIVMSG #test :buy spam now")
        #expect(talk.last.contains("spam now"))
    }

    @Test("keys can be bound to what is allowed, and to nothing else")
    func binding() {
        let talk = Talk().registered().inChannel()
        talk.type("/bind f2 /names\n\u{1B}OQ")
        #expect(talk.takeSent() == ["NAMES #test"])
        talk.type("/bind ^G insert_text hello\n\u{7}")
        #expect(talk.prompt == "[#test] hello")
        talk.type("\u{15}/bind f3 exec\n")
        #expect(talk.last.contains("Unknown bind action: exec"))
        talk.type("/bind -delete f2\n\u{1B}OQ")
        #expect(talk.takeSent() == [])
    }

    @Test("the listing of windows has irssi's columns")
    func windowList() {
        let talk = Talk().registered().inChannel()
        talk.type("/window list\n")
        #expect(
            Array(talk.lines.suffix(3)) == [
                "08:42 Ref  Name                 Active item     Server          Level",
                "08:42 1    (status)                             local           ALL",
                "08:42 2                         #test           local",
            ])
    }

    @Test("what is typed stays one line, whatever is in it")
    func oneLine() {
        let talk = Talk().registered().inChannel()
        talk.type("\u{1B}[200~hi\u{0}\u{1}QUIT\u{1B}[201~\n")
        #expect(talk.takeSent() == ["PRIVMSG #test :hiQUIT"])
        talk.type("/topic x\u{F}y\n")
        #expect(talk.takeSent() == ["TOPIC #test :x\u{F}y"])
    }
}
