import Foundation
import IRCHarness
import KickstartReading
import ReleaseSupport
import SystemPackage
import Testing

/// `make create_conf` in a folder as the tarball unpacks it, with what people type: each input has its error, or a kickstart
/// from which Fedora's installer reads what was typed.
@Suite("make create_conf") struct CreateConfTests {
    struct Input: CustomTestStringConvertible, Sendable {
        var settings: [String] = []
        /// Typed twice.
        var passphrase = Array(Example.passphrase.utf8)
        /// Typed the second time, where it differs.
        var again: [UInt8]?
        var password = "Another 9 Words"
        /// What is said; nil where a kickstart is written.
        var said: String?
        var testDescription: String {
            "\(settings) \(String(decoding: passphrase.prefix(40), as: UTF8.self)) \(said ?? "")"
        }

        static func bad(_ setting: String, _ said: String) -> Input { Input(settings: [setting], said: said) }
        static func refused(_ passphrase: String, _ said: String) -> Input {
            Input(passphrase: Array(passphrase.utf8), said: said)
        }
        static func taken(_ passphrase: String) -> Input { Input(passphrase: Array(passphrase.utf8)) }
    }

    /// 512 bytes that begin and end with `edge`, between them the characters of `kinds` in no order that repeats soon.
    private static func longest(_ edge: String, _ kinds: String) -> String {
        let kinds = Array(kinds)
        var text = edge
        for number in 0..<512 {
            let next = kinds[number * number / 7 % kinds.count]
            guard text.utf8.count + next.utf8.count + edge.utf8.count <= 512 else { break }
            text.append(next)
        }
        return text + String(repeating: "x", count: 512 - text.utf8.count - edge.utf8.count) + edge
    }

    static let inputs: [Input] = [
        .bad("ADMINUSER=Root", "is no user name"), .bad("ADMINUSER=root", "of the system"),
        .bad("ADMINUSER=a;id", "is no user name"), .bad("ADMINUSER='\"\\ %end", "is no user name"),
        .bad("ADMINUSER=", "ADMINUSER is missing"),
        .bad("ADMINUSER=\(String(repeating: "a", count: 40))", "longer than"),
        .bad("TIMEZONE=Prague", "did you mean Europe/Prague?"), .bad("TIMEZONE=../../etc/passwd", "no time zone"),
        .bad("TIMEZONE=Europe/Prague --utc", "no time zone"), .bad("KEYMAP=czech", "no keymap"),
        .bad("KEYMAP=us'", "no keymap"), .bad("DISK=vda", "is no disk"), .bad("DESKTOP=gnome", "none, xfce"),
        .bad("FEDORA=28", "45, 44"),
        .refused("", "it has 0 characters; it needs 16"), .refused("short", "it has 5 characters"),
        .refused("fifteen chars x", "it has 15 characters"),
        .refused(String(repeating: "a", count: 40), "is guessed in"),
        .refused("a tab\tin the middle of it 4711", "a control character"),
        .refused(longest("k", "wq7 '%") + "x", "it has 513 bytes"),
        Input(again: Array("\(Example.passphrase)!".utf8), said: "the two are not the same"),
        Input(passphrase: Array("gulls at 4 harbours of 9 se".utf8) + [0xE9, 0x73], said: "it is not UTF-8"),
        Input(passphrase: Array("gulls at 4 harbours of 9 se".utf8) + [0xED, 0xA0, 0x80], said: "it is not UTF-8"),
        Input(password: "short", said: "it has 5 characters; it needs 10"),
        Input(password: Example.passphrase, said: "it is the same as the other one"),
        .taken("%end seven gulls at 4 harbours"), .taken(" two spaces  at 4 ends of 9 harbours "),
        .taken("it's 'quoted' \"twice\" at 4 harbours"), .taken("back\\slash \\' \\\" \\n at 4 harbours"),
        .taken("100 %% of %s at %include 4 harbours"), .taken("#hash $(id) `id` ${x} at 4 harbours!"),
        .taken(longest("'", "k7\"\\% '")), .taken(longest("\\", "%end '\"w4")), .taken(longest(" ", "ž9\"'x %\\")),
        .taken("žluťoučký kůň 4 harbours 漢字 🐎 9"),
    ]

