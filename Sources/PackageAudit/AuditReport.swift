/// What was audited and what came of it. JSON by Codable; `description` is for people.
public struct AuditReport: Codable, Equatable, Sendable, CustomStringConvertible {
    /// The verdicts on one thing.
    public struct Row: Codable, Equatable, Sendable {
        /// The package's identifier, or the path of a file audited alone.
        public let subject: String
        /// The path inside the package; nil where the row is on the subject itself.
        public let path: String?
        public let verdicts: [Check: Verdict]
    }

    /// One row a package.
    public private(set) var packages: [Row]
    /// One row an ELF file.
    public private(set) var elfFiles: [Row]
    /// Every violation.
    public private(set) var findings: [Finding]

    /// An empty report.
    public init() { self.init(packages: [], elfFiles: [], findings: []) }

    init(packages: [Row], elfFiles: [Row], findings: [Finding]) {
        self.packages = packages
        self.elfFiles = elfFiles
        self.findings = findings
    }

    /// Whether nothing was found wrong. A report on nothing is clean: see that it has rows.
    public var isClean: Bool { findings.isEmpty }

    /// Adds what another report says.
    public mutating func add(_ other: AuditReport) {
        packages += other.packages
        elfFiles += other.elfFiles
        findings += other.findings
    }

    public var description: String { [table, findingsText].filter { !$0.isEmpty }.joined(separator: "\n") }

    /// The verdicts, aligned: one row an ELF file, then one row a package.
    public var table: String {
        var notes = Notes()
        let blocks = [
            Self.table(of: elfFiles, columns: Check.ofELF, title: "ELF file", &notes),
            Self.table(of: packages, columns: Check.ofPackage, title: "Package", &notes),
        ]
        return (blocks.filter { !$0.isEmpty } + [notes.text].filter { !$0.isEmpty }).joined(separator: "\n")
    }

    /// One line a finding, each with its hint below.
    public var findingsText: String { findings.map { "\($0)\n" }.joined() }

    /// Long verdicts would make the columns too wide for a terminal: they stand below the table, by number.
    private struct Notes {
        private var lines: [String] = []

        mutating func number(of line: String) -> Int {
            if let index = lines.firstIndex(of: line) { return index + 1 }
            lines.append(line)
            return lines.count
        }

        var text: String { lines.enumerated().map { "(\($0.offset + 1)) \($0.element)\n" }.joined() }
    }

    private static func table(of rows: [Row], columns: [Check], title: String, _ notes: inout Notes) -> String {
        guard !rows.isEmpty else { return "" }
        var cells = [[title] + columns.map(\.title)]
        for row in rows {
            let name = row.path.map { "\(row.subject) \($0)" } ?? row.subject
            cells.append(
                [name] + columns.map { check in row.verdicts[check].map { cell($0, &notes) } ?? "-" })
        }
        let widths = cells[0].indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
        return cells.map { row in
            let line = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            return String(line.joined(separator: "  ").reversed().drop { $0 == " " }.reversed()) + "\n"
        }.joined()
    }

    private static func cell(_ verdict: Verdict, _ notes: inout Notes) -> String {
        guard let detail = verdict.detail, verdict.answer != .no else { return verdict.answer.rawValue }
        return "\(verdict.answer.rawValue) (\(notes.number(of: "\(verdict.answer.rawValue): \(detail)")))"
    }
}
