import Foundation

/// Rows that may differ between the two programs. intended-differences.txt says which and why.
///
/// A paragraph is reasons and one or two masks: "- MASK" for a row that only irssi shows, "+ MASK" for one that only
/// irssius shows; with both, the one stands in for the other. In a mask "*" is any text and "&" a name,
/// the same on both sides, and "?" any text and "%" a name that one side has alone. An entry that fits nothing in a whole run is a mistake, and told.
final class IntendedDifferences {
    private struct Mask {
        let text: String
        let pattern: NSRegularExpression
        /// Which of the groups must be the same on the other side.
        let shared: [Int]

        init?(_ text: String) {
            self.text = text
            var source = "^"
            var shared: [Int] = []
            var groups = 0
            for character in text {
                if "*&?%".contains(character) {
                    groups += 1
                    if "*&".contains(character) { shared.append(groups) }
                    source += "&%".contains(character) ? "([^ {}]+)" : "(.*?)"
                } else {
                    source += NSRegularExpression.escapedPattern(for: String(character))
                }
            }
            guard let pattern = try? NSRegularExpression(pattern: source + "$") else { return nil }
            self.pattern = pattern
            self.shared = shared
        }

        func values(in row: String) -> [String]? {
            guard let found = pattern.firstMatch(in: row, range: NSRange(row.startIndex..., in: row)) else {
                return nil
            }
            return shared.compactMap { Range(found.range(at: $0), in: row).map { String(row[$0]) } }
        }
    }

    private struct Entry {
        let number: Int
        var irssi: Mask?
        var irssius: Mask?
        var isUsed: [Bool] = [false, false]
    }

    private var entries: [Entry] = []

    init(_ text: String) throws {
        for (number, paragraph) in text.components(separatedBy: "\n\n").enumerated() {
            var entry = Entry(number: number)
            for line in paragraph.split(separator: "\n") {
                if line.hasPrefix("- ") {
                    guard entry.irssi == nil else { throw ScreenError("two rows of irssi in one paragraph: \(line)") }
                    entry.irssi = Mask(String(line.dropFirst(2)))
                } else if line.hasPrefix("+ ") {
                    guard entry.irssius == nil else { throw ScreenError("two rows of irssius together: \(line)") }
                    entry.irssius = Mask(String(line.dropFirst(2)))
                }
            }
            if entry.irssi != nil || entry.irssius != nil { entries.append(entry) }
        }
    }

    static func beside(_ file: String) throws -> IntendedDifferences {
        let path = URL(filePath: file).deletingLastPathComponent().appending(path: "intended-differences.txt")
        return try IntendedDifferences(String(contentsOf: path, encoding: .utf8))
    }

    /// The masks that nothing was like.
    var unused: [String] {
        entries.flatMap { entry in
            [(entry.irssi, "-"), (entry.irssius, "+")].enumerated().compactMap { index, side in
                side.0 != nil && !entry.isUsed[index] ? "\(side.1) \(side.0?.text ?? "")" : nil
            }
        }
    }

    /// The rows as they are compared: those that one side may have alone are left out, and those that stand for one
    /// another are the same.
    func comparable(_ rows: [String], ofIrssius isOurs: Bool) -> [String] {
        rows.compactMap { row in
            for (index, entry) in entries.enumerated() {
                guard let mask = isOurs ? entry.irssius : entry.irssi, let values = mask.values(in: row) else {
                    continue
                }
                entries[index].isUsed[isOurs ? 1 : 0] = true
                let other = isOurs ? entry.irssi : entry.irssius
                return other == nil ? nil : "difference \(entry.number): \(values.joined(separator: " | "))"
            }
            return row
        }
    }
}

struct ScreenError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
