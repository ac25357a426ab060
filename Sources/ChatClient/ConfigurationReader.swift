import IRCProtocol

/// A value in a configuration, with the line it begins on.
indirect enum ConfigurationNode: Sendable {
    case text([UInt8], line: Int)
    case block([(key: [UInt8], value: ConfigurationNode)], line: Int)
    case list([ConfigurationNode], line: Int)

    var line: Int {
        switch self {
        case .text(_, let line), .block(_, let line), .list(_, let line): line
        }
    }

    var text: [UInt8]? {
        if case .text(let text, _) = self { return text }
        return nil
    }

    /// The pairs of a block; none for anything else.
    var pairs: [(key: [UInt8], value: ConfigurationNode)] {
        if case .block(let pairs, _) = self { return pairs }
        return []
    }

    /// The values of a list; none for anything else.
    var values: [ConfigurationNode] {
        if case .list(let values, _) = self { return values }
        return []
    }

    /// The value of a key in a block; the last of several.
    subscript(key: StaticString) -> ConfigurationNode? { pairs.last { $0.key.same(as: key) }?.value }
}

/// What is wrong with a configuration, and where.
struct ConfigurationFault: Equatable, Sendable {
    var line: Int
    /// For people, without the line's content.
    var what: [UInt8]

    init(_ line: Int, _ what: StaticString) {
        self.line = line
        self.what = Array(ascii: what)
    }

    init(_ line: Int, _ name: [UInt8], _ what: StaticString) {
        self.line = line
        self.what = name + [0x20] + Array(ascii: what)
    }
}

/// Reads irssi's configuration syntax. Total: every text gives the pairs that could be read and the faults, each with its
/// line; reading ends at a fault after which nothing is certain.
struct ConfigurationReader {
    static let byteLimit = 65536
    static let depthLimit = 8

    private let text: [UInt8]
    private var index = 0
    private var line = 1
    private(set) var faults: [ConfigurationFault] = []
    private var isBroken = false

    private init(_ text: [UInt8]) { self.text = text }

    /// The whole text as one block.
    static func read(_ text: [UInt8]) -> (
        pairs: [(key: [UInt8], value: ConfigurationNode)], faults: [ConfigurationFault]
    ) {
        guard text.count <= byteLimit else { return ([], [ConfigurationFault(1, "more than 64 KiB")]) }
        var reader = ConfigurationReader(text)
        let pairs = reader.pairs(depth: 0)
        return (pairs, reader.faults)
    }

    private var next: UInt8? { index < text.count ? text[index] : nil }

    private mutating func fail(_ what: StaticString) {
        if !isBroken { faults.append(ConfigurationFault(line, what)) }
        isBroken = true
    }

    private mutating func advance() {
        if text[index] == 10 { line += 1 }
        index += 1
    }

    /// Spaces, `# …` and `/* … */`.
    private mutating func skipBlanks() {
        while let byte = next {
            if byte == 0x20 || byte == 9 || byte == 10 || byte == 13 {
                advance()
            } else if byte == UInt8(ascii: "#") {
                while let byte = next, byte != 10 {
                    _ = byte
                    advance()
                }
            } else if byte == UInt8(ascii: "/"), index + 1 < text.count, text[index + 1] == UInt8(ascii: "*") {
                index += 2
                while index < text.count,
                    text[index] != UInt8(ascii: "*") || index + 1 >= text.count || text[index + 1] != UInt8(ascii: "/")
                {
                    advance()
                }
                index = min(index + 2, text.count)
            } else {
                return
            }
        }
    }

