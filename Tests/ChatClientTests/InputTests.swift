import TerminalFixtures
import TerminalText
import TestNumbers
import Testing

@testable import ChatClient

struct InputTests {
    /// The input line after some keys, the cursor shown as "|".
    static func edit(_ keys: String) -> String {
        let talk = Talk()
        talk.type(keys)
        return talk.inspect { client in
            String(decoding: client.input.head, as: UTF8.self) + "|"
                + String(decoding: client.input.text.dropFirst(client.input.head.count), as: UTF8.self)
        }
    }

    @Test(
        "the keys of the input line",
        arguments: [
            ("abc\u{1B}[D\u{1B}[DX", "aX|bc"), ("abc\u{1}X", "X|abc"), ("abc\u{1}\u{5}X", "abcX|"),
            ("abc\u{1B}[HX", "X|abc"),
            ("abc\u{1B}[H\u{1B}[FX", "abcX|"), ("one two\u{1B}bX", "one X|two"), ("one two\u{1B}[1;5DX", "one X|two"),
            ("one two\u{1}\u{1B}fX", "oneX| two"), ("abc\u{7F}", "ab|"), ("abc\u{8}", "ab|"), ("abc\u{1}\u{4}", "|bc"),
            ("abc\u{1}\u{1B}[3~", "|bc"), ("one two\u{1}\u{1B}d", "| two"), ("one two\u{1B}\u{7F}", "one |"),
            ("one two-x\u{17}", "one |"), ("one two\u{15}", "|"), ("one two\u{15}\u{19}\u{19}", "one twoone two|"),
            ("one two\u{1B}b\u{B}", "one |"), ("ab\u{14}", "ba|"), ("ab\u{1B}[D\u{14}", "ba|"), ("a\u{2}b", "a\u{2}b|"),
            ("a\u{7}b", "ab|"), ("e\u{301}\u{7F}", "e|"), ("\u{301}a", "a|"), ("aé漢", "aé漢|"), ("ab\u{202E}c", "abc|"),
            ("漢字\u{1B}[DX", "漢X|字"),
        ])
    func editing(_ keys: String, _ line: String) { #expect(InputTests.edit(keys) == line) }

    @Test("words that are cut one after the other come back together, a line that is cut alone")
    func cutting() {
        let talk = Talk().registered().inChannel()
        talk.type("a b c\u{17}\u{17}d\u{19}")
        #expect(talk.prompt == "[#test] a db c")
        talk.type("\u{15}one two three\u{1}\u{1B}d\u{1B}d\u{19}")
        #expect(talk.prompt == "[#test] one two three")
        // A move in between begins anew.
        talk.type("\u{1}\u{1B}d\u{1B}[C\u{1B}d\u{15}\u{19}")
        #expect(talk.prompt == "[#test]   three")
        talk.type("\u{15}one two\u{17}\u{15}\u{19}")
        #expect(talk.prompt == "[#test] one")
    }

    @Test("two slashes are a command that there is not, not the command after them")
    func slashes() {
        let talk = Talk().registered().inChannel()
        _ = talk.takeSent()
        talk.type("//part\n")
        #expect(talk.last == "08:42 -!- Irssius: Unknown command: /part" && talk.takeSent() == [])
    }

    @Test("lines that were sent come back, and a draft is kept")
    func history() {
        let talk = Talk().registered()
        talk.type("/echo one\n/echo two\n/echo two\n")
        talk.type("\u{1B}[A")
        #expect(talk.prompt == "[(status)] /echo two")
        talk.type("\u{1B}[A\u{1B}[A")
        #expect(talk.prompt == "[(status)] /echo one")
        talk.type("\u{1B}[B\u{1B}[B")
        #expect(talk.prompt == "[(status)]")
        talk.type("draft\u{1B}[A")
        #expect(talk.prompt == "[(status)] /echo two")
        talk.type("\u{1B}[B")
        #expect(talk.prompt == "[(status)] draft")
        talk.type("\u{15}other\u{1B}[B")
        #expect(talk.prompt == "[(status)]")
        talk.type("\u{1B}[A")
        #expect(talk.prompt == "[(status)] other")
    }

    @Test("a long line is moved so that the cursor is seen, and the prompt stays")
    func longLine() {
        let talk = Talk(columns: 40).registered().inChannel()
        talk.type(String(repeating: "abcdefghij", count: 10))
        #expect(talk.prompt.hasPrefix("[#test] "))
        #expect(talk.prompt.hasSuffix("hij"))
        #expect(talk.frame.cursor.column < 40 && talk.frame.cursor.column > 8)
        talk.type("\u{1}")
        #expect(talk.prompt.hasPrefix("[#test] abcdef"))
        #expect(talk.frame.cursor.column == 8)
    }

    @Test("wherever the cursor goes in any line, it stays on the screen")
    func cursorProperty() {
        var numbers = SeededNumbers(seed: 5)
        for _ in 0..<500 {
            let talk = Talk(columns: Int.random(in: 1...50, using: &numbers), rows: 5)
            talk.type(bytes: numbers.hostileText(atMost: 200))
            for _ in 0..<20 {
                talk.type(
                    ["\u{1B}[D", "\u{1B}b", "\u{1B}f", "\u{7F}", "\u{14}", "\u{B}", "\u{19}", "漢"].randomElement(
                        using: &numbers) ?? "")
            }
            let frame = talk.frame
            #expect(frame.cursor.column < frame.columns && frame.cursor.row < frame.rows)
        }
    }

    @Test(
        "Tab completes nicks",
        arguments: [
            ("bo\t", "bob: "), ("hi bo\t", "hi bob "), ("bo\tca\t", "bob: carol: "), ("CA\t", "CA"),
            ("ca\t", "carol: "),
            ("under\t", "_under_: "), ("brack\t", "[brack]: "), ("ca\t\t", "ca "), ("ca\t\t\t", "carol: "),
            ("al\t", "al"),
            ("zz\t", "zz"), ("ca\t\u{1B}k", "ca"),
        ])
    func nicks(_ keys: String, _ line: String) {
        let talk = Talk().registered().inChannel(members: "alice bob carol _under_ [brack] op")
        talk.type(keys)
        #expect(talk.inspect { String(decoding: $0.input.text, as: UTF8.self) } == line)
    }

    @Test("who spoke lately comes first, who spoke to one before all")
    func recent() {
        let talk = Talk().registered().inChannel(members: "alice xa xb xc")
        talk.server(":xb!u@h PRIVMSG #test :alice: hi", ":xc!u@h PRIVMSG #test :hi")
        talk.type("x\t")
        #expect(talk.prompt == "[#test] xb:")
        talk.type("\t")
        #expect(talk.prompt == "[#test] xc:")
        talk.type("\t")
        #expect(talk.prompt == "[#test] xa:")
        talk.type("\u{1B}[Z")
        #expect(talk.prompt == "[#test] xc:")
    }

    @Test(
        "Tab completes commands and what follows them",
        arguments: [
            ("/tog\t", "/toggle "), ("/window cl\t", "/window close "), ("/hilight -wo\t", "/hilight -word "),
            ("/set scrollback\t", "/set scrollback_lines "), ("/set scrollback_lines \t", "/set scrollback_lines 500"),
            ("/topic \t", "/topic The topic "), ("/join #te\t", "/join #test "), ("/help wh\t", "/help who "),
            ("#te\t", "#test "),
            ("/cat /et\t", "/cat /et"), ("/msg bo\t", "/msg bob "),
        ])
    func commands(_ keys: String, _ line: String) {
        let talk = Talk().registered().inChannel()
        talk.server(":irc 332 alice #test :The topic")
        talk.type(keys)
        #expect(talk.inspect { String(decoding: $0.input.text, as: UTF8.self) } == line)
    }

    @Test("Tab in an empty line answers whoever spoke in private last")
    func answer() {
        let talk = Talk().registered().inChannel()
        talk.type("\t")
        #expect(talk.prompt == "[#test] /msg")
        talk.type("\u{15}")
        talk.server(":bob!u@h PRIVMSG alice :psst")
        talk.type("\t")
        #expect(talk.prompt == "[#test] /msg bob")
    }

    @Test("a paste of more than one line waits for a decision")
    func paste() {
        let talk = Talk().registered().inChannel()
        talk.type("\u{1B}[200~one line\u{1B}[201~")
        #expect(talk.prompt == "[#test] one line")
        talk.type("\u{15}\u{1B}[200~first\rsecond\u{1B}[31m\r\u{1B}[201~")
        #expect(talk.prompt == "[#test] Hit Ctrl-K to paste, Ctrl-C to abort?")
        #expect(talk.takeSent() == [])
        talk.type("x\r")
        #expect(talk.takeSent() == [])
        talk.type("\u{10}")
        #expect(talk.last == "08:42 > second[31m")
        talk.type("\u{B}")
        #expect(talk.takeSent() == ["PRIVMSG #test :first", "PRIVMSG #test :second[31m"])
        talk.type("\u{1B}[200~a\rb\u{1B}[201~\u{3}")
        #expect(talk.takeSent() == [] && talk.prompt == "[#test]")
        talk.type("\u{1B}[200~a\rb\u{1B}[201~\u{5}")
        #expect(talk.prompt == "[#test] a\\nb")
    }

    @Test("a paste of many lines is cut at twenty")
    func longPaste() {
        let talk = Talk().registered().inChannel()
        talk.type("\u{1B}[200~" + (0..<50).map { "l\($0)" }.joined(separator: "\r") + "\u{1B}[201~\u{B}")
        talk.pass(milliseconds: 60_000)
        #expect(talk.takeSent().filter { $0.hasPrefix("PRIVMSG") }.count == 20)
    }

    @Test(
        "a long text is cut at spaces, and no piece is longer than others can be told", arguments: ["x", "漢", "word "])
    func splitting(_ piece: String) {
        let talk = Talk().registered(nick: "fay").inChannel()
        let text = String(repeating: piece, count: 1200 / piece.utf8.count)
        talk.type(text + "\n")
        let sent = talk.takeSent()
        #expect(sent.count > 2)
        #expect(sent.allSatisfy { $0.utf8.count - "PRIVMSG #test :".utf8.count <= 415 })
        #expect(
            sent.map { $0.dropFirst("PRIVMSG #test :".count) }.joined().filter { $0 != " " }
                == text.filter { $0 != " " })
    }

