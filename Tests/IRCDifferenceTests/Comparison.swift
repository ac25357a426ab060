import Foundation
import IRCHarness

/// Lines that one side says and the other does not, and that may differ. intended-differences.txt says why.
struct IntendedDifferences {
    private struct Entry {
        let sign: Character
        let pattern: NSRegularExpression
        let paragraph: Int

        func fits(_ sign: Character, _ line: String) -> Bool {
            guard sign == self.sign else { return false }
            return pattern.firstMatch(in: line, range: NSRange(line.startIndex..., in: line)) != nil
        }
    }

    private let entries: [Entry]
    /// By paragraph: the steps to which it is limited, where it is.
    private let conditions: [Int: [NSRegularExpression]]
    static let none = IntendedDifferences("")

    /// A line is "- MASK" for what only the first side says and "+ MASK" for what only the second does; "*" in a mask
    /// stands for any text, "?" for one character. Other lines are the reasons. In a paragraph with both signs the one
    /// stands in for the other: neither may be missing. With lines "> MASK" a paragraph speaks of steps in which such a
    /// line was said.
    init(_ text: String) {
        var entries: [Entry] = []
        var conditions: [Int: [NSRegularExpression]] = [:]
        var paragraph = 0
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.isEmpty { paragraph += 1 }
            guard let sign = line.first, "-+>".contains(sign), line.dropFirst().first == " " else { continue }
            let escaped = NSRegularExpression.escapedPattern(for: String(line.dropFirst(2)))
                .replacingOccurrences(of: "\\*", with: ".*").replacingOccurrences(of: "\\?", with: ".")
            guard let pattern = try? NSRegularExpression(pattern: "^\(escaped)$") else { continue }
            if sign == ">" {
                conditions[paragraph, default: []].append(pattern)
                continue
            }
            entries.append(Entry(sign: sign, pattern: pattern, paragraph: paragraph))
        }
        self.entries = entries
        self.conditions = conditions
    }

    static func beside(_ file: String) throws -> IntendedDifferences {
        let path = URL(filePath: file).deletingLastPathComponent().appending(path: "intended-differences.txt")
        return IntendedDifferences(try String(contentsOf: path, encoding: .utf8))
    }

    private func speaks(_ paragraph: Int, of said: String) -> Bool {
        guard let masks = conditions[paragraph] else { return true }
        return masks.contains { $0.firstMatch(in: said, range: NSRange(said.startIndex..., in: said)) != nil }
    }

    /// Those of the lines, each with its sign, that are not intended after what was said.
    func remaining(
        of lines: [(sign: Character, text: String)], after said: String
    ) -> [(sign: Character, text: String)] {
        let entries = entries.filter { speaks($0.paragraph, of: said) }
        let fitting = lines.map { line in entries.filter { $0.fits(line.sign, line.text) } }
        func occurs(_ sign: Character, in paragraph: Int) -> Bool {
            fitting.contains { $0.contains { $0.sign == sign && $0.paragraph == paragraph } }
        }
        return zip(lines, fitting).filter { line, found in
            !found.contains { entry in
                let opposite: Character = entry.sign == "-" ? "+" : "-"
                let isPaired = entries.contains { $0.paragraph == entry.paragraph && $0.sign == opposite }
                return !isPaired || occurs(opposite, in: entry.paragraph)
            }
        }.map(\.0)
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
            let lines = missing(try left.perform(step), try right.perform(step), after: step.description)
            if !lines.isEmpty { return Difference(step: place, said: step.description, lines: lines) }
        }
        return nil
    }

    /// What either side has more than the other, counting each line as often as it comes.
    private func missing(_ left: [String], _ right: [String], after said: String) -> [String] {
        var different: [(sign: Character, text: String)] = []
        for (sign, have, lack) in [("-", left, right), ("+", right, left)] as [(Character, [String], [String])] {
            var rest = lack
            for line in have {
                if let place = rest.firstIndex(of: line) {
                    rest.remove(at: place)
                } else {
                    different.append((sign, line))
                }
            }
        }
        return intended.remaining(of: different, after: said).map { "\($0.sign) \($0.text)" }
    }
}
