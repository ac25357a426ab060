import CStepper
import Foundation
import Testing

/// Where the passphrases come from.
@Suite(.enabled(if: Disk.areThere, Disk.why))
struct FileTests {
    private let add = "untochat-add-passphrase-to-luks-disks"
    private let remove = "untochat-remove-passphrase-from-luks-disks"

    @Test("no, wrong and too many arguments explain the file", arguments: [[], ["a", "b"], ["--what"], ["--device"]])
    func usage(_ arguments: [String]) throws {
        let folder = try Folder()
        for (name, lines) in [(add, "exactly three lines"), (remove, "exactly one line")] {
            let result = try Program(name, arguments).run(in: folder)
            #expect(result.exit == .code(2))
            #expect(result.output.hasPrefix("Usage: \(name)") && result.output.contains(lines))
            let help = try Program(name, ["--help"]).run(in: folder)
            #expect(help.exit == .code(0) && help.output == result.output)
        }
    }

    /// A file, and why it is refused.
    struct Content: Sendable, CustomTestStringConvertible {
        let text, reason: String
        init(_ text: String, _ reason: String) { (self.text, self.reason) = (text, reason) }
        var testDescription: String { reason }
    }

    static let contents = [
        Content("\(oldPassphrase)\n\(newPassphrase)\n", "has 2 lines, not 3"),
        Content("\(oldPassphrase)\n\(newPassphrase)\n\(newPassphrase)\nx\n", "more than 3 lines"),
        Content("\(oldPassphrase)\r\n\(newPassphrase)\r\n\(newPassphrase)\r\n", "line 1 ends with CR LF"),
        Content("", "the file is empty"),
        Content("\(oldPassphrase)\n\n\(newPassphrase)\n", "line 2 is empty"),
        Content(String(repeating: "x", count: 513) + "\na\na\n", "line 1 is longer than 512 bytes"),
        Content(String(repeating: "x", count: 8 << 20), "line 1 is longer than 512 bytes"),
        Content("\(oldPassphrase)\na\0b\na\0b\n", "line 2 has a NUL byte"),
        Content("\(oldPassphrase)\n\(newPassphrase)\n\(thirdPassphrase)\n", "the two new passphrases differ"),
        Content("\(oldPassphrase)\n\(oldPassphrase)\n\(oldPassphrase)\n", "the new passphrase is the old one"),
        Content("\(oldPassphrase)\nshort\nshort\n", "the new passphrase is shorter than 12 bytes"),
    ]

    @Test("a file that is not as it should be changes nothing, and no passphrase is shown", arguments: contents)
    func content(_ content: Content) throws {
        let folder = try Folder()
        let disk = try Disk("d", in: folder)
        let before = try disk.bytes
        let result = try Program(add, ["--device", disk.path, try folder.secret(content.text)]).run(in: folder)
        #expect(result.exit == .code(1))
        #expect(result.lines.count == 1 && result.output.contains(content.reason), "\(result.output)")
        #expect(!result.output.contains(oldPassphrase) && !result.output.contains(newPassphrase))
        #expect(try disk.bytes == before)
    }

    @Test("passphrases of 512 bytes in UTF-8 are taken, and are what cryptsetup takes")
    func longest() throws {
        let folder = try Folder()
        let old = String(repeating: "abcdefgh", count: 64)
        let new = String(repeating: "Grüße 12", count: 51) + "wxyz567890"
        let disk = try Disk("d", in: folder, passphrases: [old])
        let added = try adding(String(new.prefix(400)), by: old, to: [disk]).run(in: folder)
        #expect(added.exit == .code(0), "\(added.output)")
        #expect(try disk.opens(String(new.prefix(400))))
    }

    @Test("a file that others could have read, or that is on a plain disk, is refused")
    func trust() throws {
        let folder = try Folder()
        let disk = try Disk("d", in: folder)
        let text = "\(oldPassphrase)\n\(newPassphrase)\n\(newPassphrase)\n"
        let open = try Program(add, ["--device", disk.path, try folder.secret(text, mode: 0o640)]).run(in: folder)
        #expect(open.exit == .code(1) && open.output.contains("its mode is not 0600"))

        let secret = try folder.secret(text)
        try FileManager.default.createSymbolicLink(atPath: folder.path("link"), withDestinationPath: secret)
        let link = try Program(add, ["--device", disk.path, folder.path("link")]).run(in: folder)
        #expect(link.exit == .code(1) && link.output.contains("Too many levels"))

        try FileManager.default.copyItem(atPath: secret, toPath: folder.path("plain"))
        let plain = try Program(add, ["--device", disk.path, folder.path("plain")]).run(in: folder)
        #expect(plain.exit == .code(1))
        #expect(plain.output.contains("not encrypted") || plain.output.contains("cannot be told"))
        #expect(try !disk.opens(newPassphrase))
        #expect(try Program(add, ["--device", disk.path, secret]).run(in: folder).exit == .code(0))
    }

