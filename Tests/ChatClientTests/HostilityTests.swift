import TerminalFixtures
import TerminalScreen
import TestNumbers
import Testing

@testable import ChatClient

/// What must hold whatever the server says.
struct HostilityTests {
    /// Every message that has a form, with a place for hostile bytes.
    static let forms: [String] = [
        ":bob!u@h PRIVMSG #test :%", ":bob!u@h PRIVMSG alice :%", ":bob!u@h NOTICE #test :%",
        ":bob!u@h NOTICE alice :%",
        ":bob!u@h PRIVMSG #test :\u{1}ACTION %\u{1}", ":bob!u@h PRIVMSG alice :\u{1}% x\u{1}",
        ":%!u@h PRIVMSG #test :x", ":%!u@h JOIN #test",
        ":bob!% JOIN #test", ":bob!u@h JOIN %", ":bob!u@h JOIN #test % :%", ":bob!u@h PART #test :%",
        ":bob!u@h PART % :x", ":bob!u@h QUIT :%",
        ":op!u@h KICK #test bob :%", ":op!u@h KICK #test % :x", ":bob!u@h NICK %", ":%!u@h NICK bob",
        ":op!u@h MODE #test %", ":op!u@h MODE #test +o %",
        ":% MODE #test +n", ":op!u@h TOPIC #test :%", ":op!u@h INVITE alice %", ":op!u@h INVITE alice :#%",
        ":bob!u@h AWAY :%", "ERROR :%",
        ":%!u@h WALLOPS :%", ":irc CAP * LS :%", "PING :%", "PING %", ":irc FAIL % % :%",
        "@time=% :bob!u@h PRIVMSG #test :x",
        "@% :bob!u@h PRIVMSG #test :x", ":% 001 alice :x", ":irc 001 % :x", ":irc 005 alice NICKLEN=% CHANMODES=% :x",
        ":irc 301 alice bob :%",
        ":irc 311 alice % % % * :%", ":irc 312 alice bob % :%", ":irc 317 alice bob % % :x", ":irc 319 alice bob :%",
        ":irc 322 alice % % :%",
        ":irc 324 alice #test %", ":irc 329 alice #test %", ":irc 332 alice #test :%", ":irc 333 alice #test % %",
        ":irc 341 alice % %",
        ":irc 352 alice % % % % % % :%", ":irc 353 alice = #test :%", ":irc 353 alice = % :%", ":irc 366 alice %",
        ":irc 367 alice #test % % %", ":irc 368 alice %",
        ":irc 372 alice :%", ":irc 401 alice % :%", ":irc 404 alice #test :%", ":irc 433 alice % :%",
        ":irc 473 alice % :%", ":irc 999 alice % :%", "%", ":% %", "% % %",
    ]

    static func faults(_ talk: Talk, _ painter: inout Painter, _ terminal: inout StrictTerminal) -> [String] {
        let frame = talk.frame
        terminal.receive(painter.paint(frame))
        var faults = terminal.violations
        for row in 0..<frame.rows where terminal.row(row) != StrictTerminal.text(of: frame, row: row) {
            faults.append("row \(row)")
        }
        for case .send(let line) in talk.takeEffects()
        where line.dropLast(2).contains(where: { $0 == 10 || $0 == 13 || $0 == 0 }) {
            faults.append("sends more than a line")
        }
        return faults
    }

    @Test(
        "in every field of every message, nothing but text and the painter's own sequences reaches the terminal",
        arguments: forms)
    func everyField(_ form: String) {
        var numbers = SeededNumbers(seed: UInt64(form.utf8.count))
        let talk = Talk(columns: 60, rows: 12).registered().inChannel()
        var painter = Painter(Dialect(colours: 256, hasItalic: true, isXtermLike: true))
        var terminal = StrictTerminal(columns: 60, rows: 12)
        let pieces = Array(form.utf8).split(separator: UInt8(ascii: "%"), omittingEmptySubsequences: false)
        // Every byte alone, then texts.
        for round in 0..<320 {
            var line: [UInt8] = []
            for (index, piece) in pieces.enumerated() {
                if index > 0 {
                    line +=
                        round < 256
                        ? [UInt8(ascii: "a"), UInt8(round), UInt8(ascii: "b")] : numbers.hostileText(atMost: 60)
                }
                line += piece
            }
            talk.server(bytes: line)
            let faults = HostilityTests.faults(talk, &painter, &terminal)
            if !faults.isEmpty {
                Issue.record("\(line): \(faults)")
                return
            }
            if round % 50 == 49 { talk.type(["\u{1B}1", "\u{1B}2", "\u{1B}3"].randomElement(using: &numbers) ?? "") }
        }
    }

