import CStepper
import Foundation
import Testing

/// The two tools on plain files, judged by the real cryptsetup.
@Suite(.enabled(if: Disk.areThere, Disk.why))
struct LuksTests {
    @Test("one to eight disks of both formats get a passphrase and lose the old one", arguments: [1, 2, 8])
    func both(_ count: Int) throws {
        let folder = try Folder()
        let disks = try (0..<count).map { try Disk("\($0)", $0 % 3 == 1 ? .luks1 : .luks2, in: folder) }
        let success = try disks.map { try $0.name + ": SUCCESS" }

        let added = try adding(to: disks).run(in: folder)
        #expect(added.exit == .code(0))
        #expect(added.lines.prefix(count) == success[...])
        for disk in disks {
            #expect(try disk.opens(oldPassphrase) && disk.opens(newPassphrase))
            #expect(try !disk.opens(thirdPassphrase))
        }
        let removed = try removing(from: disks).run(in: folder)
        #expect(removed.exit == .code(0))
        #expect(removed.lines.prefix(count) == success[...])
        for disk in disks { #expect(try !disk.opens(oldPassphrase) && disk.opens(newPassphrase)) }
    }

    @Test("the new key slot is as dear to guess as the old one")
    func cost() throws {
        let folder = try Folder()
        let disk = try Disk("d", in: folder)
        #expect(try adding(to: [disk]).run(in: folder).exit == .code(0))
        let dump = try disk.dump()
        #expect(dump.components(separatedBy: "argon2id").count == 3)
        #expect(dump.components(separatedBy: "Time cost:  5").count == 3)
        #expect(dump.components(separatedBy: "Memory:     64").count == 3)
    }

    @Test("what was interrupted between two disks is finished by running it again")
    func again() throws {
        let folder = try Folder()
        let disks = try [
            Disk("a", in: folder, passphrases: [oldPassphrase, newPassphrase]), Disk("b", .luks1, in: folder),
        ]
        let added = try adding(to: disks).run(in: folder)
        #expect(added.exit == .code(0))
        #expect(added.lines.first == (try disks[0].name) + ": SUCCESS (had it already)")
        #expect(try disks[1].opens(newPassphrase))
        #expect(try removing(from: [disks[0]]).run(in: folder).exit == .code(0))
        let removed = try removing(from: disks).run(in: folder)
        #expect(removed.lines.first == (try disks[0].name) + ": SUCCESS (did not have it)")
        #expect(try !disks[1].opens(oldPassphrase))
    }

    /// A disk beside a good one, and what the line of the bad one says. Nothing may be written to either.
    private func refuses(_ program: (Disk) throws -> Program, beside good: Disk, bad: Disk, _ reason: String) throws {
        let before = try (good.bytes, bad.bytes)
        let result = try program(good).run(in: good.folder)
        #expect(result.exit == .code(1), "\(result.output)")
        #expect(result.lines.contains { $0.contains(reason) }, "\(result.output)")
        #expect(result.lines.contains { $0.hasSuffix(": not changed") }, "\(result.output)")
        #expect(try good.bytes == before.0)
        #expect(try bad.bytes == before.1)
    }

    @Test("a disk whose eight slots are taken refuses all")
    func full() throws {
        let folder = try Folder()
        let passphrases = [oldPassphrase] + (1..<8).map { "passphrase \($0)" }
        let full = try Disk("full", .luks1, in: folder, passphrases: passphrases)
        let good = try Disk("good", in: folder)
        try refuses(
            { try adding(to: [$0, full]) }, beside: good, bad: full, "all 8 key slots are taken")
    }

    @Test("a disk that the old passphrase does not open refuses all")
    func other() throws {
        let folder = try Folder()
        let other = try Disk("other", in: folder, passphrases: [thirdPassphrase])
        let good = try Disk("good", .luks1, in: folder)
        try refuses(
            { try adding(to: [$0, other]) }, beside: good, bad: other, "the old passphrase does not open it")
    }

    @Test("a disk where no other passphrase would be left refuses all", arguments: Disk.Format.allCases)
    func last(_ format: Disk.Format) throws {
        let folder = try Folder()
        let single = try Disk("single", format, in: folder)
        let good = try Disk("good", in: folder, passphrases: [oldPassphrase, thirdPassphrase])
        try refuses(
            { try removing(from: [$0, single]) }, beside: good, bad: single, "no other passphrase would be left")
    }

    @Test("a slot that a token opens does not count as a passphrase, unless its type is named")
    func token() throws {
        let folder = try Folder()
        let disk = try Disk("d", in: folder, passphrases: [oldPassphrase, thirdPassphrase])
        try disk.cryptsetup(
            ["token", "import", disk.path],
            input: #"{"type":"systemd-recovery","keyslots":["1"]}"#)
        let refused = try removing(from: [disk]).run(in: folder)
        #expect(refused.exit == .code(1) && refused.output.contains("no other passphrase would be left"))
        #expect(try disk.opens(oldPassphrase))
        let counted = try removing(from: [disk], ["--count", "systemd-recovery"]).run(in: folder)
        #expect(counted.exit == .code(0))
        #expect(try !disk.opens(oldPassphrase) && disk.opens(thirdPassphrase))
    }

    @Test("a passphrase that is in two slots is removed from both, and does not count as another one")
    func twice() throws {
        let folder = try Folder()
        let disk = try Disk("d", in: folder, passphrases: [oldPassphrase, oldPassphrase])
        #expect(try removing(from: [disk]).run(in: folder).exit == .code(1))
        try disk.add(thirdPassphrase, by: oldPassphrase)
        #expect(try removing(from: [disk]).run(in: folder).exit == .code(0))
        #expect(try !disk.opens(oldPassphrase) && disk.opens(thirdPassphrase))
    }

    @Test("a damaged first copy of the header is no obstacle; without both copies the disk refuses all")
    func damaged() throws {
        let folder = try Folder()
        let disk = try Disk("d", in: folder)
        let good = try Disk("good", .luks1, in: folder)
        try disk.overwrite(512..<1024)
        #expect(try adding(to: [disk]).run(in: folder).exit == .code(0))
        #expect(try disk.opens(newPassphrase))
        try disk.overwrite(0..<32768)
        try refuses({ try adding(to: [$0, disk]) }, beside: good, bad: disk, "no LUKS header can be read")
    }

    @Test("a disk that is not there, or not a disk, refuses all")
    func absent() throws {
        let folder = try Folder()
        let good = try Disk("good", in: folder)
        let before = try good.bytes
        for (path, reason) in [
            (folder.path("none"), "No such file"), ("/dev/null", "neither a block device nor a file"),
        ] {
            var program = try adding(to: [good])
            program.arguments.insert(contentsOf: ["--device", path], at: 0)
            let result = try program.run(in: folder)
            #expect(result.exit == .code(1))
            #expect(result.lines.first?.contains(path + ": ") == true)
            #expect(result.output.contains(reason))
        }
        #expect(try good.bytes == before)
    }

    @Test("a disk that two paths lead to is worked on once")
    func link() throws {
        let folder = try Folder()
        let disk = try Disk("d", in: folder)
        try FileManager.default.createSymbolicLink(atPath: folder.path("link"), withDestinationPath: disk.path)
        var program = try adding(to: [disk])
        program.arguments.insert(contentsOf: ["--device", folder.path("link")], at: 0)
        let result = try program.run(in: folder)
        #expect(result.exit == .code(0))
        #expect(result.lines.filter { $0.hasSuffix(": SUCCESS") }.count == 1)
    }

    @Test("while one program changes the keys of a disk, no other one does")
    func claimed() throws {
        let folder = try Folder()
        let disk = try Disk("d", in: folder)
        let descriptor = open(disk.path, O_RDWR)
        defer { close(descriptor) }
        #expect(stepper_claim(descriptor))
        let result = try adding(to: [disk]).run(in: folder)
        #expect(result.exit == .code(1) && result.output.contains("another program is changing its keys"))
    }
}