    @Test("the file is wiped when that was asked for and all went well, and kept otherwise")
    func wipe() throws {
        let folder = try Folder()
        let disk = try Disk("d", in: folder)
        var program = try adding(to: [disk])
        let file = try #require(program.arguments.last)
        let kept = try program.run(in: folder)
        #expect(kept.output.contains("still holds a passphrase"))
        #expect(FileManager.default.fileExists(atPath: file))
        program.arguments.insert("--wipe", at: 0)
        let wiped = try program.run(in: folder)
        #expect(wiped.exit == .code(0) && wiped.output.contains("is wiped"))
        #expect(!FileManager.default.fileExists(atPath: file))
    }

    @Test("at a terminal the passphrases are typed without echo")
    func typed() throws {
        let folder = try Folder()
        let disk = try Disk("d", in: folder)
        let terminal = try Terminal(add, ["--device", disk.path, "-"])
        for (question, answer) in [
            ("opens the disks now: ", oldPassphrase), ("New passphrase: ", newPassphrase), ("again: ", newPassphrase),
        ] {
            try terminal.expect(question)
            #expect(!terminal.echoes)
            terminal.type(answer + "\n")
        }
        try terminal.expect(": SUCCESS")
        #expect(terminal.exit() == 0)
        #expect(!terminal.seen.contains(oldPassphrase) && !terminal.seen.contains(newPassphrase))
        #expect(try disk.opens(newPassphrase))
    }

    @Test("Ctrl-C at the question ends it, with the terminal as it was and nothing changed")
    func interrupted() throws {
        let folder = try Folder()
        let disk = try Disk("d", in: folder)
        let before = try disk.bytes
        let terminal = try Terminal(remove, ["--device", disk.path, "-"])
        try terminal.expect("Passphrase to remove: ")
        terminal.type("abc\u{3}")
        try terminal.expect("interrupted; nothing was changed")
        #expect(terminal.exit() == 1)
        #expect(terminal.echoes)
        #expect(try disk.bytes == before)
    }

    @Test("without a terminal nothing can be typed")
    func piped() throws {
        let folder = try Folder()
        let disk = try Disk("d", in: folder)
        let result = try Program(remove, ["--device", disk.path, "-"], input: oldPassphrase + "\n").run(in: folder)
        #expect(result.exit == .code(1) && result.output.contains("standard input is not a terminal"))
    }
}

/// A program on a terminal of its own.
final class Terminal {
    let process: pid_t
    private var master: Int32 = -1
    private(set) var seen = ""

    init(_ name: String, _ arguments: [String]) throws {
        guard let path = name.hasPrefix("/") ? name : Program.path(name) else { throw HarnessError(what: name) }
        var master: Int32 = -1
        process = withStrings([path] + arguments) { stepper_start_on_terminal($0, &master) }
        self.master = master
        guard process > 0 else { throw HarnessError(what: "no terminal") }
    }

    deinit {
        if isRunning {
            kill(process, SIGKILL)
            waitpid(process, nil, 0)
        }
        close(master)
    }

    private var isRunning = true

    var echoes: Bool { stepper_echoes(master) }

    func type(_ text: String) {
        let bytes = Array(text.utf8)
        _ = write(master, bytes, bytes.count)
    }

    /// Waits until a text is shown.
    func expect(_ text: String, seconds: Double = 30) throws {
        let deadline = Date(timeIntervalSinceNow: seconds)
        var buffer = [UInt8](repeating: 0, count: 4096)
        while !seen.contains(text) {
            let count = stepper_read(master, 500, &buffer, buffer.count)
            guard count >= 0, Date() < deadline else { throw HarnessError(what: "no \(text) in \(seen)") }
            seen += String(decoding: buffer[..<count], as: UTF8.self)
        }
    }

    /// Whether the program ends in time.
    func ends(within seconds: Double) -> Bool {
        let deadline = Date(timeIntervalSinceNow: seconds)
        while Date() < deadline {
            if waitpid(process, nil, WNOHANG) == process {
                isRunning = false
                return true
            }
            // Nothing can be waited for together with a time, but a child that is a descriptor.
            usleep(20_000)
        }
        return false
    }

    func exit() -> Int32 {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        isRunning = false
        return status & 0x7F == 0 ? status >> 8 & 0xFF : -(status & 0x7F)
    }
}
