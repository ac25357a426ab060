import TerminalText
import Testing

@testable import ChatClient

struct WindowTests {
    @Test("a configured channel opens behind, one that is asked for in front")
    func focus() {
        let talk = Talk(system: "channels = ( { name = \"#auto\"; autojoin = yes; } );")
        talk.connect()
        talk.server(":irc 001 alice :Welcome")
        #expect(talk.takeSent().contains("JOIN #auto"))
        talk.server(":alice!a@h JOIN #auto")
        #expect(talk.bar.contains("[1:local]") && talk.bar.contains("[Act: 2]"))
        talk.type("/join #asked\n")
        talk.server(":alice!a@h JOIN #asked")
        #expect(talk.bar.contains("[3:local/#asked]"))
        #expect(talk.prompt.hasPrefix("[#asked]"))
    }

    @Test("activity has three levels, and is gone when the window is looked at")
    func activity() {
        let talk = Talk().registered().inChannel()
        talk.type("\u{1B}1")
        talk.server(":bob!u@h JOIN #test")
        #expect(talk.inspect { $0.windows[1].activity } == .text)
        talk.server(":bob!u@h PRIVMSG #test :hi")
        #expect(talk.inspect { $0.windows[1].activity } == .message)
        talk.server(":bob!u@h PRIVMSG #test :alice, hi")
        #expect(talk.inspect { $0.windows[1].activity } == .hilight)
        talk.server(":bob!u@h PRIVMSG alice :psst")
        #expect(talk.bar.contains("[Act: 2,3]"))
        talk.type("\u{1B}a")
        #expect(talk.bar.contains("[2:local/#test]") && talk.bar.contains("[Act: 3]"))
        talk.type("\u{1B}a")
        #expect(talk.bar.contains("[3:local/bob]") && !talk.bar.contains("Act"))
    }

    @Test(
        "only the start of a message speaks to a nick",
        arguments: [
            ("eve", true), ("eve: x", true), ("eve, x", true), ("op,eve: x", true), ("EVE: x", true),
            ("hi eve: x", false),
            ("evening all", false), ("eve2: x", false), ("op, eve: x", false), ("", false),
        ])
    func nickMatch(_ text: String, _ isMet: Bool) {
        #expect(addresses(Array("eve".utf8), Array(text.utf8)[...]) == isMet)
    }

    @Test("a kick leaves an empty window, a part closes it")
    func leaving() {
        let talk = Talk().registered().inChannel()
        talk.server(":op!u@h KICK #test alice :out")
        #expect(talk.bar.contains("[2:local]"))
        #expect(talk.last == "08:42 -!- alice was kicked from #test by op [out]")
        talk.inChannel("#next")
        #expect(talk.bar.contains("[2:local/#next]"))
        talk.type("/part bye now\n")
        #expect(talk.takeSent() == ["PART #next :bye now"])
        talk.server(":alice!u@h PART #next :bye now")
        #expect(talk.bar.contains("[1:local]"))
    }

    @Test("windows after a closed one move up")
    func renumbering() {
        let talk = Talk().registered().inChannel("#a").inChannel("#b").inChannel("#c")
        talk.type("/window close 2\n")
        #expect(talk.bar.contains("[3:local/#c]"))
        #expect(talk.takeSent() == ["PART #a"])
    }

    @Test("a private talk follows its partner to another nick")
    func queryNick() {
        let talk = Talk().registered().inChannel()
        talk.server(":bob!u@h PRIVMSG alice :hi")
        talk.type("\u{1B}3")
        talk.server(":bob!u@h NICK bobby")
        #expect(talk.bar.contains("[3:local/bobby]"))
        #expect(talk.last == "08:42 -!- bob is now known as bobby")
    }

    @Test("after a lost connection the windows stay, the wait is counted down, and channels are entered again")
    func reconnect() {
        let talk = Talk().registered().inChannel("#a")
        talk.type("/join #k key\n")
        talk.server(":alice!u@h JOIN #k", ":irc 324 alice #k +k key")
        talk.disconnect()
        #expect(talk.bar.contains("[Connecting in 1 s]"))
        #expect(talk.lines.last == "08:42 -!- Irssius: Connection lost")
        _ = talk.takeEffects()
        talk.pass(milliseconds: 1000)
        #expect(talk.takeEffects() == [.connect])
        talk.disconnect()
        #expect(talk.bar.contains("[Connecting in 2 s]"))
        talk.pass(milliseconds: 1000)
        #expect(talk.bar.contains("[Connecting in 1 s]"))
        talk.pass(milliseconds: 1000)
        talk.connect()
        _ = talk.takeSent()
        talk.server(":irc 001 alice :Welcome")
        #expect(talk.takeSent() == ["JOIN #a", "JOIN #k key"])
        talk.server(":alice!u@h JOIN #a")
        #expect(talk.inspect { $0.windows.count } == 3)
    }

