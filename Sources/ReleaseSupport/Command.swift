import Glibc
import Subprocess
public import SystemPackage

/// One program run to its end: the only way in which the release side starts anything.
///
/// A cancelled task ends the program with SIGTERM, then SIGKILL, so an interrupted release leaves no process behind.
public struct Command: Sendable {
    /// A name looked up in PATH, or an absolute path.
    public var program: String
    /// The arguments after argv[0]. Never a secret: other users can read them.
    public var arguments: [String]
    /// Variables to add to the inherited environment, or to remove (`nil`).
    public var environment: [String: String?] = [:]
    /// Whether the program starts with `environment` alone.
    public var inheritsEnvironment = true
    /// The working directory, or the caller's.
    public var directory: FilePath?
    /// What the program reads on standard input.
    public var input: [UInt8] = []

    /// Prepares `program` with `arguments`; nothing runs yet.
    public init(_ program: String, _ arguments: [String] = []) {
        self.program = program
        self.arguments = arguments
    }

    /// The same command with `changes` applied: a short way to set the rarer properties.
    public func with(_ changes: (inout Command) -> Void) -> Command {
        var copy = self
        changes(&copy)
        return copy
    }

    /// How a program ended, and what it said.
    public struct Outcome: Sendable {
        /// The exit status, or nil where a signal ended the program.
        public let exitStatus: Int32?
        /// The signal that ended the program.
        public let signal: Int32?
        /// Everything written to standard output.
        public let output: [UInt8]
        /// Everything written to standard error.
        public let errors: [UInt8]

        /// Whether the program exited with status 0.
        public var succeeded: Bool { exitStatus == 0 }
        /// Standard output as UTF-8.
        public var text: String { String(decoding: output, as: UTF8.self) }
        /// Standard error as UTF-8.
        public var errorText: String { String(decoding: errors, as: UTF8.self) }
        /// "exit status 3" or "signal 9".
        public var ending: String {
            signal.map { "signal \($0)" } ?? "exit status \(exitStatus ?? -1)"
        }
    }

    /// Runs the program and collects its output (64 MiB at most).
    ///
    /// - Throws: `ReleaseError` of `stage` when the program cannot be started, `CancellationError` when the task is
    ///   cancelled. An exit status other than 0 is an outcome, not an error.
    public func run(_ stage: Stage) async throws -> Outcome {
        let limit = 64 << 20
        do {
            let result = try await Subprocess.run(
                executable, arguments: Arguments(arguments), environment: environmentToUse,
                workingDirectory: directory, platformOptions: platformOptions, input: .array(input),
                output: .bytes(limit: limit), error: .bytes(limit: limit))
            try Task.checkCancellation()
            return Outcome(result.terminationStatus, output: result.standardOutput, errors: result.standardError)
        } catch let error as SubprocessError {
            try Task.checkCancellation()
            throw cannotStart(stage, error)
        }
    }

    /// Runs the program with standard error appended to the file `log` and each line of standard output handed to
    /// `eachLine` as it comes.
    public func run(
        _ stage: Stage, errorsTo log: FilePath, eachLine: @Sendable (String) async -> Void
    ) async throws -> Outcome {
        let file = try FileDescriptor.open(
            log, .writeOnly, options: [.create, .append, .closeOnExec], permissions: .publicFile)
        defer { try? file.close() }
        var leader: pid_t = 0
        // What the program started and left behind ends with it: a compiler that was slow to obey, a server that a build
        // script put in the background. By session, for build systems give each compiler a process group of its own.
        defer { if leader > 0 { Session(leader: leader).end() } }
        var platformOptions = platformOptions
        platformOptions.processGroupID = nil
        platformOptions.createSession = true
        do {
            let result = try await Subprocess.run(
                executable, arguments: Arguments(arguments), environment: environmentToUse,
                workingDirectory: directory, platformOptions: platformOptions, input: .array(input),
                output: .sequence, error: .fileDescriptor(file, closeAfterSpawningProcess: false)
            ) { execution in
                leader = execution.processIdentifier.value
                for try await line in execution.standardOutput.strings() { await eachLine(line) }
            }
            try Task.checkCancellation()
            return Outcome(result.terminationStatus, output: [], errors: [])
        } catch let error as SubprocessError {
            try Task.checkCancellation()
            throw cannotStart(stage, error)
        }
    }

    /// Runs the program on descriptors of the caller's: a terminal, a socket, a log. `input` here is not used.
    ///
    /// - Returns: how it ended. What it wrote went to the descriptors.
    public func run(
        _ stage: Stage, input: FileDescriptor, output: FileDescriptor, errors: FileDescriptor
    ) async throws -> Outcome {
        do {
            let result = try await Subprocess.run(
                executable, arguments: Arguments(arguments), environment: environmentToUse,
                workingDirectory: directory, platformOptions: platformOptions,
                input: .fileDescriptor(input, closeAfterSpawningProcess: false),
                output: .fileDescriptor(output, closeAfterSpawningProcess: false),
                error: .fileDescriptor(errors, closeAfterSpawningProcess: false))
            try Task.checkCancellation()
            return Outcome(result.terminationStatus, output: [], errors: [])
        } catch let error as SubprocessError {
            try Task.checkCancellation()
            throw cannotStart(stage, error)
        }
    }

    /// Runs the program and returns its standard output; anything but exit status 0 is an error that quotes the last
    /// lines of standard error.
    @discardableResult
    public func output(_ stage: Stage, hint: String? = nil) async throws -> String {
        let outcome = try await run(stage)
        guard outcome.succeeded else {
            let said = (outcome.errorText + outcome.text).split(separator: "\n").suffix(5).joined(separator: "\n    ")
            throw ReleaseError(stage, "\(program) ended with \(outcome.ending):\n    \(said)", hint: hint)
        }
        return outcome.text
    }

    private var executable: Executable {
        program.contains("/") ? .path(FilePath(program)) : .name(program)
    }

    private var environmentToUse: Environment {
        var changes: [Environment.Key: String?] = [:]
        for (name, value) in environment {
            guard let key = Environment.Key(rawValue: name) else { continue }
            changes[key] = value
        }
        return inheritsEnvironment ? .inherit.updating(changes) : .custom([:]).updating(changes)
    }

    private var platformOptions: PlatformOptions {
        var options = PlatformOptions()
        // A process group of its own: Ctrl-C reaches the orchestrator alone, which then ends what it started in order.
        options.processGroupID = 0
        options.teardownSequence = [.gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .seconds(3))]
        return options
    }

    private func cannotStart(_ stage: Stage, _ error: SubprocessError) -> ReleaseError {
        if error.code == .outputLimitExceeded {
            return ReleaseError(stage, "\(program) wrote more than 64 MiB")
        }
        return ReleaseError(
            stage, "cannot run \(program): \(error)",
            hint: "`untochat doctor` says what is missing on this machine and how to install it")
    }
}

extension Command.Outcome {
    fileprivate init(_ status: TerminationStatus, output: [UInt8], errors: [UInt8]) {
        switch status {
        case .exited(let code): self.init(exitStatus: code, signal: nil, output: output, errors: errors)
        case .signaled(let signal): self.init(exitStatus: nil, signal: signal, output: output, errors: errors)
        }
    }
}
