import Foundation
import IRCConformance
import IRCHarness
import Testing

private let isIntegration = ProcessInfo.processInfo.environment["UNTOCHAT_INTEGRATION"] == "1"

/// The cases against the server that NGIRCDUS_BINARY names. With ngircd in its place they show what ngircd lacks.
@Suite(.serialized, .enabled(if: isIntegration))
struct ConformanceTests {
    @Test("the server does as the specifications say", arguments: ConformanceCase.all)
    func conforms(_ item: ConformanceCase) throws {
        do {
            try item.run(on: .underTest())
        } catch {
            Issue.record("\(item): \(error)")
        }
    }

    @Test("a case that ngircd is known to fail does fail on ngircd, so the cases can fail")
    func canFail() throws {
        let item = try #require(ConformanceCase.all.first { $0.section == "IRCv3 echo-message" })
        #expect(throws: HarnessError.self) { try item.run(on: .find("ngircd")) }
    }
}

struct ConformanceListTests {
    @Test("no two cases have the same name")
    func unique() {
        let names = ConformanceCase.all.map(\.description)
        #expect(Set(names).count == names.count)
    }
}