    @Test("a nick that is taken gets a suffix, within the length that the server takes")
    func nickTaken() {
        let talk = Talk(nick: "verylongname")
        talk.connect()
        #expect(talk.takeSent().prefix(2) == ["CAP LS 302", "NICK verylongname"])
        talk.server(":irc 432 * verylongname :Nickname too long")
        talk.server(":irc 433 * verylongn :taken", ":irc 433 * x :taken", ":irc 433 * x :taken")
        #expect(talk.takeSent() == ["NICK verylongn", "NICK verylon__", "NICK verylong2", "NICK verylong3"])
    }

    @Test("registration asks for what both sides know, and waits for nothing")
    func capabilities() {
        let talk = Talk()
        talk.connect()
        talk.server(":irc CAP * LS :server-time sasl=PLAIN echo-message batch multi-prefix labeled-response")
        #expect(
            talk.takeSent() == [
                "CAP LS 302", "NICK alice", "USER alice 0 * :Unknown", "CAP REQ :server-time echo-message multi-prefix",
                "CAP END",
            ])
        talk.server(":irc CAP alice ACK :server-time echo-message multi-prefix")
        #expect(talk.takeSent() == [])
        #expect(talk.inspect { $0.connection.capabilities } == [.serverTime, .echoMessage, .multiPrefix])
    }

    @Test("where reading stopped is marked when one comes back, and only if there is something new")
    func unread() {
        let talk = Talk().registered().inChannel()
        talk.server(":bob!u@h PRIVMSG #test :before")
        talk.type("\u{1B}1")
        talk.type("\u{1B}2")
        #expect(!talk.lines.contains { $0.hasPrefix("----") })
        talk.type("\u{1B}1")
        talk.server(":bob!u@h PRIVMSG #test :after")
        talk.type("\u{1B}2")
        #expect(talk.lines == ["08:42 < bob> before", String(repeating: "-", count: 100), "08:42 < bob> after"])
    }

    @Test("the day's change is told in every window, without a time")
    func dayChange() {
        let talk = Talk().registered().inChannel()
        talk.pass(milliseconds: 16 * 3_600_000)
        #expect(talk.lines.contains("Day changed to 24 Nov 2026"))
        talk.type("\u{1B}1")
        #expect(talk.lines.contains("Day changed to 24 Nov 2026"))
    }

    @Test("what is said on a new day stands below the line that tells of it, whoever wakes the client first")
    func newDayFirst() {
        let talk = Talk().registered().inChannel()
        talk.now.unix += 16 * 3_600_000
        talk.now.uptime += 16 * 3_600_000
        talk.server(":bob!u@h PRIVMSG #test :good morning")
        #expect(talk.lines.suffix(2) == ["Day changed to 24 Nov 2026", "00:42 < bob> good morning"])
    }

    @Test("a row of windows is closed at once, and the first stays")
    func closingMany() {
        let talk = Talk().registered().inChannel()
        for _ in 1...4 { talk.type("/window new hide\n") }
        talk.type("/window close 3 6\n/window close 1\n/window list\n")
        #expect(!talk.lines.contains { $0.hasPrefix("08:42 3 ") })
        #expect(talk.lines.contains { $0.hasPrefix("08:42 2 ") && $0.contains("#test") })
    }

    @Test("a window's levels are added to and taken from")
    func levels() {
        let talk = Talk().registered()
        talk.type("/window new hide\n/window level MSGS NOTICES\n/window level +JOINS -MSGS\n")
        #expect(talk.last.hasSuffix("Window level is now NOTICES JOINS"))
    }

    @Test("a channel that is left to be entered again keeps its window")
    func cycle() {
        let talk = Talk().registered().inChannel()
        talk.server(":bob!u@h PRIVMSG #test :before")
        talk.type("/cycle\n")
        talk.server(":alice!u@h PART #test")
        #expect(talk.lines.contains("08:42 < bob> before"))
        talk.type("/part #test\n")
        talk.server(":alice!u@h JOIN #test")
        talk.type("/part\n")
        talk.server(":alice!u@h PART #test")
        #expect(!talk.lines.contains("08:42 < bob> before"))
    }

    @Test("scrolling moves by half pages, stays while text comes, and says when there is more")
    func scrolling() {
        let talk = Talk(columns: 80, rows: 13).registered().inChannel()
        for index in 0..<30 { talk.server(":bob!u@h PRIVMSG #test :line \(index)") }
        #expect(talk.last.hasSuffix("line 29"))
        talk.type("\u{1B}[5~")
        #expect(talk.last.hasSuffix("line 24"))
        #expect(!talk.bar.contains("more"))
        talk.server(":bob!u@h PRIVMSG #test :new")
        #expect(talk.last.hasSuffix("line 24"))
        #expect(talk.bar.hasSuffix("-- more --"))
        talk.type("\u{1B}[1;5H")
        #expect(talk.lines.first?.hasSuffix("line 0") == true)
        talk.type("\u{1B}[6~\u{1B}[6~\u{1B}[6~\u{1B}[6~\u{1B}[6~")
        #expect(talk.last.hasSuffix("new"))
        #expect(!talk.bar.contains("more"))
    }

    @Test("a scrolled view keeps its last line when the terminal changes size")
    func resizing() {
        let talk = Talk(columns: 80, rows: 13).registered().inChannel()
        for index in 0..<40 {
            talk.server(":bob!u@h PRIVMSG #test :line \(index) with some more words in it than fit into thirty cells")
        }
        talk.type("\u{1B}[5~")
        let last = talk.last
        talk.resize(columns: 100, rows: 20)
        #expect(talk.last == last)
        talk.resize(columns: 30, rows: 8)
        #expect(talk.screen.allSatisfy { $0.count <= 30 })
        talk.resize(columns: 19, rows: 3)
        #expect(talk.screen == ["", "", "[#test]"])
    }

    @Test(
        "a screen too narrow for the bar leaves out what matters least, and nothing leaves its row",
        arguments: [
            (80, 24), (100, 30), (40, 10), (20, 4), (19, 3), (1, 1), (300, 5),
        ])
    func sizes(_ columns: Int, _ rows: Int) {
        let talk = Talk(columns: columns, rows: rows).registered()
        talk.type("/join #averylongchannelname\n")
        talk.server(":alice!u@h JOIN #averylongchannelname", ":irc 324 alice #averylongchannelname +knt x")
        talk.server(":bob!u@h PRIVMSG alice :hi")
        #expect(talk.screen.count == rows)
        if rows >= 4, columns >= 20 { #expect(talk.bar.contains("[2:local/#a")) }
    }

    @Test("text is cleared out of view and still there; a lastlog finds it and is taken away again")
    func clearing() {
        let talk = Talk(columns: 60, rows: 12).registered().inChannel()
        talk.server(
            ":bob!u@h PRIVMSG #test :one apple", ":bob!u@h PRIVMSG #test :two pears",
            ":bob!u@h PRIVMSG #test :Apple three")
        talk.type("/clear\n")
        #expect(talk.lines == [])
        talk.type("/lastlog apple\n")
        #expect(
            talk.lines == ["Lastlog:", "08:42 < bob> one apple", "08:42 < bob> Apple three", "End of Lastlog"])
        talk.type("/lastlog -clear\n")
        #expect(talk.lines == [])
        talk.type("\u{1B}[5~")
        #expect(talk.lines.contains("08:42 < bob> two pears"))
        talk.type("/lastlog -case -1 apple\n\u{1B}[1;5F")
        #expect(Array(talk.lines.suffix(2)) == ["08:42 < bob> one apple", "End of Lastlog"])
    }

    @Test("nothing that a peer can make grow grows without end")
    func bounds() {
        let talk = Talk().registered().inChannel()
        for index in 0..<500 { talk.server(":n\(index)!u@h PRIVMSG alice :x") }
        #expect(talk.inspect { $0.windows.count } <= 2 + Limit.queries)
        for index in 0..<5000 { talk.server(":n\(index)!u@h JOIN #test") }
        #expect(talk.inspect { $0.channels[Array("#test".utf8)]?.members.count ?? 0 } <= Limit.members)
        for index in 0..<300 { talk.server(":alice!u@h JOIN #c\(index)") }
        #expect(talk.inspect { $0.channels.count } <= Limit.channels)
        for _ in 0..<3000 { talk.server(":bob!u@h PRIVMSG #test :\(String(repeating: "x", count: 400))") }
        #expect(talk.inspect { $0.windows[1].scrollback.count } <= 500)
        talk.type(String(repeating: "y", count: 20_000))
        #expect(talk.inspect { $0.input.text.count } <= Limit.inputBytes)
        #expect(talk.inspect { $0.windows.count } <= Limit.windows)
    }
}
