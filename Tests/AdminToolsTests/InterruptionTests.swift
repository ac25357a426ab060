import CStepper
import Foundation
import Testing

/// The tools stopped at every system call that writes, and on disks that fail at every one of them.
@Suite(.enabled(if: Disk.areThere, Disk.why))
struct InterruptionTests {
    /// A tool, the disks it is tried on, and what opens each of them whatever happens.
    struct Trial {
        let folder: Folder
        let disks: [Disk]
        let before: [Data]
        let program: Program
        let always: String

        init(isAdding: Bool, _ formats: [Disk.Format] = [.luks2, .luks1], memory: Int = 64) throws {
            let folder = try Folder()
            let passphrases = isAdding ? [oldPassphrase] : [oldPassphrase, thirdPassphrase]
            let disks = try formats.enumerated().map { index, format in
                try Disk("\(index)", format, in: folder, passphrases: passphrases, memory: memory)
            }
            self.folder = folder
            self.disks = disks
            before = try disks.map { try $0.bytes }
            var program = isAdding ? try adding(to: disks) : try removing(from: disks)
            program.isTraced = true
            self.program = program
            always = isAdding ? oldPassphrase : thirdPassphrase
        }

        func reset() throws { for (disk, bytes) in zip(disks, before) { try disk.put(bytes) } }

        /// The program with something changed, on fresh disks.
        func run(_ change: (inout Program) -> Void) throws -> Program.Result {
            try reset()
            var program = program
            change(&program)
            return try program.run(in: folder)
        }
    }

    @Test("killed before or after any write, it leaves every disk open to a passphrase", arguments: [true, false])
    func killed(_ isAdding: Bool) throws {
        let trial = try Trial(isAdding: isAdding)
        let whole = try trial.run { _ in }
        #expect(whole.exit == .code(0))
        // Two disks, and each has its key material and its header written and synchronised.
        #expect(whole.calls >= 8)
        // After a call is before the next one; only after the last there is none.
        for call in 1...whole.calls + 1 {
            let result = try trial.run {
                if call <= whole.calls { $0.killBefore = call } else { $0.killAfter = call - 1 }
            }
            #expect(result.exit == .signal(SIGKILL))
            for disk in trial.disks { #expect(try disk.opens(trial.always), "call \(call)") }
        }
        // What is left half done is finished by running it again.
        #expect(try trial.run { $0.killBefore = whole.calls / 2 }.exit == .signal(SIGKILL))
        var again = trial.program
        again.isTraced = false
        #expect(try again.run(in: trial.folder).exit == .code(0))
        for disk in trial.disks {
            #expect(try disk.opens(newPassphrase) == isAdding)
            #expect(try disk.opens(oldPassphrase) == isAdding)
        }
    }

    @Test("a program that takes every passphrase away is found by the same stops")
    func detector() throws {
        let folder = try Folder()
        let disk = try Disk("d", in: folder)
        let before = try disk.bytes
        var program = Program("cryptsetup", ["luksErase", "-q", disk.path])
        program.isTraced = true
        let calls = try program.run(in: folder).calls
        let open = try (1...calls).map { call in
            try disk.put(before)
            program.killBefore = call
            #expect(try program.run(in: folder).exit == .signal(SIGKILL))
            return try disk.opens(oldPassphrase)
        }
        #expect(open.first == true && open.contains(false))
    }

    @Test("one write fails, and every disk is byte for byte what it was", arguments: [true, false])
    func failing(_ isAdding: Bool) throws {
        let trial = try Trial(isAdding: isAdding, [.luks2, .luks1, .luks2])
        let last = trial.disks[2].path
        #expect(
            try trial.run {
                $0.only = last
                $0.log = trial.folder.path("log")
            }.exit == .code(0))
        let records = try writes(trial.folder.path("log"))
        #expect(records.count >= 4)
        for (index, record) in records.enumerated() {
            let result = try trial.run {
                $0.only = last
                $0.failing = index + 1...index + 1
            }
            if record == nil, index + 1 < records.count {
                // libcryptsetup does not look whether synchronising fails. A later one tells that all is on the disk.
                #expect(result.exit == .code(0))
                continue
            }
            #expect(result.exit == .code(3), "call \(index + 1): \(result.output)")
            #expect(result.lines.filter { $0.contains("restored as it was") }.count == 3)
            #expect(try trial.disks.map { try $0.bytes } == trial.before, "call \(index + 1)")
        }
    }

    @Test("a disk that takes nothing more is told, still opens, and the others are what they were")
    func dead() throws {
        let trial = try Trial(isAdding: true, [.luks2, .luks1, .luks2])
        let calls = try trial.run { $0.only = trial.disks[1].path }.calls
        for call in 1...calls {
            let result = try trial.run {
                $0.only = trial.disks[1].path
                $0.failing = call...100_000
            }
            #expect(result.exit == .code(3) || result.exit == .code(4), "\(result.output)")
            #expect((result.exit == .code(4)) == result.output.contains("NOT RESTORED"))
            #expect(try trial.disks[1].opens(oldPassphrase))
            #expect(try trial.disks[0].bytes == trial.before[0])
            #expect(try trial.disks[2].bytes == trial.before[2])
        }
    }

