import Foundation
import PackageAudit
import ReleaseSupport
import SystemPackage
import Testing

@Suite("Declarations and targets")
struct DataFileTests {
    /// The tree that this test was compiled from.
    private let tree = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()

    private func declaration(_ name: String) throws -> ComponentDeclaration {
        let file = "specs/\(name).yaml"
        return try ComponentDeclaration(yaml: Files.text(tree.appending(file)), file: file)
    }

    private func target(_ name: String) throws -> TargetCapabilities {
        let file = "rpmbuild/targets/\(name).yaml"
        return try TargetCapabilities(yaml: Files.text(tree.appending(file)), file: file)
    }

    @Test("untosh may weigh 128 KiB and need three libraries")
    func untosh() throws {
        let component = try declaration("untosh")
        #expect(component.name == "untosh" && component.embedded && component.dependencies.isEmpty)
        #expect(!component.publicKey && component.sources.contains("Sources/untosh"))
        let binary = try #require(component.binaries["/opt/bin/untosh"])
        #expect(component.binaries.count == 1 && binary.sizeLimit == 128 * 1024 && binary.unfortified.isEmpty)
        #expect(binary.needs == ["libc.so.6", "libm.so.6", "libselinux.so.1", "ld-linux-x86-64.so.2"])
    }

    @Test("untochat-release carries the key and no program")
    func release() throws {
        let component = try declaration("untochat-release")
        #expect(component.publicKey && component.binaries.isEmpty && !component.embedded)
    }

    @Test("each Fedora has what untosh links to", arguments: ["fedora-44", "fedora-45"])
    func targets(name: String) throws {
        let target = try target(name)
        #expect(target.name == name)
        for library in try declaration("untosh").binaries["/opt/bin/untosh"]?.needs ?? [] {
            #expect(target.libraries[library] != nil, "\(library)")
        }
        #expect(target.has("GLIBC_2.34", in: "libc.so.6") && target.has("LIBSELINUX_1.0", in: "libselinux.so.1"))
        #expect(target.has("CRYPTSETUP_2.4", in: "libcryptsetup.so.12"))
        #expect(!target.has("GLIBC_PRIVATE", in: "libc.so.6"))
    }

    @Test("a program linked to Debian's ncurses is not for Fedora", arguments: ["fedora-44", "fedora-45"])
    func ncurses(name: String) throws {
        #expect(try !target(name).has("NCURSES6_TINFO_5.0.19991023", in: "libtinfo.so.6"))
    }

    @Test(
        "a mistake in a declaration is an error that names file and key",
        arguments: [
            ("sources: [a]\nembeded: true", "unknown key 'embeded'"),
            ("sources: [a]\nbinaries: {/x: {needs: [], limit: 3}}", "unknown key 'binaries./x.limit'"),
            ("embedded: true", "the key 'sources' is missing"),
            ("sources: a", "'sources' must be a list of texts"),
            ("sources: [a]\nembedded: 1", "'embedded' must be true or false"),
            ("sources: [a]\nbinaries: {/x: {sizeLimit: 3}}", "the key 'binaries./x.needs' is missing"),
            ("sources: [a]\nbinaries: {/x: {needs: [], sizeLimit: -1}}", "must be a whole number above 0"),
            ("sources: [a]\nbinaries: {x: {needs: []}}", "'x' in 'binaries' must be an absolute path"),
            ("sources: [../secret]", "'../secret' in 'sources' must be a path inside the tree"),
            ("sources: [/etc/passwd]", "must be a path inside the tree"),
            ("- a", "the file must be a mapping"), ("", "the file is empty"), ("a: [", "not valid YAML"),
            ("sources: [a]\nsources: [b]", "not valid YAML"),
        ])
    func mistakes(yaml: String, message: String) {
        let error = #expect(throws: ReleaseError.self) { try ComponentDeclaration(yaml: yaml, file: "specs/x.yaml") }
        #expect(error?.what.hasPrefix("specs/x.yaml: ") == true)
        #expect(error?.what.contains(message) == true, "\(String(describing: error))")
    }

    @Test("a mistake in a target file is an error too")
    func targetMistakes() {
        for yaml in ["libraries: {}", "interpreter: /x", "interpreter: /x\nlibraries: {}\nmore: 1"] {
            #expect(throws: ReleaseError.self) { try TargetCapabilities(yaml: yaml, file: "t.yaml") }
        }
    }
}
