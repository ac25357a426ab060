/// Finds the passphrases in what was read from a passphrase file: one a line, with nothing else. It copies nothing: the
/// text stays in the memory that its owner will wipe, and only places in it are told.
public enum PassphraseLines {
    /// The longest line in bytes: what cryptsetup takes at its prompt, so what can be typed when the machine starts.
    public static let limit = 512

    /// As much of a file as needs to be read, in bytes. A file of three lines within the limit is shorter.
    public static let readLimit = 2048

    public enum Fault: Error, Sendable, Equatable {
        case empty
        case tooFew(found: Int, wanted: Int)
        case tooMany(wanted: Int)
        case emptyLine(Int)
        case tooLong(Int)
        case nul(Int)
        case carriageReturn(Int)

        /// Lines are counted from 1.
        public var message: String {
            switch self {
            case .empty: "the file is empty"
            case .tooFew(let found, let wanted):
                "the file has " + count(found) + ", not " + String(wanted)
            case .tooMany(let wanted): "the file has more than " + count(wanted)
            case .emptyLine(let line): "line " + String(line) + " is empty"
            case .tooLong(let line):
                "line " + String(line) + " is longer than " + String(PassphraseLines.limit) + " bytes"
            case .nul(let line): "line " + String(line) + " has a NUL byte"
            case .carriageReturn(let line):
                "line " + String(line) + " ends with CR LF; save the file with the line ends of Unix"
            }
        }

        private func count(_ lines: Int) -> String { lines == 1 ? "1 line" : String(lines) + " lines" }
    }

    /// Where each passphrase lies. The line feed after the last one may be missing.
    public static func find(_ wanted: Int, in text: UnsafeBufferPointer<UInt8>) throws(Fault) -> [Range<Int>] {
        guard !text.isEmpty else { throw .empty }
        var lines: [Range<Int>] = []
        var start = 0
        while start < text.count {
            guard lines.count < wanted else { throw .tooMany(wanted: wanted) }
            var end = start
            while end < text.count, text[end] != 0x0A {
                guard end - start < limit else { throw .tooLong(lines.count + 1) }
                guard text[end] != 0 else { throw .nul(lines.count + 1) }
                end += 1
            }
            guard end > start else { throw .emptyLine(lines.count + 1) }
            // Most likely not part of a passphrase, and nobody could type it.
            guard text[end - 1] != 0x0D else { throw .carriageReturn(lines.count + 1) }
            lines.append(start..<end)
            start = end + 1
        }
        guard lines.count == wanted else { throw .tooFew(found: lines.count, wanted: wanted) }
        return lines
    }
}

/// What makes a new passphrase unfit. It is looked at where it lies, and in a time that does not depend on where two
/// passphrases differ.
public enum NewPassphrase {
    /// In bytes. Argon2 makes a guess dear; it does not make few guesses many.
    public static let shortest = 12

    /// With fewer different bytes than this a passphrase is a pattern.
    public static let fewestDifferent = 5

    public enum Fault: Error, Sendable, Equatable {
        case unequal, tooShort, uniform, untypable, equalToOld

        public var message: String {
            switch self {
            case .unequal: "the two new passphrases differ"
            case .tooShort: "the new passphrase is shorter than " + String(NewPassphrase.shortest) + " bytes"
            case .uniform:
                "the new passphrase has fewer than " + String(NewPassphrase.fewestDifferent) + " different bytes"
            case .untypable: "the new passphrase has a control character, which cannot be typed when the machine starts"
            case .equalToOld: "the new passphrase is the old one"
            }
        }
    }

    public static func examine(
        _ new: UnsafeBufferPointer<UInt8>, repeated: UnsafeBufferPointer<UInt8>, old: UnsafeBufferPointer<UInt8>
    ) throws(Fault) {
        guard isEqual(new, repeated) else { throw .unequal }
        guard !isEqual(new, old) else { throw .equalToOld }
        guard new.count >= shortest else { throw .tooShort }
        for byte in new where byte < 0x20 || byte == 0x7F { throw .untypable }
        guard differentBytes(new) >= fewestDifferent else { throw .uniform }
    }

    static func isEqual(_ one: UnsafeBufferPointer<UInt8>, _ other: UnsafeBufferPointer<UInt8>) -> Bool {
        guard one.count == other.count else { return false }
        var difference: UInt8 = 0
        for index in 0..<one.count { difference |= one[index] ^ other[index] }
        return difference == 0
    }

    private static func differentBytes(_ text: UnsafeBufferPointer<UInt8>) -> Int {
        var count = 0
        for index in 0..<text.count {
            var isNew = true
            for earlier in 0..<index where text[earlier] == text[index] { isNew = false }
            if isNew { count += 1 }
        }
        return count
    }
}
