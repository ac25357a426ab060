import Foundation
import IRCHarness

/// A server with a configuration, as it appears in the table.
struct Contender {
    let name: String
    let program: ServerProgram
    var settings = ServerSettings()
    /// How many connections may be in the making at once: what suits this server best. ngircd listens with a backlog of
    /// ten and loses what is beyond it for a second; InspIRCd completes registrations once a second, all that wait.
    let window: Int

    static func ngircd() throws -> Contender {
        Contender(name: "ngircd", program: try .find("ngircd"), window: 8)
    }

    static func inspircd() throws -> Contender {
        Contender(name: "inspircd", program: try .find("inspircd"), window: 100_000)
    }

    /// Ours twice: answering as ngircd does, and as it is shipped.
    static func ours(_ path: String) -> [Contender] {
        var shipped = ServerSettings()
        shipped.isAnonymous = true
        shipped.identifiesUsers = true
        let program = ServerProgram(path: path)
        return [
            Contender(name: "ngircdus", program: program, window: 64),
            Contender(name: "ngircdus+anon", program: program, settings: shipped, window: 64),
        ]
    }
}

/// How many clients in how many channels.
struct Scenario: Hashable {
    let clients: Int
    let channels: Int

    var name: String { "\(clients)/\(channels)" }

    static let all = [(10, 1), (100, 1), (1000, 1), (5000, 50), (5000, 1)].map(Scenario.init)
}

/// One run of the load generator against a server that is started for it alone.
struct Trial {
    let contender: Contender
    let scenario: Scenario
    let loadArguments: [String]

    func run() throws -> LoadReport {
        let server = try RunningServer(contender.program, contender.settings)
        defer { server.stop() }
        let load = Process()
        let output = Pipe()
        let errors = Pipe()
        // It is built beside this program.
        load.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
            .deletingLastPathComponent().appending(path: "irc-load")
        load.arguments =
            [
                "--port", "\(server.port)", "--pid", "\(server.identifier)", "--clients", "\(scenario.clients)",
                "--channels", "\(scenario.channels)", "--window", "\(contender.window)",
            ] + loadArguments
        load.standardOutput = output
        load.standardError = errors
        try load.run()
        // Both are short; what is in a pipe stays there.
        let report = output.fileHandleForReading.readDataToEndOfFile()
        let message = errors.fileHandleForReading.readDataToEndOfFile()
        load.waitUntilExit()
        guard load.terminationStatus == 0 else {
            throw HarnessError(String(decoding: message, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
        }
        return try JSONDecoder().decode(LoadReport.self, from: report)
    }
}
