import Foundation
import IRCHarness

/// A client that people use, run without a person: lines are typed into it, and what it shows can be waited for. It
/// ends with its object.
protocol ChatProgram {
    func type(_ line: String) throws
    /// Waits until it shows this text.
    func waitToShow(_ text: String) throws
}

/// irssi in a terminal.
final class Irssi: ChatProgram {
    private let home: URL
    private let terminal: Terminal

    /// - Parameter isPlain: Shows no times beside the lines, in a terminal of a usual size.
    init(port: UInt16, nick: String, channel: String, isPlain: Bool = false) throws {
        home = try ClientFolder.make()
        // Without irssi's own pauses between commands.
        var settings = #"settings = { "irc/core" = { cmd_queue_speed = "10msec"; cmds_max_at_once = "100"; }; };"#
        if isPlain {
            settings = #"""
                settings = {
                  core = { real_name = "Anna"; };
                  "irc/core" = { cmd_queue_speed = "10msec"; cmds_max_at_once = "100"; };
                  "fe-common/core" = { timestamps = "no"; };
                };
                """#
        }
        try Data((settings + "\n").utf8).write(to: home.appending(path: "config"))
        terminal = try Terminal(
            columns: isPlain ? 100 : 200, rows: isPlain ? 30 : 60,
            "timeout --foreground 300 irssi --home='\(home.path)' -c 127.0.0.1 -p \(port) -n \(nick)")
        // The message of the day is shown when the connection is complete.
        try waitToShow("Hello")
        // Everything in one window, unless it is to look as users have it.
        if !isPlain { try type("/window level -ALL") }
        try type("/join \(channel)")
    }

    deinit {
        terminal.close()
        try? FileManager.default.removeItem(at: home)
    }

    func type(_ line: String) throws { try terminal.type(line + "\n") }

    func waitToShow(_ text: String) throws { try terminal.wait(toShow: text) }

    var screen: String { get throws { try terminal.screen.withoutTimes } }
}

/// weechat in a terminal.
final class WeechatOnScreen: ChatProgram {
    private let home: URL
    private let terminal: Terminal

    init(port: UInt16, nick: String, channel: String) throws {
        home = try ClientFolder.make()
        let commands = [
            "/set weechat.look.buffer_time_format \"\"", "/set weechat.bar.status.items buffer_number,buffer_name",
            "/set weechat.bar.buflist.hidden on", "/set irc.look.display_join_message \"\"",
            "/set irc.look.smart_filter off", "/set weechat.look.highlight \"\"",
            "/server add test 127.0.0.1/\(port) -nicks=\(nick) -username=\(nick) -realname=Bela -autojoin=\(channel)",
            "/connect test",
        ]
        terminal = try Terminal(
            columns: 100, rows: 30,
            "timeout --foreground 300 weechat -d '\(home.path)' " + commands.map { "-r '\($0)'" }.joined(separator: " ")
        )
        try waitToShow("[\(nick)")
    }

    deinit {
        terminal.close()
        try? FileManager.default.removeItem(at: home)
    }

    func type(_ line: String) throws { try terminal.type(line + "\n") }

    func waitToShow(_ text: String) throws { try terminal.wait(toShow: text) }

    var screen: String { get throws { try terminal.screen.withoutTimes } }
}

/// weechat-headless: typed into through its FIFO, read in its log of the channel.
final class Weechat: ChatProgram {
    private let home: URL
    private let program = Process()
    private let log = Process()
    private let logged = Pipe()
    private let channel: String
    private var shown = ""

    init(port: UInt16, nick: String, channel: String) throws {
        self.channel = channel
        home = try ClientFolder.make()
        program.executableURL = URL(filePath: "/usr/bin/env")
        program.arguments =
            RunningServer.withSignals + [
                "weechat-headless", "-d", home.path,
                "-r", "/set fifo.file.path \(home.path)/fifo", "-r", "/set logger.file.flush_delay 0",
                "-r", "/set irc.server_default.anti_flood_prio_high 0",
                "-r", "/set irc.server_default.anti_flood_prio_low 0",
                "-r", "/set logger.file.mask $plugin.$name.log",
                "-r", "/server add test 127.0.0.1/\(port) -nicks=\(nick) -username=\(nick) -autojoin=\(channel)",
                "-r", "/connect test",
            ]
        program.standardInput = FileHandle.nullDevice
        program.standardOutput = FileHandle.nullDevice
        program.standardError = FileHandle.nullDevice
        try program.run()
        // tail tells of every line as it comes, and of files that are not there yet.
        log.executableURL = URL(filePath: "/usr/bin/env")
        log.arguments =
            ["tail", "--pid=\(program.processIdentifier)", "-n", "+1", "-F"]
            + ["irc.test.\(channel)", "irc.server.test"].map {
                "\(home.path)/logs/\($0).log"
            }
        log.standardOutput = logged
        log.standardError = FileHandle.nullDevice
        try log.run()
    }

    deinit {
        // tail ends when weechat does.
        kill(program.processIdentifier, SIGKILL)
        try? FileManager.default.removeItem(at: home)
    }

    func type(_ line: String) throws {
        // It is there since before the connection was made.
        let fifo = try FileHandle(forWritingTo: home.appending(path: "fifo"))
        try fifo.write(contentsOf: Data("irc.test.\(channel) *\(line)\n".utf8))
        try fifo.close()
    }

    func waitToShow(_ text: String) throws {
        let end = Date(timeIntervalSinceNow: IRCConnection.patience)
        let descriptor = logged.fileHandleForReading.fileDescriptor
        while !shown.contains(text) {
            var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard end.timeIntervalSinceNow > 0, poll(&request, 1, Int32(end.timeIntervalSinceNow * 1000) + 1) > 0 else {
                throw HarnessError("weechat does not show \(text):\n\(shown)")
            }
            shown += String(decoding: logged.fileHandleForReading.availableData, as: UTF8.self)
        }
    }
}

extension ScreenCapture {
    /// As text, without the time of day.
    var withoutTimes: String { text.replacing(/[0-9]{2}:[0-9]{2}(:[0-9]{2})?/, with: "--:--") }
}

/// What the clients' tests need of files and programs.
enum ClientFolder {
    static func make() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: "irc-client-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    /// Runs a program to its end and returns what it wrote; throws when it fails.
    @discardableResult
    static func run(_ program: String, _ arguments: [String]) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = RunningServer.withSignals + [program] + arguments
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw HarnessError(
                "\(program) \(arguments.joined(separator: " ")) ended with \(process.terminationStatus):\n\(text)")
        }
        return text
    }
}
