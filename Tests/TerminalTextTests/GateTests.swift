import IRCProtocol
import TerminalFixtures
import TestNumbers
import Testing

@testable import TerminalText

struct GateTests {
    static func text(_ text: StyledText) -> String { String(decoding: text.bytes, as: UTF8.self) }

    /// What must hold of every text, however it came to be. Nothing, if all does.
    static func faults(_ text: StyledText) -> [String] {
        var faults: [String] = []
        if !text.bytes.isWellFormedUTF8 { faults.append("not UTF-8") }
        var combining = Gate.combiningLimit
        for scalar in String(decoding: text.bytes, as: UTF8.self).unicodeScalars {
            switch CharacterClass(scalar.value) {
            case .printable: combining = 0
            case .combining:
                combining += 1
                if combining > Gate.combiningLimit { faults.append("too many combining characters") }
            default: faults.append("U+" + String(scalar.value, radix: 16))
            }
        }
        if text.runs.reduce(0, { $0 + Int($1.length) }) != text.bytes.count { faults.append("runs do not fit") }
        if text.runs.contains(where: { $0.length <= 0 }) { faults.append("an empty run") }
        return faults
    }

    @Test("every byte alone, with and without formatting codes, gives a safe text")
    func everyByte() {
        for byte in UInt8.min...255 {
            for codes in [false, true] {
                let text = StyledText(untrusted: [byte], codes: codes)
                #expect(GateTests.faults(text) == [], "byte \(byte)")
            }
        }
    }

