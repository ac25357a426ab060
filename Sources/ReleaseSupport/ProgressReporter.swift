import Foundation
import SystemPackage

/// Tells a user how far a release is: on a terminal one line a component, redrawn in place with its stage and seconds,
/// otherwise a plain line at each step. Progress goes to standard error; results are others' business.
///
/// Not called `Progress`, which Foundation has taken.
public actor ProgressReporter {
    /// How to write.
    public struct Style: Sendable, Equatable {
        /// Whether lines are redrawn in place.
        public var redraws: Bool
        /// Whether outcomes are coloured.
        public var colours: Bool

        /// Chooses both by hand.
        public init(redraws: Bool, colours: Bool) {
            self.redraws = redraws
            self.colours = colours
        }

        /// One line a step, no escape sequence.
        public static let plain = Style(redraws: false, colours: false)

        /// What suits standard error and the environment: NO_COLOR takes colours away, TERM=dumb everything.
        public static func detect() -> Style {
            choose(isTerminal: isatty(STDERR_FILENO) == 1, environment: ProcessInfo.processInfo.environment)
        }

        static func choose(isTerminal: Bool, environment: [String: String]) -> Style {
            let terminal = environment["TERM"] ?? "dumb"
            guard isTerminal, terminal != "dumb", !terminal.isEmpty else { return .plain }
            // https://no-color.org: present and not empty.
            return Style(redraws: true, colours: environment["NO_COLOR", default: ""].isEmpty)
        }
    }

    private let style: Style
    private let write: @Sendable (String) -> Void
    private let began = ContinuousClock.now
    private var lines = ProgressLines()
    private var drawn = 0
    private var clock: Task<Void, Never>?

    /// Reports to standard error.
    public init(style: Style) {
        self.init(style: style) { text in
            // A reader that has gone away is no reason to stop a release.
            _ = try? FileDescriptor.standardError.writeAll(text.utf8)
        }
    }

    init(style: Style, write: @escaping @Sendable (String) -> Void) {
        self.style = style
        self.write = write
    }

    deinit { clock?.cancel() }

    /// `component` starts, or goes on to its next stage.
    public func start(_ component: String, _ stage: Stage) {
        lines.start(component, stage, at: now)
        if style.redraws {
            draw([])
            startClock()
        } else {
            write("\(component): \(stage.rawValue)\n")
        }
    }

    /// `component` is done; `note` says more, for example "unchanged".
    public func finish(_ component: String, note: String? = nil) {
        let took = lines.end(component, at: now)?.took ?? .zero
        let more = note.map { " (\(ProgressLines.printable($0)))" } ?? ""
        end("\(component): \(coloured("done", 32)) in \(ProgressLines.seconds(took))\(more)")
    }

    /// `component` has failed. The whole story goes into `summary(_:_:)`, at the end.
    public func fail(_ component: String, _ error: ReleaseError) {
        let took = lines.end(component, at: now)?.took ?? .zero
        end("\(component): \(coloured("FAILED", 31)) in \(error.stage.rawValue) after \(ProgressLines.seconds(took))")
    }

    /// A line that stays, for example a warning.
    public func say(_ text: String) { end(ProgressLines.printable(text)) }

    /// Ends the report with each failure in full: the last lines of its log, the log's path and the hint.
    public func summary(_ failures: [(component: String, error: ReleaseError)], logLines: Int = 15) {
        close()
        for (component, error) in failures {
            let tail = error.log.flatMap { try? Self.lastLines(of: $0, count: logLines) } ?? []
            var text = ProgressLines.failure(component, error, logTail: tail)
            text[0] = coloured(text[0], 31)
            write("\n" + text.joined(separator: "\n") + "\n")
        }
    }

    /// Ends the report: nothing is redrawn any more, and what still runs is forgotten.
    public func close() {
        clock?.cancel()
        clock = nil
        for component in lines.components { _ = lines.end(component, at: now) }
        if style.redraws { draw([]) }
    }

    // MARK: - Drawing

    private var now: Duration { ContinuousClock.now - began }

    private func end(_ line: String) {
        if style.redraws { draw([line]) } else { write(line + "\n") }
        if lines.components.isEmpty {
            clock?.cancel()
            clock = nil
        }
    }

    private func draw(_ permanent: [String]) {
        let (columns, rows) = Self.terminalSize()
        let block = lines.block(at: now, columns: columns, rows: max(rows - 1, 1))
        guard drawn > 0 || !permanent.isEmpty || !block.isEmpty else { return }
        write(ProgressLines.redraw(drawn: drawn, permanent: permanent, block: block))
        drawn = block.count
    }

    private func startClock() {
        guard clock == nil else { return }
        clock = Task { [weak self] in
            while (try? await Task.sleep(for: .seconds(1))) != nil {
                guard let self else { return }
                await self.draw([])
            }
        }
    }

    private func coloured(_ text: String, _ colour: Int) -> String {
        style.colours ? "\u{1b}[\(colour)m\(text)\u{1b}[0m" : text
    }

    private static func terminalSize() -> (columns: Int, rows: Int) {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return (80, 24)
        }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// The last lines of a file, from its last 64 KiB: a log can be long.
    private static func lastLines(of path: FilePath, count: Int) throws -> [String] {
        let file = try FileDescriptor.open(path, .readOnly)
        return try file.closeAfter {
            let start = max(try file.seek(offset: 0, from: .end) - (64 << 10), 0)
            var bytes = [UInt8](repeating: 0, count: 64 << 10)
            let read = try bytes.withUnsafeMutableBytes { try file.read(fromAbsoluteOffset: start, into: $0) }
            let text = String(decoding: bytes.prefix(read), as: UTF8.self)
            return text.split(separator: "\n").suffix(count).map(String.init)
        }
    }
}
