/// A list of the names that exist, one a line; lines with `#` are comments. See kickstart/timezones and kickstart/keymaps.
public struct NameList: Sendable {
    /// The names, in the order of the file.
    public let names: [String]
    private let known: Set<String>

    /// Reads the list in `text`.
    public init(_ text: String) {
        names = text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map(String.init)
        known = Set(names)
    }

    /// Whether the list has `name`.
    public func contains(_ name: String) -> Bool { known.contains(name) }

    /// Why `name` cannot be taken, with the names that are likely meant; nil where it can.
    func problem(_ name: String, kind: String) -> String? {
        if contains(name) { return nil }
        let near = nearest(to: name)
        let hint = near.isEmpty ? "" : "; did you mean \(near.joined(separator: ", "))?"
        return "there is no \(kind) \(quoted(name))\(hint)"
    }

    /// At most three names that differ from `name` in case, in few letters or in what stands before them.
    func nearest(to name: String) -> [String] {
        // More is not a slip of the finger, and the distance takes time by the product of both lengths.
        guard name.utf8.count <= 64 else { return [] }
        let wanted = Array(name.lowercased().utf8)
        let scored = names.compactMap { candidate -> (Int, String)? in
            let lower = candidate.lowercased()
            if Array(lower.utf8) == wanted { return (0, candidate) }
            if lower.split(separator: "/").last.map({ Array($0.utf8) == wanted }) == true { return (1, candidate) }
            let distance = Self.distance(wanted, Array(lower.utf8))
            return distance <= max(1, wanted.count / 4) ? (distance, candidate) : nil
        }
        return scored.sorted { $0 < $1 }.prefix(3).map(\.1)
    }

    /// Levenshtein's distance: how many bytes must be changed, added or taken.
    private static func distance(_ one: [UInt8], _ other: [UInt8]) -> Int {
        var row = Array(0...other.count)
        for (index, byte) in one.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for (column, second) in other.enumerated() {
                let replaced = diagonal + (byte == second ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(replaced, row[column] + 1, diagonal + 1)
            }
        }
        return row[other.count]
    }
}

/// Names of people's accounts.
enum UserName {
    /// Why `name` cannot be an administrator's, or nil.
    ///
    /// Source: useradd(8) of Fedora, whose pattern this is, without capitals and the final `$` of machines' accounts.
    static func problem(_ name: String) -> String? {
        let bytes = Array(name.utf8)
        guard let first = bytes.first, isLower(first) || first == UInt8(ascii: "_"),
            bytes.allSatisfy({ isLower($0) || isDigit($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") })
        else {
            return "\(quoted(name)) is no user name: a letter a-z, then letters, digits, - and _"
        }
        // utmp has 32 bytes for a name; one is left for the end.
        guard bytes.count <= 31 else { return "\(quoted(name)) is longer than 31 characters" }
        guard !reserved.contains(name), !name.hasPrefix("systemd-"), !name.hasPrefix("untochat") else {
            return "\(quoted(name)) is an account or a group of the system: choose another"
        }
        return nil
    }

    private static func isLower(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    /// Users and groups of Fedora's packages setup, basesystem and those that we install; a user gets a group of his name.
    private static let reserved: Set<String> = [
        "root", "bin", "daemon", "sys", "adm", "tty", "disk", "lp", "mem", "kmem", "wheel", "cdrom", "mail", "uucp",
        "man", "dialout", "floppy", "games", "tape", "video", "ftp", "lock", "audio", "users", "utmp", "utempter",
        "input", "kvm", "render", "sgx", "clock", "sync", "shutdown", "halt", "operator", "gopher", "nobody", "dbus",
        "polkitd", "tss", "sshd", "ssh_keys", "chrony", "rpc", "rpcuser", "avahi", "toranon", "ngircdus", "lightdm",
        "pulse", "rtkit", "colord", "dnsmasq", "unbound", "setroubleshoot", "apache", "ntp", "pcp", "printadmin",
    ]
}

/// Names of disks.
enum DiskName {
    /// Why `name` cannot be the disk to install on, or nil.
    static func problem(_ name: String) -> String? {
        if name == "auto" { return nil }
        let rest = name.utf8.dropFirst(5)
        // It goes into a script: nothing that a shell would read as more than a word.
        let isPlain = rest.allSatisfy {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        }
        guard name.hasPrefix("/dev/"), !rest.isEmpty, rest.count <= 16, isPlain else {
            return "\(quoted(name)) is no disk: auto, or a name such as /dev/vda"
        }
        return nil
    }
}
