import TerminalFixtures
import TerminalText
import TestNumbers
import Testing

@testable import TerminalScreen

struct PainterTests {
    static let dialect = Dialect(colours: 256, hasItalic: true, isXtermLike: true)

    static func frame(_ rows: [String], columns: Int = 20) -> Frame {
        var frame = Frame(columns: columns, rows: rows.count)
        for (index, row) in rows.enumerated() {
            frame.put(StyledText(untrusted: Array(row.utf8), codes: true), row: index, column: 0)
        }
        return frame
    }

    static func faults(_ terminal: StrictTerminal, _ frame: Frame) -> [String] {
        var faults = terminal.violations
        for row in 0..<frame.rows where terminal.row(row) != StrictTerminal.text(of: frame, row: row) {
            faults.append("row \(row): \(terminal.row(row)) instead of \(StrictTerminal.text(of: frame, row: row))")
        }
        if terminal.cursor != frame.cursor { faults.append("cursor at \(terminal.cursor)") }
        return faults
    }

    @Test("any frame after any other gives just the picture, by just the sequences that may be sent")
    func property() {
        var numbers = SeededNumbers(seed: 3)
        for size in [(80, 24), (100, 30), (40, 10), (20, 4), (1, 1), (2, 3)] {
            var painter = Painter(PainterTests.dialect)
            var terminal = StrictTerminal(columns: size.0, rows: size.1)
            for _ in 0..<300 {
                var frame = Frame(columns: size.0, rows: size.1)
                for row in 0..<size.1 where Bool.random(using: &numbers) {
                    let text = StyledText(untrusted: numbers.hostileText(atMost: 120), codes: true)
                    frame.put(text, row: row, column: Int.random(in: 0..<size.0, using: &numbers))
                }
                frame.cursor = (
                    Int.random(in: 0..<size.1, using: &numbers), Int.random(in: 0..<size.0, using: &numbers)
                )
                terminal.receive(painter.paint(frame))
                let faults = PainterTests.faults(terminal, frame)
                #expect(faults == [])
                if !faults.isEmpty { return }
            }
        }
    }

    @Test("a frame that was made from the one before gives just the picture")
    func derived() {
        var numbers = SeededNumbers(seed: 4)
        var painter = Painter(PainterTests.dialect)
        var terminal = StrictTerminal(columns: 40, rows: 6)
        var frame = Frame(columns: 40, rows: 6)
        for _ in 0..<2000 {
            let row = Int.random(in: 0..<6, using: &numbers)
            if Bool.random(using: &numbers) { frame.fill(row: row, .plain) }
            let text = StyledText(untrusted: numbers.hostileText(atMost: 30), codes: true)
            frame.put(text, row: row, column: Int.random(in: 0..<40, using: &numbers))
            terminal.receive(painter.paint(frame))
            let faults = PainterTests.faults(terminal, frame)
            #expect(faults == [])
            if !faults.isEmpty { return }
        }
    }

    @Test("the cursor is not moved over a space between two words")
    func gaps() {
        var painter = Painter(PainterTests.dialect)
        _ = painter.paint(PainterTests.frame([""]))
        let bytes = painter.paint(PainterTests.frame(["two words"]))
        #expect(String(decoding: bytes, as: UTF8.self).contains("two words"))
        // What is further away, or looks otherwise than what was written last, is not written again.
        let far = painter.paint(PainterTests.frame(["Two wordS"]))
        #expect(String(decoding: far, as: UTF8.self) == "T\u{1B}[1;9HS\u{1B}[1;1H")
    }

    @Test("the strict terminal sees what does not belong")
    func checkCanFail() {
        for bad in ["\u{1B}]0;title\u{7}", "\u{7}", "\n", "\u{1B}c", "\u{1B}[5n", "\u{1B}[99;1H", "\u{202E}"] {
            var terminal = StrictTerminal(columns: 20, rows: 4)
            terminal.receive(Array(bad.utf8))
            #expect(!terminal.violations.isEmpty)
        }
    }

    @Test("what is on the screen already is not sent again")
    func difference() {
        var painter = Painter(PainterTests.dialect)
        _ = painter.paint(PainterTests.frame(["hello", "world"]))
        #expect(painter.paint(PainterTests.frame(["hello", "world"])).isEmpty)
        let bytes = painter.paint(PainterTests.frame(["hello", "worlx"]))
        #expect(String(decoding: bytes, as: UTF8.self) == "\u{1B}[2;5Hx\u{1B}[1;1H")
    }

    @Test("after a character whose width terminals disagree on, the next one is placed anew")
    func drift() {
        var painter = Painter(PainterTests.dialect)
        let bytes = painter.paint(PainterTests.frame(["a漢b"]))
        #expect(String(decoding: bytes, as: UTF8.self).contains("a漢\u{1B}[1;4Hb"))
    }

    @Test(
        "colours are brought down to what the terminal has",
        arguments: [
            (256, Style(196), "\u{1B}[0;38;5;196m"), (256, Style(9), "\u{1B}[0;91m"), (16, Style(196), "\u{1B}[0;91m"),
            (8, Style(9), "\u{1B}[0;1;31m"), (8, Style(nil, on: 12), "\u{1B}[0;44m"),
            (0, Style(9, on: 4, .bold), "\u{1B}[0;1m"),
        ])
    func colours(_ count: Int, _ style: Style, _ sequence: String) {
        var painter = Painter(Dialect(colours: count, hasItalic: false, isXtermLike: false))
        var frame = Frame(columns: 10, rows: 1)
        frame.put(StyledText("x", style), row: 0, column: 0)
        #expect(String(decoding: painter.paint(frame), as: UTF8.self).contains(sequence + "x"))
    }

    @Test("a text is cut where the row ends, a wide character not in the middle")
    func cut() {
        var frame = Frame(columns: 5, rows: 1)
        #expect(frame.put(StyledText(untrusted: Array("ab漢字".utf8)), row: 0, column: 0) == 4)
        #expect(StrictTerminal.text(of: frame, row: 0) == "ab漢 ")
    }
}
