import CLinux
import Glibc
import ReleaseSupport
import Synchronization
import SystemPackage

/// A program that runs beside this one until it ends or is ended. It does not outlive this one, however that ends.
package final class Companion: Sendable {
    private final class Ending: Sendable {
        let flag = Atomic(false)
    }

    private let ending = Ending()
    private let task: Task<Command.Outcome, any Error>
    /// While it is open the program may run.
    private let leash: FileDescriptor?

    /// Starts `command`; what it says goes to the end of the file `log`.
    package convenience init(_ command: Command, log: FilePath) throws {
        let output = try FileDescriptor.open(
            log, .writeOnly, options: [.create, .append, .closeOnExec], permissions: .publicFile)
        var ends: [Int32] = [0, 0]
        guard clinux_pipe(&ends) == 0 else { throw Errno(rawValue: errno) }
        // A shell that waits for the program, and beside it one that reads a pipe whose other end is here alone. At its
        // end, ours, it ends the program.
        let script = #"""
            exec 3<&0
            "$@" </dev/null 3<&- & program=$!
            { read -r _ <&3; kill $program; } 2>/dev/null & watch=$!
            wait $program; status=$?
            kill $watch; exit $status
            """#
        var leashed = command
        leashed.program = "/bin/sh"
        leashed.arguments = ["-c", script, "sh", command.program] + command.arguments
        self.init(
            leashed, input: FileDescriptor(rawValue: ends[0]), output: output, leash: FileDescriptor(rawValue: ends[1]))
    }

    /// Starts `command` on `terminal`, which it takes over. The program ends when the other side is closed.
    package convenience init(_ command: Command, terminal: FileDescriptor) {
        self.init(command, input: terminal, output: terminal, leash: nil)
    }

    private init(_ command: Command, input: FileDescriptor, output: FileDescriptor, leash: FileDescriptor?) {
        self.leash = leash
        let ending = ending
        task = Task {
            defer {
                ending.flag.store(true, ordering: .releasing)
                try? input.close()
                if output != input { try? output.close() }
            }
            return try await command.run(.setup, input: input, output: output, errors: output)
        }
    }

    /// Whether the program has ended, or could not be started.
    package var hasEnded: Bool { ending.flag.load(ordering: .acquiring) }

    /// How the program ended by itself.
    package var outcome: Command.Outcome {
        get async throws { try await task.value }
    }

    /// Ends the program.
    package func end() async {
        task.cancel()
        _ = await task.result
    }

    deinit {
        task.cancel()
        try? leash?.close()
    }
}
