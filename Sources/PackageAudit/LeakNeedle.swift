/// Something about the build machine that no package may hold.
public struct LeakNeedle: Codable, Equatable, Sendable {
    /// What the text is; its raw value is what messages call it.
    public enum Kind: String, Codable, Sendable {
        case buildFolder = "build folder"
        case home = "home folder"
        case user = "user name"
        case host = "host name"
        case timeZone = "time zone"

        /// Folders may go on with "/…"; the others must stand alone as words.
        var isFolder: Bool { self == .buildFolder || self == .home }
        /// What may be a word of any language.
        var isWord: Bool { self == .user || self == .host }
    }

    public let kind: Kind
    public let text: String

    init(_ kind: Kind, _ text: String) {
        self.kind = kind
        self.text = text
    }

    /// The needles worth searching for: names that are the same on thousands of machines are left out, because they
    /// tell nothing and would be found in innocent text.
    ///
    /// - Parameters:
    ///   - buildFolders: where the sources and the build output lie.
    ///   - home: HOME of whoever builds.
    ///   - user: the login name.
    ///   - host: the host name, with or without its domain.
    ///   - timeZone: its name in the zone database, for example `Europe/Berlin`.
    public static func needles(
        buildFolders: [String] = [], home: String? = nil, user: String? = nil, host: String? = nil,
        timeZone: String? = nil
    ) -> [LeakNeedle] {
        var found = buildFolders.map { LeakNeedle(.buildFolder, withoutSlash($0)) }
        if let home { found.append(LeakNeedle(.home, withoutSlash(home))) }
        if let user { found.append(LeakNeedle(.user, user)) }
        if let host {
            found.append(LeakNeedle(.host, host))
            if let short = host.split(separator: ".").first, short.count < host.count {
                found.append(LeakNeedle(.host, String(short)))
            }
        }
        if let timeZone { found.append(LeakNeedle(.timeZone, timeZone)) }
        var unique: [LeakNeedle] = []
        for needle in found where needle.isTelling && !unique.contains(needle) { unique.append(needle) }
        return unique
    }

    private var isTelling: Bool {
        switch kind {
        case .buildFolder, .home: text.count >= 4 && !Self.genericFolders.contains(text)
        case .user: text.count >= 3 && !Self.genericUsers.contains(text.lowercased())
        case .host: text.count >= 3 && !Self.genericHosts.contains(text.lowercased())
        // UTC and Etc/… are what a build machine should have; an abbreviation such as CET is too short to search for.
        case .timeZone: text.contains("/") && !text.hasPrefix("Etc/")
        }
    }

    // root's home is caught by LeakPattern where it can be told from innocent text: in programs and headers.
    private static let genericFolders: Set = [
        "/", "/bin", "/builddir", "/etc", "/home", "/nonexistent", "/opt", "/root", "/srv", "/tmp", "/usr", "/usr/src",
        "/var", "/var/empty", "/var/lib", "/var/tmp",
    ]
    private static let genericUsers: Set = [
        "admin", "build", "builder", "buildd", "centos", "debian", "dev", "docker", "fedora", "guest", "jenkins",
        "mock",
        "mockbuild", "nobody", "root", "runner", "swift", "test", "ubuntu", "untochat", "user", "vagrant",
    ]
    private static let genericHosts: Set = [
        "build", "builder", "buildhost", "debian", "docker", "fedora", "host", "localdomain", "localhost",
        "localhost.localdomain", "runner", "server", "test", "ubuntu", "untochat",
    ]

    private static func withoutSlash(_ path: String) -> String {
        path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    /// Where in `bytes` the needle first stands in a way that means something.
    func firstOccurrence(in bytes: [UInt8]) -> Int? {
        let needle = [UInt8](text.utf8)
        var isBinary: Bool?
        return ByteSearch.first(needle, in: bytes) { offset in
            if kind.isFolder { return ByteSearch.isFolder(at: offset, count: needle.count, in: bytes) }
            guard ByteSearch.isWord(at: offset, count: needle.count, in: bytes) else { return false }
            if isBinary == nil { isBinary = bytes.contains(0) }
            // A short name turns up by chance in machine code; in text and in a string of its own it does not.
            return isBinary == false || ByteSearch.isInText(at: offset, count: needle.count, in: bytes)
        }
    }
}

/// Places where only a build machine's things lie. For a stranger's audit, who knows neither the builder's name nor
/// folders; searched in ELF files and header strings alone, because man pages and documents may speak of such places.
enum LeakPattern {
    static let all = [
        "/home/", "/root/", "/Users/", "/builddir/", "/tmp/", "/var/tmp/", "/mnt/", "/media/", "/usr/src/",
        "/opt/swift", "/.build/", "/.build-", "/rpmbuild/", "/BUILDROOT/",
    ]

    /// The first of the patterns in `bytes`, outside the neutral folders.
    static func firstOccurrence(in bytes: [UInt8], outside neutralFolders: [String]) -> (pattern: String, offset: Int)?
    {
        let neutral = neutralFolders.map { [UInt8]($0.utf8) }
        for pattern in all {
            let needle = [UInt8](pattern.utf8)
            let offset = ByteSearch.first(needle, in: bytes) { offset in
                let end = offset + needle.count
                // "/tmp/" alone is a folder's name that any program may know; what lies below it is a trace.
                guard end < bytes.count, ByteSearch.isNameByte(bytes[end]) else { return false }
                let path = ByteSearch.pathAround(offset, in: bytes)
                return !neutral.contains { path.starts(with: $0) }
            }
            if let offset { return (pattern, offset) }
        }
        return nil
    }
}
