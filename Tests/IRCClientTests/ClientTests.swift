import Foundation
import IRCHarness
import Testing

private let environment = ProcessInfo.processInfo.environment

/// Clients that people use hold a conversation on the server that NGIRCDUS_BINARY names. At the other end is a connection
/// of the test, which sees what the clients really send.
@Suite(.serialized, .enabled(if: environment["UNTOCHAT_INTEGRATION"] == "1"))
struct ClientTests {
    @Test("irssi talks, listens and works a channel")
    func irssi() throws {
        let server = try RunningServer(.underTest(), .conversational)
        defer { server.stop() }
        let peer = try Peer(server)
        try peer.converse(with: Irssi(port: server.port, nick: "irina", channel: "#talk"), nick: "irina")
    }

    @Test("weechat talks, listens and works a channel")
    func weechat() throws {
        let server = try RunningServer(.underTest(), .conversational)
        defer { server.stop() }
        let peer = try Peer(server)
        try peer.converse(with: Weechat(port: server.port, nick: "wanda", channel: "#talk"), nick: "wanda")
    }

    /// UNTOCHAT_WRITE_SCREENS=1 writes docs/screens/ anew.
    @Test("irssi and weechat show each other's words, as docs/screens/ has them")
    func screens() throws {
        var settings = ServerSettings.conversational
        settings.isAnonymous = true
        settings.identifiesUsers = true
        let server = try RunningServer(.underTest(), settings)
        defer { server.stop() }
        let anna = try Irssi(port: server.port, nick: "anna", channel: "#talk", isPlain: true)
        try anna.waitToShow("Join to #talk was synced")
        let bela = try WeechatOnScreen(port: server.port, nick: "bela", channel: "#talk")
        try anna.waitToShow("bela")
        let words: [(speaker: any ChatProgram, listener: any ChatProgram, line: String, shown: String)] = [
            (anna, bela, "/topic what we talk about", "what we talk about"),
            (anna, bela, "hello, who is there?", "hello, who is there?"),
            (bela, anna, "it is me, and nobody knows where", "nobody knows where"),
            (anna, bela, "/me waves", "anna waves"),
            (bela, anna, "/me nods, žluťoučký kůň", "bela nods, žluťoučký kůň"),
            (anna, bela, "/voice bela", "bela"),
            (bela, anna, "the address that others see of us is the same for all", "the same for all"),
        ]
        for (speaker, listener, line, shown) in words {
            try speaker.type(line)
            try listener.waitToShow(shown)
            try speaker.waitToShow(shown)
        }
        for (name, screen) in [("irssi", try anna.screen), ("weechat", try bela.screen)] {
            let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().appending(path: "docs/screens/\(name).txt")
            if environment["UNTOCHAT_WRITE_SCREENS"] == "1" {
                try screen.write(to: file, atomically: true, encoding: .utf8)
            }
            let documented = try String(contentsOf: file, encoding: .utf8)
            for (_, _, _, shown) in words {
                #expect(screen.contains(shown) && documented.contains(shown), "\(name): \(shown)\n\(screen)")
            }
            for text in [screen, documented] { #expect(!text.contains("127.0.0.1"), "\(name):\n\(text)") }
        }
    }

    @Test("two users of the Python library irc hold their conversation")
    func python() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        let python = try pythonWithLibrary(root: folder.deletingLastPathComponent().deletingLastPathComponent())
        let server = try RunningServer(.underTest(), .conversational)
        defer { server.stop() }
        try ClientFolder.run(python, [folder.appending(path: "conversation.py").path, "\(server.port)"])
    }