    @Test("every code point gives a safe text")
    func everyCodePoint() {
        for value in UInt32(0)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let text = StyledText(untrusted: Array("a\(String(scalar))b".utf8))
            if !GateTests.faults(text).isEmpty {
                Issue.record("U+\(String(value, radix: 16)): \(GateTests.faults(text))")
            }
        }
    }

    @Test("every pair of bytes gives a safe text")
    func everyPair() {
        for first in UInt8.min...255 {
            for second in UInt8.min...255 {
                let text = StyledText(untrusted: [65, first, second, 66], codes: true)
                if !GateTests.faults(text).isEmpty { Issue.record("\(first) \(second): \(GateTests.faults(text))") }
            }
        }
    }

    @Test("ten thousand hostile texts give safe texts")
    func hostile() {
        var numbers = SeededNumbers(seed: 1)
        for _ in 0..<10_000 {
            let bytes = numbers.hostileText(atMost: 120)
            var text = StyledText(untrusted: bytes, codes: true)
            text.append(untrusted: numbers.hostileText(atMost: 20))
            text.emphasise(from: 0)
            if !GateTests.faults(text).isEmpty { Issue.record("\(bytes): \(GateTests.faults(text))") }
        }
    }

    @Test("the check itself sees what the gate would have to stop")
    func checkCanFail() {
        for bad in ["\u{1B}[31m", "\u{7}", "\u{7F}", "\u{9B}", "\u{202E}", "\u{200B}", "\u{E0041}", "\u{301}"] {
            var text = StyledText()
            text.appendPrintable(Array(bad.utf8)[...], .plain)
            #expect(GateTests.faults(text) != [])
        }
    }

    @Test(
        "control characters are shown as reverse-video letters, as irssi shows them",
        arguments: [
            ([7], "G"), ([0x1B], "["), ([0x7F], "?"), ([0xC2, 0x9B], "["), ([9], "I"), ([0], "@"),
        ] as [([UInt8], String)])
    func controls(_ bytes: [UInt8], _ letter: String) {
        let text = StyledText(untrusted: bytes)
        #expect(GateTests.text(text) == letter)
        #expect(text.style(at: 0).attributes == .reverse)
    }

    @Test("an escape sequence stays readable and has no effect")
    func escape() {
        #expect(
            GateTests.text(StyledText(untrusted: Array("\u{1B}]52;c;aGk=\u{7}".utf8), codes: true)) == "[]52;c;aGk=G")
    }

    @Test(
        "what reorders, hides or fills is marked; what is harmless and invisible goes",
        arguments: [
            ("a\u{202E}b", "a?b"), ("a\u{2066}b", "a?b"), ("a\u{200E}b", "a?b"), ("a\u{2028}b", "a?b"),
            ("a\u{E0041}b", "a?b"),
            ("a\u{3164}b", "a?b"), ("a\u{E000}b", "a?b"), ("a\u{FFFE}b", "a?b"), ("a\u{200B}b", "ab"),
            ("a\u{200D}b", "ab"),
            ("a\u{FEFF}b", "ab"), ("a\u{FE0F}b", "ab"), ("a\u{AD}b", "ab"), ("a\u{A0}b", "a b"), ("a\u{2003}b", "a b"),
        ])
    func invisible(_ text: String, _ shown: String) {
        #expect(GateTests.text(StyledText(untrusted: Array(text.utf8))) == shown)
    }

    @Test("a character carries four combining characters at most, and none stands alone")
    func combining() {
        let many = "e" + String(repeating: "\u{301}", count: 50)
        #expect(GateTests.text(StyledText(untrusted: Array(many.utf8))).unicodeScalars.count == 5)
        #expect(GateTests.text(StyledText(untrusted: Array("\u{301}a".utf8))) == "a")
    }

    @Test("what is not UTF-8 is read as Windows-1252, whole")
    func windows1252() {
        #expect(GateTests.text(StyledText(untrusted: [0x63, 0x61, 0x66, 0xE9, 0x20, 0x80, 0xFF, 0xFE])) == "café €ÿþ")
        #expect(GateTests.text(StyledText(untrusted: [0x81])) == "A")
    }

    @Test(
        "formatting codes become looks and leave no byte",
        arguments: [
            ("\u{2}x", Style.bold), ("\u{1F}x", Style(nil, on: nil, .underline)),
            ("\u{16}x", Style(nil, on: nil, .reverse)),
            ("\u{1D}x", Style(nil, on: nil, .italic)), ("\u{3}4x", Style(9)), ("\u{3}04,12x", Style(9, on: 12)),
            ("\u{3}99,99x", .plain), ("\u{3}4\u{3}x", .plain), ("\u{2}\u{3}4\u{F}x", .plain), ("\u{3}52x", Style(196)),
            ("\u{4}ff0000x", .plain), ("\u{1E}x", .plain), ("\u{11}x", .plain),
        ])
    func codes(_ text: String, _ style: Style) {
        let passed = StyledText(untrusted: Array(text.utf8), codes: true)
        #expect(GateTests.text(passed) == "x")
        #expect(passed.style(at: 0) == style)
    }

    @Test("without leave, formatting codes are shown and not obeyed")
    func noCodes() {
        let text = StyledText(untrusted: Array("\u{2}x\u{3}4y".utf8))
        #expect(GateTests.text(text) == "BxC4y")
        #expect(text.style(at: 1) == .plain)
    }

    @Test(
        "emphasis takes one word and leaves its marks",
        arguments: [
            ("*word*", 6), ("a *b* c", 3), ("*a b*", 0), ("2*3*4", 0), ("**", 0), ("*x", 0), ("_under_score_", 0),
            ("*x*y", 0),
        ])
    func emphasis(_ text: String, _ emphasised: Int) {
        var styled = StyledText(untrusted: Array(text.utf8))
        styled.emphasise(from: 0)
        #expect(styled.runs.filter { $0.style != .plain }.reduce(0) { $0 + Int($1.length) } == emphasised)
    }

    @Test(
        "names that do not show all of themselves are none",
        arguments: [
            "al\u{1B}ice", "al\u{2}ice", "alice\u{200B}", "аlice", "", "1alice", "a lice", "al\u{202E}ice", "al:ice",
            "-a",
            String(repeating: "a", count: 65),
        ])
    func badNicks(_ nick: String) { #expect(!SafeName.isNick(Array(nick.utf8)[...])) }

    @Test("ordinary names are names", arguments: ["alice", "[brack]", "_under_", "a-b", "{x}|^`\\9"])
    func goodNicks(_ nick: String) { #expect(SafeName.isNick(Array(nick.utf8)[...])) }

    @Test(
        "channels may have letters of all scripts, but nothing that cannot be seen",
        arguments: [
            ("#test", true), ("#größe", true), ("#漢字", true), ("#a\u{200B}b", false), ("#a\u{202E}b", false),
            ("#a\u{7F}", false),
            ("#a\u{A0}b", false), ("#a b", false), ("test", false), ("#\u{1B}", false),
        ])
    func channels(_ name: String, _ isName: Bool) { #expect(SafeName.isChannel(Array(name.utf8)[...]) == isName) }
}
