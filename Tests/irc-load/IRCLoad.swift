import ArgumentParser
import BenchmarkSupport
import CLoadSockets
import Foundation

/// Loads an IRC server on this machine with many clients and measures how it bears it. Speaks only to 127.0.0.1.
@main
struct IRCLoad: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "irc-load",
        abstract: "Measure an IRC server on 127.0.0.1 under load.",
        discussion: """
            Connects and registers the clients, lets all join, lets some talk in a closed loop (one message under way for \
            each), first with the kernel's own acknowledgements and then with immediate ones, and is silent for a \
            while. Prints one object of JSON. The server's limits must be off.
            """)

    @Option(help: "The server's port.") var port: UInt16
    @Option(help: "The server's process, whose time and memory is measured.") var pid: Int32
    @Option(help: "How many clients.") var clients = 100
    @Option(help: "How many channels they are spread over.") var channels = 1
    @Option(help: "How many talk; default: ten, or one in each channel.") var senders: Int?
    @Option(help: "How many connections are in the making at once.") var window = 8
    @Option(help: "How long they talk in each way of acknowledging.") var seconds = 3.0
    @Option(help: "How long all are silent in the end.") var idle = 2.0
    @Option(help: "How long to wait for the end of one phase.") var patience = 240.0
    @Option(help: "How many deliveries are enough in each way of acknowledging.") var deliveries: UInt64 = 5_000_000

    func validate() throws {
        guard channels > 0, clients >= channels * 2 else {
            throw ValidationError("every channel needs two clients, or nothing is delivered")
        }
        guard (senders ?? 1) > 0, (senders ?? 1) <= clients, window > 0 else {
            throw ValidationError("--senders is between 1 and the number of clients, and --window at least 1")
        }
    }

    func run() throws {
        let run = LoadRun(
            port: port, server: MeasuredProcess(identifier: pid), clients: clients, channels: channels,
            senders: senders ?? max(channels, min(clients, 10)), window: window, seconds: seconds, idleSeconds: idle,
            patienceSeconds: patience, mostDeliveries: deliveries)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        FileHandle.standardOutput.write(try encoder.encode(run.perform()) + Data("\n".utf8))
    }
}
