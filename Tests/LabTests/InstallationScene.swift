import Foundation
import KickstartReading
import ReleaseSupport
import SystemPackage

@testable import Lab

/// One installation, from the kickstart to a server that runs, for all tests of this process: in stages, each of which is
/// done once, by the first test that needs it.
enum InstallationScene {
    /// The installer's guest, and what is plugged into it.
    struct Prepared: Sendable {
        let room: InstallerRoom
        let maker: KickstartMaker
        /// The disk that is installed to, 8 GiB, raw.
        let disk: FilePath
        let kickstart: FilePath
        /// As the installer reads it before it runs %pre.
        let reading: Pykickstart.Reading
    }

    /// After %pre.
    struct Filled: Sendable {
        let prepared: Prepared
        /// What %pre said, each time that it was started.
        let said: [String]
        /// In bytes: how far the first start, which the power cut ended, had recorded to be.
        let recorded: Int
        /// The same when all was done: 0, as the record is filled last.
        let remaining: Int
        /// As the installer reads the kickstart after %pre, with what it wrote.
        let reading: Pykickstart.Reading
        let plan: StoragePlan
    }

    /// When the system that is there before our packages lies on the disk.
    struct Unpacked: Sendable {
        let filled: Filled
        let archive: FilePath
    }

    /// After %post.
    struct Installed: Sendable {
        let filled: Filled
        let said: String
        let seconds: Int
        let system: InstalledSystem
        /// The raw bytes of /boot.
        let boot: FilePath
    }

    /// Of the disk: as little as %pre takes.
    static let diskBytes = 8 << 30
    /// From where it is filled in the end, in bytes.
    static let nearlyFilled = diskBytes - (192 << 20)
    /// Long enough for an emulated machine on a busy one.
    private static let limit: Duration = .seconds(900)

    /// The folder with everything.
    static var folder: FilePath { get async throws { try await TestLaboratory.shared.folder("installation") } }

    // MARK: - Stages

    static var prepared: Prepared { get async throws { try await preparing.value } }
    private static let preparing = Task { try await prepare() }

    private static func prepare() async throws -> Prepared {
        let laboratory = try await TestLaboratory.shared
        let folder = try await Self.folder
        let maker = KickstartMaker(folder: folder, release: try TestLaboratory.release)
        let kickstart = try await maker.kickstart("untochat")
        let disk = folder.appending("disk")
        try await Command("truncate", ["--size=\(diskBytes)", disk.string]).output(.setup)
        let guest = try await laboratory.guest(.snapshot)
        let room = InstallerRoom(guest: guest)
        try await room.prepare()
        let reading = try await read(Files.text(kickstart))
        return Prepared(room: room, maker: maker, disk: disk, kickstart: kickstart, reading: reading)
    }

    static var filled: Filled { get async throws { try await filling.value } }
    private static let filling = Task { try await fill() }

    private static func fill() async throws -> Filled {
        let prepared = try await Self.prepared
        let (room, guest) = (prepared.room, prepared.room.guest)
        let pre = try script(.pre, of: prepared.reading)
        _ = try await guest.attach(prepared.disk, as: "server")
        // The first time the power is taken away in the middle of it.
        let first = Task { try await room.run(pre) }
        let progress = Pattern.regex("filling /dev/vd. with random data: [2-9] %")
        var said = [try await guest.expectConsole(progress, within: limit)]
        await guest.powerCut()
        _ = try? await first.value
        let recorded = try recordedBytes(of: prepared.disk)
        try await guest.boot(passphrase: ReleaseImage.passphrase)
        try await room.prepare()
        let device = try await guest.attach(prepared.disk, as: "server")
        // The second time it is killed; everything that it started goes with it.
        let second = Task { try await room.run(pre) }
        said.append(
            try await guest.expectConsole(.regex("with random data: [5-9] %"), within: limit))
        try await guest.root("pkill --signal KILL --full [/]run/lab/script")
        _ = try await second.value
        // What lies between takes minutes in emulation; `ScriptTests` fill a disk to its last byte.
        try await guest.root("printf '%-511s\\n' 'untochat-fill \(diskBytes) \(nearlyFilled)' >/run/lab/record")
        try await guest.root("dd if=/run/lab/record of=\(device) conv=notrunc,fsync status=none")
        let last = try await room.run(pre)
        guard last.succeeded else { throw ReleaseError(.verify, "%pre ended with \(last.ending): \(last.text)") }
        said.append(last.text)
        let include = try await guest.root("cat /tmp/untochat-disk.ks")
        let text = try Files.text(prepared.kickstart)
        let reading = try await read(text.replacing("%include /tmp/untochat-disk.ks\n", with: include))
        guard let storage = reading.storage else { throw ReleaseError(.verify, "pykickstart read no storage") }
        return Filled(
            prepared: prepared, said: said, recorded: recorded, remaining: try recordedBytes(of: prepared.disk),
            reading: reading, plan: try StoragePlan(storage))
    }

    static var unpacked: Unpacked { get async throws { try await unpacking.value } }
    private static let unpacking = Task { try await unpack() }

    private static func unpack() async throws -> Unpacked {
        let filled = try await Self.filled
        let room = filled.prepared.room
        try await room.make(filled.plan)
        let archive = try await folder.appending("system.tar")
        try await TestLaboratory.shared.bareSystem(to: archive)
        // A disk ends with a sector.
        try await Command("truncate", ["--size=%512", archive.string]).output(.setup)
        let device = try await room.guest.attach(archive, as: "system", readOnly: true)
        try await room.unpack(device, filled.plan, filled.reading)
        try await room.guest.detach("system")
        try Files.remove(archive)
        return Unpacked(filled: filled, archive: archive)
    }

