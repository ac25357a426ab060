import IRCProtocol
import TestNumbers
import Testing

struct NameTests {
    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test("CASEMAPPING=ascii folds letters only; rfc1459 folds []\\~ as well")
    func caseMapping() {
        #expect(CaseMapping.ascii.fold(bytes("Az[]\\~^")) == bytes("az[]\\~^"))
        #expect(CaseMapping.rfc1459.fold(bytes("Az[]\\~^")) == bytes("az{}|^^"))
        #expect(CaseMapping.rfc1459.same(bytes("A[B]"), bytes("a{b}")))
        #expect(!CaseMapping.ascii.same(bytes("A[B]"), bytes("a{b}")))
        for byte in UInt8.min...UInt8.max {
            for mapping in [CaseMapping.ascii, .rfc1459] {
                #expect(mapping.fold(mapping.fold(byte)) == mapping.fold(byte))
            }
        }
    }

    @Test(
        "masks match as they read",
        arguments: [
            ("*", "", true), ("*", "abc", true), ("?", "", false), ("?", "a", true), ("a*c", "abbbc", true),
            ("a*c", "abbb", false), ("*!*@host", "Nick!user@HOST", true), ("a?c", "ac", false), ("", "", true),
            ("", "a", false), ("*a*b*", "xaxxbx", true), ("*a*b*", "xbxxax", false), ("**", "x", true),
        ])
    func masks(mask: String, text: String, matches: Bool) {
        #expect(Mask.matches(bytes(mask), bytes(text)) == matches)
    }

    @Test("matching agrees with the plain definition on random masks")
    func maskModel() {
        func model(_ mask: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
            guard let first = mask.first else { return text.isEmpty }
            if first == UInt8(ascii: "*") {
                return model(mask.dropFirst(), text) || (!text.isEmpty && model(mask, text.dropFirst()))
            }
            guard let letter = text.first, first == UInt8(ascii: "?") || first == letter else { return false }
            return model(mask.dropFirst(), text.dropFirst())
        }
        var generator = SeededNumbers(seed: 3)
        for _ in 0..<20_000 {
            let mask = (0..<Int.random(in: 0...7, using: &generator)).map { _ in
                bytes("ab*?").randomElement(using: &generator) ?? 0
            }
            let text = (0..<Int.random(in: 0...8, using: &generator)).map { _ in
                bytes("ab").randomElement(using: &generator) ?? 0
            }
            #expect(Mask.matches(mask, text) == model(mask[...], text[...]))
        }
    }

    @Test("a mask made to take for ever takes no time")
    func hostileMask() {
        let mask = bytes(String(repeating: "a*", count: 200) + "b")
        let text = [UInt8](repeating: 97, count: 400)
        let clock = ContinuousClock()
        #expect(clock.measure { for _ in 0..<100 { _ = Mask.matches(mask, text) } } < .seconds(10))
    }

    @Test(
        "what is missing in a mask is filled with stars",
        arguments: [
            ("nick", "nick!*@*"), ("user@host", "*!user@host"), ("nick!user", "nick!user@*"), ("a!b@c", "a!b@c"),
            ("***", "*!*@*"), ("a**b", "a*b!*@*"),
        ])
    func completed(mask: String, whole: String) {
        #expect(Mask.complete(bytes(mask)[...]) == bytes(whole))
    }

    @Test("RFC 2812, 2.3.1: nicks start with a letter or a special, and are no longer than the limit")
    func nicks() {
        for nick in ["a", "A9-", "[x]{}|^`_", "\\a"] { #expect(Names.isNick(bytes(nick), limit: 9)) }
        for nick in ["", "1a", "-a", "a b", "a!b", "a@b", "ä", "a.b", "a*b", "abcdefghij"] {
            #expect(!Names.isNick(bytes(nick), limit: 9))
        }
    }

    @Test("RFC 2812, 1.3: channels start with #, & or + and hold no space, comma, colon or control character")
    func channels() {
        for name in ["#", "#a", "&local", "+modeless", "#übung", "##"] {
            #expect(Names.isChannel(bytes(name), limit: 50))
        }
        for name in ["", "a", "!a", "# a", "#a,b", "#a:b", "#a\u{7}"] {
            #expect(!Names.isChannel(bytes(name), limit: 50))
        }
        #expect(!Names.isChannel([35, 0xFF], limit: 50))
        #expect(!Names.isChannel(bytes("#" + String(repeating: "a", count: 50)), limit: 50))
    }

    @Test("RFC 3629: well-formed UTF-8 is told from the rest as the standard library tells it")
    func utf8() {
        var generator = SeededNumbers(seed: 5)
        for _ in 0..<50_000 {
            let bytes = (0..<Int.random(in: 0...5, using: &generator)).map { _ in
                [0xE0, 0xED, 0xF0, 0xF4, 0x80, 0x9F, 0xA0, 0xBF, 0xC2, 0x41, 0xEF, 0xF5].randomElement(
                    using: &generator)
                    ?? UInt8(0)
            }
            #expect(bytes.isWellFormedUTF8 == (String(validating: bytes, as: UTF8.self) != nil), "\(bytes)")
        }
    }

    @Test("text is cut between characters, and by no more than three bytes otherwise")
    func cut() {
        #expect(bytes("aä").countKept(within: 2) == 1)
        #expect(bytes("a😀").countKept(within: 4) == 1)
        #expect(bytes("abc").countKept(within: 2) == 2)
        #expect([UInt8](repeating: 0x80, count: 9).countKept(within: 5) >= 2)
    }

    @Test("numerics are three digits, each once")
    func numerics() {
        #expect(Numeric.welcome.digits == (48, 48, 49))
        #expect(Set(Numeric.allCases.map(\.rawValue)).count == Numeric.allCases.count)
        #expect(Numeric(bytes("433")) == .nickInUse)
        #expect(Numeric(bytes("43")) == nil)
    }

    @Test("CTCP is between two 01, the second of which may be missing")
    func ctcp() throws {
        let action = try #require(CTCP(bytes("\u{1}ACTION waves about\u{1}")[...]))
        #expect(action.command.elementsEqual(bytes("ACTION")) && action.text.elementsEqual(bytes("waves about")))
        #expect(try #require(CTCP(bytes("\u{1}VERSION")[...])).text.isEmpty)
        for text in ["", "hello", "\u{1}", "\u{1}\u{1}", "\u{1} x\u{1}"] { #expect(CTCP(bytes(text)[...]) == nil) }
    }

    @Test("formatting codes change the style and are not shown; a comma without digits is text")
    func formatting() throws {
        var text = FormattedText(bytes("a\u{2}b\u{3}4,12c\u{3},d\u{F}e\u{4}ff00ff,000000f\u{3}04,x")[...])
        var pieces: [(String, TextStyle)] = []
        while let (bytes, style) = text.next() { pieces.append((String(decoding: bytes, as: UTF8.self), style)) }
        #expect(pieces.map(\.0) == ["a", "b", "c", ",d", "e", "f", ",x"])
        #expect(pieces[1].1.isBold && pieces[1].1.foreground == nil)
        #expect(pieces[2].1.foreground == 4 && pieces[2].1.background == 12)
        #expect(pieces[3].1.foreground == nil && pieces[3].1.isBold)
        #expect(pieces[4].1 == TextStyle())
        #expect(pieces[6].1.foreground == 4 && pieces[6].1.background == nil)
    }
}
