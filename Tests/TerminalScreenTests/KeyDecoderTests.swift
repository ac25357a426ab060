import TerminalFixtures
import TestNumbers
import Testing

@testable import TerminalScreen

struct KeyDecoderTests {
    static func keys(_ text: String) -> [Input] {
        var decoder = KeyDecoder()
        return decoder.receive(Array(text.utf8))
    }

    @Test(
        "the keys of the usual terminals are known",
        arguments: [
            ("\u{1B}[A", Key(.up)), ("\u{1B}OA", Key(.up)), ("\u{1B}[1;5A", Key(.up, .control)),
            ("\u{1B}Oa", Key(.up, .control)),
            ("\u{1B}[D", Key(.left)), ("\u{1B}[1;5C", Key(.right, .control)), ("\u{1B}[1;3C", Key(.right, .meta)),
            ("\u{1B}[H", Key(.home)), ("\u{1B}OH", Key(.home)), ("\u{1B}[1~", Key(.home)), ("\u{1B}[7~", Key(.home)),
            ("\u{1B}[1;5H", Key(.home, .control)), ("\u{1B}[7^", Key(.home, .control)), ("\u{1B}[F", Key(.end)),
            ("\u{1B}[4~", Key(.end)), ("\u{1B}[5~", Key(.pageUp)), ("\u{1B}[6~", Key(.pageDown)),
            ("\u{1B}[3~", Key(.delete)),
            ("\u{1B}[Z", Key(.tab, .shift)), ("\t", Key(.tab)), ("\r", Key(.enter)), ("\n", Key(.enter)),
            ("\u{7F}", Key(.backspace)), ("\u{8}", Key(.backspace)), ("\u{1B}\u{7F}", Key(.backspace, .meta)),
            ("\u{1B}1", .meta(UInt8(ascii: "1"))), ("\u{1B}a", .meta(UInt8(ascii: "a"))),
            ("\u{1}", .control(UInt8(ascii: "a"))),
            ("\u{18}", .control(UInt8(ascii: "x"))), ("\u{1F}", .control(UInt8(ascii: "_"))),
            ("\u{1B}[11~", Key(.function(1))),
            ("\u{1B}OP", Key(.function(1))), ("\u{1B}[[A", Key(.function(1))), ("\u{1B}[24~", Key(.function(12))),
            ("é", Key(.character(0xE9))), ("漢", Key(.character(0x6F22))), ("\u{1B}é", Key(.character(0xE9), .meta)),
        ])
    func known(_ text: String, _ key: Key) { #expect(KeyDecoderTests.keys(text) == [.key(key)]) }

    @Test(
        "a sequence that is not known gives no text",
        arguments: [
            "\u{1B}[99;99;99x", "\u{1B}[?1;2c", "\u{1B}[200",
            "\u{1B}[12345678901234567890123456789012345678901234567890~",
        ])
    func unknown(_ text: String) { #expect(KeyDecoderTests.keys(text) == []) }

    @Test("bytes that are not UTF-8 give no character")
    func notUTF8() {
        var decoder = KeyDecoder()
        #expect(
            decoder.receive([0xFF, 0xC3, 0x28, 0x61]) == [.key(Key(.character(0x28))), .key(Key(.character(0x61)))])
    }

    @Test("a marked paste is one piece, whatever is in it")
    func paste() {
        #expect(
            KeyDecoderTests.keys("\u{1B}[200~a\r\u{1B}[31mb\u{1B}[201~c")
                == [.paste(Array("a\r\u{1B}[31mb".utf8)), .key(Key(.character(0x63)))])
    }

    @Test("of a paste without end no more than the limit is kept, and the end of a long one is still seen")
    func longPaste() {
        var decoder = KeyDecoder()
        let long = Array(repeating: UInt8(ascii: "x"), count: KeyDecoder.pasteLimit * 4)
        #expect(decoder.receive(Array("\u{1B}[200~".utf8) + long) == [])
        #expect(
            decoder.receive(Array("\u{1B}[201~y".utf8)) == [
                .paste(Array(long.prefix(KeyDecoder.pasteLimit))), .key(Key(.character(0x79))),
            ])
    }

    @Test("cut anywhere, the same bytes mean the same")
    func pieces() {
        var numbers = SeededNumbers(seed: 11)
        for _ in 0..<2000 {
            let bytes = numbers.hostileText(atMost: 80) + Array("\u{1B}[201~".utf8)
            var whole = KeyDecoder()
            let expected = whole.receive(bytes)
            var piecewise = KeyDecoder()
            var found: [Input] = []
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Int.random(in: 1...4, using: &numbers)
                found += piecewise.receive(rest.prefix(count))
                rest = rest.dropFirst(count)
            }
            #expect(found == expected)
        }
    }

    @Test("five lines at once are a paste where the terminal does not mark it; four, or a sequence, are not")
    func unmarked() {
        #expect(KeyDecoder.looksPasted(Array("a\rb\rc\rd\re\r".utf8)))
        #expect(!KeyDecoder.looksPasted(Array("a\rb\rc\rd\r".utf8)))
        #expect(!KeyDecoder.looksPasted(Array("\u{1B}[A\r\r\r\r\r".utf8)))
    }
}
