import CChatDaemon
import Foundation
import Testing

@testable import ChatDaemon

/// Programs that the tests start, beside the tests themselves.
enum Programs {
    static let folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    static let daemon = folder.appendingPathComponent("ngircdus").path
    static let probe = folder.appendingPathComponent("chat-probe").path
    static let isRoot = geteuid() == 0
    static let whyRoot: Comment = "only root can be several users"
}

struct TestError: Error { let what: String }

/// A daemon of a test's own, with a configuration of its own, ended with the test.
final class RunningDaemon {
    let process = Process()
    let port: UInt16
    let folder: URL
    private let errors: URL

    var configuration: URL { folder.appendingPathComponent("ngircdus.conf") }
    var socketPath: String { folder.appendingPathComponent("irc.sock").path }
    var pid: Int32 { process.processIdentifier }
    var messages: String { (try? String(contentsOf: errors, encoding: .utf8)) ?? "" }

    /// - Parameters:
    ///   - options: lines of [Options], [Limits] and more, after a [Global] section that every test shares.
    ///   - prefix: a program that starts the daemon, with its arguments.
    init(
        _ sections: String = "", global: String = "", listen: String? = nil, environment: [String: String] = [:],
        prefix: [String] = [], waits: Bool = true
    ) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("ngircdus-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path)
        errors = folder.appendingPathComponent("errors")
        port = try RunningDaemon.freePort()
        let listen = listen ?? "127.0.0.1, ::1, \(folder.path)/irc.sock"
        let text = """
            [Global]
            Name = irc.example.net
            Listen = \(listen)
            Ports = \(port)
            \(global)
            \(sections)
            """
        try Data(text.utf8).write(to: folder.appendingPathComponent("ngircdus.conf"))
        _ = FileManager.default.createFile(atPath: errors.path, contents: nil)
        let command = prefix + [Programs.daemon, "--nodaemon", "--config", configuration.path]
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        process.environment = ProcessInfo.processInfo.environment.merging(environment, uniquingKeysWith: { $1 })
        process.standardOutput = FileHandle.nullDevice
        process.standardError = try FileHandle(forWritingTo: errors)
        // The daemon closes connections while clients write to them.
        signal(SIGPIPE, SIG_IGN)
        try process.run()
        if waits { try waitUntil("the daemon is ready") { messages.contains("ready") } }
    }

    deinit {
        if process.isRunning {
            kill(pid, SIGKILL)
            process.waitUntilExit()
        }
        try? FileManager.default.removeItem(at: folder)
    }

    static func freePort() throws -> UInt16 {
        var endpoint = try #require(Endpoint(text: "127.0.0.1", port: 0)).raw
        let socket = chatd_listen(&endpoint, 1)
        defer { chatd_close(socket) }
        return try #require(Endpoint.local(of: socket)).port
    }

    /// The exit status, when it ends by itself.
    func status(within seconds: Double = 5) throws -> Int32 {
        try waitUntil("the daemon has ended", seconds: seconds) { !process.isRunning }
        return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    }

    func connect(_ family: String = "ipv4") throws -> Client {
        if family == "unix" { return try Client(path: socketPath) }
        return try Client(address: family == "ipv6" ? "::1" : "127.0.0.1", port: port)
    }

    /// A line of /proc/PID/status.
    func kernelStatus(_ name: String) throws -> String {
        let text = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("\(name):") })
        return line.dropFirst(name.count + 1).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    func residentKilobytes() throws -> Int {
        Int(try kernelStatus("VmRSS").split(separator: " ").first ?? "0") ?? 0
    }

    /// Seconds of processor time so far.
    func processorSeconds() throws -> Double {
        let text = try String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
        let fields = text.split(separator: " ")
        return ((Double(fields[13]) ?? 0) + (Double(fields[14]) ?? 0)) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}

func waitUntil(_ what: String, seconds: Double = 5, _ condition: () throws -> Bool) throws {
    let deadline = Date(timeIntervalSinceNow: seconds)
    while try !condition() {
        if Date() > deadline { throw TestError(what: "not within \(seconds) s: \(what)") }
        usleep(5000)
    }
}