    private mutating func pairs(depth: Int) -> [(key: [UInt8], value: ConfigurationNode)] {
        var pairs: [(key: [UInt8], value: ConfigurationNode)] = []
        while !isBroken {
            skipBlanks()
            guard let byte = next else {
                if depth > 0 { fail("a block has no end") }
                return pairs
            }
            if byte == UInt8(ascii: "}") {
                if depth == 0 { fail("'}' without a block") } else { index += 1 }
                return pairs
            }
            guard let key = word() else {
                fail("here should be a name")
                return pairs
            }
            skipBlanks()
            guard next == UInt8(ascii: "=") else {
                fail("'=' is missing")
                return pairs
            }
            index += 1
            guard let value = value(depth: depth), !isBroken else { return pairs }
            skipBlanks()
            if next == UInt8(ascii: ";") {
                index += 1
            } else if next != nil, next != UInt8(ascii: "}") {
                faults.append(ConfigurationFault(line, "';' is missing"))
            }
            merge(key, value, into: &pairs)
        }
        return pairs
    }

    /// A repeated block goes into the first; of other repeated keys the last one counts.
    private func merge(
        _ key: [UInt8], _ value: ConfigurationNode, into pairs: inout [(key: [UInt8], value: ConfigurationNode)]
    ) {
        guard let place = pairs.firstIndex(where: { sameName($0.key, key) }) else {
            return pairs.append((key, value))
        }
        if case .block(let old, let line) = pairs[place].value, case .block(let new, _) = value {
            var merged = old
            for pair in new { merge(pair.key, pair.value, into: &merged) }
            pairs[place].value = .block(merged, line: line)
        } else {
            pairs[place].value = value
        }
    }

    private mutating func value(depth: Int) -> ConfigurationNode? {
        skipBlanks()
        let start = line
        switch next {
        case UInt8(ascii: "{"), UInt8(ascii: "("):
            let isBlock = next == UInt8(ascii: "{")
            guard depth < ConfigurationReader.depthLimit else {
                fail("nested too deep")
                return nil
            }
            index += 1
            if isBlock { return .block(pairs(depth: depth + 1), line: start) }
            return .list(list(depth: depth + 1), line: start)
        default:
            guard let text = word() else {
                fail("here should be a value")
                return nil
            }
            return .text(text, line: start)
        }
    }

    private mutating func list(depth: Int) -> [ConfigurationNode] {
        var values: [ConfigurationNode] = []
        while !isBroken {
            skipBlanks()
            guard next != nil else {
                fail("a list has no end")
                return values
            }
            if next == UInt8(ascii: ")") {
                index += 1
                return values
            }
            guard let value = value(depth: depth), !isBroken else { return values }
            values.append(value)
            skipBlanks()
            if next == UInt8(ascii: ",") {
                index += 1
            } else if next != UInt8(ascii: ")") {
                fail("',' or ')' is missing")
            }
        }
        return values
    }

    /// `"…"` with escapes, `'…'` without, or letters, digits and `_`.
    private mutating func word() -> [UInt8]? {
        guard let first = next else { return nil }
        if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") { return quoted(first) }
        let start = index
        while let byte = next, byte.isLetter || byte.isDigit || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") {
            index += 1
        }
        return index > start ? Array(text[start..<index]) : nil
    }

    private mutating func quoted(_ mark: UInt8) -> [UInt8]? {
        index += 1
        var value: [UInt8] = []
        while let byte = next, byte != mark {
            if byte == 10 { break }
            if byte == UInt8(ascii: "\\"), mark == UInt8(ascii: "\"") {
                index += 1
                guard let escaped = next, escaped != 10 else { break }
                value.append(self.escaped(escaped))
            } else {
                value.append(byte)
                index += 1
            }
        }
        guard next == mark else {
            fail("a quotation mark is missing")
            return nil
        }
        index += 1
        return value
    }

    /// Three octal digits are a byte; anything else stands for itself.
    private mutating func escaped(_ first: UInt8) -> UInt8 {
        var value = 0
        var count = 0
        while count < 3, let digit = next, digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "7") {
            value = value * 8 + Int(digit - UInt8(ascii: "0"))
            count += 1
            index += 1
        }
        if count > 0 { return UInt8(truncatingIfNeeded: value) }
        index += 1
        return first
    }
}
