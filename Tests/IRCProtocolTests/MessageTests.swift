import IRCProtocol
import TestNumbers
import Testing

struct MessageTests {
    private func parse(_ text: String) -> Message? { Message(Array(text.utf8)[...]) }
    private func text(_ bytes: some Sequence<UInt8>) -> String { String(decoding: Array(bytes), as: UTF8.self) }

    @Test("RFC 2812, 2.3.1: source, command, middle parameters and the trailing one come apart")
    func parts() throws {
        let message = try #require(parse(":nick!user@host PRIVMSG #a,b :hello there :)"))
        #expect(text(try #require(message.source)) == "nick!user@host")
        #expect(text(message.command) == "PRIVMSG")
        #expect(message.count == 2)
        #expect(text(message[0]) == "#a,b")
        #expect(text(message[1]) == "hello there :)")
        #expect(message[2].isEmpty)
        #expect(message[-1].isEmpty)
    }

    @Test("RFC 2812, 2.3.1: runs of spaces are one, an empty trailing parameter is one, fifteen are the most")
    func edges() throws {
        #expect(try #require(parse("  MODE   #a    +o   nick  ")).count == 3)
        let empty = try #require(parse("TOPIC #a :"))
        #expect(empty.count == 2 && empty[1].isEmpty)
        let many = try #require(parse("C 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16"))
        #expect(many.count == 15)
        #expect(text(many[14]) == "15 16")
    }

    @Test("a line without a command, with a NUL or with an end of line inside is no message")
    func refused() {
        for line in ["", " ", ":only.a.source", "@tags", "@tags ", "A\0B", "A\rB", "A\nB"] {
            #expect(parse(line) == nil)
        }
    }

    @Test("IRCv3 Message Tags: values are found by key, the last one wins, escapes are undone and done")
    func tags() throws {
        let message = try #require(parse(#"@a=1;b;+c/d=x\:\s\\\r\ny\;a=2 :s PING :x"#))
        #expect(text(try #require(message.tag("a"))) == "2")
        #expect(try #require(message.tag("b")).isEmpty)
        #expect(message.tag("c") == nil)
        let value = try #require(message.tag("+c/d"))
        #expect(text(Message.unescape(tagValue: value)) == "x; \\\r\ny")
        #expect(text(Message.escape(tagValue: Array("x; \\\r\ny".utf8))) == #"x\:\s\\\r\ny"#)
    }

    @Test("a source is a server's name or nick, user and host, whatever is missing")
    func sources() {
        let whole = Source(Array("a!b@c".utf8)[...])
        #expect(text(whole.nick) == "a" && whole.user.map(text) == "b" && whole.host.map(text) == "c")
        let bare = Source(Array("irc.test.net".utf8)[...])
        #expect(text(bare.nick) == "irc.test.net" && bare.user == nil && bare.host == nil)
    }

    @Test("any bytes are a message or none, and what is taken apart lies within the line")
    func total() {
        var generator = SeededNumbers(seed: 1)
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...40, using: &generator)).map { _ in generator.ircByte() }
            guard let message = Message(bytes[...]) else { continue }
            #expect(message.count <= Message.parameterLimit)
            for place in 0..<message.count {
                let parameter = message[place]
                #expect(parameter.startIndex >= 0 && parameter.endIndex <= bytes.count)
            }
        }
    }

    @Test("ten million of ten million and one is no number: decimals that do not fit are refused")
    func decimals() {
        #expect(Array("0".utf8).decimalValue == 0)
        #expect(Array("4711".utf8).decimalValue == 4711)
        #expect(Array("99999999999999999999".utf8).decimalValue == nil)
        for text in ["", "-1", "1a", " 1"] { #expect(Array(text.utf8).decimalValue == nil) }
        var written: [UInt8] = []
        written.append(decimal: -120)
        written.append(decimal: Int.min)
        #expect(text(written) == "-120\(Int.min)")
    }
}

extension SeededNumbers {
    /// Mostly what means something in IRC.
    mutating func ircByte() -> UInt8 {
        let meaning = Array(":@ ;=!#&+-,*?abcXYZ019\r\n\0\u{1}".utf8)
        return Bool.random(using: &self)
            ? meaning.randomElement(using: &self) ?? 0 : UInt8.random(in: 0...255, using: &self)
    }
}
