import CChatDaemon
import Glibc

/// What the administrator is told. Never an address, a nick or a word of a user: whoever reads the log of a seized
/// machine must not learn who talked when.
struct Log: Sendable {
    enum Destination: Sendable { case standardError, system }

    let destination: Destination
    /// Whether lines begin with the mark by which the journal tells how serious they are (sd-daemon(3)).
    let marksSeverity: Bool

    /// Standard error while there is somebody who reads it; the system's log in the background.
    init(isInBackground: Bool, environment: ProcessEnvironment) {
        destination = isInBackground ? .system : .standardError
        marksSeverity = environment["JOURNAL_STREAM"] != nil
        if isInBackground { chatd_log_open("ngircdus") }
    }

    func notice(_ text: String) { write(text, isSerious: false) }
    func failure(_ text: String) { write(text, isSerious: true) }

    private func write(_ text: String, isSerious: Bool) {
        switch destination {
        case .system: chatd_log(isSerious, text)
        case .standardError:
            let mark = marksSeverity ? (isSerious ? "<3>" : "<5>") : "ngircdus: "
            let line = Array("\(mark)\(text)\n".utf8)
            _ = Glibc.write(2, line, line.count)
        }
    }
}
