import Foundation

/// The kinds of lines that a client shows, and which of them have not been seen yet.
final class FormatTable {
    private var waiting: [(kind: String, row: Regex<AnyRegexOutput>)]

    /// Reads format-table.txt.
    ///
    /// - Throws: `ScreenError` for a line without a tab, and what is wrong with a regular expression.
    init(_ text: String) throws {
        waiting = try text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
            let parts = line.split(separator: "\t", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { throw ScreenError("no tab in \(line)") }
            return (parts[0], try Regex(parts[1]))
        }
    }

    static func beside(_ file: String) throws -> FormatTable {
        let place = URL(filePath: file).deletingLastPathComponent().appending(path: "format-table.txt")
        return try FormatTable(String(contentsOf: place, encoding: .utf8))
    }

    /// Takes note of the rows that a screen shows.
    func look(at text: String) {
        let rows = text.split(separator: "\n")
        waiting.removeAll { kind in rows.contains { $0.wholeMatch(of: kind.row) != nil } }
    }

    /// The kinds that no screen has shown.
    var unseen: [String] { waiting.map(\.kind) }
}
