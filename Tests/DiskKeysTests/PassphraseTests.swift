import DiskKeys
import TestNumbers
import Testing

func lines(_ wanted: Int, _ text: [UInt8]) throws(PassphraseLines.Fault) -> [[UInt8]] {
    var found: Result<[[UInt8]], PassphraseLines.Fault> = .success([])
    text.withUnsafeBufferPointer { buffer in
        do throws(PassphraseLines.Fault) {
            found = .success(try PassphraseLines.find(wanted, in: buffer).map { [UInt8](buffer[$0]) })
        } catch {
            found = .failure(error)
        }
    }
    return try found.get()
}

@Suite struct PassphraseLinesTests {
    static let longest = [UInt8](repeating: 0x78, count: 512)

    @Test("three lines are three passphrases, with and without the last line feed")
    func three() throws {
        let wanted = [Array("old".utf8), Array("Grüße".utf8), Array(" with spaces ".utf8)]
        #expect(try lines(3, Array("old\nGrüße\n with spaces \n".utf8)) == wanted)
        #expect(try lines(3, Array("old\nGrüße\n with spaces ".utf8)) == wanted)
    }

    @Test("a line of 512 bytes is taken, one of 513 is not")
    func limit() throws {
        #expect(try lines(1, Self.longest + [0x0A]) == [Self.longest])
        #expect(throws: PassphraseLines.Fault.tooLong(1)) { try lines(1, Self.longest + [0x78, 0x0A]) }
        #expect(throws: PassphraseLines.Fault.tooLong(2)) { try lines(3, [0x61, 0x0A] + Self.longest + [0x78]) }
    }

    static let faults: [(Int, String, PassphraseLines.Fault, String)] = [
        (1, "", .empty, "the file is empty"),
        (3, "a\nb\n", .tooFew(found: 2, wanted: 3), "the file has 2 lines, not 3"),
        (3, "a\n", .tooFew(found: 1, wanted: 3), "the file has 1 line, not 3"),
        (3, "a\nb\nb\nc\n", .tooMany(wanted: 3), "the file has more than 3 lines"),
        (1, "a\n\n", .tooMany(wanted: 1), "the file has more than 1 line"),
        (1, "\n", .emptyLine(1), "line 1 is empty"),
        (3, "a\n\nb\n", .emptyLine(2), "line 2 is empty"),
        (1, "a\r\n", .carriageReturn(1), "line 1 ends with CR LF; save the file with the line ends of Unix"),
        (3, "a\nb\nb\r", .carriageReturn(3), "line 3 ends with CR LF; save the file with the line ends of Unix"),
        (3, "a\nb\0\nb\n", .nul(2), "line 2 has a NUL byte"),
    ]

    @Test("anything else is refused, and the message says where", arguments: faults)
    func refused(_ wanted: Int, _ text: String, _ fault: PassphraseLines.Fault, _ message: String) {
        #expect(throws: fault) { try lines(wanted, Array(text.utf8)) }
        #expect(fault.message == message)
    }

    @Test("whatever the bytes are, only whole lines without NUL come out, and put together they are the file")
    func property() throws {
        var generator = SeededNumbers(seed: 7)
        for _ in 0..<20_000 {
            let count = Int.random(in: 0...40, using: &generator)
            let alphabet: [UInt8] = [0x0A, 0x0D, 0x00, 0x61, 0xC3]
            let text = (0..<count).map { _ in alphabet[Int.random(in: 0..<5, using: &generator)] }
            let wanted = Int.random(in: 1...3, using: &generator)
            guard let found = try? lines(wanted, text) else { continue }
            #expect(found.count == wanted)
            #expect(found.allSatisfy { !$0.isEmpty && !$0.contains(0) && $0.last != 0x0D })
            let joined = Array(found.joined(separator: [0x0A]))
            #expect(text == joined || text == joined + [0x0A])
        }
    }
}

@Suite struct NewPassphraseTests {
    static let cases: [(String, String, NewPassphrase.Fault?)] = [
        ("a good passphrase", "a good passphrase", nil),
        ("Grüße aus Köln", "Grüße aus Köln", nil),
        ("a good passphrase", "a good passphrasf", .unequal),
        ("a good passphrase", "a good passphrase ", .unequal),
        ("the old passphrase", "the old passphrase", .equalToOld),
        ("elevenbytes", "elevenbytes", .tooShort),
        ("abababababababab", "abababababababab", .uniform),
        ("a good\tpassphrase", "a good\tpassphrase", .untypable),
    ]

    @Test("a new passphrase is refused when it is weak, mistyped, untypable or the old one", arguments: cases)
    func examine(_ new: String, _ again: String, _ fault: NewPassphrase.Fault?) {
        var found: NewPassphrase.Fault?
        Array(new.utf8).withUnsafeBufferPointer { new in
            Array(again.utf8).withUnsafeBufferPointer { again in
                Array("the old passphrase".utf8).withUnsafeBufferPointer { old in
                    do throws(NewPassphrase.Fault) {
                        try NewPassphrase.examine(new, repeated: again, old: old)
                    } catch {
                        found = error
                    }
                }
            }
        }
        #expect(found == fault)
    }
}