    @Test("killed while it takes back what it wrote, it leaves every disk open", arguments: [true, false])
    func restoring(_ isAdding: Bool) throws {
        let trial = try Trial(isAdding: isAdding)
        let calls = try trial.run { _ in }.calls
        // The last synchronising fails; everything that is written after it is taking back.
        let undone = try trial.run { $0.failing = calls...calls }
        #expect(undone.exit == .code(3) && undone.calls > calls)
        for call in calls + 1...undone.calls {
            let result = try trial.run {
                $0.failing = calls...calls
                $0.killAfter = call
            }
            #expect(result.exit == .signal(SIGKILL))
            for disk in trial.disks { #expect(try disk.opens(trial.always), "call \(call)") }
        }
    }

    @Test("memory runs short in the middle, and every disk is byte for byte what it was", arguments: [true, false])
    func starving(_ isAdding: Bool) throws {
        // More than stays in the heap from what came before.
        let trial = try Trial(isAdding: isAdding, [.luks2, .luks2], memory: 2048)
        let calls = try trial.run { _ in }.calls
        var restored = 0
        for call in 1...calls {
            let result = try trial.run { $0.starveAt = call }
            // After the last passphrase was tried, nothing needs memory any more.
            guard result.exit != .code(0) else { continue }
            restored += 1
            #expect(result.exit == .code(3), "call \(call): \(result.output)")
            #expect(try trial.disks.map { try $0.bytes } == trial.before, "call \(call)")
        }
        // The memory did run short, on each of the disks.
        #expect(restored > calls / 2)
    }

    /// What a tool wrote to one disk: ranges and bytes, and `nil` where it waited until they were on the disk.
    private func writes(_ log: String) throws -> [(offset: Int, bytes: Data)?] {
        var data = try Data(contentsOf: URL(fileURLWithPath: log))[...]
        var found: [(Int, Data)?] = []
        func number() -> Int {
            let bytes = data.prefix(8)
            data = data.dropFirst(8)
            return bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
        }
        while !data.isEmpty {
            let (offset, count) = (number(), number())
            found.append(count == 0 ? nil : (offset, Data(data.prefix(count))))
            data = data.dropFirst(count)
        }
        return found
    }

    @Test(
        "the power fails at any moment: of the writes that are not yet on the disk any are lost, any is cut in the middle",
        arguments: [(true, Disk.Format.luks2), (false, .luks2), (true, .luks1), (false, .luks1)])
    func powerCut(_ isAdding: Bool, _ format: Disk.Format) throws {
        let folder = try Folder()
        let disk = try Disk(
            "d", format, in: folder, passphrases: isAdding ? [oldPassphrase] : [oldPassphrase, thirdPassphrase])
        let before = try disk.bytes
        var program = isAdding ? try adding(to: [disk]) : try removing(from: [disk])
        program.isTraced = true
        program.only = disk.path
        program.log = folder.path("log")
        #expect(try program.run(in: folder).exit == .code(0))
        let records = try writes(folder.path("log"))
        let after = try disk.bytes

        var settled = before
        var pending: [(offset: Int, bytes: Data)] = []
        func apply(_ write: (offset: Int, bytes: Data), to image: inout Data) {
            image.replaceSubrange(write.offset..<write.offset + write.bytes.count, with: write.bytes)
        }
        var tried = 0
        func check(_ image: Data) throws {
            try disk.put(image)
            tried += 1
            #expect(try disk.opens(isAdding ? oldPassphrase : thirdPassphrase), "state \(tried)")
        }
        for record in records + [nil] {
            if let record {
                pending.append(record)
                continue
            }
            // Everything pending may have reached the disk or not, in any order; the one that was being written when the
            // power failed may be there in part: its first or last sectors.
            for subset in 0..<(1 << min(pending.count, 4)) {
                var image = settled
                for (index, write) in pending.enumerated() where index >= 4 || subset >> index & 1 == 1 {
                    apply(write, to: &image)
                }
                try check(image)
            }
            for write in pending {
                let middle = write.bytes.count / 2 / 512 * 512
                guard middle > 0 else { continue }
                for part in [
                    (write.offset, Data(write.bytes.prefix(middle))),
                    (write.offset + middle, Data(write.bytes.dropFirst(middle))),
                ] {
                    var image = settled
                    apply(part, to: &image)
                    try check(image)
                }
            }
            for write in pending { apply(write, to: &settled) }
            pending = []
        }
        // The record is whole: written out, it is what the tool left.
        #expect(settled == after)
        #expect(tried > 8)
    }
}
