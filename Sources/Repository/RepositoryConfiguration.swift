/// What a `.repo` file must say, and nothing besides. Pure.
///
/// Source: dnf.conf(5). The options that protect default to off, and an unknown one can switch protection off again
/// (`sslverify`, `mirrorlist`, `username`), so the file is compared line by line with what is expected.
enum RepositoryConfiguration {
    /// Every section's options apart from `name`, `baseurl` and `enabled`.
    static let options = [
        "gpgcheck": "1", "repo_gpgcheck": "1", "pkg_gpgcheck": "1", "skip_if_unavailable": "False",
        "proxy": "socks5h://127.0.0.1:9050", "gpgkey": "file:///etc/pki/rpm-gpg/\(RepositoryLayout.keyFile)",
        "metadata_expire": "6h", "timeout": "120", "countme": "False",
    ]
    /// The sections, each with where it points and whether it is on.
    static let sections = [
        "untochat": ["baseurl": "http://$untochat_onion/fedora-$releasever/$basearch", "enabled": "1"],
        "untochat-source": ["baseurl": "http://$untochat_onion/fedora-$releasever/source", "enabled": "0"],
    ]

    /// What in `text` is not as expected; nothing where all is well.
    static func faults(_ text: String) -> [String] {
        var found: [String: [String: String]] = [:]
        var section = ""
        var faults: [String] = []
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            if line.hasPrefix("["), line.hasSuffix("]") {
                section = String(line.dropFirst().dropLast())
                if found.updateValue([:], forKey: section) != nil { faults.append("[\(section)] is there twice") }
                continue
            }
            // dnf joins a line that starts with a space to the one before.
            guard let equals = line.firstIndex(of: "="), line.first?.isWhitespace == false, !section.isEmpty else {
                faults.append("'\(printable(line))' is no option")
                continue
            }
            let name = String(line[..<equals])
            if found[section]?.updateValue(String(line[line.index(after: equals)...]), forKey: name) != nil {
                faults.append("[\(section)] has \(printable(name)) twice")
            }
        }
        for (section, own) in sections {
            guard var present = found.removeValue(forKey: section) else {
                faults.append("[\(section)] is missing")
                continue
            }
            if present.removeValue(forKey: "name")?.isEmpty != false { faults.append("[\(section)] has no name") }
            for (name, value) in options.merging(own, uniquingKeysWith: { $1 }) {
                let actual = present.removeValue(forKey: name)
                if actual != value {
                    faults.append("[\(section)] has \(name)=\(printable(actual ?? "")) instead of \(value)")
                }
            }
            faults += present.keys.map { "[\(section)] has the unexpected option \(printable($0))" }
        }
        faults += found.keys.map { "[\(printable($0))] does not belong there" }
        return faults.sorted()
    }

    /// Foreign text, harmless on a terminal.
    private static func printable(_ text: some StringProtocol) -> String {
        String(text.unicodeScalars.map { (0x20..<0x7f).contains($0.value) ? Character($0) : "?" }.prefix(80))
    }
}
