import Foundation
import IRCHarness

/// A program in a terminal of tmux: lines are typed into it, and what its screen shows can be waited for.
final class Terminal {
    private let socket = "irc-client-\(UUID().uuidString)"
    private let changes: Int32

    /// - Parameter folder: For a pipe that says when the screen changes.
    init(_ folder: URL, columns: Int, rows: Int, _ command: String) throws {
        let fifo = folder.appending(path: "screen").path
        guard mkfifo(fifo, 0o600) == 0 else { throw HarnessError("mkfifo: \(String(cString: strerror(errno)))") }
        // Open for writing too, so that the end of a writer is not an end.
        changes = open(fifo, O_RDWR | O_NONBLOCK | O_CLOEXEC)
        try tmux(
            "new-session", "-d", "-x", "\(columns)", "-y", "\(rows)",
            "LC_ALL=C.UTF-8 timeout --foreground 300 \(command)")
        try tmux("pipe-pane", "cat >'\(fifo)'")
    }

    func close() {
        _ = try? tmux("kill-server")
        Glibc.close(changes)
    }

    func type(_ line: String) throws {
        try tmux("send-keys", "-l", line)
        try tmux("send-keys", "Enter")
    }

    /// What it shows, as text, without the time of day.
    var screen: String {
        get throws {
            try tmux("capture-pane", "-p", "-J")
                .replacing(/[0-9]{2}:[0-9]{2}(:[0-9]{2})?/, with: "--:--").replacing(/\ +\n/, with: "\n")
        }
    }

    func waitToShow(_ text: String) throws {
        let end = Date(timeIntervalSinceNow: IRCConnection.patience)
        while true {
            // The screen is looked at after everything that has changed it so far was taken from the pipe, so that the
            // next change wakes us.
            var buffer = [UInt8](repeating: 0, count: 64 << 10)
            while read(changes, &buffer, buffer.count) > 0 {}
            let shown = try screen
            if shown.contains(text) { return }
            guard end.timeIntervalSinceNow > 0 else {
                throw HarnessError("the screen does not show \(text):\n\(shown)")
            }
            var request = pollfd(fd: changes, events: Int16(POLLIN), revents: 0)
            poll(&request, 1, Int32(max(0, end.timeIntervalSinceNow) * 1000))
        }
    }

    // tmux leaves a server behind. Were it to inherit what Foundation watches for the end of a process by, that process
    // would never seem to end.
    private static let withoutInheritance = """
        for file in /proc/$$/fd/*; do
            number=${file##*/}
            ((number < 3)) || eval "exec $number>&-"
        done
        exec tmux "$@" 2>/dev/null
        """

    @discardableResult
    private func tmux(_ arguments: String...) throws -> String {
        try ClientFolder.run(
            "bash", ["-c", Terminal.withoutInheritance, "bash", "-u", "-L", socket, "-f", "/dev/null"] + arguments)
    }
}
