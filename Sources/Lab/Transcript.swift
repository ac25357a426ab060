import ReleaseSupport
import Synchronization

/// What to wait for in a transcript.
public enum Pattern: Sendable, CustomStringConvertible {
    /// This text, as it is.
    case text(String)
    /// Text that this regular expression finds.
    case regex(String)
    /// Text on the screen that this regular expression finds, whatever was painted to get it there.
    case screen(String)
    /// That nothing more will be said.
    case end

    public var description: String {
        switch self {
        case .text(let text): "\"\(text)\""
        case .regex(let expression): "/\(expression)/"
        case .screen(let expression): "/\(expression)/ on its screen"
        case .end: "that it has ended"
        }
    }

    /// Where `text` first fits, or nil.
    func range(in text: String) -> Range<String.Index>? {
        switch self {
        case .text(let wanted): text.firstRange(of: wanted)
        case .regex(let expression): (try? Regex(expression)).flatMap { text.firstRange(of: $0) }
        case .screen, .end: nil
        }
    }
}

/// What a console, a session or a monitor has said, and those who wait for it to say more.
///
/// Terminal controls are taken out before anything is compared: a coloured prompt is the prompt. What was waited for is
/// past; the next one to wait sees what came after it.
public final class Transcript: Sendable {
    private struct Waiter {
        let id: Int
        let pattern: Pattern
        let continuation: CheckedContinuation<String, any Error>
    }

    private struct State {
        /// Everything, as it came.
        var all: [UInt8] = []
        /// How much of `all` has been waited for.
        var past = 0
        var screen: Screen?
        var hasEnded = false
        var waiters: [Waiter] = []
        var nextID = 0
        var abandoned: Set<Int> = []
    }

    /// What it is of, for messages: "the console", "the session of silver".
    public let name: String
    private let state = Mutex(State())

    /// An empty transcript.
    public init(of name: String) { self.name = name }

    /// An empty transcript of a terminal.
    init(of name: String, columns: Int, rows: Int) {
        self.name = name
        state.withLock { $0.screen = Screen(columns: columns, rows: rows) }
    }

    /// What the terminal shows now.
    public var screen: String { state.withLock { $0.screen?.text ?? "" } }

    /// Adds what has been said.
    public func append(_ bytes: some Sequence<UInt8>) {
        state.withLock {
            $0.all += bytes
            $0.screen?.write(bytes)
            serve(&$0)
        }
    }

    /// Nothing more will be said.
    public func end() {
        state.withLock {
            $0.hasEnded = true
            serve(&$0)
        }
    }

    /// Whether nothing more will be said.
    public var hasEnded: Bool { state.withLock { $0.hasEnded } }

    /// All that was said, without terminal controls.
    public var text: String { state.withLock { Self.plain($0.all[...]) } }

    /// What was said since the last thing that was waited for.
    public var rest: String { state.withLock { Self.plain($0.all[$0.past...]) } }

    /// Waits until `pattern` has been said.
    ///
    /// - Returns: what was said up to there.
    /// - Throws: an error that quotes the last lines, when `limit` is over or nothing more will be said.
    @discardableResult
    public func expect(_ pattern: Pattern, within limit: Duration) async throws -> String {
        let id = state.withLock {
            $0.nextID += 1
            return $0.nextID
        }
        let timer = Task {
            try await Task.sleep(for: limit)
            self.fail(id, self.complaint("did not say \(pattern) within \(limit.components.seconds) s"))
        }
        defer { timer.cancel() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                state.withLock {
                    if $0.abandoned.remove(id) != nil { return continuation.resume(throwing: CancellationError()) }
                    $0.waiters.append(Waiter(id: id, pattern: pattern, continuation: continuation))
                    serve(&$0)
                }
            }
        } onCancel: {
            fail(id, CancellationError())
        }
    }

    private func serve(_ state: inout State) {
        while let waiter = state.waiters.first {
            let unread = Self.plain(state.all[state.past...])
            if case .screen(let expression) = waiter.pattern, let screen = state.screen?.text,
                let regex = try? Regex(expression), screen.firstRange(of: regex) != nil
            {
                state.waiters.removeFirst()
                // What was painted until now has been seen.
                state.past = state.all.count
                waiter.continuation.resume(returning: screen)
            } else if let found = waiter.pattern.range(in: unread) {
                // What follows the match stays to be read, as plain text.
                let following = Array(unread[found.upperBound...].utf8)
                state.all = Array(state.all[..<state.past]) + Array(unread[..<found.upperBound].utf8)
                state.past = state.all.count
                state.all += following
                state.waiters.removeFirst()
                waiter.continuation.resume(returning: String(unread[..<found.upperBound]))
            } else if state.hasEnded {
                state.waiters.removeFirst()
                if case .end = waiter.pattern {
                    waiter.continuation.resume(returning: unread)
                    continue
                }
                waiter.continuation.resume(
                    throwing: Self.error(name, "ended without saying \(waiter.pattern)", unread))
            } else {
                return
            }
        }
    }

    private func fail(_ id: Int, _ error: any Error) {
        let waiter = state.withLock { state -> Waiter? in
            guard let index = state.waiters.firstIndex(where: { $0.id == id }) else {
                state.abandoned.insert(id)
                return nil
            }
            return state.waiters.remove(at: index)
        }
        waiter?.continuation.resume(throwing: error)
    }

    private func complaint(_ what: String) -> ReleaseError {
        let screen = screen
        return Self.error(name, what, screen.allSatisfy(\.isWhitespace) ? rest : screen)
    }

    private static func error(_ name: String, _ what: String, _ said: String) -> ReleaseError {
        let last = said.split(whereSeparator: \.isNewline).suffix(12).joined(separator: "\n    ")
        return ReleaseError(.verify, "\(name) \(what); it said:\n    \(last)")
    }

    /// `bytes` as text without terminal controls and carriage returns; controls that are cut at the end, and half characters, stay as they are.
    ///
    /// Source: ECMA-48, 5.3 and 5.4.
    static func plain(_ bytes: ArraySlice<UInt8>) -> String {
        let escape: UInt8 = 0x1b
        let carriageReturn = UInt8(ascii: "\r")
        guard bytes.contains(where: { $0 == escape || $0 == carriageReturn }) else {
            return String(decoding: bytes, as: UTF8.self)
        }
        var result: [UInt8] = []
        var rest = bytes
        while let first = rest.first {
            guard first == escape, let length = controlLength(rest) else {
                // With it a line would end in a character that is not a newline to Swift.
                if first != carriageReturn { result.append(first) }
                rest = rest.dropFirst()
                continue
            }
            rest = rest.dropFirst(length)
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// How many bytes the control at the start of `bytes` has; nil when its end is not there yet.
    static func controlLength(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard let kind = bytes.dropFirst().first else { return nil }
        switch kind {
        case UInt8(ascii: "["):
            return bytes.dropFirst(2).firstIndex { (0x40...0x7e).contains($0) }.map { $0 - bytes.startIndex + 1 }
        case UInt8(ascii: "]"), UInt8(ascii: "P"):
            // Ends with BEL or with ESC \.
            guard let end = bytes.dropFirst(2).firstIndex(where: { $0 == 0x07 || $0 == 0x5c }) else { return nil }
            return end - bytes.startIndex + 1
        case UInt8(ascii: "("), UInt8(ascii: ")"): return bytes.count > 2 ? 3 : nil
        default: return 2
        }
    }
}
