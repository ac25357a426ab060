import TestNumbers

/// What a few clients say, one after the other. Clients are letters; one that is not connected connects when it first
/// speaks, and again when it speaks after its connection was closed.
struct Dialogue: Equatable, CustomStringConvertible {
    struct Step: Equatable, CustomStringConvertible {
        enum Action: Equatable {
            /// Bytes that end with a line end.
            case say([UInt8])
            /// The socket is closed without a word.
            case vanish
        }

        let client: Character
        let action: Action

        var description: String {
            switch action {
            case .say(let bytes): "\(client) > \(Dialogue.escaped(bytes))"
            case .vanish: "\(client) vanishes"
            }
        }
    }

    var steps: [Step]

    /// One step a line, as it goes into a bug report.
    var description: String { steps.map(\.description).joined(separator: "\n") }

    /// The line without its end, with bytes that cannot be seen as \xNN.
    private static func escaped(_ bytes: [UInt8]) -> String {
        let line = bytes.suffix(2) == [13, 10] ? bytes.dropLast(2) : bytes[...]
        let text = line.map { byte in
            byte >= 32 && byte < 127
                ? String(UnicodeScalar(byte)) : "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
        return text.count > 200 ? "\(text.prefix(60))… (\(line.count) bytes)" : text
    }
}

extension SeededNumbers {
    /// Seeds that lie beside each other would give the same numbers, one later.
    init(scattering seed: UInt64) { self.init(seed: seed &* 0x9E37_79B9_7F4A_7C15) }

    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    mutating func pick<Element>(_ list: [Element]) -> Element { list[number(0...list.count - 1)] }

    mutating func happens(_ times: Int, in total: Int) -> Bool { number(1...total) <= times }
}
