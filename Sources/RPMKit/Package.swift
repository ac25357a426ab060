/// What the header of an RPM package says. A value: nothing is read after it is made.
///
/// Source: rpm 4.18, rpmtag.h.
public struct Package: Sendable, Equatable {
    /// Name, version and release as the header gives them.
    public let name: String
    public let version: String
    public let release: String
    /// `x86_64`, `noarch` …; for a source package the architecture it was made on.
    public let architecture: String
    /// Whether this is a source package.
    public let isSource: Bool
    /// The other string, string-array and integer tags by their lower-case name without `RPMTAG_` (`buildhost`,
    /// `vendor`, `packager`, `payloadcompressor` …), each as text.
    public let tags: [String: [String]]
    /// Every file in the package, in header order.
    public let files: [PackagedFile]
    /// Scriptlets by section name (`post`, `preun` …).
    public let scriptlets: [String: String]

    /// `untosh-1.0-1.fc45.x86_64`; a source package ends in `.src`.
    public var identifier: String { "\(name)-\(version)-\(release).\(isSource ? "src" : architecture)" }
    /// The name of the package's file.
    public var fileName: String { identifier + ".rpm" }
    /// The first value of a tag.
    public func tag(_ name: String) -> String? { tags[name]?.first }

    /// Makes the value; the reader and tests do.
    public init(
        name: String, version: String, release: String, architecture: String, isSource: Bool,
        tags: [String: [String]] = [:], files: [PackagedFile] = [], scriptlets: [String: String] = [:]
    ) {
        self.name = name
        self.version = version
        self.release = release
        self.architecture = architecture
        self.isSource = isSource
        self.tags = tags
        self.files = files
        self.scriptlets = scriptlets
    }
}

/// One file as a package's header describes it.
public struct PackagedFile: Sendable, Equatable {
    /// Absolute in a binary package; a bare name in a source package.
    public let path: String
    /// Type and permission bits, as in `st_mode`.
    public let mode: UInt16
    public let owner: String
    public let group: String
    /// In bytes.
    public let size: UInt64
    /// The digest in lower-case hexadecimal; empty for anything but a regular file.
    public let digest: String
    /// The target of a symbolic link, or empty.
    public let linkTarget: String
    /// File capabilities as text (`cap_net_raw=ep`), or empty.
    public let capabilities: String
    /// Whether the package only owns the name (%ghost): it is made on the server, and what a payload held would not be
    /// installed.
    public let isGhost: Bool

    /// Whether the mode says regular file.
    public var isRegular: Bool { mode & 0o170000 == 0o100000 }
    /// Whether the mode says symbolic link.
    public var isSymbolicLink: Bool { mode & 0o170000 == 0o120000 }
    /// Whether the mode says directory.
    public var isDirectory: Bool { mode & 0o170000 == 0o040000 }

    /// Makes the value; the reader and tests do.
    public init(
        path: String, mode: UInt16, owner: String = "root", group: String = "root", size: UInt64 = 0,
        digest: String = "", linkTarget: String = "", capabilities: String = "", isGhost: Bool = false
    ) {
        self.path = path
        self.mode = mode
        self.owner = owner
        self.group = group
        self.size = size
        self.digest = digest
        self.linkTarget = linkTarget
        self.capabilities = capabilities
        self.isGhost = isGhost
    }
}
