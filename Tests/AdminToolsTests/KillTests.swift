import CStepper
import Foundation
import Testing

/// The kill switch on plain files. Only the packaged program powers anything off.
@Suite(.enabled(if: Disk.areThere, Disk.why))
struct KillTests {
    private static func killing(_ disks: [Disk], _ options: String...) -> Program {
        Program("untochat-kill-system", options + disks.flatMap { ["--device", $0.path] })
    }

    private static func disks(in folder: Folder) throws -> [Disk] {
        try [
            Disk("a", in: folder, passphrases: [oldPassphrase, newPassphrase]),
            Disk("b", .luks1, in: folder, passphrases: [oldPassphrase]), Disk("c", in: folder),
        ]
    }

    /// That cryptsetup finds nothing, and that no block of the header before is anywhere in what is left of its area.
    private func isDestroyed(_ disk: Disk, was before: Data) throws -> Bool {
        let check = try Program("cryptsetup", ["isLuks", disk.path]).run(in: disk.folder)
        let repair = try Program("cryptsetup", ["luksDump", disk.path]).run(in: disk.folder)
        guard check.exit == .code(1), repair.exit != .code(0) else { return false }
        let after = try disk.bytes
        let area = 2 << 20
        var old: Set<Data> = []
        for start in stride(from: 0, to: area, by: 512) {
            let sector = Data(before[start..<start + 512])
            // Zeros were nobody's secret.
            if sector.contains(where: { $0 != 0 }) { old.insert(sector) }
        }
        for start in stride(from: 0, to: area, by: 512) where old.contains(Data(after[start..<start + 512])) {
            return false
        }
        return !old.isEmpty && after[area...] == before[area...]
    }

