import TerminalFixtures
import TestNumbers
import Testing

@testable import TerminalText

struct WrappingTests {
    static func rows(_ text: String, width: Int, indent: Int) -> [String] {
        let styled = StyledText(untrusted: Array(text.utf8))
        return styled.wrapped(width: width, indent: indent).map { row in
            String(repeating: ".", count: row.indent) + String(decoding: styled.bytes[row.range], as: UTF8.self)
        }
    }

    @Test("a line breaks at the last space that fits, and goes on under its text")
    func words() {
        #expect(
            WrappingTests.rows("08:46 < carol> one two three four", width: 24, indent: 15)
                == ["08:46 < carol> one two", "...............three", "...............four"])
    }

    @Test("a space that does not fit breaks before the word it ends, as in irssi")
    func spaceAtTheEdge() {
        #expect(
            WrappingTests.rows("0123456789 12345 78 0123", width: 16, indent: 0) == ["0123456789 12345", " 78 0123"])
        #expect(
            WrappingTests.rows("0123456789 12 45 78 0123", width: 16, indent: 0) == ["0123456789 12", "45 78 0123"])
    }

    @Test("a word without a break is cut, and its rest begins at the left edge")
    func longWord() {
        #expect(
            WrappingTests.rows("abc " + String(repeating: "x", count: 30), width: 20, indent: 8)
                == ["abc " + String(repeating: "x", count: 16), String(repeating: "x", count: 14)])
    }

    @Test("an indent that leaves less than five cells is none")
    func indent() {
        #expect(WrappingTests.rows("aaaaaaaaaaaaa bbbb ccc", width: 19, indent: 15) == ["aaaaaaaaaaaaa bbbb", "ccc"])
    }

    @Test("wide characters are not cut")
    func wide() {
        #expect(WrappingTests.rows("漢字漢字漢字", width: 5, indent: 0) == ["漢字", "漢字", "漢字"])
        #expect(StyledText(untrusted: Array("漢a한".utf8)).width == 5)
    }

    @Test("any text in any width keeps all of its characters but the spaces it breaks at, and no row is too wide")
    func property() {
        var numbers = SeededNumbers(seed: 7)
        for _ in 0..<5_000 {
            let text = StyledText(untrusted: numbers.hostileText(atMost: 200), codes: true)
            let width = Int.random(in: 2...60, using: &numbers)
            let indent = Int.random(in: 0...40, using: &numbers)
            let rows = text.wrapped(width: width, indent: indent)
            var end = 0
            for row in rows {
                let gap = text.bytes[end..<row.range.lowerBound]
                #expect(gap.isEmpty || gap.elementsEqual([0x20]))
                end = row.range.upperBound
                #expect(row.indent + text.slice(row.range).width <= width)
            }
            #expect(end == text.bytes.count)
        }
    }
}
