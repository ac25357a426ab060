/// A passphrase or password that was typed, after its rules were checked. It is shown nowhere; what it is for reads `bytes`.
public struct Passphrase: Sendable, CustomStringConvertible {
    /// The passphrase as it was typed, in UTF-8.
    let bytes: [UInt8]
    /// What it is for.
    public let use: Use

    /// What a passphrase is for, which decides how strong it must be.
    public enum Use: Sendable {
        /// Whoever takes the disk can try for years.
        case disk
        /// Whoever tries needs the machine or its shadow file.
        case login

        /// What people are asked for.
        public var name: String {
            switch self {
            case .disk: "passphrase of the disk"
            case .login: "login password of the administrator"
            }
        }
        var minimumCharacters: Int { self == .disk ? 16 : 10 }
        /// How many doublings of a guesser's work; see `Strength`.
        var minimumBits: Int { self == .disk ? 64 : 40 }
        /// In bytes. cryptsetup reads 512 from a terminal; crypt(3) has 512 with the byte that ends a string.
        var maximumBytes: Int { self == .disk ? 512 : 511 }
    }

    /// Not the passphrase.
    public var description: String { "(\(use.name))" }

    /// Checks what was typed first and typed `again`.
    public init(_ typed: [UInt8], again: [UInt8], use: Use) throws(PassphraseError) {
        guard typed == again else { throw .unequal }
        guard let text = String(validating: typed, as: UTF8.self) else { throw .notUTF8 }
        for scalar in text.unicodeScalars where Self.endsLine(scalar) { throw .unprintable(scalar.value) }
        guard typed.count <= use.maximumBytes else { throw .tooLong(bytes: typed.count, limit: use.maximumBytes) }
        guard text.count >= use.minimumCharacters else {
            throw .tooShort(characters: text.count, needed: use.minimumCharacters)
        }
        let bits = Strength.bits(of: text)
        guard bits >= use.minimumBits else { throw .tooWeak(bits: bits, needed: use.minimumBits) }
        bytes = typed
        self.use = use
    }

    /// Whether every character is on every keyboard: others may not be there when the machine asks at boot.
    public var isASCII: Bool { bytes.allSatisfy { $0 < 0x80 } }

    /// Whether `other` is the same.
    public func equals(_ other: Passphrase) -> Bool { bytes == other.bytes }

    /// Control characters cannot be typed at boot, and Python's splitlines, by which a kickstart is read, ends lines at more
    /// than a newline.
    private static func endsLine(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar.value == 0x2028 || scalar.value == 0x2029
    }
}

/// Why a passphrase is not taken. None says what it was.
public enum PassphraseError: Error, Equatable, CustomStringConvertible {
    /// The two are not the same.
    case unequal
    /// The bytes are no UTF-8: the terminal has another character set.
    case notUTF8
    /// A control character or a line separator, by its number.
    case unprintable(UInt32)
    /// More bytes than the program that asks at boot reads.
    case tooLong(bytes: Int, limit: Int)
    /// Too few characters.
    case tooShort(characters: Int, needed: Int)
    /// Too easily guessed.
    case tooWeak(bits: Int, needed: Int)

    public var description: String {
        switch self {
        case .unequal: "the two are not the same"
        case .notUTF8: "it is not UTF-8: set the terminal and LANG to a UTF-8 locale"
        case .unprintable(let number):
            "it has a control character (U+\(String(number, radix: 16, uppercase: true))), which cannot be typed at boot"
        case .tooLong(let bytes, let limit): "it has \(bytes) bytes, and only \(limit) are read at boot"
        case .tooShort(let characters, let needed): "it has \(characters) characters; it needs \(needed)"
        case .tooWeak(let bits, let needed):
            "it is guessed in about 2^\(bits) tries; it needs 2^\(needed): take seven random words, or more characters"
        }
    }
}

/// How hard a passphrase is to guess, as a careful lower estimate.
enum Strength {
    /// The estimate, in bits: each character by the kind of characters there are, words by what a word is worth, and
    /// nothing for what repeats or counts on.
    static func bits(of text: String) -> Int {
        let scalars = text.unicodeScalars.map(\.value)
        var seen: Set<[UInt32]> = []
        var bits = 0.0
        let pool = poolBits(scalars)
        for index in scalars.indices {
            // Three characters that were there before are no news, nor is one that continues aaa, abc or 321.
            let tail = Array(scalars[max(0, index - 2)...index])
            if tail.count == 3 {
                if !seen.insert(tail).inserted { continue }
                let step = Int64(tail[1]) - Int64(tail[0])
                if abs(step) <= 1, Int64(tail[2]) - Int64(tail[1]) == step { continue }
            }
            // 12.9 bits of a word from a list of 7776 over five letters and a space are more; of a sentence, less.
            bits += isInWord(scalars, index) ? 1.9 : pool
        }
        return Int(bits)
    }

    private static func isInWord(_ scalars: [UInt32], _ index: Int) -> Bool {
        func isLetter(_ place: Int) -> Bool {
            guard scalars.indices.contains(place) else { return false }
            return (0x61...0x7A).contains(scalars[place] | 0x20) || scalars[place] > 0x7F
        }
        guard isLetter(index) else { return false }
        var length = 1
        var place = index - 1
        while isLetter(place) { (length, place) = (length + 1, place - 1) }
        place = index + 1
        while isLetter(place) { (length, place) = (length + 1, place + 1) }
        return length >= 3
    }

    private static func poolBits(_ scalars: [UInt32]) -> Double {
        var size = 0.0
        if scalars.contains(where: { (0x61...0x7A).contains($0) }) { size += 26 }
        if scalars.contains(where: { (0x41...0x5A).contains($0) }) { size += 26 }
        if scalars.contains(where: { (0x30...0x39).contains($0) }) { size += 10 }
        if scalars.contains(where: { $0 < 0x80 && !isAlphanumeric($0) }) { size += 20 }
        if scalars.contains(where: { $0 >= 0x80 }) { size += 30 }
        // The logarithm without a mathematics library: whole doublings, and the part between them as a line.
        var doublings = 0.0
        while size >= 2 { (size, doublings) = (size / 2, doublings + 1) }
        return max(0, doublings + size - 1)
    }

    private static func isAlphanumeric(_ value: UInt32) -> Bool {
        (0x30...0x39).contains(value) || (0x61...0x7A).contains(value | 0x20)
    }
}