    @Test(
        "a nick that does not show all of itself never gets into a window",
        arguments: [
            "bo\u{200B}b", "bo\u{2}b", "bo\u{1B}[31mb", "bоb", "bob\u{202E}", "bob\u{E0041}", "bo\u{AD}b",
        ])
    func imitation(_ nick: String) {
        let talk = Talk().registered().inChannel()
        talk.server(
            ":\(nick)!u@h JOIN #test", ":\(nick)!u@h PRIVMSG #test :I am bob", ":\(nick)!u@h PRIVMSG alice :I am bob",
            ":carol!u@h NICK :\(nick)")
        #expect(talk.lines == [])
        #expect(talk.inspect { $0.windows.count } == 2)
    }

    @Test(
        "messages without a source, without parameters, or out of order are survived",
        arguments: [
            "PRIVMSG", "JOIN", "PART", "QUIT", "KICK", "NICK", "MODE", "TOPIC", "INVITE", "AWAY", "CAP", "NOTICE",
            "WALLOPS", "KILL", "353", "366", "324",
            "332", "333", "352", "311", "367", "433", "001", "005", "000", "999", ":", "@", "@a", ": :", ":x", "BATCH",
            "TAGMSG", "SETNAME",
        ])
    func missing(_ command: String) {
        for prefix in ["", ":bob!u@h ", ":alice!u@h ", ": ", "@a=b "] {
            for isRegistered in [true, false] {
                let talk = Talk()
                if isRegistered { talk.registered().inChannel() } else { talk.connect() }
                for rest in ["", " ", " :", " #test", " alice", " #test x", " a b c d e f g h i j k l m n o p"] {
                    talk.server(prefix + command + rest)
                }
                #expect(talk.screen.count == 30)
            }
        }
    }

    @Test("ten thousand random messages and keys leave a screen that is sound and memory that is bounded")
    func soak() {
        var numbers = SeededNumbers(seed: 42)
        let talk = Talk(columns: 70, rows: 15).registered(capabilities: "server-time echo-message").inChannel()
        var painter = Painter(Dialect(colours: 256, hasItalic: true, isXtermLike: true))
        var terminal = StrictTerminal(columns: 70, rows: 15)
        for round in 0..<10_000 {
            var line: [UInt8] = []
            for (index, piece) in (HostilityTests.forms.randomElement(using: &numbers) ?? "").split(
                separator: "%", omittingEmptySubsequences: false
            ).enumerated() {
                if index > 0 {
                    line +=
                        Bool.random(using: &numbers)
                        ? numbers.hostileText(atMost: 40)
                        : Array(["bob", "#test", "alice", "12"].randomElement(using: &numbers)!.utf8)
                }
                line += Array(piece.utf8)
            }
            talk.server(bytes: line)
            if round % 37 == 0 { talk.type(bytes: numbers.hostileText(atMost: 10)) }
            if round % 100 == 0 {
                talk.pass(milliseconds: Int64.random(in: 0...3000, using: &numbers))
                let faults = HostilityTests.faults(talk, &painter, &terminal)
                if !faults.isEmpty {
                    Issue.record("round \(round): \(faults)")
                    return
                }
                if talk.inspect({ if case .waiting = $0.connection.phase { true } else { false } }) {
                    talk.connect()
                    talk.server(":irc 001 alice :x")
                }
            }
        }
        talk.inspect { client in
            #expect(client.windows.count <= Limit.windows && client.channels.count <= Limit.channels)
            #expect(
                client.windows.allSatisfy {
                    $0.scrollback.bytes <= Limit.windowBytes + 10_000 && $0.scrollback.count <= 5000
                })
            #expect(
                client.connection.outbox.count <= Limit.outboxLines && client.wantedChannels.count <= Limit.channels)
        }
    }
}
