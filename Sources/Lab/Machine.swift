import Foundation
import ReleaseSupport
import SystemPackage

/// A QEMU that runs: its console, which is read all the time, and its monitor.
final class Machine: Sendable {
    /// The serial console.
    let console: Channel
    private let monitor: Channel
    private let process: Companion
    private let log: FilePath

    /// Something that QEMU is asked for, by its name, and what it is told with it.
    struct Order: Sendable {
        let command: String
        let arguments: [String: String]
    }

    /// Starts QEMU with `arguments`, which say that it listens in `folder`, and lets the guest run when `orders` are carried
    /// out: before its first instruction.
    init(_ arguments: [String], in folder: FilePath, first orders: [Order] = []) async throws {
        for name in ["console", "monitor"] { try Files.remove(folder.appending(name)) }
        log = folder.appending("qemu.log")
        let process = try Companion(Command(MachineSettings.program, arguments), log: log)
        self.process = process
        do {
            monitor = try await Channel.connect(
                folder.appending("monitor"), name: "QEMU's monitor", within: .seconds(30)
            ) { !process.hasEnded }
            console = try await Channel.connect(
                folder.appending("console"), name: "the guest's console", within: .seconds(10)
            ) { !process.hasEnded }
            try await monitor.transcript.expect(.regex(#""QMP".*\n"#), within: .seconds(60))
            try await execute("qmp_capabilities")
            for order in orders { try await execute(order) }
            try await execute("cont")
        } catch {
            await process.end()
            let said = ((try? Files.text(log)) ?? "").split(separator: "\n").suffix(5).joined(separator: "\n    ")
            if error is CancellationError { throw error }
            throw ReleaseError(.setup, "QEMU does not start: \(error)\n    \(said)")
        }
    }

    /// Whether QEMU still runs.
    var isRunning: Bool { !monitor.transcript.hasEnded && !process.hasEnded }

    /// Asks QEMU for something and returns its answer, a line of JSON.
    ///
    /// Source: QEMU Machine Protocol.
    @discardableResult
    func execute(_ command: String, _ arguments: [String: Any] = [:], within limit: Duration = .seconds(60))
        async throws -> String
    {
        let request = try JSONSerialization.data(withJSONObject: ["execute": command, "arguments": arguments])
        try monitor.send(String(decoding: request, as: UTF8.self) + "\n")
        let said = try await monitor.transcript.expect(.regex(#"\{"(return|error)":[^\n]*\n"#), within: limit)
        let answer = said.split(separator: "\n").last.map(String.init) ?? ""
        guard answer.hasPrefix(#"{"return""#) else {
            throw ReleaseError(.verify, "QEMU refuses \(command): \(answer)", log: log)
        }
        return answer
    }

    /// The same.
    @discardableResult
    func execute(_ order: Order) async throws -> String { try await execute(order.command, order.arguments) }

    /// Asks the monitor for people, whose complaints are text.
    func order(_ line: String, within limit: Duration) async throws {
        let answer = try await execute("human-monitor-command", ["command-line": line], within: limit)
        guard answer.contains(#""return": """#) else {
            throw ReleaseError(.verify, "QEMU refuses \(line): \(answer)", log: log)
        }
    }

    /// Waits until QEMU has ended, and returns what it said since it was last asked something.
    @discardableResult
    func waitForEnd(within limit: Duration) async throws -> String {
        try await monitor.transcript.expect(.end, within: limit)
    }

    /// Lets somebody else have the console; QEMU takes one at a time.
    func releaseConsole() { console.shutDown() }

    /// Ends QEMU as a power cut would.
    func end() async {
        await process.end()
        monitor.shutDown()
        console.shutDown()
    }
}
