import Foundation

/// A server process with a folder, a port and a configuration of its own. It ends with this object, and also when the
/// test that started it dies.
public final class RunningServer {
    public let program: ServerProgram
    public let port: UInt16
    public private(set) var identifier: Int32 = 0
    private let folder: URL
    private let shell = Process()
    private let leash = Pipe()

    /// What goes before a program in the arguments of env: it gets every signal. The threads that tests run on block
    /// most, and a program that they start inherits that.
    public static let withSignals = ["--default-signal"]

    // The server ends when the leash, standard input, is let go: by `stop`, or because the test is no more.
    private static let script = """
        log=$1; shift
        "$@" </dev/null >"$log" 2>&1 &
        echo $!
        read -r _
        kill -s KILL $! 2>/dev/null
        """

    /// - Parameter port: Where one ran before that shall be back; else any free one.
    public init(
        _ program: ServerProgram, _ settings: ServerSettings = ServerSettings(), port: UInt16? = nil
    ) throws {
        self.program = program
        self.port = try port ?? RunningServer.freePort()
        folder = FileManager.default.temporaryDirectory.appending(path: "irc-harness-\(UUID().uuidString)")
        // A server that drops its privileges must still be able to read its files again.
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        try Data("Hello\nto all\n".utf8).write(to: folder.appending(path: "motd"))
        let file = folder.appending(path: "\(program.kind.rawValue).conf")
        try Data(settings.text(for: program.kind, port: self.port, folder: folder.path).utf8).write(to: file)
        let output = Pipe()
        shell.executableURL = URL(filePath: "/usr/bin/env")
        shell.arguments =
            RunningServer.withSignals + [
                "sh", "-c", RunningServer.script, "sh", folder.appending(path: "log").path, program.path,
            ]
            + program.arguments(configuration: file.path)
        shell.standardInput = leash
        shell.standardOutput = output
        try shell.run()
        let answer = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        identifier = Int32(answer.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
        try waitUntilItListens()
    }

    deinit { stop() }

    public func stop() {
        guard shell.isRunning else { return }
        try? leash.fileHandleForWriting.close()
        shell.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
    }

    public func connect() throws -> IRCConnection { try IRCConnection(port: port) }

    public func signal(_ number: Int32) { kill(identifier, number) }

    public var log: String {
        (try? String(contentsOf: folder.appending(path: "log"), encoding: .utf8)) ?? ""
    }

    /// Writes the configuration anew, for a rehash.
    public func reconfigure(_ settings: ServerSettings) throws {
        let file = folder.appending(path: "\(program.kind.rawValue).conf")
        try Data(settings.text(for: program.kind, port: port, folder: folder.path).utf8).write(to: file)
    }

    /// Servers announce readiness each in its own way, so the kernel is asked whether the port is listened on: a
    /// connection made to find out would be counted by the server. The pause is between looks at a thing that has no
    /// event, and two milliseconds long.
    private func waitUntilItListens() throws {
        let end = Date(timeIntervalSinceNow: IRCConnection.patience)
        while end.timeIntervalSinceNow > 0, kill(identifier, 0) == 0 {
            if try isListening() { return }
            usleep(2000)
        }
        let words = log
        stop()
        throw HarnessError("\(program.path) does not listen on port \(port):\n\(words)")
    }

    private func isListening() throws -> Bool {
        // proc(5): address and port in hexadecimal, the bytes of the address reversed; 0A is LISTEN.
        let digits = String(port, radix: 16, uppercase: true)
        let wanted = "0100007F:" + String(repeating: "0", count: 4 - digits.count) + digits
        return try String(contentsOfFile: "/proc/net/tcp", encoding: .utf8).split(separator: "\n").contains { line in
            let fields = line.split(separator: " ")
            return fields.count > 3 && fields[1] == wanted && fields[3] == "0A"
        }
    }

    private static func freePort() throws -> UInt16 {
        let probe = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(probe) }
        guard IRCConnection.withLoopback(0, { bind(probe, $0, $1) }) == 0, let port = IRCConnection.port(of: probe)
        else {
            throw HarnessError("no free port: \(String(cString: strerror(errno)))")
        }
        return port
    }
}