    /// The distribution's Python where it has the library, which bootstrap/install sees to; else one of our own into which
    /// pip has put it.
    private func pythonWithLibrary(root: URL) throws -> String {
        for python in ["/usr/bin/python3", "python3"]
        where (try? ClientFolder.run(python, ["-c", "import irc.client"])) != nil {
            return python
        }
        let venv = root.appending(path: ".build/irc-client-venv").path
        let python = "\(venv)/bin/python"
        if (try? ClientFolder.run(python, ["-c", "import irc.client"])) != nil { return python }
        try ClientFolder.run("python3", ["-m", "venv", venv])
        try ClientFolder.run("\(venv)/bin/pip", ["install", "--quiet", "irc==20.5.0"])
        return python
    }
}

/// The other end of a conversation.
private struct Peer {
    private static let long = String(repeating: "příliš žluťoučký kůň úpěl ďábelské ódy ", count: 14) + "konec"

    private let connection: IRCConnection

    init(_ server: RunningServer) throws {
        connection = try server.connect()
        connection.send("NICK peer")
        connection.send("USER peer 0 * :Peer")
        _ = try connection.wait(command: "376")
    }

    private func wait(_ nick: String, _ command: String, _ text: String) throws {
        _ = try connection.wait("\(command) of \(nick) with \(text)") {
            $0.nick == nick && $0.command == command && $0.text.contains(text)
        }
    }

    func converse(with program: some ChatProgram, nick: String) throws {
        try meet(program, nick)
        try talk(program, nick)
        try work(program, nick)
        try leave(program, nick)
    }

    /// The program joins first, since it must be the operator: the peer is told of the channel by an invitation.
    private func meet(_ program: some ChatProgram, _ nick: String) throws {
        try program.waitToShow("#talk")
        try program.type("/invite peer #talk")
        try wait(nick, "INVITE", "#talk")
        connection.send("JOIN #talk")
        _ = try connection.wait(command: "366")
        try program.waitToShow("peer")
    }

    private func talk(_ program: some ChatProgram, _ nick: String) throws {
        try program.type("hello from a person")
        try wait(nick, "PRIVMSG", "hello from a person")
        connection.send("PRIVMSG #talk :hello, person")
        try program.waitToShow("hello, person")
        try program.type("/me waves")
        try wait(nick, "PRIVMSG", "ACTION waves")
        connection.send("PRIVMSG \(nick) :\u{1}VERSION\u{1}")
        try wait(nick, "NOTICE", "VERSION ")
        try program.type("/notice peer take note")
        try wait(nick, "NOTICE", "take note")
        // More than fits into a line: clients send it in parts.
        try program.type(Peer.long)
        var received = ""
        while !received.hasSuffix("konec") {
            received += try connection.wait("a part of the long text") { $0.command == "PRIVMSG" }.last
        }
        #expect(received.filter { $0 != " " } == Peer.long.filter { $0 != " " })
        connection.send("PRIVMSG #talk :\(Peer.long.suffix(200)) odtud")
        try program.waitToShow("odtud")
    }

    private func work(_ program: some ChatProgram, _ nick: String) throws {
        try program.type("/topic what we talk about")
        try wait(nick, "TOPIC", "what we talk about")
        try program.type("/voice peer")
        try wait(nick, "MODE", "+v peer")
        try program.type("/mode #talk +m")
        try wait(nick, "MODE", "+m")
        try program.type("/whois peer")
        try program.waitToShow("End of WHOIS")
        try program.type("/away lunch")
        // The answer to AWAY is the client's alone; the next line of it comes after.
        try program.type("gone")
        try wait(nick, "PRIVMSG", "gone")
        connection.send("PRIVMSG \(nick) :there?")
        let away = try connection.wait(command: "301")
        #expect(away.last == "lunch")
        try program.type("/nick \(nick)2")
        try wait(nick, "NICK", "\(nick)2")
    }

    private func leave(_ program: some ChatProgram, _ nick: String) throws {
        try program.type("/kick peer enough")
        try wait("\(nick)2", "KICK", "enough")
        connection.send("JOIN #talk")
        _ = try connection.wait(command: "366")
        try program.type("/part so long")
        try wait("\(nick)2", "PART", "#talk")
        try program.type("/quit")
    }
}
