import Foundation
import IRCHarness

/// One figure of the table.
struct Measure: Sendable {
    let name: String
    let isMoreBetter: Bool
    let digits: Int
    let value: @Sendable (LoadReport) -> Double

    static let all: [Measure] = [
        Measure("connects/s", more: true, 0) { $0.connectsPerSecond },
        Measure("joined s", 4) { $0.joinedSeconds },
        Measure("all seen s", 4) { $0.settledSeconds },
        Measure("deliveries/s", more: true, 0) { conversation($0, false)?.deliveriesPerSecond ?? .nan },
        Measure("p50 ms", 2) { conversation($0, false)?.latencyMedianMilliseconds ?? .nan },
        Measure("p99 ms", 2) { conversation($0, false)?.latency99Milliseconds ?? .nan },
        Measure("µs/delivery", 2) { conversation($0, false)?.serverMicrosecondsPerDelivery ?? .nan },
        Measure("ack: deliveries/s", more: true, 0) { conversation($0, true)?.deliveriesPerSecond ?? .nan },
        Measure("p50 ms", 2) { conversation($0, true)?.latencyMedianMilliseconds ?? .nan },
        Measure("p99 ms", 2) { conversation($0, true)?.latency99Milliseconds ?? .nan },
        Measure("µs/delivery", 2) { conversation($0, true)?.serverMicrosecondsPerDelivery ?? .nan },
        Measure("kB start", 0) { Double($0.residentStartKilobytes) },
        Measure("kB end", 0) { Double($0.residentEndKilobytes) },
        Measure("kB/client", 1) { $0.kilobytesPerClient },
        Measure("idle µs/s", 0) { $0.idleMicrosecondsPerSecond },
    ]

    private init(
        _ name: String, more isMoreBetter: Bool = false, _ digits: Int,
        value: @escaping @Sendable (LoadReport) -> Double
    ) {
        self.name = name
        self.isMoreBetter = isMoreBetter
        self.digits = digits
        self.value = value
    }

    private static func conversation(_ report: LoadReport, _ atOnce: Bool) -> LoadReport.Conversation? {
        report.conversations.first { $0.acknowledgesAtOnce == atOnce }
    }

    /// The middle of several runs; nil where there are none.
    func median(_ reports: [LoadReport]) -> Double? {
        let sorted = reports.map(value).filter { !$0.isNaN }.sorted()
        guard !sorted.isEmpty else { return nil }
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    func shown(_ number: Double?) -> String {
        number.map { String(format: "%.\(digits)f", $0) } ?? "–"
    }

    /// How many times better ours is than a peer's: above 1 is ahead.
    func ratio(_ ours: Double?, _ peer: Double?) -> String {
        guard let ours, let peer, ours > 0, peer > 0 else { return "–" }
        return String(format: "%.2f×", isMoreBetter ? ours / peer : peer / ours)
    }
}

/// Text in columns, in Markdown.
struct Table {
    var rows: [[String]]

    var text: String {
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