    @Test("with its option it asks nothing, and of no disk a header, a slot or an old sector is left")
    func destroys() throws {
        let folder = try Folder()
        let disks = try Self.disks(in: folder)
        let names = try disks.map { try $0.name }
        let before = try disks.map { try $0.bytes }
        let result = try Self.killing(disks, "--yes-destroy-everything").run(in: folder)
        #expect(result.exit == .code(0))
        var expected = zip(names, [2, 1, 1]).flatMap { name, slots in
            ["\(name): \(slots) key slots removed", "\(name): round 1 of 5: SUCCESS"]
        }
        for round in 2...5 { expected += names.map { "\($0): round \(round) of 5: SUCCESS" } }
        expected += names.map { "\($0): no LUKS header and no key is left" }
        #expect(result.lines == expected)
        for (disk, before) in zip(disks, before) { #expect(try isDestroyed(disk, was: before)) }
    }

    @Test("a lock that somebody holds on a header does not hold it up")
    func passesLocks() throws {
        let folder = try Folder()
        let disk = try Disk("a", in: folder)
        let before = try disk.bytes
        let holder = open(disk.path, O_RDWR | O_CLOEXEC)
        #expect(flock(holder, LOCK_EX) == 0)
        let result = try Self.killing([disk], "--yes-destroy-everything").run(in: folder)
        // cryptsetup, which looks at it now, does wait.
        close(holder)
        #expect(result.exit == .code(0))
        #expect(try isDestroyed(disk, was: before))
    }

    @Test("the check above finds a disk of which anything is left")
    func detector() throws {
        let folder = try Folder()
        let disk = try Disk("a", in: folder)
        let before = try disk.bytes
        #expect(try !isDestroyed(disk, was: before))
        // Both copies of the metadata are gone, the key material is not.
        try disk.overwrite(0..<32768)
        #expect(try !isDestroyed(disk, was: before))
    }

    @Test("the plan tells what would be done, and does nothing")
    func plan() throws {
        let folder = try Folder()
        let disks = try Self.disks(in: folder)
        let before = try disks.map { try $0.bytes }
        let result = try Self.killing(disks, "--plan").run(in: folder)
        #expect(result.exit == .code(0))
        let wanted = try zip(disks, [2, 1, 1]).map { try "\($0.name): \($1) key slots; 2097152 bytes, 5 rounds" }
        #expect(result.lines == wanted)
        #expect(try disks.map { try $0.bytes } == before)
    }

    @Test(
        "anything but two times y at a terminal leaves everything as it was",
        arguments: [["n"], ["y", "n"], ["yes"], ["y", ""]])
    func asks(_ answers: [String]) throws {
        let folder = try Folder()
        let disk = try Disk("a", in: folder)
        let before = try disk.bytes
        let terminal = try Terminal("untochat-kill-system", ["--device", disk.path])
        for (question, answer) in zip(["Go on? (y/n) ", "Really destroy everything? (y/n) "], answers) {
            try terminal.expect(question)
            terminal.type(answer + "\n")
        }
        try terminal.expect("nothing was changed")
        #expect(terminal.exit() == 1)
        #expect(try disk.bytes == before)
    }

    @Test("without a terminal and without its option it does nothing")
    func noTerminal() throws {
        let folder = try Folder()
        let disk = try Disk("a", in: folder)
        let before = try disk.bytes
        let result = try Program("untochat-kill-system", ["--device", disk.path], input: "y\ny\n").run(in: folder)
        #expect(result.exit == .code(1) && result.output.contains("nothing was changed"))
        #expect(try disk.bytes == before)
    }

    @Test("at the first question it is all in memory, and its own file is not needed; signals do not stop it")
    func memory() throws {
        let folder = try Folder()
        let disk = try Disk("a", in: folder)
        let before = try disk.bytes
        let copy = folder.path("kill")
        let program = try #require(Program.path("untochat-kill-system"))
        try FileManager.default.copyItem(atPath: program, toPath: copy)
        let terminal = try Terminal(copy, ["--device", disk.path])
        try terminal.expect("Go on? (y/n) ")
        if geteuid() == 0 {
            for (size, resident, name) in try mappings(of: terminal.process) where size != resident {
                Issue.record("\(resident) of \(size) KiB of \(name) are in memory")
            }
        }
        try FileManager.default.removeItem(atPath: copy)
        terminal.type("y\n")
        try terminal.expect("Really destroy everything? (y/n) ")
        terminal.type("y\n")
        try terminal.expect("round 1 of 5")
        for number in [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE] { kill(terminal.process, number) }
        try terminal.expect("no LUKS header and no key is left")
        #expect(terminal.exit() == 0)
        #expect(try isDestroyed(disk, was: before))
    }

    @Test("a terminal that was stopped by Ctrl-S does not hold it up")
    func stoppedTerminal() throws {
        let folder = try Folder()
        let disk = try Disk("a", in: folder)
        let before = try disk.bytes
        let terminal = try Terminal("untochat-kill-system", ["--device", disk.path])
        try terminal.expect("Go on? (y/n) ")
        terminal.type("y\n")
        try terminal.expect("Really destroy everything? (y/n) ")
        terminal.type("y\n\u{13}")
        #expect(terminal.ends(within: 30))
        #expect(try isDestroyed(disk, was: before))
        // It was stopped indeed: nothing was shown.
        #expect(throws: HarnessError.self) { try terminal.expect("round 1 of 5", seconds: 1) }
    }

    /// The size and the resident part, in KiB, of what is mapped from a file and can be read.
    private func mappings(of process: pid_t) throws -> [(Int, Int, String)] {
        // Not by its path: Foundation reads a file without a size only once.
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: "/proc/\(process)/smaps"))
        let text = String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
        var found: [(Int, Int, String)] = []
        var name: String?
        var size = 0
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ", omittingEmptySubsequences: true)
            if words[0].contains("-") {
                name = words.count > 5 && words[5].hasPrefix("/") && words[1].hasPrefix("r") ? String(words[5]) : nil
            } else if words[0] == "Size:" {
                size = Int(words[1]) ?? -1
            } else if words[0] == "Rss:", let name {
                found.append((size, Int(words[1]) ?? -1, name))
            }
        }
        guard found.count > 5 else { throw HarnessError(what: text) }
        return found
    }

    @Test("a disk that fails does not save the others")
    func failing() throws {
        let folder = try Folder()
        let disks = try Self.disks(in: folder)
        let before = try disks.map { try $0.bytes }
        var program = Self.killing(disks, "--yes-destroy-everything")
        program.arguments.insert(contentsOf: ["--device", folder.path("none")], at: 1)
        program.isTraced = true
        program.only = disks[0].path
        program.failing = 1...100_000
        let result = try program.run(in: folder)
        #expect(result.exit == .code(4))
        #expect(result.lines.first == folder.path("none") + ": cannot be opened: No such file or directory")
        #expect(result.output.contains("round 5 of 5: Input/output error"))
        #expect(result.output.contains("A LUKS HEADER IS LEFT"))
        for index in [1, 2] { #expect(try isDestroyed(disks[index], was: before[index])) }
    }

    @Test("a disk whose first writes fail is destroyed by the later ones")
    func passing() throws {
        let folder = try Folder()
        let disk = try Disk("a", in: folder)
        let before = try disk.bytes
        var program = Self.killing([disk], "--yes-destroy-everything")
        program.isTraced = true
        program.only = disk.path
        program.failing = 1...8
        let result = try program.run(in: folder)
        #expect(result.output.contains("Input/output error"))
        #expect(result.exit == .code(0), "\(result.output)")
        #expect(try isDestroyed(disk, was: before))
    }

    @Test("a disk without a header that can be read is overwritten as far as a header could reach")
    func damaged() throws {
        let folder = try Folder()
        let disk = try Disk("a", in: folder)
        try disk.overwrite(0..<32768)
        let before = try disk.bytes
        let result = try Self.killing([disk], "--yes-destroy-everything").run(in: folder)
        #expect(result.exit == .code(0))
        let after = try disk.bytes
        #expect(after.count == before.count && after[(2 << 20)...] != before[(2 << 20)...])
    }

    @Test("wrong options explain the tool", arguments: [["--plan", "--yes-destroy-everything"], ["disk"], ["--yes"]])
    func usage(_ arguments: [String]) throws {
        let result = try Program("untochat-kill-system", arguments).run(in: Folder())
        #expect(result.exit == .code(2) && result.output.hasPrefix("Usage: untochat-kill-system"))
    }
}
