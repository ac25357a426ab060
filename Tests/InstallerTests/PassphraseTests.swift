import Glibc
import Testing

@testable import Installer

@Suite("Passphrases") struct PassphraseTests {
    @Test(
        "what cannot be typed at boot, is too long, too short or easily guessed is refused, and never repeated",
        arguments: [
            ("", .tooShort(characters: 0, needed: 16)), ("secret", .tooShort(characters: 6, needed: 16)),
            ("fifteen-chars-x", .tooShort(characters: 15, needed: 16)),
            ("žluťoučký kůň", .tooShort(characters: 13, needed: 16)),
            ("a tab\tin the middle of it 4711", .unprintable(9)),
            ("a newline\nin the middle of it", .unprintable(10)),
            ("a bell\u{7} in the middle of it", .unprintable(7)),
            ("a delete\u{7F} in the middle of it", .unprintable(0x7F)),
            ("a next line\u{85} in the middle", .unprintable(0x85)),
            ("a line separator\u{2028} in it", .unprintable(0x2028)),
            ("a zero\u{0} in the middle of it", .unprintable(0)),
            (String(repeating: "x9 ", count: 171), .tooLong(bytes: 513, limit: 512)),
        ] as [(String, PassphraseError)])
    func refused(text: String, error: PassphraseError) {
        #expect(throws: error) { try Example.secret(text) }
        if text.count > 5 { #expect(!error.description.contains(text)) }
    }

    @Test(
        "long is not strong",
        arguments: [
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "abcdefghijklmnopqrstuvwxyz0123456789",
            "passwordpasswordpasswordpassword", "1234567890123456789012345", "password password pass",
            String(repeating: "Xy7!", count: 100),
        ])
    func weak(text: String) throws {
        let error = try #require(throws: PassphraseError.self) { try Example.secret(text) }
        guard case .tooWeak(let bits, 64) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(bits < 64)
    }

    @Test(
        "what people are told to take is taken, as it was typed",
        arguments: [
            "upscale gravel harmony tattoo cubicle doorknob elk", "kT7$mq2!Lw9^zR4&xB", Example.passphrase,
            "příliš žluťoučký kůň úpěl ďábelské ódy", "it's \"quoted\" \\ 100% %end #1  horse battery ",
            String((0..<512).map { ["k", "7", "#", "w", "Q", "x"][$0 * $0 / 7 % 6] }.joined().prefix(512)),
        ])
    func taken(text: String) throws { #expect(try Example.secret(text).bytes == Array(text.utf8)) }

    @Test("two that differ, and bytes that are no UTF-8, are refused")
    func unequal() {
        let typed = Array(Example.passphrase.utf8)
        #expect(throws: PassphraseError.unequal) { try Passphrase(typed, again: typed + [33], use: .disk) }
        #expect(throws: PassphraseError.notUTF8) { try Passphrase(typed + [0xC3], again: typed + [0xC3], use: .disk) }
        #expect(throws: PassphraseError.notUTF8) {
            try Passphrase(typed + [0xED, 0xA0, 0x80], again: typed + [0xED, 0xA0, 0x80], use: .disk)
        }
    }

    @Test("a passphrase does not show itself")
    func silent() throws {
        let secret = try Example.secret(Example.passphrase)
        #expect(!"\(secret)".contains("gulls"))
        #expect(secret.isASCII)
    }

    @Test("the login password becomes a yescrypt hash that crypt(3) of this system confirms, with a salt of its own")
    func yescrypt() throws {
        let typed = Array("horse-Battery 9 staple".utf8)
        let password = try Passphrase(typed, again: typed, use: .login)
        let hash = try LoginHash.yescrypt(password)
        #expect(hash.hasPrefix("$y$j9T$") && hash.count == 73)
        #expect(try LoginHash.yescrypt(password) != hash)
        #expect(crypt("horse-Battery 9 staple", hash).map { String(cString: $0) } == hash)
        #expect(crypt("horse-Battery 9 stapl", hash).map { String(cString: $0) } != hash)
    }
}
