/// What is installed on a server, and what changed between two looks at it.
public struct PackageList: Equatable {
    /// What `rpm -qa --qf` is asked for.
    public static let queryFormat = "%{NAME}\\t%{EVR}.%{ARCH}\\n"

    struct Entry: Equatable, Comparable {
        var name: String
        var version: String

        static func < (one: Entry, other: Entry) -> Bool {
            one.name == other.name ? one.version < other.version : one.name < other.name
        }
    }

    private let entries: [Entry]

    /// Reads rpm's answer; `nil` for anything else.
    public init?(_ text: String) {
        var entries: [Entry] = []
        for line in text.split(separator: "\n") {
            let words = line.split(separator: "\t")
            guard words.count == 2 else { return nil }
            entries.append(Entry(name: String(words[0]), version: String(words[1])))
        }
        guard !entries.isEmpty else { return nil }
        self.entries = entries.sorted()
    }

    /// The packages that this project makes, sorted.
    public var ours: [String] {
        var names: [String] = []
        for entry in entries where Self.isOurs(entry.name) && names.last != entry.name { names.append(entry.name) }
        return names
    }

    private static func isOurs(_ name: String) -> Bool {
        ["untochat", "untosh", "irssius", "ngircdus"].contains(name) || name.utf8.starts(with: "untochat-".utf8)
    }

    /// What is otherwise afterwards, a line a package. Keys are among them: rpm keeps them as packages.
    public func changes(to after: PackageList) -> [String] {
        let (gone, come) = (Self.subtract(after.entries, from: entries), Self.subtract(entries, from: after.entries))
        var lines: [String] = []
        var names = (gone + come).map { $0.name }.sorted()[...]
        while let name = names.popFirst() {
            while names.first == name { names.removeFirst() }
            let old = gone.filter { $0.name == name }.map { $0.version }.joined(separator: ", ")
            let new = come.filter { $0.name == name }.map { $0.version }.joined(separator: ", ")
            if old.isEmpty {
                lines.append("installed " + name + " " + new)
            } else if new.isEmpty {
                lines.append("removed " + name + " " + old)
            } else {
                lines.append("changed " + name + " " + old + " -> " + new)
            }
        }
        return lines
    }

    /// Both are sorted, and long.
    private static func subtract(_ others: [Entry], from entries: [Entry]) -> [Entry] {
        var rest = others[...]
        return entries.filter { entry in
            while let other = rest.first, other < entry { rest.removeFirst() }
            return rest.first != entry
        }
    }
}
