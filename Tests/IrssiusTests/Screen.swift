import Foundation
import IRCHarness
import Testing

enum Tools {
    static let areThere = Terminal.isThere && LocalProgram.find("ngircd") != nil
    static let why: Comment = "needs tmux and ngircd"
}

/// irssius, or another client, on a terminal.
final class Screen {
    static let irssius = LocalProgram.built("irssius")
    let home: String
    let terminal: Terminal
    var process: Int32 { terminal.process }

    /// Runs irssius, or the command that is given.
    init(columns: Int, rows: Int, port: UInt16 = 1, home: String? = nil, system: String = "", command: String? = nil)
        throws
    {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("irssius-test-\(UUID().uuidString)")
            .path
        self.home = home ?? folder
        try FileManager.default.createDirectory(atPath: self.home, withIntermediateDirectories: true)
        try system.write(toFile: self.home + "/system.conf", atomically: false, encoding: .utf8)
        let own = "\(Screen.irssius) --port \(port) --home \(self.home) --system \(self.home)/system.conf"
        terminal = try Terminal(columns: columns, rows: rows, command ?? own)
    }

    deinit {
        terminal.close()
        try? FileManager.default.removeItem(atPath: home)
    }

    func type(_ text: String) throws { try terminal.type(text) }
    func key(_ name: String) throws { try terminal.key(name) }
    func resize(columns: Int, rows: Int) throws { try terminal.resize(columns: columns, rows: rows) }

    /// The rows, without spaces at their ends.
    var rows: [String] { get throws { try terminal.screen.rows.map(\.text) } }

    /// Waits until a text is seen.
    func waits(for text: String, seconds: Double = 20) -> Bool {
        waits(seconds: seconds) { $0.contains { $0.contains(text) } }
    }

    func waits(seconds: Double = 20, until isTrue: ([String]) -> Bool) -> Bool {
        (try? terminal.wait("it", seconds: seconds) { isTrue($0.rows.map(\.text)) }) != nil
    }

    /// Waits until the program has ended.
    func ends() throws -> Bool { try terminal.ends() }
}

extension RunningServer {
    /// Debian's ngircd.
    static func ngircd(port: UInt16? = nil) throws -> RunningServer {
        var settings = ServerSettings()
        settings.limits = ["MaxNickLength = 16"]
        return try RunningServer(.find("ngircd"), settings, port: port)
    }
}
