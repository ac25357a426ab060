import CTestHarness
import Foundation
import IRCHarness
import TerminalFixtures
import TestNumbers
import Testing

/// A network of its own: a loopback device on which the port that irssius is built for is free.
final class Network {
    let descriptor: Int32

    init() throws {
        descriptor = harness_make_network()
        guard descriptor >= 0 else { throw HarnessError("network namespace") }
    }

    deinit { close(descriptor) }

    /// The chat server in it, which sees the accounts of the sandbox and asks the kernel who connects.
    func chatServer(for sandbox: Sandbox) throws -> RunningServer {
        var settings = ServerSettings.conversational
        settings.isAnonymous = true
        settings.identifiesUsers = true
        // The one account that does not chat.
        settings.globals = ["ServerUID = tester", "ServerGID = tester"]
        return try RunningServer(
            .underTest(), settings, port: 6667,
            behind: [
                "nsenter", "--net=/proc/\(getpid())/fd/\(descriptor)", "unshare", "--mount", "sh", "-c",
                "mount --bind \"$0/passwd\" /etc/passwd && mount --bind \"$0/group\" /etc/group && exec \"$@\"",
                sandbox.root + "/etc",
            ])
    }
}

/// What must be there besides the two programs.
private let hasServer = ProcessInfo.processInfo.environment["NGIRCDUS_BINARY"] != nil

extension Irssius {
    /// Logs in by untosh, whose `chat` starts irssius, with at most three processes; once it has joined.
    private func chat(_ sandbox: Sandbox, _ network: Network, _ name: String, _ uid: UInt32) throws -> ChatScreen {
        var options = Options()
        options.user = name
        options.home = "/home/" + name
        options.users = [uid, uid, uid]
        options.groups = options.users
        options.network = network.descriptor
        options.limit = (6, 3)
        let login = try Login(sandbox, options)
        guard login.expect("\(name)> ") != nil else { throw HarnessError("no prompt: " + login.rest()) }
        login.type("chat\n")
        let screen = try ChatScreen(login)
        try screen.shows("Connected as \(name)")
        login.type("/join #lobby\r")
        try screen.shows("[#lobby]")
        return screen
    }

    /// untosh where a login finds it and irssius behind it. untosh gives it nothing of the environment, so a script says the
    /// context.
    private func machine() throws -> Sandbox {
        let sandbox = try Sandbox()
        try FileManager.default.createDirectory(atPath: sandbox.root + "/opt/chat", withIntermediateDirectories: false)
        try sandbox.copy(#require(Program.irssius.test), to: "opt/chat/irssius")
        try FileManager.default.removeItem(atPath: sandbox.root + "/opt/bin/irssius")
        try sandbox.write(
            "opt/bin/irssius",
            "#!/bin/sh\nexec env UNTOCHAT_TEST_CONTEXT=\(Program.irssius.context) /opt/chat/irssius\n", mode: 0o755)
        return sandbox
    }

    @Test(
        "two accounts log in, chat in a channel and in private, and outlive a restart of the server",
        .enabled(if: hasServer, "set NGIRCDUS_BINARY"))
    func conversation() throws {
        let sandbox = try machine()
        let (silver, gold) = (try sandbox.add("silver"), try sandbox.add("gold"))
        let network = try Network()
        let server = try network.chatServer(for: sandbox)
        let one = try chat(sandbox, network, "silver", silver)
        let other = try chat(sandbox, network, "gold", gold)
        try one.shows("gold has joined #lobby")

        one.login.type("good evening to all\r")
        try other.shows("silver> good evening to all")
        other.login.type("/msg silver just for you\r")
        try one.shows("[Act: 3]")
        one.login.type("/query gold\r")
        try one.shows("<gold> just for you")
        // The kernel says who somebody is, and the account what they are called.
        one.login.type("/whois gold\r\u{1B}1")
        try one.shows("ircname  : Gold")
        try one.shows("End of WHOIS")

        server.stop()
        try one.shows("Connection lost")
        let again = try network.chatServer(for: sandbox)
        for screen in [one, other] { screen.login.type("\u{1B}2/clear\r") }
        for screen in [one, other] { try screen.shows("[Users #lobby]", within: 60) }
        one.login.type("back again\r")
        try other.shows("silver> back again")

        for (screen, name) in [(one, "silver"), (other, "gold")] {
            #expect(screen.terminal.violations == [])
            screen.login.type("/quit\r")
            #expect(screen.login.expect("\(name)> ") != nil)
            screen.login.type("exit\n")
            #expect(screen.login.exit() == .code(0))
        }
        again.stop()
    }

    @Test(
        "a server that says anything at all gets nothing but the painter's sequences onto the terminal, and no second line sent"
    )
    func hostileServer() throws {
        let network = try Network()
        let listener = harness_listen(network.descriptor, 6667)
        defer { close(listener) }
        let sandbox = try Irssius.sandbox()
        var options = Options(.irssius)
        options.network = network.descriptor
        let screen = try ChatScreen(try Login(sandbox, options))
        let server = harness_accept(listener, 10_000)
        try #require(server >= 0)
        defer { close(server) }

        func say(_ bytes: [UInt8]) throws {
            var left = bytes[...]
            while !left.isEmpty {
                let count = left.withUnsafeBytes { send(server, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                guard count > 0 else { throw HarnessError("the client is gone") }
                left = left.dropFirst(count)
                screen.collect()
            }
        }
        try say(Array(":irc 001 tester :x\r\n".utf8))
        try say(Array(":tester!u@h JOIN #test\r\n".utf8))
        try screen.shows("[Act: 2]")
        screen.login.type("\u{1B}2")
        try screen.shows("[#test]")
        var numbers = SeededNumbers(seed: 2026)
        for round in 0..<2000 {
            let form =
                [
                    "PRIVMSG #test :", "PRIVMSG tester :", "TOPIC #test :", "QUIT :", "NICK ", "332 tester #test :",
                    "999 ",
                ].randomElement(using: &numbers) ?? ""
            let line = numbers.hostileText(atMost: 200).filter { $0 != 10 && $0 != 13 }
            try say(Array(":n\(round % 50)!u@h \(form)".utf8) + line + [13, 10])
        }
        try say(Array(":last!u@h PRIVMSG #test :the end of it\r\n".utf8))
        try screen.shows("the end of it")
        #expect(screen.terminal.violations == [])

        var answers = [UInt8](repeating: 0, count: 1 << 20)
        let count = recv(server, &answers, answers.count, Int32(MSG_DONTWAIT))
        let lines = String(decoding: answers.prefix(max(0, count)), as: UTF8.self).split(separator: "\r\n")
        let commands = Set(lines.map { $0.prefix { $0 != " " } })
        #expect(commands.isSubset(of: ["CAP", "NICK", "USER", "MODE", "WHO", "PONG", "JOIN", "PING"]), "\(commands)")
        screen.login.type("/quit\r")
        #expect(screen.login.exit() == .code(0))
    }
}