    @Test("each of the inputs that people get wrong has its error, every other one its kickstart")
    func table() async throws {
        #expect(Self.inputs.count > 30)
        try await TemporaryFolder.with { folder in
            try await Self.layOut(folder)
            var kickstarts: [(Input, String)] = []
            for (index, input) in Self.inputs.enumerated() {
                let file = "\(index).ks"
                let outcome = try await Self.make(file, input, in: folder)
                let said = outcome.errorText
                let isThere = Files.exists(folder.appending(file))
                guard let expected = input.said else {
                    #expect(outcome.succeeded && isThere, "\(input.testDescription): \(said)")
                    if isThere { kickstarts.append((input, try Files.text(folder.appending(file)))) }
                    continue
                }
                #expect(!outcome.succeeded && !isThere, "\(input.testDescription)")
                #expect(said.contains(expected), "\(input.testDescription): \(said)")
                #expect(!said.contains(Example.passphrase))
            }
            let readings = try await Pykickstart().read(kickstarts.map(\.1))
            for ((input, _), reading) in zip(kickstarts, readings) {
                // By bytes: Swift takes é and e with an accent for the same.
                #expect(reading.passphrases?.map { Array($0.utf8) } == [input.passphrase], "\(reading.error ?? "")")
            }
            #expect(try Files.names(in: folder).filter { $0.hasSuffix(".ks") }.count == kickstarts.count)
        }
    }

    @Test("a desktop is Xfce with lightdm, and none is asked for by itself")
    func desktop() async throws {
        try await TemporaryFolder.with { folder in
            try await Self.layOut(folder)
            for (desktop, isThere) in [("none", false), ("xfce", true)] {
                let input = Input(settings: ["DESKTOP=\(desktop)"])
                #expect(try await Self.make("\(desktop).ks", input, in: folder).succeeded)
                let text = try Files.text(folder.appending("\(desktop).ks"))
                let reading = try #require(try await Pykickstart().read([text]).first)
                for package in ["lightdm", "xfce4-session", "xorg-x11-server-Xorg"] {
                    #expect(reading.packages?.contains(package) == isThere)
                }
                #expect(reading.startsGraphics == isThere)
            }
        }
    }

    /// The parts of the tarball that the command needs.
    private static func layOut(_ folder: FilePath) async throws {
        try Files.makeFolder(folder.appending("bin"))
        let program = FilePath(LocalProgram.built("untochat-setup"))
        try await Command("cp", [program.string, folder.pushing("bin/untochat-setup").string]).output(.setup)
        try await Command("cp", ["-r", Example.folder.string, folder.appending("kickstart").string]).output(.setup)
        try Files.copy(Pykickstart.root.pushing("installer/Makefile"), to: folder.appending("Makefile"))
    }

    private static func make(_ file: String, _ input: Input, in folder: FilePath) async throws -> Command.Outcome {
        let usual = ["ADMINUSER=silver", "TIMEZONE=Europe/Prague", "KEYMAP=us", "KICKSTARTFILE=\(file)"]
        let password = Array(input.password.utf8)
        let typed = [input.passphrase, input.again ?? input.passphrase, password, password]
        // A dollar sign would be make's.
        let given = input.settings.map { $0.replacing("$", with: "$$") }
        // From a file: what is refused for a name reads no secret, and a pipe that nobody reads would end the test.
        try Files.write(typed.flatMap { $0 + [UInt8(ascii: "\n")] }, to: folder.appending("secrets"))
        let script = #"exec make --silent create_conf "$@" <secrets"#
        return try await Command("sh", ["-c", script, "sh"] + usual + given).with { $0.directory = folder }.run(.verify)
    }
}
