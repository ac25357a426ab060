/// What a release looks like while it runs, as text. Pure: time comes in, lines go out.
///
/// Lines of components that have ended are printed once and stay; below them one line for each that runs is redrawn
/// in place.
struct ProgressLines {
    private var running: [(component: String, stage: Stage, since: Duration, stageSince: Duration)] = []

    /// The components that run, in the order in which they started.
    var components: [String] { running.map(\.component) }

    /// A component starts, or goes on to its next stage.
    mutating func start(_ component: String, _ stage: Stage, at now: Duration) {
        if let index = running.firstIndex(where: { $0.component == component }) {
            running[index].stage = stage
            running[index].stageSince = now
        } else {
            running.append((component, stage, now, now))
        }
    }

    /// A component ends.
    /// - Returns: its last stage and how long it took; nil when it was not running.
    mutating func end(_ component: String, at now: Duration) -> (stage: Stage, took: Duration)? {
        guard let index = running.firstIndex(where: { $0.component == component }) else { return nil }
        let entry = running.remove(at: index)
        return (entry.stage, now - entry.since)
    }

    /// The lines to redraw: one a running component, cut to `columns`, at most `rows` of them.
    func block(at now: Duration, columns: Int, rows: Int) -> [String] {
        let width = running.map(\.component.count).max() ?? 0
        var lines = running.map { entry in
            let name = entry.component + String(repeating: " ", count: width - entry.component.count)
            return "\(name)  \(entry.stage.rawValue)  \(Self.seconds(now - entry.stageSince, digits: 0))"
        }
        if lines.count > rows {
            let hidden = lines.count - rows + 1
            lines = lines.prefix(rows - 1) + ["… and \(hidden) more"]
        }
        return lines.map { Self.cut($0, columns: columns) }
    }

    /// `text` in `columns` columns at most. One column a character: names here are ASCII.
    static func cut(_ text: String, columns: Int) -> String {
        text.count <= columns ? text : text.prefix(max(columns - 1, 0)) + "…"
    }

    /// `4.2 s`, `12 s`, `3 min 7 s`.
    static func seconds(_ duration: Duration, digits: Int = 1) -> String {
        let (whole, rest) = duration.components
        if whole >= 60 { return "\(whole / 60) min \(whole % 60) s" }
        return digits == 0 ? "\(whole) s" : "\(whole).\(rest / 100_000_000_000_000_000) s"
    }

    /// The escape sequences that take `drawn` lines away, print `permanent` and draw `block` below.
    ///
    /// Wrapping is off meanwhile: a line that the terminal breaks in two would not be taken away whole when the window
    /// has become narrower.
    static func redraw(drawn: Int, permanent: [String], block: [String]) -> String {
        var text = drawn > 0 ? "\u{1b}[\(drawn)A\r\u{1b}[J" : ""
        for line in permanent { text += line + "\n" }
        guard !block.isEmpty else { return text }
        return text + "\u{1b}[?7l" + block.map { $0 + "\n" }.joined() + "\u{1b}[?7h"
    }

    /// What a user reads when a component has failed: where, what, the end of its log, the log, and what to do.
    static func failure(_ component: String, _ error: ReleaseError, logTail: [String]) -> [String] {
        var lines = ["\(component): failed in \(error.stage.rawValue): \(printable(error.what, keepLines: true))"]
        lines += logTail.map { "    | " + printable($0) }
        if let log = error.log { lines.append("  log: \(printable(log.string))") }
        if let hint = error.hint { lines.append("  hint: \(printable(hint))") }
        return lines
    }

    /// `text` without what a terminal would obey: compilers and packages write into logs.
    static func printable(_ text: some StringProtocol, keepLines: Bool = false) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control where scalar == "\t" || (keepLines && scalar == "\n"): result.unicodeScalars.append(scalar)
            case .control, .format, .lineSeparator, .paragraphSeparator: result += "?"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
