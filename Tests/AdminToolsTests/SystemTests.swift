import DiskKeys
import Foundation
import Testing

@testable import AdminTools

/// A /sys of plain files: which device lies on which.
final class FakeSysfs {
    let root = FileManager.default.temporaryDirectory.appendingPathComponent("sysfs-" + UUID().uuidString).path

    deinit { try? FileManager.default.removeItem(atPath: root) }

    var sysfs: Sysfs { Sysfs(root: root) }

    func device(_ name: String, _ number: String, uuid: String? = nil, on slaves: [String] = []) throws {
        let manager = FileManager.default
        for folder in ["class/block/\(name)/slaves", "block", "dev/block"] {
            try manager.createDirectory(atPath: root + "/" + folder, withIntermediateDirectories: true)
        }
        let device = root + "/class/block/" + name
        for slave in slaves { try Data().write(to: URL(fileURLWithPath: device + "/slaves/" + slave)) }
        if let uuid {
            try manager.createDirectory(atPath: device + "/dm", withIntermediateDirectories: true)
            try Data((uuid + "\n").utf8).write(to: URL(fileURLWithPath: device + "/dm/uuid"))
        }
        for link in ["block/" + name, "dev/block/" + number] {
            try manager.createSymbolicLink(atPath: root + "/" + link, withDestinationPath: device)
        }
    }

    /// LVM on LUKS, LUKS with integrity, a plain disk, RAID on one encrypted and one plain disk.
    init() throws {
        try device("vda3", "252:3")
        try device("dm-0", "253:0", uuid: "CRYPT-LUKS2-1c2d-root", on: ["vda3"])
        try device("dm-1", "253:1", uuid: "LVM-abc", on: ["dm-0"])
        try device("vdb", "252:16")
        try device("dm-2", "253:2", uuid: "CRYPT-INTEGRITY-data_dif", on: ["vdb"])
        try device("dm-3", "253:3", uuid: "CRYPT-LUKS2-77-data", on: ["dm-2"])
        try device("vdc", "252:32")
        try device("md0", "9:0", on: ["dm-0", "vdc"])
        try device("dm-4", "253:4", uuid: "CRYPT-PLAIN-swap", on: ["vdc"])
        try device("dm-5", "253:5", uuid: "CRYPT-VERITY-v", on: ["vdc"])
    }
}

@Suite struct SystemTests {
    @Test("the disks below every open LUKS device are found, through integrity, and no others")
    func below() throws {
        let fake = try FakeSysfs()
        #expect(Set(fake.sysfs.devicesBelowLuks()) == ["/dev/vda3", "/dev/vdb"])
    }

    static let devices: [(UInt32, UInt32, Bool)] = [
        (253, 0, true), (253, 1, true), (253, 3, true), (253, 4, true), (252, 3, false), (252, 32, false),
        (253, 2, false), (9, 0, false), (253, 5, false), (1, 1, false),
    ]

    @Test("a device is encrypted when everything below it is, and only then", arguments: devices)
    func encrypted(_ major: UInt32, _ minor: UInt32, _ wanted: Bool) throws {
        let fake = try FakeSysfs()
        #expect(fake.sysfs.isEncrypted(major: major, minor: minor) == wanted)
    }

    @Test("crypttab adds what is not open; what may be absent and is, is left out")
    func crypttab() throws {
        let fake = try FakeSysfs()
        let there = fake.root + "/there"
        try Data().write(to: URL(fileURLWithPath: there))
        try "a /none/a none luks\nb /none/b none nofail\nc \(there) none noauto\nd /none/d none header=\(there)\n"
            .write(
                toFile: fake.root + "/crypttab", atomically: false, encoding: .utf8)
        let paths = LuksDiscovery.paths(sysfs: fake.sysfs, crypttab: fake.root + "/crypttab")
        #expect(Set(paths) == ["/dev/vda3", "/dev/vdb", "/none/a", there])
    }

    @Test(
        "what lies in memory is safe without swap, with swap in memory, and not with any other",
        arguments: [("", true), ("/dev/zram0 partition 1 0 100\n", true), ("/dev/null partition 1 0 100\n", false)])
    func swap(_ lines: String, _ isSafe: Bool) throws {
        let fake = try FakeSysfs()
        let swaps = fake.root + "/swaps"
        try ("Filename Type Size Used Priority\n" + lines).write(toFile: swaps, atomically: false, encoding: .utf8)
        let path = "/dev/shm/swap-test-" + UUID().uuidString
        let descriptor = open(path, O_RDWR | O_CREAT, 0o600)
        defer { close(descriptor) }
        unlink(path)
        let facts = try #require(FileFacts(descriptor: descriptor, sysfs: fake.sysfs, swaps: swaps))
        #expect(facts.storage == (isSafe ? .memory : .swappable))
    }
}

@Suite struct RequestTests {
    @Test("the options are taken in any order, and nothing that is not known")
    func options() {
        let request = Request(["--wipe", "--count", "a", "file", "--count", "b"], allowsCounting: true)
        #expect(request?.wipes == true && request?.counted == ["a", "b"] && request?.file == "file")
        #expect(Request(["-"], allowsCounting: false)?.file == "-")
        for wrong in [[], [""], ["--wipe"], ["a", "b"], ["--count", "a", "f"], ["-x"]] as [[String]] {
            #expect(Request(wrong, allowsCounting: false) == nil)
        }
        #expect(KillRequest(["--plan", "--yes-destroy-everything"]) == nil)
        #expect(KillRequest(["disk"]) == nil)
    }
}
