import CLinux
import Glibc
import ReleaseSupport
import SystemPackage

/// A person at a terminal: a login over ssh, into which is typed and from which is read.
public final class Session: Sendable {
    private let channel: Channel
    private let program: Companion

    /// Everything that the terminal showed, without its controls.
    public var text: String { channel.transcript.text }
    /// What it showed since the last thing that was expected.
    public var rest: String { channel.transcript.rest }
    /// What it shows now.
    public var screen: String { channel.transcript.screen }
    /// Whether the session has ended.
    public var hasEnded: Bool { channel.transcript.hasEnded }

    /// Starts `command`, which is an ssh, on a terminal of `columns` by `rows`.
    package init(_ command: Command, name: String, columns: UInt16 = 80, rows: UInt16 = 24, log: FilePath? = nil) throws
    {
        var ends: [Int32] = [0, 0]
        guard clinux_terminal(&ends, columns, rows) == 0 else { throw Errno(rawValue: errno) }
        channel = try Channel(
            FileDescriptor(rawValue: ends[0]), isSocket: false,
            transcript: Transcript(of: name, columns: Int(columns), rows: Int(rows)), log: log)
        program = Companion(command, terminal: FileDescriptor(rawValue: ends[1]))
    }

    /// Types `text` as it is; Enter is "\r".
    public func send(_ text: String) throws { try channel.send(text) }

    /// Waits until the terminal shows `pattern`, and returns what it showed up to there.
    @discardableResult
    public func expect(_ pattern: Pattern, within limit: Duration = .seconds(60)) async throws -> String {
        try await channel.transcript.expect(pattern, within: limit)
    }

    /// Waits until the other side has ended the session, and returns ssh's exit status.
    @discardableResult
    public func end(within limit: Duration = .seconds(60)) async throws -> Int32? {
        let timer = Task {
            try await Task.sleep(for: limit)
            await program.end()
        }
        defer { timer.cancel() }
        do {
            return try await program.outcome.exitStatus
        } catch is CancellationError where !Task.isCancelled {
            throw ReleaseError(
                .verify,
                "\(channel.transcript.name) did not end within \(limit.components.seconds) s; it said:\n"
                    + "    \(rest.suffix(500))")
        }
    }

    /// Hangs up.
    public func hangUp() async { await program.end() }
}
