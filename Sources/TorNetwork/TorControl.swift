import Glibc
import Lab
import ReleaseSupport

/// A connection to the control socket of a node.
///
/// Source: Tor control protocol, version 1.
public struct TorControl: Sendable {
    private let channel: Channel
    private let node: TorNode

    /// Connects, as soon as tor listens.
    public static func connect(to node: TorNode) async throws -> TorControl {
        do {
            let channel = try await Channel.connect(
                node.controlSocket, name: "tor of \(node.name)", within: .seconds(20), isAlive: { !node.hasEnded })
            let control = TorControl(channel: channel, node: node)
            try await control.ask("AUTHENTICATE")
            return control
        } catch {
            let last = node.log.split(separator: "\n").suffix(6).joined(separator: "\n    ")
            throw ReleaseError(.setup, "tor of \(node.name): \(error)\n    \(last)")
        }
    }

    /// Sends one command and gives the whole answer; one that is not 250 is an error.
    @discardableResult
    public func ask(_ command: String, within limit: Duration = .seconds(20)) async throws -> String {
        try channel.send(command + "\r\n")
        let answer: String
        do {
            answer = try await channel.transcript.expect(.regex(#"(?m)^[245]\d\d .*\n"#), within: limit)
        } catch {
            throw ReleaseError(.verify, "\(node.name), asked \(command): \(error)\n\(node.log.suffix(2000))")
        }
        guard answer.firstMatch(of: #/(?m)^250 /#) != nil else {
            throw ReleaseError(.verify, "tor of \(node.name) answered \(command) with \(answer)")
        }
        return answer
    }

    /// Asks to be told of `events`, and of no others.
    public func follow(_ events: String) async throws { try await ask("SETEVENTS \(events)") }

    /// Waits until tor has said what the regular expression `pattern` finds, and gives what it said up to there.
    @discardableResult
    public func expect(_ pattern: String, within limit: Duration = .seconds(60)) async throws -> String {
        try await channel.transcript.expect(.regex(pattern), within: limit)
    }

    /// Reads the configuration again, and waits until that is done.
    public func reload() async throws {
        try await follow("SIGNAL")
        try await ask("SIGNAL RELOAD")
        try await expect("650 SIGNAL RELOAD")
    }
}
