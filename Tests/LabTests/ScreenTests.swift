import Testing

@testable import Lab

@Suite("Screen")
struct ScreenTests {
    private func shown(_ pieces: String...) -> [Substring] {
        var screen = Screen(columns: 10, rows: 3)
        for piece in pieces { screen.write(piece.utf8) }
        return screen.text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    @Test("what is painted over stays where it was not painted over")
    func painting() {
        #expect(
            shown("\u{1b}[2;1Hold words", "\u{1b}[2;1Hb\u{1b}[2;5H\u{1b}[1;32ms\u{1b}[0m") == ["", "bld sords", ""])
        #expect(shown("\u{1b}[1;1Hlong\u{1b}[1;3H\u{1b}[K") == ["lo", "", ""])
        #expect(shown("text\u{1b}[2J") == ["", "", ""])
    }

    @Test("lines go up when the last is full, and long ones go on in the next")
    func lines() {
        #expect(shown("one\r\ntwo\r\nthree\r\nfour") == ["two", "three", "four"])
        #expect(shown("0123456789ab") == ["0123456789", "ab", ""])
    }

    @Test("controls and characters that come in pieces are put together, and unknown ones do nothing")
    func pieces() {
        #expect(shown("\u{1b}[", "2;2", "Hx") == ["", " x", ""])
        #expect(shown("\u{1b}[?1049h\u{1b}=\u{1b}]0;t\u{07}grüße\u{8}E") == ["grüßE", "", ""])
    }

    @Test("what was painted piece by piece is found on the screen")
    func waiting() async throws {
        let transcript = Transcript(of: "the session", columns: 40, rows: 3)
        async let found = transcript.expect(.screen("is +kept"), within: .seconds(5))
        transcript.append("\u{1b}[1;4Hkept\u{1b}[1;1His".utf8)
        #expect(try await found.hasPrefix("is kept"))
    }
}
