import Foundation
import IRCHarness
import Testing

private let environment = ProcessInfo.processInfo.environment

/// irssius beside the irssi of the distribution: the same is typed into both, the same comes from their servers, and they
/// must show the same, character by character and colour by colour, but for what intended-differences.txt lists.
@Suite(.serialized, .enabled(if: environment["UNTOCHAT_INTEGRATION"] == "1"))
struct ScreenTests {
    @Test("irssius shows what irssi shows, except for the intended differences")
    func sameAsIrssi() throws {
        let intended = try IntendedDifferences.beside(#filePath)
        let formats = try FormatTable.beside(#filePath)
        try Stage(.scripted, intended, formats: formats, hasClock: true).play(Scenes.time)
        try Stage(.scripted, intended, formats: formats, hasClock: true).play(Scenes.outForAWhile)
        try Stage(.scripted, intended, formats: formats, hasClock: true).play(Scenes.lag)
        try Stage(.scripted, intended, formats: formats).play(Scenes.settings)
        try Stage(.scripted, intended, formats: formats).play(Scenes.scripted)
        for server in [try ServerProgram.underTest(), try .find("ngircd")] {
            try Stage(.real(server, .conversational), intended, formats: formats).play(Scenes.server)
        }
        #expect(intended.unused == [], "these differences were not seen")
        #expect(formats.unseen == [], "no scene shows these lines")
    }
}
