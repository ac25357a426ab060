import Foundation
import IRCHarness
import Testing

private let environment = ProcessInfo.processInfo.environment

/// That irssius shows at every size what it shows at the size at which it is compared with irssi.
///
/// The scenes are played once more, by one irssius of each size, all at once: what the small ones show is the end of what
/// the largest shows, and so is the input line. After each scene every terminal takes the size of the next one.
@Suite(.serialized, .enabled(if: environment["UNTOCHAT_INTEGRATION"] == "1"))
struct EverySizeTests {
    @Test("every scene ends the same at every size and across changes of it")
    func everySize() throws {
        let settings = try SizedStage(.scripted)
        try settings.play(Scenes.settings)
        let scripted = try SizedStage(.scripted)
        try scripted.play(Scenes.scripted)
        let real = try SizedStage(.real(.underTest(), .conversational))
        try real.play(Scenes.server)
        #expect(settings.looks + scripted.looks + real.looks > 500)
    }

    @Test("a text that is not the end of the other, and one that is cut short, are found")
    func canFail() throws {
        let screen = { (rows: [String]) in SizedText(rows: ["topic"] + rows + ["bar", "[#test] input"]) }
        let whole = screen(["12:00 <bob> one two", "12:01 <bob> three four"])
        #expect(whole.continues(as: screen(["12:01 <bob> three", "            four"])))
        #expect(!whole.continues(as: screen(["12:01 <bob> three", "            five"])))
        #expect(!whole.continues(as: screen(["12:01 <bob> three"])))
        #expect(!whole.continues(as: screen([])))
    }
}

/// The text of a screen as far as no width has a part in it: without the spaces, which are what lines are wrapped by.
struct SizedText {
    let text: [UInt8]
    let input: String

    init(rows: [String]) {
        let middle = rows.count >= 4 ? rows.dropFirst().dropLast(2) : []
        var text: [UInt8] = []
        for row in middle {
            var bytes = Array(row.utf8)
            // The clock may go on between two screens.
            let isFirst = bytes.count > 5 && bytes[2] == UInt8(ascii: ":")
            if isFirst { bytes.removeFirst(5) }
            // The rule above what is new is as long as the window is wide, and a list of names has as many columns as fit.
            let isRule = bytes.allSatisfy { $0 == UInt8(ascii: "-") }
            let isList =
                isFirst && bytes.count > 2 && bytes[1] == UInt8(ascii: "[") && Array("@+ ".utf8).contains(bytes[2])
            if !isRule, !isList { text += bytes.filter { $0 != 0x20 } }
        }
        self.text = text
        input = rows.last ?? ""
    }

    init(_ screen: ScreenCapture) { self.init(rows: screen.rows.map(\.text)) }

    /// Whether a smaller screen shows the end of this text.
    func continues(as smaller: SizedText) -> Bool {
        text.isEmpty
            ? smaller.text.isEmpty : !smaller.text.isEmpty && text.suffix(smaller.text.count) == smaller.text[...]
    }
}

/// irssius alone, on terminals of all sizes.
final class SizedStage {
    static let sizes = [Stage.size, (80, 24), (100, 30), (40, 10), (20, 4)]
    private static let patience: TimeInterval = 8
    /// Here it is not the end of the text that is to be seen, or the scene changes the size itself.
    private static let left = Set(
        ["scrolling", "scrolling by a quarter", "scrollback"] + Scenes.sizes.map(\.name))
    private let sides: [Side]
    /// Which side has the first size.
    private var turn = 0
    /// How often all were compared.
    private(set) var looks = 0

    /// All have entered their channel.
    init(_ kind: Stage.Kind) throws {
        sides = try SizedStage.sizes.map { try Side(.irssius, kind, size: $0) }
        for side in sides { try side.terminal.wait("[Act: 2]", seconds: 30) { $0.text.contains("[Act: 2]") } }
    }

    deinit { for side in sides { side.end() } }

    private func size(of index: Int) -> (columns: Int, rows: Int) {
        SizedStage.sizes[(index + turn) % SizedStage.sizes.count]
    }

    /// Whose terminal has the first size.
    private var largest: Int {
        let count = SizedStage.sizes.count
        return (count - turn % count) % count
    }

    func play(_ scenes: [Scene]) throws {
        for scene in scenes where !SizedStage.left.contains(scene.name) {
            for (index, step) in scene.steps.enumerated() {
                do {
                    // Of what differs from irssi, lists have as many columns as fit.
                    if case .differs(_, let ours) = step {
                        try sides[largest].terminal.wait(toShow: ours)
                        letAllShow(ours)
                        continue
                    }
                    for side in sides { try side.perform(step) }
                    try look(after: step)
                } catch {
                    Issue.record("\(scene.name), step \(index + 1), \(step): \(error)")
                    guard !sides.contains(where: \.terminal.hasEnded) else {
                        throw ScreenError("an irssius has ended, or its tmux; the other scenes were not played")
                    }
                }
            }
            do {
                turn += 1
                for (index, side) in sides.enumerated() {
                    try side.terminal.resize(columns: size(of: index).columns, rows: size(of: index).rows)
                }
                for (index, side) in sides.enumerated() {
                    try side.terminal.wait("the size") { $0.rows.count == self.size(of: index).rows }
                }
            } catch {
                Issue.record("\(scene.name), a change of size: \(error)")
            }
        }
    }

    /// Lets all show something, as far as they have room for it.
    private func letAllShow(_ text: String) {
        for side in sides { _ = try? side.terminal.wait(text, seconds: 0.5) { $0.text.contains(text) } }
    }

    private func look(after step: Step) throws {
        switch step {
        case .clear: try agree { $0.rows.dropFirst().dropLast(2).allSatisfy { $0.text.isEmpty } }
        case .shows(let text):
            let parts = text.replacing("Irssi:", with: "Irssius:").split(separator: "--:--")
            // A window that is not there yet cannot be gone to.
            if text.hasPrefix("[Act") { letAllShow(text) }
            try agree { screen in
                let shown = screen.text
                return parts.allSatisfy { shown.contains($0) }
            }
        case .input(let text):
            let wanted = text.replacing("|", with: "", maxReplacements: 1).trimmingCharacters(in: .whitespaces)
            try agree { $0.rows.last?.text == wanted }
        default: break
        }
    }

    /// Waits until the largest shows what it must and each of the others the end of it.
    private func agree(where holds: (ScreenCapture) -> Bool) throws {
        looks += 1
        let end = Date(timeIntervalSinceNow: SizedStage.patience)
        for index in sides.indices where index != largest {
            while true {
                let whole = try sides[largest].terminal.screen
                let sized = try sides[index].terminal.screen
                let isThere = holds(whole)
                if isThere, isSame(sized, as: whole, columns: size(of: index).columns) { break }
                guard end.timeIntervalSinceNow > 0 else {
                    throw ScreenError("the largest shows\n\(whole.text)\nat \(size(of: index))\n\(sized.text)")
                }
                let late = sides[isThere ? index : largest].terminal
                _ = try late.awaitChange(until: min(end, Date(timeIntervalSinceNow: 0.02)))
            }
        }
    }

    private func isSame(_ sized: ScreenCapture, as whole: ScreenCapture, columns: Int) -> Bool {
        let (end, text) = (SizedText(sized), SizedText(whole))
        // A line that is longer than the largest is wide is never seen as a whole.
        let fits = CellWidth.of(text.input) < min(60, columns - 2)
        return text.continues(as: end) && (!fits || end.input == text.input)
    }
}
