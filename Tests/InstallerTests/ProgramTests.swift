import CTestHarness
import Foundation
import IRCHarness
import KickstartReading
import ReleaseSupport
import SystemPackage
import Testing

/// untochat-setup as people and scripts meet it.
@Suite("untochat-setup create-conf") struct ProgramTests {
    private static let secrets = "\(Example.passphrase)\n\(Example.passphrase)\nAnother 9 Words\nAnother 9 Words\n"

    private static let program = LocalProgram.built("untochat-setup")

    private static func arguments(_ file: FilePath, _ more: [String] = []) -> [String] {
        [
            "create-conf", "ADMINUSER=silver", "TIMEZONE=Europe/Prague", "KEYMAP=us", "KICKSTARTFILE=\(file)",
            "SHARE=\(Example.folder)",
        ] + more
    }

    private static func run(_ file: FilePath, _ more: [String] = [], input: String) async throws -> Command.Outcome {
        try await Command(program, arguments(file, more)).with { $0.input = Array(input.utf8) }.run(.verify)
    }

    @Test("from a pipe it reads the secrets a line each and writes a file for its owner alone, whatever the umask is")
    func pipe() async throws {
        try await TemporaryFolder.with { folder in
            let file = folder.appending("my untochat.ks")
            let outcome = try await Self.run(file, input: Self.secrets)
            #expect(outcome.succeeded && outcome.errors.isEmpty, "\(outcome.errorText)")
            #expect(outcome.text.contains("Change that passphrase after installation"))
            #expect(!outcome.text.contains("gulls") && !outcome.text.contains("Another"))
            let attributes = try FileManager.default.attributesOfItem(atPath: file.string)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            let text = try Files.text(file)
            #expect(text.contains("--passphrase='\(Example.passphrase)'\n") && !text.contains("Another 9 Words"))
            #expect(try Files.names(in: folder) == ["my untochat.ks"])
            #expect(try await Pykickstart().validate(text, release: "45") == nil)
        }
    }

    @Test(
        "nothing is written, and the reason said, where a secret is bad or the input ends",
        arguments: [
            ("short\nshort\n", "it has 5 characters; it needs 16"),
            ("\(Example.passphrase)\nanother\n", "the two are not the same"),
            (String(repeating: "\(Example.passphrase)\n", count: 4), "it is the same as the other one"),
            ("\(Example.passphrase)\n", "standard input ended"), ("", "standard input ended"),
        ])
    func refused(input: String, said: String) async throws {
        try await TemporaryFolder.with { folder in
            let outcome = try await Self.run(folder.appending("x.ks"), input: input)
            #expect(outcome.exitStatus == 1 && outcome.errorText.contains(said), "\(outcome.errorText)")
            #expect(outcome.errorText.hasPrefix("untochat-setup: ") && !outcome.errorText.contains("gulls"))
            #expect(try Files.names(in: folder).isEmpty)
        }
    }

    @Test("a file or a dangling link that is there stays as it is, and nobody is asked for secrets in vain")
    func existing() async throws {
        try await TemporaryFolder.with { folder in
            let file = folder.appending("x.ks")
            try Files.write("mine", to: file)
            let link = folder.appending("link.ks")
            try FileManager.default.createSymbolicLink(atPath: link.string, withDestinationPath: "/nonexistent/ks")
            for path in [file, link] {
                let outcome = try await Self.run(path, input: "")
                #expect(outcome.exitStatus == 1 && outcome.errorText.contains("exists, and nothing is overwritten"))
            }
            #expect(try Files.text(file) == "mine")
            let misused = try await Self.run(file, ["PASSWORD=x"], input: "")
            #expect(misused.exitStatus == 2 && misused.errorText.contains("no setting"))
            let elsewhere = try await Self.run(folder.appending("no/x.ks"), input: Self.secrets)
            #expect(elsewhere.exitStatus == 1 && elsewhere.errorText.contains("No such file or directory"))
        }
    }

    @Test("on a terminal nothing typed is shown, a bad secret is asked for again, and Ctrl-C leaves the echo on")
    func terminal() async throws {
        try await TemporaryFolder.with { folder in
            let file = folder.appending("x.ks")
            let terminal = try TerminalSession(Self.program, Self.arguments(file))
            defer { terminal.end() }
            try terminal.expect("New passphrase of the disk: ")
            try terminal.type("short\n")
            try terminal.expect("The same again: ")
            try terminal.type("short\n")
            try terminal.expect("it has 5 characters; it needs 16")
            for (question, answer) in [
                ("New passphrase of the disk: ", Example.passphrase), ("The same again: ", Example.passphrase),
                ("New login password of the administrator: ", "Another 9 Words"),
                ("The same again: ", "Another 9 Words"),
            ] {
                try terminal.expect(question)
                try terminal.type(answer + "\n")
            }
            try terminal.expect("is written, for you alone to read")
            #expect(terminal.exitStatus == 0)
            #expect(!terminal.shown.contains("gulls") && !terminal.shown.contains("9 Words"))

            let second = try TerminalSession(Self.program, Self.arguments(folder.appending("y.ks")))
            defer { second.end() }
            try second.expect("New passphrase of the disk: ")
            #expect(!second.echoes)
            try second.type("half a pass\u{3}")
            try second.expect("interrupted; nothing was written")
            #expect(second.exitStatus == 130 && second.echoes)
            #expect(try Files.names(in: folder) == ["x.ks"])
        }
    }
}

/// A program on a terminal of its own.
private final class TerminalSession {
    private(set) var shown = ""
    private let process: Int32
    private let master: Int32
    private var read = ""

    init(_ program: String, _ arguments: [String]) throws {
        var list = ([program] + arguments).map { strdup($0) } + [nil]
        var environment: [UnsafeMutablePointer<CChar>?] = [nil]
        defer { for word in list { free(word) } }
        var master: Int32 = -1
        process = harness_start_on_terminal(program, &list, &environment, 80, 24, &master)
        self.master = master
        try #require(process > 0)
    }

    /// Reads until `text` has come; it and what came before are done with.
    func expect(_ text: String, source: SourceLocation = #_sourceLocation) throws {
        while true {
            if let found = read.range(of: text) {
                read.removeSubrange(..<found.upperBound)
                return
            }
            try #require(
                harness_wait_readable(master, 20_000) == 1, "\(text) did not come: \(shown)", sourceLocation: source)
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = Glibc.read(master, &buffer, buffer.count)
            try #require(count > 0, "\(text) did not come: \(shown)", sourceLocation: source)
            let new = String(decoding: buffer[..<count], as: UTF8.self)
            read += new
            shown += new
        }
    }

    func type(_ text: String) throws {
        let bytes = Array(text.utf8)
        try #require(write(master, bytes, bytes.count) == bytes.count)
    }

    var echoes: Bool {
        var settings = termios()
        return tcgetattr(master, &settings) == 0 && settings.c_lflag & tcflag_t(ECHO) != 0
    }

    lazy var exitStatus: Int32 = {
        let status = harness_wait_exit(process, 20_000)
        return status & 0x7F == 0 ? status >> 8 : -1
    }()

    func end() {
        if exitStatus < 0 { kill(process, SIGKILL) }
        close(master)
    }
}
