import Foundation
import Testing

/// A terminal in tmux, with a real irssi in it.
private final class Irssi {
    private let server: String
    private let home: URL

    static let isThere = ["/usr/bin/irssi", "/usr/bin/tmux"].allSatisfy(FileManager.default.isExecutableFile)

    init(nick: String, port: UInt16) throws {
        server = "chat-\(UUID().uuidString)"
        home = FileManager.default.temporaryDirectory.appendingPathComponent(server)
        try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
        try tmux(
            "-f", "/dev/null", "new-session", "-d", "-x", "100", "-y", "30",
            "irssi --home=\(home.path) --connect=127.0.0.1 --port=\(port) --nick=\(nick)")
    }

    deinit {
        // Without its terminal irssi would go on, and tmux wait for it.
        let panes = (try? tmux("list-panes", "-a", "-F", "#{pane_pid}")) ?? ""
        for pane in panes.split(separator: "\n").compactMap({ Int32($0) }) { kill(pane, SIGKILL) }
        _ = try? tmux("kill-server")
        try? FileManager.default.removeItem(at: home)
    }

    @discardableResult
    private func tmux(_ arguments: String...) throws -> String {
        let process = Process()
        let output = ["capture-pane", "list-panes"].contains(arguments.first) ? Pipe() : nil
        // The server that the first command starts stays, and would keep the descriptors by which Foundation sees the end.
        let close = #"for n in /proc/$$/fd/*; do n=${n##*/}; ((n > 2)) && eval "exec $n>&-"; done; exec tmux "$@""#
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", close, "tmux", "-L", server] + arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output ?? FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = output?.fileHandleForReading.readDataToEndOfFile() ?? Data()
        process.waitUntilExit()
        return String(decoding: text, as: UTF8.self)
    }

    func type(_ line: String) throws {
        try tmux("send-keys", "-l", line)
        try tmux("send-keys", "Enter")
    }

    /// Waits until the screen shows a text.
    func expect(_ text: String) throws {
        var screen = ""
        do {
            try waitUntil("the screen shows it", seconds: 20) {
                screen = try tmux("capture-pane", "-p")
                return screen.contains(text)
            }
        } catch {
            throw TestError(what: "no \(text) on:\n\(screen)")
        }
    }
}

@Suite("A real irssi", .enabled(if: Irssi.isThere, "irssi and tmux are not installed"))
struct IrssiTests {
    @Test("two of them talk, look at each other, and are told of the end")
    func conversation() throws {
        let daemon = try RunningDaemon("[Limits]\nMaxConnectionsUser = 0\n[Channel]\nName = #lobby\nTopic = Hello")
        let anna = try Irssi(nick: "anna", port: daemon.port)
        let bert = try Irssi(nick: "bert", port: daemon.port)
        // Everything before this irssi sends by itself, and takes its time.
        try anna.expect("Mode change")
        try bert.expect("Mode change")
        try anna.type("/join #lobby")
        try anna.expect("Topic for #lobby: Hello")
        try bert.type("/join #lobby")
        try anna.expect("bert [")
        try anna.type("Hello, Bert. Grüße 🙂")
        try bert.expect("anna> Hello, Bert. Grüße 🙂")
        try bert.type("/me waves")
        try anna.expect("* bert waves")
        try bert.type("/topic A new topic")
        try anna.expect("changed the topic of #lobby to: A new topic")
        try anna.type("/notice bert between us")
        try bert.type("/window 1")
        try bert.expect("between us")
        try anna.type("/whois bert")
        try anna.type("/window 1")
        try anna.expect("End of WHOIS")
        try anna.type("/window 2")
        try bert.type("/nick berta")
        try anna.expect("is now known as berta")
        kill(daemon.pid, SIGTERM)
        try anna.type("/window 1")
        try anna.expect("Server going down")
        #expect(try daemon.status() == 0)
    }
}
