import Foundation
import ReleaseSupport
import SystemPackage

/// How a run of the program ended, and what it said.
struct Ended: CustomStringConvertible, Sendable {
    /// The exit status, or 128 + n where signal n ended it.
    let status: Int32
    let output: String
    let errors: String

    var description: String { "status \(status)\n--- output\n\(output)\n--- errors\n\(errors)" }

    /// Standard output as a value.
    func json<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
        try JSONDecoder().decode(type, from: Data(output.utf8))
    }
}

/// A run of the program that can be sent signals.
///
/// Foundation's Process instead of `Command`: that one ends what it runs in its own way, and here the tests decide.
struct Running {
    private let process = Process()
    private let output: FilePath
    private let errors: FilePath
    private let end: AsyncStream<Int32>

    init(_ words: [String], in folder: FilePath, environment: [String: String], notes: FilePath) throws {
        let number = UInt32.random(in: 0 ... .max)
        output = notes.appending("run-\(number).out")
        errors = notes.appending("run-\(number).err")
        for file in [output, errors] { try Files.write("", to: file) }
        let (stream, continuation) = AsyncStream.makeStream(of: Int32.self)
        end = stream
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        // Whatever the tests were told to ignore: a shell's background job ignores SIGINT.
        process.arguments = ["--default-signal"] + words
        process.currentDirectoryURL = URL(fileURLWithPath: folder.string)
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle(forWritingAtPath: output.string)
        process.standardError = FileHandle(forWritingAtPath: errors.string)
        process.terminationHandler = { process in
            let signalled = process.terminationReason == .uncaughtSignal
            continuation.yield(process.terminationStatus + (signalled ? 128 : 0))
            continuation.finish()
        }
        try process.run()
    }

    /// Sends a signal to the program.
    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// Whether it still runs.
    var isRunning: Bool { process.isRunning }

    /// Waits for its end.
    func ended() async throws -> Ended {
        var status: Int32 = -1
        for await value in end { status = value }
        return Ended(status: status, output: try Files.text(output), errors: try Files.text(errors))
    }
}
