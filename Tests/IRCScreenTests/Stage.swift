import Foundation
import IRCHarness
import Testing

/// irssi and irssius side by side. Each has a server of its own, of the same kind, on which the same things happen: so both
/// are alice, and their screens can be the same.
final class Stage {
    enum Kind {
        case scripted
        case real(ServerProgram, ServerSettings)
    }

    /// How long both may take to show the same. irssius sends ten lines at once and then one in 0.7 s, and the steps of a scene
    /// are faster than that.
    private static let patience: TimeInterval = 8
    /// The size at which a scene starts.
    static let size = (columns: 100, rows: 50)

    private let sides: [Side]
    private let intended: IntendedDifferences
    private let formats: FormatTable?
    private var scene = ""
    private var place = 0
    private(set) var compared = 0
    /// Differences that have been told: each is told once.
    private var told: Set<String> = []

    /// - Parameter formats: gets to see what irssius shows.
    init(
        _ kind: Kind, _ intended: IntendedDifferences, formats: FormatTable? = nil, options: String = "",
        hasClock: Bool = false
    ) throws {
        self.intended = intended
        self.formats = formats
        sides = try [.irssi, .irssius].map { try Side($0, kind, options: options, hasClock: hasClock) }
    }

    deinit { for side in sides { side.end() } }

    /// Plays scenes one after the other, and records what is different. Throws when one of the programs has ended.
    func play(_ scenes: [Scene]) throws {
        for scene in scenes {
            self.scene = scene.name
            for (index, step) in scene.steps.enumerated() {
                place = index + 1
                do {
                    try perform(step)
                } catch {
                    Issue.record("\(scene.name), step \(place), \(step): \(error)")
                    for side in sides where side.terminal.hasEnded {
                        throw ScreenError("\(side.program) has ended, or its tmux; the other scenes were not played")
                    }
                }
            }
        }
    }

    private func perform(_ step: Step) throws {
        for side in sides { try side.perform(step) }
        switch step {
        case .clear: try agree { $0.rows.isEmpty }
        case .shows(let text): try agree { $0.text.contains(text) }
        case .input(let text):
            let parts = text.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            try agree { screen in
                screen.input == parts.joined().trimmingCharacters(in: .whitespaces)
                    && screen.cursorColumn == CellWidth.of(parts[0])
            }
        default: break
        }
        for side in sides where side.program == .irssius {
            formats?.look(at: NormalScreen(try side.terminal.screen).text)
        }
    }

    /// Waits until both screens hold what they must and are the same, apart from what is intended.
    private func agree(where holds: (NormalScreen) -> Bool) throws {
        compared += 1
        let end = Date(timeIntervalSinceNow: Stage.patience)
        while true {
            let screens = try sides.map { NormalScreen(try $0.terminal.screen) }
            let missing = zip(sides, screens).filter { !holds($1) }.map {
                "\($0.program) does not show it:\n\($1.shortText)"
            }
            let different = Stage.difference(screens[0], screens[1], intended)
            if missing.isEmpty, different.allSatisfy(told.contains) { return }
            let soon = min(end, Date(timeIntervalSinceNow: 0.005))
            for side in sides { _ = try side.terminal.awaitChange(until: soon) }
            guard end.timeIntervalSinceNow > 0 else {
                let new = different.filter { told.insert($0).inserted }
                if missing.isEmpty, new.isEmpty { return }
                throw ScreenError((missing + new).joined(separator: "\n"))
            }
        }
    }

    /// The rows that only one of them shows, with its sign.
    static func difference(
        _ theirs: NormalScreen, _ ours: NormalScreen, _ intended: IntendedDifferences
    ) -> [String] {
        var lines: [String] = []
        for (one, other) in [(theirs.fixed, ours.fixed), (theirs.rows, ours.rows)] {
            var left = intended.comparable(one, ofIrssius: false)
            var right = intended.comparable(other, ofIrssius: true)
            // What is above may have been pushed out of a screen that is full, and not out of the other.
            if theirs.isFull || ours.isFull {
                let count = min(left.count, right.count)
                (left, right) = (left.suffix(count), right.suffix(count))
            }
            for change in right.difference(from: left) {
                switch change {
                case .remove(_, let row, _): lines.append("- " + row)
                case .insert(_, let row, _): lines.append("+ " + row)
                }
            }
        }
        return lines
    }
}

/// A screen without what says nothing: times, and the name of the program.
struct NormalScreen {
    /// Topic, bar, input line and cursor.
    let fixed: [String]
    /// The rows of text, down to the last one that is not empty.
    let rows: [String]
    /// Whether there is text down to the bar.
    let isFull: Bool
    /// Everything without colours.
    let text: String
    /// The input line without colours.
    let input: String
    let cursorColumn: Int

    init(_ screen: ScreenCapture) {
        let all = screen.rows.map { NormalScreen.normal($0.markup) }
        let isWhole = all.count >= 4
        cursorColumn = screen.cursor.column
        input = screen.rows.last?.text ?? ""
        text = screen.rows.map { NormalScreen.normal($0.text) }.joined(separator: "\n")
        fixed = [
            isWhole ? "topic: \(NormalScreen.filled(all[0]))" : "",
            "bar: \(NormalScreen.filled(all.dropLast().last ?? ""))", "input: \(all.last ?? "")",
            "cursor: \(screen.cursor.column)",
        ]
        isFull = isWhole && !(all.dropLast(2).last ?? "").isEmpty
        rows = isWhole ? Array(all.dropFirst().dropLast(2).reversed().drop { $0.isEmpty }.reversed()) : []
    }

    /// Without rows in which nothing is.
    var shortText: String {
        text.split(separator: "\n").filter { !$0.allSatisfy { $0 == " " } }.suffix(6).joined(separator: "\n")
    }

    /// The colour of a bar goes on to its end, which `~` stands for.
    private static func filled(_ row: String) -> String { row.replacing(/\ +$/, with: "~") }

    private static func normal(_ text: String) -> String {
        text.replacing(/\b[0-9]{2}:[0-9]{2}\b/, with: "--:--").replacing("Irssius:", with: "Irssi:")
            // Seconds, with hundredths or without.
            .replacing(/(Lag:(?:\{44\})? (?:\{37;44\})?)[0-9]+(?:\.[0-9]+)?/) { "\($0.1)N" }
    }
}

/// How many cells the texts of these tests take.
enum CellWidth {
    static func of(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { sum, scalar in
            switch scalar.value {
            case 0x300...0x36F: sum
            case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xFF00...0xFF60, 0x1F300...0x1FAFF: sum + 2
            default: sum + 1
            }
        }
    }
}
