import Foundation
import IRCHarness

/// One of the two programs, its server, and the others on it.
final class Side {
    enum Program: String { case irssi, irssius }

    let program: Program
    let terminal: Terminal
    private let home: URL
    private let scripted: ScriptedServer?
    private let real: RunningServer?
    private let clock: TestClock?
    private var peers: [String: IRCConnection] = [:]

    init(
        _ program: Program, _ kind: Stage.Kind, options: String = "", size: (columns: Int, rows: Int) = Stage.size,
        hasClock: Bool = false
    ) throws {
        self.program = program
        home = FileManager.default.temporaryDirectory.appending(path: "irc-screen-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
        switch kind {
        case .scripted: (scripted, real) = (try ScriptedServer(), nil)
        case .real(let server, let settings): (scripted, real) = (nil, try RunningServer(server, settings))
        }
        let port = scripted?.port ?? real?.port ?? 0
        let file = home.appending(path: "config")
        try Data(Side.configuration(program, port, options).utf8).write(to: file)
        let command =
            switch program {
            case .irssi: "timeout --foreground 1800 irssi --home '\(home.path)'"
            case .irssius:
                "\(LocalProgram.built("irssius")) --port \(port) --home '\(home.path)' --system '\(file.path)'"
            }
        clock = hasClock ? try TestClock(in: home) : nil
        terminal = try Terminal(
            columns: size.columns, rows: size.rows,
            [clock?.environment, command].compactMap(\.self).joined(separator: " "))
    }

    func end() {
        terminal.close()
        scripted?.stop()
        real?.stop()
        try? FileManager.default.removeItem(at: home)
    }

    /// The same for both, but for what one of them does not have: irssi is told where the server is, that it shall not
    /// wait between commands, and what irssius has built in.
    private static func configuration(_ program: Program, _ port: UInt16, _ options: String) -> String {
        let common = """
            channels = ( { name = "#test"; chatnet = "local"; autojoin = "yes"; } );
            \(options)

            """
        guard program == .irssi else { return common + "settings = { core = { nick = \"alice\"; }; };\n" }
        return common + """
            servers = ( { address = "127.0.0.1"; port = "\(port)"; autoconnect = "yes"; chatnet = "local"; } );
            chatnets = { local = { type = "IRC"; }; };
            aliases = {
              J = "join"; K = "kick"; M = "msg"; N = "names"; P = "part"; Q = "query"; T = "topic"; W = "who";
              WC = "window close"; WG = "window goto"; WI = "whois"; LAST = "lastlog"; LEAVE = "part"; BYE = "quit";
              EXIT = "quit"; SB = "scrollback"; SAY = "msg *"; WJOIN = "join -window"; WQUERY = "query -window";
            };
            settings = {
              core = { nick = "alice"; user_name = "alice"; real_name = "Alice"; };
              "irc/core" = { cmds_max_at_once = "1000"; cmd_queue_speed = "1msec"; usermode = ""; };
              "fe-text" = { paste_detect_time = "0"; paste_use_bracketed_mode = "yes"; };
              "fe-common/irc" = { group_multi_mode = "no"; };
            };

            """
    }

    func perform(_ step: Step) throws {
        switch step {
        case .server(let line): scripted?.say(line)
        case .peer(let nick, let line): try peer(nick).send(line)
        case .enter(let text): try terminal.type(text + "\n")
        case .clear: try terminal.type("/clear\n")
        case .type(let text): try terminal.type(text)
        case .key(let names): try terminal.key(names)
        case .bytes(let bytes): try terminal.send(bytes)
        case .resize(let columns, let rows): try terminal.resize(columns: columns, rows: rows)
        case .differs(let theirs, let ours): try terminal.wait(toShow: program == .irssi ? theirs : ours)
        case .down: scripted?.stop()
        case .deaf(let isDeaf): scripted?.isDeaf = isDeaf
        case .asked: try scripted?.waitUntilAsked()
        case .later(let seconds): try clock?.advance(seconds: seconds)
        case .said(let theirs, let ours):
            let said = try said()
            let lines = program == .irssius ? ours ?? theirs : theirs
            // irssi sends some of what it passes on as it was typed.
            guard said.map(Side.withLargeCommand) == lines else { throw ScreenError("\(program) has said \(said)") }
        case .heard(let line): try scripted?.wait(line) { Side.withLargeCommand($0.text) == line }
        case .forget: _ = try said()
        case .all(let steps): for step in steps { try perform(step) }
        case .shows, .input: break
        }
    }

    private static func withLargeCommand(_ line: String) -> String {
        let command = line.prefix { $0 != " " }
        return command.uppercased() + line.dropFirst(command.count)
    }

    /// What has been said to the scripted server since it was asked last.
    func said() throws -> [String] { try scripted?.everythingSaid() ?? [] }

    private func peer(_ nick: String) throws -> IRCConnection {
        if let known = peers[nick] { return known }
        guard let real else { throw ScreenError("the scripted server has no peers") }
        let connection = try real.connect()
        connection.send("NICK \(nick)")
        connection.send("USER \(nick) 0 * :R \(nick)")
        _ = try connection.wait(command: "376")
        peers[nick] = connection
        return connection
    }
}
