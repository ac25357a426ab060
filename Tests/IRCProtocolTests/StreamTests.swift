import IRCProtocol
import TestNumbers
import Testing

struct StreamTests {
    private func lines(_ pieces: [[UInt8]]) -> [String] {
        var splitter = LineSplitter()
        var lines: [String] = []
        for piece in pieces {
            splitter.append(piece)
            while let line = splitter.next() {
                switch line {
                case .complete(let bytes): lines.append(String(decoding: bytes, as: UTF8.self))
                case .tooLong: lines.append("TOO LONG")
                }
            }
        }
        return lines
    }

    @Test("CR LF, LF and CR end a line, and empty lines are passed over")
    func ends() {
        #expect(lines([Array("a\r\nb\nc\rd\r\n\r\n\n".utf8)]) == ["a", "b", "c", "d"])
    }

    @Test("RFC 2812, 2.3: 510 bytes and their end are a line, 511 are too many, and the next line is read")
    func limit() {
        let fits = [UInt8](repeating: 97, count: 510)
        #expect(lines([fits + [13, 10]]) == [String(repeating: "a", count: 510)])
        #expect(lines([fits + [97, 13, 10] + Array("next\r\n".utf8)]) == ["TOO LONG", "next"])
    }

    @Test("IRCv3 Message Tags: 4096 bytes of tags fit beside 510 of message, one more does not")
    func tagLimit() {
        let body = [UInt8](repeating: 97, count: 510) + [10]
        let tags = Array("@a=".utf8) + [UInt8](repeating: 98, count: 4092)
        #expect(lines([tags + [32] + body]).first?.utf8.count == 4096 + 510)
        #expect(lines([tags + [98, 32] + body]) == ["TOO LONG"])
        #expect(lines([tags + [32, 97] + body]) == ["TOO LONG"])
    }

    @Test("an endless line takes no more memory than the limits and the piece at hand")
    func bounded() {
        var splitter = LineSplitter()
        for _ in 0..<1000 {
            splitter.append([UInt8](repeating: 97, count: 100))
            #expect(splitter.next() == nil)
            #expect(splitter.count <= 512)
        }
        splitter.append([10])
        #expect(splitter.next() == .tooLong)
        #expect(splitter.count == 0)
    }

    @Test("the same bytes give the same lines, however they are cut")
    func pieces() {
        var generator = SeededNumbers(seed: 7)
        for _ in 0..<300 {
            let bytes = (0..<Int.random(in: 1...2000, using: &generator)).map { _ in
                Int.random(in: 0...30, using: &generator) == 0 ? 10 : generator.ircByte()
            }
            var pieces: [[UInt8]] = []
            var start = 0
            while start < bytes.count {
                let end = min(bytes.count, start + Int.random(in: 1...50, using: &generator))
                pieces.append(Array(bytes[start..<end]))
                start = end
            }
            #expect(lines([bytes]) == lines(pieces))
            #expect(lines([bytes]) == lines(bytes.map { [$0] }))
        }
    }
}
