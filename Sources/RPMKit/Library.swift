import CRPM
import Synchronization

/// librpm as a whole: its configuration is one per process and none of it may be entered by two threads, so every use
/// goes through `use`, which also reads the configuration first.
enum Library {
    private static let state = Mutex(State())

    private struct State {
        var configured = false
    }

    /// Runs `body` alone in librpm.
    static func use<Result>(_ body: () throws -> Result) throws -> Result {
        try state.withLock { state in
            if !state.configured {
                guard rpmReadConfigFiles(nil, nil) == 0 else { throw RPMError("librpm cannot read its configuration") }
                state.configured = true
            }
            return try body()
        }
    }

    /// What `name` expands to, or the text itself where nothing does.
    static func expand(_ text: String) -> String? {
        var expanded: UnsafeMutablePointer<CChar>?
        guard rpmExpandMacros(nil, text, &expanded, 0) >= 0, let expanded else { return nil }
        defer { free(expanded) }
        return String(cString: expanded)
    }

    /// Runs `body` with librpm's messages collected instead of printed.
    static func collectingMessages<Result>(_ body: () throws -> Result) rethrows -> (Result, String) {
        let collector = MessageCollector()
        let previous = rpmlogSetCallback(
            { record, context in
                guard let context, let text = rpmlogRecMessage(record) else { return 0 }
                Unmanaged<MessageCollector>.fromOpaque(context).takeUnretainedValue().text += String(cString: text)
                return 0
            }, Unmanaged.passUnretained(collector).toOpaque())
        defer { rpmlogSetCallback(previous, nil) }
        let result = try withExtendedLifetime(collector) { try body() }
        return (result, collector.text)
    }
}

private final class MessageCollector {
    var text = ""
}

extension String {
    var trimmed: String {
        var text = Substring(self)
        while let last = text.last, last.isWhitespace { text.removeLast() }
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        return String(text)
    }
}
