import RPMKit

/// Why metadata is refused.
struct MetadataFault: Error, Equatable, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// `repomd.xml` as a value. Pure.
struct MetadataIndex: Equatable, Sendable {
    /// One metadata file that the index names.
    struct Entry: Equatable, Sendable {
        let type: String
        /// Relative to the folder that holds `repodata`.
        let path: String
        let digest: String
        let size: Int
        /// Digest and size after decompression.
        let openDigest: String
        let openSize: Int
    }

    /// In seconds since 1970: what `RepositoryMetadata.make` was told.
    let revision: Int
    let entries: [Entry]

    /// More than this, decompressed, is no metadata of ours: the index of a thousand packages has 2 MB.
    static let openSizeLimit = 32 << 20

    /// Reads `repomd.xml`. What it names must lie in `repodata`, and the three lists must be there, each once.
    init(parsing bytes: [UInt8]) throws {
        guard let root = MetadataElement.parse(bytes, root: "repomd") else {
            throw MetadataFault("it is not repository metadata")
        }
        guard let revision = root.onlyText("revision").flatMap({ Int($0) }), revision >= 0 else {
            throw MetadataFault("it has no revision")
        }
        self.revision = revision
        entries = try root.children.filter { $0.name == "data" }.map(Entry.init)
        guard entries.map(\.type).sorted() == ["filelists", "other", "primary"] else {
            throw MetadataFault("it does not name just filelists, other and primary")
        }
    }
}

extension MetadataIndex.Entry {
    fileprivate init(_ data: MetadataElement) throws {
        guard let type = data.attributes["type"], RepositoryLayout.isSafe(type) else {
            throw MetadataFault("an entry has no type")
        }
        func digest(_ name: String) throws -> String {
            guard data[name]?.attributes["type"] == "sha256", let text = data.onlyText(name), SHA256.isDigest(text)
            else { throw MetadataFault("\(type) has no SHA-256 \(name)") }
            return text
        }
        func number(_ name: String) throws -> Int {
            guard let number = data.onlyText(name).flatMap({ Int($0) }), number >= 0 else {
                throw MetadataFault("\(type) has no \(name)")
            }
            return number
        }
        let locations = data.children.filter { $0.name == "location" }
        guard locations.count == 1, Array(locations[0].attributes.keys) == ["href"],
            let path = locations[0].attributes["href"], RepositoryLayout.isSafe(path),
            path.hasPrefix("repodata/"), path.split(separator: "/").count == 2
        else { throw MetadataFault("\(type) has a location outside repodata") }
        let openSize = try number("open-size")
        guard openSize <= MetadataIndex.openSizeLimit else {
            throw MetadataFault("\(type) claims to unpack to \(openSize) bytes")
        }
        self.init(
            type: type, path: path, digest: try digest("checksum"), size: try number("size"),
            openDigest: try digest("open-checksum"), openSize: openSize)
    }
}

/// One package as `primary.xml` describes it. Pure.
struct IndexedPackage: Equatable, Sendable {
    let name: String
    let architecture: String
    /// The file beside `repodata`.
    let path: String
    let digest: String
    let size: Int

    /// Reads `primary.xml`. A package lies right in the folder under the name that its header gives it.
    static func parse(primary bytes: [UInt8], architectures: [String]) throws -> [IndexedPackage] {
        guard let root = MetadataElement.parse(bytes, root: "metadata") else {
            throw MetadataFault("it is not a list of packages")
        }
        let packages = try root.children.map { try IndexedPackage($0, architectures: architectures) }
        guard root.attributes["packages"] == "\(packages.count)" else {
            throw MetadataFault(
                "it holds \(packages.count) packages and claims \(root.attributes["packages"] ?? "none")")
        }
        guard Set(packages.map(\.path)).count == packages.count else { throw MetadataFault("it names a file twice") }
        return packages
    }

    /// Reads the digests in `filelists.xml` or `other.xml`, sorted: they must be those of `primary.xml`.
    static func digests(list bytes: [UInt8], root: String) throws -> [String] {
        guard let root = MetadataElement.parse(bytes, root: root) else {
            throw MetadataFault("it is not a list of packages")
        }
        return root.children.map { $0.attributes["pkgid"] ?? "" }.sorted()
    }

    private init(_ package: MetadataElement, architectures: [String]) throws {
        guard package.name == "package", package.attributes["type"] == "rpm", let name = package.onlyText("name"),
            RepositoryLayout.isSafe(name), let architecture = package.onlyText("arch")
        else { throw MetadataFault("an entry is no package") }
        guard architectures.contains(architecture) else {
            throw MetadataFault("\(name) is for \(architecture), which does not belong in this folder")
        }
        let locations = package.children.filter { $0.name == "location" }
        // xml:base would send dnf to another server.
        guard locations.count == 1, Array(locations[0].attributes.keys) == ["href"],
            let path = locations[0].attributes["href"], RepositoryLayout.isSafe(path), !path.contains("/"),
            let version = package["version"]?.attributes,
            path == "\(name)-\(version["ver"] ?? "")-\(version["rel"] ?? "").\(architecture).rpm"
        else { throw MetadataFault("\(name) has a location other than its own name") }
        guard package["checksum"]?.attributes == ["type": "sha256", "pkgid": "YES"],
            let digest = package.onlyText("checksum"), SHA256.isDigest(digest)
        else { throw MetadataFault("\(name) has no SHA-256 checksum") }
        guard let size = package["size"]?.attributes["package"].flatMap({ Int($0) }) else {
            throw MetadataFault("\(name) has no size")
        }
        self.name = name
        self.architecture = architecture
        self.path = path
        self.digest = digest
        self.size = size
    }
}
