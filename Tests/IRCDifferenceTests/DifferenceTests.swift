import Foundation
import IRCHarness
import Testing

private let environment = ProcessInfo.processInfo.environment
private let isIntegration = environment["UNTOCHAT_INTEGRATION"] == "1"

/// Random dialogues with Debian's ngircd and with ours: clients must see the same, apart from what
/// intended-differences.txt lists.
///
/// The same 300 each time; with IRC_SEED they start there, and with IRC_SEED=random where nobody has been, which is
/// printed. IRC_DIALOGUES is how many. A failure names its seed and shows the shortest dialogue that still fails.
@Suite(.serialized, .enabled(if: isIntegration))
struct DifferenceTests {
    private static func seeds() -> [UInt64] {
        let count = environment["IRC_DIALOGUES"].flatMap { UInt64($0) } ?? 300
        let asked = environment["IRC_SEED"] ?? "1"
        let first = UInt64(asked) ?? UInt64.random(in: 1_000_000..<1_000_000_000)
        print("random dialogues: IRC_SEED=\(first) IRC_DIALOGUES=\(count)")
        return Array(first..<first + count)
    }

    @Test("clients of ours see what clients of ngircd see, except for the intended differences")
    func sameAsNgircd() throws {
        let comparison = Comparison(
            first: try .find("ngircd"), second: try .underTest(), intended: try .beside(#filePath))
        var known: Set<Set<String>> = []
        for seed in DifferenceTests.seeds() {
            let dialogue = DialogueGenerator.dialogue(seed: seed)
            guard let found = try comparison.play(dialogue), known.insert(found.kind).inserted else { continue }
            let (shortest, difference) = try DifferenceTests.shrink(dialogue, found, comparison)
            Issue.record("seed \(seed):\n\(shortest)\n\(difference)")
        }
    }

    @Test("ngircd answers as ngircd does, so a difference is not the comparison's own")
    func ngircdIsItself() throws {
        let ngircd = try ServerProgram.find("ngircd")
        let comparison = Comparison(first: ngircd, second: ngircd, intended: .none)
        for seed in UInt64(1)...20 {
            let difference = try comparison.play(DialogueGenerator.dialogue(seed: seed))
            #expect(difference == nil, "seed \(seed): \(difference.map(\.description) ?? "")")
        }
    }

    @Test("a proxy that changes one letter of one reply is found out, and the dialogue shrinks to what shows it")
    func changeIsFound() throws {
        let ngircd = try ServerProgram.find("ngircd")
        let comparison = Comparison(first: ngircd, second: ngircd, intended: .none) { port in
            // RPL_TOPIC, which a client sees on joining a channel with a topic.
            try MutatingProxy(to: port) {
                $0.contains(" 332 ") ? $0.replacingOccurrences(of: " 332 ", with: " 331 ") : $0
            }
        }
        var dialogue = DialogueGenerator.dialogue(seed: 1)
        dialogue.steps.append(
            contentsOf: ["NICK zoe\r\n", "USER z 0 * :Z\r\n", "JOIN #pre\r\n", "PING x\r\n"].map {
                Dialogue.Step(client: "z", action: .say([UInt8]($0.utf8)))
            })
        let found = try #require(try comparison.play(dialogue))
        let (shortest, difference) = try DifferenceTests.shrink(dialogue, found, comparison)
        #expect(shortest.steps.count <= 4, "\(shortest)")
        #expect(difference.lines.contains { $0.contains(" 331 ") }, "\(difference)")
    }

    private static func shrink(
        _ dialogue: Dialogue, _ found: Difference, _ comparison: Comparison
    ) throws -> (Dialogue, Difference) {
        // What comes after the difference has no part in it.
        let failing = Dialogue(steps: Array(dialogue.steps[...found.step]))
        var last = found
        let shrinker = Shrinker { shorter in
            guard let difference = try comparison.play(shorter), difference.kind == found.kind else { return false }
            last = difference
            return true
        }
        return (try shrinker.shrink(failing), last)
    }
}

/// The parts that need no server.
struct DifferencePartsTests {
    @Test("the same seed makes the same dialogue, another seed another one")
    func seeded() {
        #expect(DialogueGenerator.dialogue(seed: 7) == DialogueGenerator.dialogue(seed: 7))
        #expect(DialogueGenerator.dialogue(seed: 7) != DialogueGenerator.dialogue(seed: 8))
    }

    @Test("every line that is said ends as a line and holds no other end")
    func wholeLines() {
        for seed in UInt64(1)...50 {
            for step in DialogueGenerator.dialogue(seed: seed).steps {
                guard case .say(let bytes) = step.action else { continue }
                #expect(bytes.suffix(2) == [13, 10] && !bytes.dropLast(2).contains(10), "\(step)")
            }
        }
    }

    @Test("shrinking keeps the steps that matter and no other")
    func shrinks() throws {
        let steps = (0..<40).map { Dialogue.Step(client: "a", action: .say([UInt8($0), 13, 10])) }
        let needed = [steps[3], steps[17], steps[39]]
        let shrinker = Shrinker { dialogue in needed.allSatisfy(dialogue.steps.contains) }
        #expect(try shrinker.shrink(Dialogue(steps: steps)).steps == needed)
    }

    @Test("an intended difference allows its own side and its own lines only")
    func intended() {
        let list = IntendedDifferences("Because.\n- ? :irc.test.net 371 *\n")
        func isAllowed(_ sign: Character, _ text: String) -> Bool {
            list.remaining(of: [(sign, text)], after: "x").isEmpty
        }
        #expect(isAllowed("-", "a :irc.test.net 371 alice :x"))
        #expect(!isAllowed("+", "a :irc.test.net 371 alice :x"))
        #expect(!isAllowed("-", "ab :irc.test.net 371 alice :x"))
    }

    @Test("what stands in for something else is not allowed alone")
    func paired() {
        let list = IntendedDifferences("One for the other.\n- a 1\n+ a 2\n\nAlone.\n+ a 3\n")
        #expect(list.remaining(of: [("-", "a 1"), ("+", "a 2"), ("+", "a 3")], after: "x").isEmpty)
        #expect(list.remaining(of: [("-", "a 1"), ("+", "a 3")], after: "x").map(\.text) == ["a 1"])
        #expect(list.remaining(of: [("+", "a 2")], after: "x").count == 1)
    }

    @Test("what is intended after some lines is not allowed after others")
    func conditional() {
        let list = IntendedDifferences("Because.\n> ? > KILL *\n+ a 401\n")
        #expect(list.remaining(of: [("+", "a 401")], after: "a > KILL bob").isEmpty)
        #expect(list.remaining(of: [("+", "a 401")], after: "a > PRIVMSG bob").count == 1)
    }
}
