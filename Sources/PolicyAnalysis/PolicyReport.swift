/// What the policy allows and why, for people: a table in Markdown. It comes from untochat.te alone, so that it can be
/// compared with the file that was committed on any machine.
public enum PolicyReport {
    /// The page with the text of untochat.te turned into tables, one a section.
    public static func page(te: String) -> String {
        let source = PolicySource(te)
        var page = """
            # What the SELinux policy allows

            Made by `untochat policy report` from `selinux/untochat.te`; do not edit. The base policy's own rules for these
            domains are taken back (`selinux/untochat-deny.cil`), so this is all there is. `untochat policy check` proves it
            against `selinux/expectations.yaml`.

            ![Domains and who may become whom](selinux-domains.svg)

            """
        var section = ""
        for paragraph in source.rules {
            if paragraph.section != section {
                section = paragraph.section
                page += "\n## \(section)\n\n| who | may | why |\n|---|---|---|\n"
            }
            for (who, what) in grouped(paragraph.statements) {
                page += "| \(who) | \(what.joined(separator: "<br>")) | \(escaped(paragraph.reason)) |\n"
            }
        }
        return page
    }

    /// The sources of `allow` rules, in their order, with what each may do.
    private static func grouped(_ statements: [String]) -> [(String, [String])] {
        var found: [(String, [String])] = []
        for statement in statements {
            let (who, what) = parts(statement)
            if let index = found.firstIndex(where: { $0.0 == who }) {
                found[index].1.append(what)
            } else {
                found.append((who, [what]))
            }
        }
        return found
    }

    /// `allow a b:file { read open };` as ("a", "b: file: read, open").
    private static func parts(_ statement: String) -> (String, String) {
        var rest = Substring(statement.dropFirst("allow ".count).filter { $0 != ";" })
        let who = names(&rest)
        let target = names(&rest)
        rest = rest.drop { $0 == ":" }
        let objectClass = names(&rest)
        return (
            who.map { "`\($0)`" }.joined(separator: ", "),
            target.map { "`\($0)`" }.joined(separator: ", ") + ": "
                + "\(objectClass.joined(separator: ", ")): \(names(&rest).joined(separator: ", "))"
        )
    }

    /// One name, or all in braces, taken from the front of `text`.
    private static func names(_ text: inout Substring) -> [String] {
        text = text.drop { $0 == " " }
        if text.first == "{" {
            let end = text.firstIndex(of: "}") ?? text.endIndex
            let inside = text[text.index(after: text.startIndex)..<end]
            text = text[end...].dropFirst()
            return inside.split(separator: " ").map(String.init)
        }
        let name = text.prefix { $0 != " " && $0 != ":" }
        text = text.dropFirst(name.count)
        return [String(name)]
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text { escaped += character == "|" ? "\\|" : String(character) }
        return escaped
    }
}
