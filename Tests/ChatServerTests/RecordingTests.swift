import ChatServer
import Foundation
import IRCProtocol
import Testing

/// Plays what clients said to a real ngircd to the state machine, and compares what each client sees, step by step.
///
/// The files in Recordings/ are such conversations with Debian's ngircd 26.1; intended-differences.txt says which lines
/// may differ and why. Times, versions and the order of lines and of names within a step are not compared.
struct RecordingTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Recordings")

    struct Step {
        let client: String
        let line: String
        var replies: [String]
    }

    struct Difference: Hashable {
        /// "-" for what only ngircd says and "+" for what only we say.
        let sign: Character
        let mask: String
    }

    static func read(_ name: String) throws -> [Step] {
        var steps: [Step] = []
        for line in try String(contentsOf: folder.appending(path: name), encoding: .utf8).split(separator: "\n") {
            guard let space = line.firstIndex(of: " ") else { continue }
            let client = String(line[..<space])
            let rest = line[line.index(after: space)...]
            if rest.hasPrefix("> ") {
                steps.append(Step(client: client, line: String(rest.dropFirst(2)), replies: []))
            } else if rest.hasPrefix("< "), !steps.isEmpty {
                steps[steps.count - 1].replies.append("\(client) \(normal(String(rest.dropFirst(2))))")
            } else if rest == "<CLOSED", !steps.isEmpty {
                steps[steps.count - 1].replies.append("\(client) CLOSED")
            }
        }
        return steps
    }

    static func differences() throws -> [Difference] {
        try String(contentsOf: folder.appending(path: "intended-differences.txt"), encoding: .utf8)
            .split(separator: "\n").filter { $0.hasPrefix("- ") || $0.hasPrefix("+ ") }
            .map { Difference(sign: $0.first ?? "-", mask: String($0.dropFirst(2))) }
    }

    /// Without what differs from run to run.
    static func normal(_ line: String) -> String {
        var text = line
        for (pattern, replacement) in [
            (#"ngircd(us|-26\.1 \([^)]*\)|-26\.1)"#, "SOFTWARE"), (#"ngIRCd-26\.1\."#, "SOFTWARE."),
            (#"\b1[67][0-9]{8}\b"#, "TIME"), (#"[A-Z][a-z]{2} [A-Z][a-z]{2} [0-9]{2} 20[0-9]{2} at [0-9:]{8}"#, "DATE"),
            (#"[A-Z][a-z]+day [A-Z][a-z]+ [0-9]{2} 20[0-9]{2} -- [0-9:]{5}"#, "DATE"),
            (#" [0-9]+ TIME :seconds"#, " IDLE TIME :seconds"), (#"Up 0 days 0:00:[0-9]{2}"#, "Up UPTIME"),
        ] {
            text = text.replacingOccurrences(of: pattern, with: replacement, options: .regularExpression)
        }
        // ngircd lists modes in the order in which they were set.
        var words = text.split(separator: " ", omittingEmptySubsequences: false)
        if words.count > 3, words[1] == "324" || words[1] == "221" {
            let place = words[1] == "324" ? 4 : 3
            if words.indices.contains(place) { words[place] = Substring(String(words[place].sorted())) }
            text = words.joined(separator: " ")
        }
        if let colon = text.dropFirst().firstIndex(of: ":"), text.contains(" 353 ") || text.contains(" 319 ") {
            let words = text[text.index(after: colon)...].split(separator: " ").sorted()
            text = text[...colon] + words.joined(separator: " ")
        }
        return text
    }

    static func replay(_ steps: [Step]) -> [[String]] {
        var configuration = Configuration()
        configuration.global.name = Array("irc.test.net".utf8)
        configuration.global.info = Array("Test server".utf8)
        configuration.global.adminInfo1 = Array("Loc1".utf8)
        configuration.global.adminInfo2 = Array("Loc2".utf8)
        configuration.global.adminEmail = Array("a@b.c".utf8)
        configuration.global.network = Array("TestNet".utf8)
        configuration.options.anonymous = false
        configuration.options.kernelIdent = false
        configuration.options.operCanUseMode = true
        configuration.limits.maxPenaltySeconds = 0
        configuration.limits.maxConnectionsPerAddress = 0
        configuration.operators = [.init()]
        configuration.operators[0].name = Array("op".utf8)
        configuration.operators[0].password = Array("pw".utf8)
        configuration.channels = [.init(), .init()]
        configuration.channels[0].name = Array("#pre".utf8)
        configuration.channels[0].topic = Array("Predefined topic".utf8)
        configuration.channels[0].modes = [Array("+tn".utf8)]
        configuration.channels[1].name = Array("#invonly".utf8)
        configuration.channels[1].modes = [Array("+ik key".utf8)]
        let world = World(
            configuration, texts: ServerTexts(messageOfTheDay: [Array("Hello MOTD".utf8), Array("line two".utf8)]))
        return steps.map { step in
            if world.clients[step.client] == nil { world.connect(step.client) }
            let closedBefore = world.closed
            if !closedBefore.contains(step.client) { world.send(step.client, step.line) }
            world.now.uptime += 100
            world.now.unix += 100
            return world.clients.keys.flatMap { client in world.lines(client).map { "\(client) \(normal($0))" } }
                + world.closed.subtracting(closedBefore).map { "\($0) CLOSED" }
        }
    }

    /// What one side says and the other does not, after the intended differences.
    static func compare(
        _ name: String, against intended: [Difference], used: inout Set<Difference>
    ) throws -> [String] {
        let steps = try read(name)
        var found: [String] = []
        for (step, ours) in zip(steps, replay(steps)) {
            for (sign, have, lack) in [("-", step.replies, ours), ("+", ours, step.replies)]
                as [(Character, [String], [String])]
            {
                var rest = lack
                for line in have {
                    if let place = rest.firstIndex(of: line) {
                        rest.remove(at: place)
                    } else if let known = intended.first(where: {
                        $0.sign == sign && Mask.matches(Array($0.mask.utf8), Array(line.utf8))
                    }) {
                        used.insert(known)
                    } else {
                        found.append("\(name): after \(step.client) > \(step.line)\n    \(sign) \(line)")
                    }
                }
            }
        }
        return found
    }

    static let all = [
        "registration.txt", "user-modes.txt", "channel-modes.txt", "channels.txt", "messages.txt", "queries.txt",
        "operators.txt", "rights.txt", "ranks.txt",
    ]

    @Test("with Anonymous = no clients see what ngircd shows them, except for the intended differences")
    func sameAsNgircd() throws {
        let intended = try RecordingTests.differences()
        var used: Set<Difference> = []
        var found: [String] = []
        for name in RecordingTests.all { found += try RecordingTests.compare(name, against: intended, used: &used) }
        #expect(found.isEmpty, "\(found.count) differences:\n\(found.joined(separator: "\n"))")
        for difference in intended where !used.contains(difference) {
            Issue.record("no longer different: \(difference.sign) \(difference.mask)")
        }
    }

    @Test("without the list of intended differences the comparison fails, so it can fail")
    func canFail() throws {
        var used: Set<Difference> = []
        #expect(try !RecordingTests.compare("queries.txt", against: [], used: &used).isEmpty)
    }
}
