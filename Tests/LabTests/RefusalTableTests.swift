import Foundation
import Lab
import ReleaseSupport
import SystemPackage
import Testing

@Suite("The table of what ssh can ask for")
struct RefusalTableTests {
    private static let documentation = FilePath(#filePath).removingLastComponent().removingLastComponent()
        .removingLastComponent().appending("docs/server.md")

    @Test("names a promise of the lab's in every row, and every refusal that the lab tries")
    func complete() throws {
        let text = try Files.text(Self.documentation)
        let table = try #require(text.split(separator: "### ").first { $0.hasPrefix("What ssh can ask for") })
        let named = table.matches(of: /\| `([A-Za-z-]+)` \|\n/).map { String($0.output.1) }
        #expect(named.count == table.split(separator: "\n").count { $0.hasPrefix("| ") } - 1)
        let promises = Set(LabPromises.chapters.flatMap(\.promises).map(\.id))
        #expect(Set(named).subtracting(promises) == [])
        let refusals = promises.filter { $0.hasPrefix("refuse-") && $0 != "refuse-fail" }
        #expect(refusals.count > 10)
        #expect(refusals.subtracting(named) == [])
    }
}
