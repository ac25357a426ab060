import ReleaseSupport

/// One line of `bootstrap/requirements.tsv`: something that a machine needs, how to see whether it is there, and the
/// package that holds it.
struct Requirement: Equatable, Sendable {
    /// How to see whether it is there.
    enum Probe: Equatable, Sendable {
        /// A program in PATH.
        case command(String)
        /// A file, or several that patterns of the shell fit, of which one is enough; `|` is between patterns.
        case file(String)
    }

    let probe: Probe
    let purpose: String
    /// The package by distribution; nil where the distribution has none.
    let packages: [Distribution: String?]
    /// `build`, `check`, `lab` or `bench`.
    let neededFor: String

    /// The program or file.
    var name: String {
        switch probe {
        case .command(let name), .file(let name): name
        }
    }

    /// Reads the table. Five columns, separated by tabs; a line that starts with `#` is a comment.
    static func parse(_ text: String) throws -> [Requirement] {
        try text.split(separator: "\n").enumerated().filter { !$0.element.hasPrefix("#") }.map { index, line in
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            guard fields.count == 5, fields.allSatisfy({ !$0.isEmpty }), let probe = Probe(fields[0]) else {
                throw ReleaseError(.setup, "line \(index + 1) of the requirements is malformed: \(line)")
            }
            func package(_ text: String) -> String? { text == "-" ? nil : text }
            return Requirement(
                probe: probe, purpose: fields[1],
                packages: [.debian: package(fields[2]), .fedora: package(fields[3])], neededFor: fields[4])
        }
    }
}

extension Requirement.Probe {
    fileprivate init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        switch (parts.first, parts.count) {
        case ("command", 2): self = .command(parts[1])
        case ("file", 2): self = .file(parts[1])
        default: return nil
        }
    }
}

/// The families of distributions that the requirements name packages of.
enum Distribution: String, Sendable {
    case debian, fedora

    /// Reads `/etc/os-release`; nil for a distribution that is neither or akin to neither.
    init?(osRelease text: String) {
        var names: [String] = []
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, parts[0] == "ID" || parts[0] == "ID_LIKE" else { continue }
            let value = parts[1].filter { $0 != "\"" && $0 != "'" }
            // ID comes before ID_LIKE, whatever the order in the file.
            names.insert(
                contentsOf: value.split(separator: " ").map(String.init), at: parts[0] == "ID" ? 0 : names.count)
        }
        guard let found = names.lazy.compactMap(Distribution.init(rawValue:)).first else { return nil }
        self = found
    }

    /// The command that installs `packages`.
    func install(_ packages: [String]) -> String {
        switch self {
        case .debian: "sudo apt-get install \(packages.joined(separator: " "))"
        case .fedora: "sudo dnf install \(packages.joined(separator: " "))"
        }
    }
}