    @Test("many lines go out one by one, but joining and answers to PING never wait")
    func pacing() {
        let talk = Talk().registered().inChannel()
        talk.pass(milliseconds: 10_000)
        for index in 0..<30 { talk.type("line \(index)\n") }
        let first = talk.takeSent()
        #expect(first.count == Connection.burst)
        talk.server("PING :x")
        #expect(talk.takeSent() == ["PONG :x"])
        talk.pass(milliseconds: 7000)
        #expect((9...11).contains(talk.takeSent().count))
        talk.pass(milliseconds: 60_000)
        #expect(talk.takeSent().filter { $0.hasPrefix("PRIVMSG") }.count >= 9)
    }

    @Test("a screen that is made anew after each key, from the last one, is the screen that is made at once")
    func cheapFrames() {
        var numbers = SeededNumbers(seed: 7)
        let (often, once) = (Talk().registered().inChannel(), Talk().registered().inChannel())
        let keys = [
            "a", "b ", "漢", "e\u{301}", "\u{1B}[D", "\u{1B}[C", "\u{7F}", "\u{1}", "\u{5}", "\u{17}", "\u{15}",
            "\u{19}",
            "\u{2}", "\u{14}", "\t", "\u{1B}1", "\u{1B}2", "\u{1B}[5~", "\u{1B}[A", "/nick x\n", "hello\n",
        ]
        for round in 0..<600 {
            let key = keys.randomElement(using: &numbers) ?? "a"
            for talk in [often, once] { talk.type(key) }
            if round % 40 == 39 { for talk in [often, once] { talk.server(":bob!u@h PRIVMSG #test :line \(round)") } }
            let frame = often.frame
            once.resize(columns: 100, rows: 30)
            let whole = once.frame
            for row in 0..<frame.rows {
                #expect(
                    StrictTerminal.text(of: frame, row: row) == StrictTerminal.text(of: whole, row: row), "\(round)")
            }
            #expect(frame.cursor == whole.cursor)
        }
    }
}
