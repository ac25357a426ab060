import ReleaseSupport
import SystemPackage
import Testing

@testable import ReleasePipeline

private let root = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()

@Suite("Swift packages that travel in a source package") struct DependencyTests {
    @Test("each is named in one version, and that version is what is checked out here")
    func pinned() async throws {
        let manifest = try Files.text(root.appending("Package.swift"))
        let needed = try Set(Component.load(from: SourceTree(root: root)).flatMap(\.declaration.dependencies))
        #expect(!needed.isEmpty)
        for name in needed {
            let pin = try Regex("\"\(name)\": \"([0-9]+\\.[0-9]+\\.[0-9]+)\"", as: (Substring, Substring).self)
            let version = try #require(manifest.firstMatch(of: pin)?.output.1, "\(name) is not pinned")
            let checkout = root.appending(".build/checkouts/\(name)")
            let tags = try await Command("git", ["-C", checkout.string, "tag", "--points-at", "HEAD"]).output(.setup)
            #expect(tags.split(separator: "\n").contains(version), "\(name): \(tags)")
        }
    }
}
