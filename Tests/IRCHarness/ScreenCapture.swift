import Foundation

/// What a terminal shows: characters with their colours, and where the cursor is.
public struct ScreenCapture: Equatable, Sendable {
    public struct Place: Equatable, Sendable {
        public let column: Int
        public let row: Int
    }

    public let rows: [CapturedRow]
    public let cursor: Place

    /// - Parameter lines: As `tmux capture-pane -e` writes them: text between sequences that set colours (ECMA-48, SGR).
    init(lines: [String], cursor: Place) {
        self.cursor = cursor
        var style = CapturedStyle()
        rows = lines.map { CapturedRow(captured: $0, style: &style) }
    }

    /// Without colours and without spaces at the ends of rows.
    public var text: String { rows.map { $0.text + "\n" }.joined() }
}

/// A row, in which two equal ones look the same on the screen and the other way round.
public struct CapturedRow: Equatable, Sendable {
    /// The characters, without spaces at the end.
    public let text: String
    /// The characters with `{…}` before each change of style, which `CapturedStyle.name` writes; `{{` is a brace. Spaces at
    /// the end are left out where they look like nothing.
    public let markup: String

    init(captured: String, style: inout CapturedStyle) {
        var text = ""
        var markup = ""
        var shown = CapturedStyle()
        // What looks like nothing counts only when something comes after it.
        var blanks = ""
        var scalars = Substring(captured).unicodeScalars
        while let scalar = scalars.popFirst() {
            if scalar == "\u{1B}", scalars.first == "[" {
                let sequence = scalars.dropFirst().prefix { !("@"..."~").contains($0) }
                scalars = scalars[sequence.endIndex...].dropFirst()
                style.apply(String(sequence).split(separator: ";").compactMap { Int($0) })
                continue
            }
            text.unicodeScalars.append(scalar)
            let seen = scalar == " " ? style.ofBlank : style
            if scalar == " ", seen == CapturedStyle() {
                blanks += " "
                continue
            }
            if !blanks.isEmpty {
                if shown != CapturedStyle() { markup += "{}" }
                shown = CapturedStyle()
                markup += blanks
                blanks = ""
            }
            if seen != shown { markup += "{\(seen.name)}" }
            shown = seen
            markup.unicodeScalars.append(scalar)
            if scalar == "{" { markup += "{" }
        }
        self.text = String(text.reversed().drop { $0 == " " }.reversed())
        self.markup = markup
    }
}

/// How a character looks.
struct CapturedStyle: Equatable, Sendable {
    /// Codes 1 to 9 of SGR that are on.
    var attributes: Set<Int> = []
    /// "" for the terminal's own; else as SGR names it: 30 to 37, 90 to 97, or `38:5:N`.
    var foreground = ""
    var background = ""

    /// The parts of it that a space shows.
    var ofBlank: CapturedStyle {
        CapturedStyle(
            attributes: attributes.intersection([4, 7, 9]), foreground: attributes.contains(7) ? foreground : "",
            background: background)
    }

    /// `1;93;44` for bold, bright yellow on blue; nothing for a plain character.
    var name: String {
        (attributes.sorted().map(String.init) + [foreground, background].filter { !$0.isEmpty }).joined(separator: ";")
    }

    mutating func apply(_ codes: [Int]) {
        var rest = codes.isEmpty ? [0] : codes[...]
        while let code = rest.popFirst() {
            switch code {
            case 0: self = CapturedStyle()
            case 1...9: attributes.insert(code)
            case 22: attributes.subtract([1, 2])
            case 23...29: attributes.remove(code - 20)
            case 30...37, 90...97: foreground = "\(code)"
            case 39: foreground = ""
            case 40...47, 100...107: background = "\(code)"
            case 49: background = ""
            case 38, 48:
                guard rest.popFirst() == 5, let colour = rest.popFirst() else { return }
                let name =
                    colour < 16 ? "\((colour < 8 ? 30 : 82) + colour + code - 38)" : "\(code):5:\(colour)"
                if code == 38 { foreground = name } else { background = name }
            default: break
            }
        }
    }
}
