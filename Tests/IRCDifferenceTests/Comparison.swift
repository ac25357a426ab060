import Foundation
import IRCHarness

/// Lines that one side says and the other does not, and that may differ. intended-differences.txt says why.
struct IntendedDifferences {
    private struct Entry {
        let sign: Character
        let pattern: NSRegularExpression
        let mask: String
    }

    private let entries: [Entry]
    static let none = IntendedDifferences("")

    /// A line is "- MASK" for what only the first side says and "+ MASK" for what only the second does; "*" in a mask
    /// stands for any text, "?" for one character. Other lines are the reasons.
    init(_ text: String) {
        entries = text.split(separator: "\n").compactMap { line in
            guard line.hasPrefix("- ") || line.hasPrefix("+ "), let sign = line.first else { return nil }
            let mask = String(line.dropFirst(2))
            let escaped = NSRegularExpression.escapedPattern(for: mask).replacingOccurrences(of: "\\*", with: ".*")
                .replacingOccurrences(of: "\\?", with: ".")
            return (try? NSRegularExpression(pattern: "^\(escaped)$")).map {
                Entry(sign: sign, pattern: $0, mask: mask)
            }
        }
    }

    static func beside(_ file: String) throws -> IntendedDifferences {
        let path = URL(filePath: file).deletingLastPathComponent().appending(path: "intended-differences.txt")
        return IntendedDifferences(try String(contentsOf: path, encoding: .utf8))
    }

    func allow(_ sign: Character, _ line: String) -> Bool {
        entries.contains { entry in
            entry.sign == sign
                && entry.pattern.firstMatch(in: line, range: NSRange(line.startIndex..., in: line)) != nil
        }
    }
}

/// The first step of a dialogue after which two servers show different things.
struct Difference: CustomStringConvertible {
    let step: Int
    let said: String
    /// Signed: "-" for the first server, "+" for the second.
    let lines: [String]

    var description: String { "after step \(step + 1), \(said)\n" + lines.map { "    " + $0 }.joined(separator: "\n") }

    /// What kind of difference this is, so that one fault is reported once: the commands and numerics that only one side
    /// sends, whoever gets them.
    var kind: Set<String> {
        Set(
            lines.map { line in
                let words = line.split(separator: " ")
                let hasSource = words.count > 3 && words[2].hasPrefix(":")
                return "\(words[0]) \(hasSource ? words[3] : words[2])"
            })
    }
}

/// Two servers, and what may differ between them.
struct Comparison {
    let first: ServerProgram
    let second: ServerProgram
    let intended: IntendedDifferences
    /// What stands between the clients and the second server, if anything.
    var proxy: (@Sendable (UInt16) throws -> MutatingProxy)?

    static var settings: ServerSettings {
        var settings = ServerSettings.conversational
        // ngircd passes every byte on.
        settings.ownOptions = ["UTF8Only = no"]
        return settings
    }

    /// Plays the dialogue to both, each freshly started, and stops at the first difference: what comes after it is a
    /// consequence.
    func play(_ dialogue: Dialogue) throws -> Difference? {
        let one = try RunningServer(first, Comparison.settings)
        let other = try RunningServer(second, Comparison.settings)
        let between = try proxy?(other.port)
        defer {
            between?.stop()
            one.stop()
            other.stop()
        }
        let left = Performance { try one.connect() }
        let right = Performance { try between?.connect() ?? other.connect() }
        for (place, step) in dialogue.steps.enumerated() {
            let lines = missing(try left.perform(step), try right.perform(step))
            if !lines.isEmpty { return Difference(step: place, said: step.description, lines: lines) }
        }
        return nil
    }

    /// What either side has more than the other, counting each line as often as it comes.
    private func missing(_ left: [String], _ right: [String]) -> [String] {
        var result: [String] = []
        for (sign, have, lack) in [("-", left, right), ("+", right, left)] as [(Character, [String], [String])] {
            var rest = lack
            for line in have {
                if let place = rest.firstIndex(of: line) {
                    rest.remove(at: place)
                } else if !intended.allow(sign, line) {
                    result.append("\(sign) \(line)")
                }
            }
        }
        return result
    }
}
