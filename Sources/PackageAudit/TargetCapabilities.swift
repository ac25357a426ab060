import StrictYAML

/// Which libraries and version nodes a target distribution has: the file `rpmbuild/targets/NAME.yaml`.
///
/// A node with a number (`GLIBC_2.43`) stands for itself and every lower number under the same name; a node without
/// (`GLIBC_ABI_DT_RELR`) stands for itself alone.
public struct TargetCapabilities: Codable, Equatable, Sendable {
    /// The target's name: that of the file.
    public let name: String
    /// The dynamic linker that a program may ask for.
    public let interpreter: String
    /// Version nodes by soname. A library without version nodes has an empty list.
    public let libraries: [String: [String]]

    /// Reads the text of `file`. Unknown keys, missing keys and wrong types are errors that name file and key.
    public init(yaml: String, file: String) throws {
        let top = try StrictMapping(yaml: yaml, file: file)
        try top.allow(only: ["interpreter", "libraries"])
        name = stem(file)
        interpreter = try top.required("interpreter", top.string("interpreter"))
        let declared = try top.required("libraries", top.mapping("libraries"))
        var libraries: [String: [String]] = [:]
        for soname in declared.keys { libraries[soname] = try declared.strings(soname) }
        self.libraries = libraries
    }

    /// Whether the target's `library` has the version `node`.
    public func has(_ node: String, in library: String) -> Bool {
        let wanted = VersionNode(node)
        return libraries[library]?.contains { VersionNode($0).covers(wanted) } ?? false
    }
}

/// `GLIBC_2.34` taken apart.
struct VersionNode: Equatable {
    let name: String
    /// Empty where the node ends in no number.
    let number: [Int]

    init(_ text: String) {
        let parts = text.split(separator: "_", omittingEmptySubsequences: false)
        let number = parts.last?.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) } ?? []
        if parts.count > 1, number.allSatisfy({ $0 != nil }) {
            self.name = parts.dropLast().joined(separator: "_")
            self.number = number.compactMap(\.self)
        } else {
            self.name = text
            self.number = []
        }
    }

    /// Whether a library that has this node also has `other`.
    func covers(_ other: VersionNode) -> Bool {
        guard name == other.name, number.isEmpty == other.number.isEmpty else { return false }
        return !number.lexicographicallyPrecedes(other.number)
    }
}
