/// The statements of untochat.te with the reasons that stand over them. The file is laid out for this: a comment gives the
/// reason for all statements below it, up to the next comment or empty line; a ruler of `#` and the comment under it head a
/// section.
struct PolicySource: Equatable {
    /// One reason and the statements that it is for.
    struct Paragraph: Equatable {
        let section: String
        let reason: String
        let statements: [String]
    }

    let paragraphs: [Paragraph]

    /// Reads the text of untochat.te.
    init(_ text: String) {
        var paragraphs: [Paragraph] = []
        var section = ""
        var reason: [String] = []
        var statements: [String] = []
        var isHeading = false
        func end() {
            if !statements.isEmpty {
                paragraphs.append(
                    Paragraph(section: section, reason: reason.joined(separator: " "), statements: statements))
            }
            (reason, statements) = ([], [])
        }
        for raw in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let line = raw.drop { $0 == "\t" || $0 == " " }
            if line.hasPrefix("####") {
                end()
                isHeading = true
            } else if line.hasPrefix("#") {
                if !statements.isEmpty { end() }
                let comment = String(line.dropFirst().drop { $0 == " " })
                if isHeading { section = comment } else { reason.append(comment) }
                isHeading = false
            } else if line.isEmpty {
                end()
            } else {
                statements.append(String(line))
            }
        }
        end()
        self.paragraphs = paragraphs
    }

    /// The paragraphs that allow something.
    var rules: [Paragraph] {
        paragraphs.compactMap { paragraph in
            let allowing = paragraph.statements.filter { $0.hasPrefix("allow ") && !$0.hasSuffix("untochat_r;") }
            guard !allowing.isEmpty else { return nil }
            return Paragraph(section: paragraph.section, reason: paragraph.reason, statements: allowing)
        }
    }

    /// Statements that allow something and have no reason.
    var unexplained: [String] {
        rules.filter { $0.reason.isEmpty }.flatMap(\.statements)
    }
}