    static var installed: Installed { get async throws { try await installing.value } }
    private static let installing = Task { try await install() }

    private static func install() async throws -> Installed {
        let unpacked = try await Self.unpacked
        let filled = unpacked.filled
        let (room, guest) = (filled.prepared.room, filled.prepared.room.guest)
        _ = try await guest.attach(
            try filled.prepared.maker.volume(filled.prepared.kickstart), as: "medium", readOnly: true)
        let start = ContinuousClock.now
        let outside = try await room.run(try script(.postOutside, of: filled.reading))
        guard outside.succeeded else { throw ReleaseError(.verify, "%post --nochroot: \(outside.text)") }
        let inside = try await room.runInside(try script(.postInside, of: filled.reading))
        guard inside.succeeded else { throw ReleaseError(.verify, "%post: \(inside.text)") }
        let seconds = Int((ContinuousClock.now - start).components.seconds)
        // rpm of Fedora makes the accounts of packages.
        try await room.inside("systemd-sysusers && setfiles -F \(InstallerRoom.contexts) /etc")
        let uuid = try await guest.root("cryptsetup luksUUID \(filled.plan.encrypted)").filter { !$0.isWhitespace }
        try await room.close()
        await guest.powerCut()
        let (boot, files) = try await bootFiles(of: filled.prepared.disk)
        return Installed(
            filled: filled, said: outside.text + inside.text, seconds: seconds,
            system: InstalledSystem(
                disk: filled.prepared.disk, kernel: files.0, initrd: files.1,
                root: filled.plan.bootWords(uuid: uuid)), boot: boot)
    }

    /// The installed server, with its passphrase typed.
    static var running: Guest { get async throws { try await starting.value } }
    private static let starting = Task { try await start() }

    private static func start() async throws -> Guest {
        let system = try await Self.installed.system
        let guest = try await TestLaboratory.shared.guest(of: system)
        try await guest.boot(passphrase: KickstartMaker.passphrase)
        return guest
    }

    // MARK: - Parts

    enum Section { case pre, postOutside, postInside }

    /// The one script of its kind; 0 and 1 are pykickstart's %pre and %post.
    static func script(_ section: Section, of reading: Pykickstart.Reading) throws -> Pykickstart.Reading.Script {
        let type = section == .pre ? 0 : 1
        let found = (reading.scripts ?? []).filter {
            $0.type == type && (section == .pre || $0.isInNewSystem == (section == .postInside))
        }
        guard found.count == 1, let script = found.first else {
            throw ReleaseError(.verify, "the kickstart has \(found.count) scripts of the kind \(section)")
        }
        return script
    }

    static func read(_ text: String) async throws -> Pykickstart.Reading {
        guard let reading = try await Pykickstart().read([text]).first, reading.error == nil else {
            throw ReleaseError(.verify, "pykickstart does not read the kickstart")
        }
        return reading
    }

    /// What the beginning of the disk says of how far it is filled.
    private static func recordedBytes(of disk: FilePath) throws -> Int {
        let file = try FileDescriptor.open(disk, .readOnly)
        let bytes = try file.closeAfter {
            var buffer = [UInt8](repeating: 0, count: 512)
            _ = try buffer.withUnsafeMutableBytes { try file.read(fromAbsoluteOffset: 0, into: $0) }
            return buffer
        }
        let words = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        guard words.count == 3, words[0] == "untochat-fill", let filled = Int(words[2]) else { return 0 }
        return filled
    }

    /// Reads the file system of the second partition, as a boot loader would: nothing of it is encrypted.
    private static func bootFiles(of disk: FilePath) async throws -> (FilePath, (FilePath, FilePath)) {
        let said = try await Command("sfdisk", ["--json", disk.string]).output(.setup)
        let table = try JSONDecoder().decode(Table.self, from: Data(said.utf8)).partitiontable
        guard table.partitions.count == 3 else { throw ReleaseError(.verify, "the disk has other partitions: \(said)") }
        let folder = try await Self.folder
        let boot = folder.appending("boot")
        try await Command(
            "dd",
            [
                "if=\(disk)", "of=\(boot)", "bs=1M", "iflag=skip_bytes,count_bytes",
                "skip=\(table.partitions[1].start * table.sectorsize)",
                "count=\(table.partitions[1].size * table.sectorsize)", "status=none",
            ]
        ).output(.setup)
        let names = try await Command("debugfs", ["-R", "ls -p", boot.string]).output(.setup)
        let files = try ["vmlinuz-", "initrd.img-"].map { prefix in
            let found = names.split(separator: "/").first { $0.hasPrefix(prefix) }
            guard let found else { throw ReleaseError(.verify, "/boot has no \(prefix): \(names)") }
            return String(found)
        }
        for name in files {
            try await Command("debugfs", ["-R", "dump /\(name) \(folder.appending(name))", boot.string]).output(.setup)
        }
        return (boot, (folder.appending(files[0]), folder.appending(files[1])))
    }

    private struct Table: Decodable {
        struct Content: Decodable {
            struct Partition: Decodable {
                let start: Int
                let size: Int
            }
            let sectorsize: Int
            let partitions: [Partition]
        }
        let partitiontable: Content
    }
}
