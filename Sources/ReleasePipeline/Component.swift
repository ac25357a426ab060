public import PackageAudit
import RPMKit
import ReleaseSupport
public import SystemPackage

/// One thing a release consists of: a spec and its declaration, found by their names.
public struct Component: Sendable {
    /// The name of the spec and of the declaration.
    public let name: String
    /// What `specs/NAME.yaml` says.
    public let declaration: ComponentDeclaration
    /// The spec.
    public let spec: FilePath

    /// All components of `tree`, or those named.
    public static func load(from tree: SourceTree, only wanted: [String] = []) throws -> [Component] {
        let names = try Files.names(in: tree.specs).filter { $0.hasSuffix(".spec") }.map { String($0.dropLast(5)) }
        for name in wanted where !names.contains(name) {
            throw Misuse("no component is called \(name)", hint: "there are: \(names.joined(separator: ", "))")
        }
        return try names.filter { wanted.isEmpty || wanted.contains($0) }.map { name in
            let file = tree.specs.appending("\(name).yaml")
            guard Files.exists(file) else {
                throw ReleaseError(
                    .setup, "specs/\(name).spec has no specs/\(name).yaml beside it",
                    hint: "say there which sources it is made of and which libraries its programs may need")
            }
            return Component(
                name: name, declaration: try ComponentDeclaration(yaml: Files.text(file), file: "specs/\(name).yaml"),
                spec: tree.specs.appending("\(name).spec"))
        }
    }

    /// The paths in the tree that decide what the component's packages contain, relative to the top.
    func inputs(_ target: Target) -> [String] {
        declaration.sources + [
            "specs/\(name).spec", "specs/\(name).yaml", "rpmbuild/macros/\(Hardening.file)",
            "rpmbuild/macros/\(target.family).macros", "rpmbuild/macros/\(target.name).macros",
        ]
    }
}

/// The macro file with the compiler's flags; it travels in every source package.
enum Hardening {
    static let file = "hardening.macros"
}

/// The packages that one build of a component made.
public struct BuiltPackages: Sendable {
    public let component: Component
    /// Unsigned binary packages.
    public let binaries: [FilePath]
    /// The unsigned source package.
    public let source: FilePath
    /// BUILDTIME of all of them, in seconds since 1970.
    public let epoch: Int
    /// Whether nothing had to be built.
    public let reused: Bool

    /// The source package, then the binary ones.
    public var all: [FilePath] { [source] + binaries }
}
