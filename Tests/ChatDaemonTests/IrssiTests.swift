import Foundation
import IRCHarness
import Testing

/// A real irssi on a terminal.
private final class Irssi {
    private let terminal: Terminal
    private let home: URL

    static let isThere = Terminal.isThere && LocalProgram.find("irssi") != nil

    init(nick: String, port: UInt16) throws {
        home = FileManager.default.temporaryDirectory.appending(path: "chat-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
        terminal = try Terminal(
            columns: 100, rows: 30,
            "timeout --foreground 300 irssi --home=\(home.path) --connect=127.0.0.1 --port=\(port) --nick=\(nick)")
    }

    deinit {
        terminal.close()
        try? FileManager.default.removeItem(at: home)
    }

    func type(_ line: String) throws { try terminal.type(line + "\n") }

    func expect(_ text: String) throws { try terminal.wait(toShow: text) }
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
