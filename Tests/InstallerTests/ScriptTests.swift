import Foundation
import ReleaseSupport
import SystemPackage
import Testing

@testable import Installer

private let mib = 1 << 20

/// What the kickstart runs in the installer, run here.
@Suite("Scripts of the kickstart", .serialized) struct ScriptTests {
    @Test("ShellCheck finds nothing in any of them", arguments: ["%pre", "%post --nochroot", "%post --erroronfail"])
    func shellCheck(header: String) async throws {
        for changes in [[:], [InstallationRequest.Setting.disk: "/dev/vda", .passphrase: "console"]] {
            let script = try Example.section(header, of: Example.kickstart(changes))
            #expect(script.count > 100)
            try await Command("shellcheck", ["--shell=bash", "-"]).with { $0.input = Array(script.utf8) }.output(
                .verify)
        }
    }

    @Test(
        "a disk is filled with random data to its last byte, with progress and an estimate",
        .enabled(if: Disk.isHere))
    func fills() async throws {
        let disk = try await Disk.make(bytes: 70 * mib + 512)
        defer { disk.remove() }
        let outcome = try await disk.prepare()
        #expect(outcome.succeeded, "\(outcome.text)\(outcome.errorText)")
        #expect(outcome.text.contains("filling \(disk.device) with random data: 92 %"))
        #expect(outcome.text.contains("100 %, ") && outcome.text.contains(" 0 s left"))
        let bytes = try Files.read(disk.image)
        #expect(bytes.count == 70 * mib + 512)
        // Eight zero bytes where a sector begins come by chance once in 10^14 disks.
        let empty = bytes.withUnsafeBytes { all in
            stride(from: 0, to: all.count, by: 512).first { all.load(fromByteOffset: $0, as: UInt64.self) == 0 }
        }
        #expect(empty == nil && Set(bytes[..<512]).count > 100)
        let name = disk.device.split(separator: "/").last ?? ""
        #expect(
            try Files.text(disk.commands) == """
                ignoredisk --only-use=\(name)
                clearpart --all --initlabel --drives=\(name)
                bootloader --boot-drive=\(name) --timeout=1

                """)
    }

    @Test("ended half-way, filling goes on where it was; a record of another disk is none", .enabled(if: Disk.isHere))
    func resumes() async throws {
        let disk = try await Disk.make(bytes: 130 * mib)
        defer { disk.remove() }
        try disk.record("untochat-fill \(130 * mib) \(125 * mib)")
        let outcome = try await disk.prepare()
        #expect(outcome.succeeded && outcome.text.contains("goes on at 125 of 130 MiB"), "\(outcome.errorText)")
        let bytes = try Files.read(disk.image)
        // What was filled before, here with nothing, is not filled again.
        #expect(Self.isEmpty(bytes[mib..<(125 * mib)]))
        #expect(Set(bytes[..<512]).count > 100 && Set(bytes[(129 * mib)...]).count == 256)

        try disk.record("untochat-fill 999 \(125 * mib)")
        let other = try await disk.prepare()
        #expect(other.succeeded && !other.text.contains("goes on") && other.text.contains("50 %"))
    }

    /// Byte by byte it would take minutes where nothing is optimised.
    private static func isEmpty(_ bytes: ArraySlice<UInt8>) -> Bool {
        let zeros = [UInt8](repeating: 0, count: mib)
        return stride(from: bytes.startIndex, to: bytes.endIndex, by: mib).allSatisfy { start in
            let count = min(mib, bytes.endIndex - start)
            return bytes[start..<start + count].withUnsafeBytes { memcmp($0.baseAddress!, zeros, count) == 0 }
        }
    }

    @Test(
        "without inst.nosave, with no such disk or too small a one it stops before anything is written, and says so",
        .enabled(if: Disk.isHere))
    func stops() async throws {
        let disk = try await Disk.make(bytes: 32 * mib)
        defer { disk.remove() }
        let unsafe = try await disk.prepare(commandLine: "inst.ks=cdrom inst.nosave=logs")
        #expect(unsafe.exitStatus == 1 && unsafe.text.contains("FAILED: boot the installer with inst.nosave=all_ks"))
        let small = try await disk.prepare(smallest: 8192)
        #expect(small.exitStatus == 1 && small.text.contains("is smaller than 8 GiB"))
        let absent = try await disk.prepare(device: "/dev/absent9")
        #expect(absent.exitStatus == 1 && absent.text.contains("/dev/absent9 is no disk of this machine"))
        #expect(try Self.isEmpty(Files.read(disk.image)[...]) && !Files.exists(disk.commands))
        for allowed in ["inst.nosave=all_ks", "quiet inst.nosave=all", "inst.nosave=logs,all_ks rhgb"] {
            #expect(try await disk.prepare(commandLine: allowed).succeeded)
        }
    }
}

/// A disk that is a file, and the machine's /proc/cmdline as a test wants it.
private struct Disk {
    let image: FilePath
    let device: String
    let folder: FilePath
    var commands: FilePath { folder.appending("untochat-disk.ks") }

    /// Mounts and loop devices are root's.
    static let isHere = getuid() == 0 && access("/dev/loop-control", R_OK | W_OK) == 0

    static func make(bytes: Int) async throws -> Disk {
        let folder = FilePath("/var/tmp/untochat-disk.\(UInt32.random(in: 0 ... .max))")
        try Files.makeFolder(folder)
        let image = folder.appending("disk")
        try await Command("truncate", ["--size=\(bytes)", image.string]).output(.verify)
        let device = try await Command("losetup", ["--find", "--show", image.string]).output(.verify)
        return Disk(image: image, device: device.filter { !$0.isWhitespace }, folder: folder)
    }

    func record(_ text: String) throws {
        let file = try FileDescriptor.open(image, .readWrite)
        let line = Array((text + String(repeating: " ", count: 511 - text.utf8.count) + "\n").utf8)
        try file.closeAfter { _ = try file.writeAll(toAbsoluteOffset: 0, line) }
    }

    /// Runs %pre with a file over /proc/cmdline; `smallest` MiB are enough for a disk.
    func prepare(
        commandLine: String = "inst.nosave=all_ks", device: String? = nil, smallest: Int = 8
    ) async throws -> Command.Outcome {
        let kickstart = try Example.kickstart([.disk: device ?? self.device])
        let script = Example.section("%pre", of: kickstart)
            .replacingOccurrences(of: "8 * 1024 * mib", with: "\(smallest) * mib")
            .replacingOccurrences(of: "/tmp/untochat-disk.ks", with: commands.string)
        let line = folder.appending("cmdline")
        try Files.write("BOOT_IMAGE=vmlinuz \(commandLine)\n", to: line)
        try Files.write(script, to: folder.appending("pre"))
        return try await Command(
            "unshare",
            [
                "--mount", "sh", "-c", "mount --bind \"$1\" /proc/cmdline && exec bash \"$2\"", "sh", line.string,
                folder.appending("pre").string,
            ]
        ).run(.verify)
    }

    func remove() {
        let detach = Process()
        detach.executableURL = URL(filePath: "/sbin/losetup")
        detach.arguments = ["--detach", device]
        try? detach.run()
        detach.waitUntilExit()
        try? Files.remove(folder)
    }
}
