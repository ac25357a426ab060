import ReleaseSupport
import StrictYAML

/// What a component says of itself beside its spec: the file `specs/NAME.yaml`. The spec is the source of name,
/// version and file list; this holds what a spec has no place for.
public struct ComponentDeclaration: Codable, Equatable, Sendable {
    /// What an ELF file of the component may ask for.
    public struct Binary: Codable, Equatable, Sendable {
        /// Sonames that may stand in DT_NEEDED.
        public let needs: [String]
        /// The most bytes the file may have.
        public let sizeLimit: UInt64?
        /// C functions that may be imported unfortified, because they come with the compiler's static runtime, which
        /// was built without _FORTIFY_SOURCE. Never for code of ours.
        public let unfortified: [String]
    }

    /// The component's name: that of the file.
    public let name: String
    /// Paths in the tree that go into the source tarball.
    public let sources: [String]
    /// Swift packages that travel in the source tarball.
    public let dependencies: [String]
    /// Whether the programs are Embedded Swift, and so hold no switch of the runtime.
    public let embedded: Bool
    /// ELF files by their path in the package. A component without any may contain none.
    public let binaries: [String: Binary]
    /// Whether the repository's public key is packaged.
    public let publicKey: Bool

    /// Reads the text of `file`. Unknown keys, missing keys and wrong types are errors that name file and key.
    public init(yaml: String, file: String) throws {
        let top = try StrictMapping(yaml: yaml, file: file)
        try top.allow(only: ["sources", "dependencies", "embedded", "binaries", "publicKey"])
        name = stem(file)
        sources = try top.required("sources", top.strings("sources"))
        dependencies = try top.strings("dependencies") ?? []
        embedded = try top.boolean("embedded") ?? false
        publicKey = try top.boolean("publicKey") ?? false
        var binaries: [String: Binary] = [:]
        if let declared = try top.mapping("binaries") {
            for path in declared.keys {
                guard path.hasPrefix("/") else {
                    throw ReleaseError(.setup, "\(file): '\(path)' in 'binaries' must be an absolute path")
                }
                binaries[path] = try Self.binary(declared.mapping(path), "binaries.\(path)", top)
            }
        }
        self.binaries = binaries
        // A path that climbs out of the tree would put something of the machine into a public tarball.
        for path in sources where path.hasPrefix("/") || path.split(separator: "/").contains("..") || path.isEmpty {
            throw ReleaseError(.setup, "\(file): '\(path)' in 'sources' must be a path inside the tree")
        }
    }

    private static func binary(_ entry: StrictMapping?, _ place: String, _ top: StrictMapping) throws -> Binary {
        let entry = try top.required(place, entry)
        try entry.allow(only: ["needs", "sizeLimit", "unfortified"])
        return Binary(
            needs: try entry.required("needs", entry.strings("needs")), sizeLimit: try entry.count("sizeLimit"),
            unfortified: try entry.strings("unfortified") ?? [])
    }
}

/// The file's name without folders and extension.
func stem(_ file: String) -> String {
    let name = file.split(separator: "/").last ?? ""
    return String(name.hasSuffix(".yaml") ? name.dropLast(5) : name)
}
