import Foundation

/// One figure of a table that compares programs.
public struct Measure<Report>: Sendable {
    public let name: String
    private let isMoreBetter: Bool
    private let digits: Int
    private let value: @Sendable (Report) -> Double

    /// `value` is NaN where a report lacks the figure.
    public init(
        _ name: String, more isMoreBetter: Bool = false, _ digits: Int, value: @escaping @Sendable (Report) -> Double
    ) {
        self.name = name
        self.isMoreBetter = isMoreBetter
        self.digits = digits
        self.value = value
    }

    /// The middle of several runs; nil where there are none.
    public func median(_ reports: [Report]) -> Double? {
        let sorted = reports.map(value).filter { !$0.isNaN }.sorted()
        guard !sorted.isEmpty else { return nil }
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    public func shown(_ number: Double?) -> String {
        number.map { String(format: "%.\(digits)f", $0) } ?? "–"
    }

    /// How many times better ours is than a peer's: above 1 is ahead.
    public func ratio(_ ours: Double?, _ peer: Double?) -> String {
        guard let ours, let peer, ours > 0, peer > 0 else { return "–" }
        return String(format: "%.2f×", isMoreBetter ? ours / peer : peer / ours)
    }
}

/// Text in columns, in Markdown.
public struct Table {
    public var rows: [[String]]

    public init(rows: [[String]]) { self.rows = rows }

    public var text: String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
        var lines = rows.map { row in
            "| "
                + (0..<columns).map { column in
                    let cell = column < row.count ? row[column] : ""
                    let space = String(repeating: " ", count: widths[column] - cell.count)
                    return column == 0 ? cell + space : space + cell
                }.joined(separator: " | ") + " |"
        }
        let rule = widths.enumerated().map { column, width in
            column == 0 ? String(repeating: "-", count: width + 2) : String(repeating: "-", count: width + 1) + ":"
        }
        lines.insert("|" + rule.joined(separator: "|") + "|", at: min(1, lines.count))
        return lines.joined(separator: "\n")
    }
}
