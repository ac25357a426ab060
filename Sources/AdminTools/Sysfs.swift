import AdminSupport
import CAdminTools
import DiskKeys

/// How block devices lie on each other, as /sys tells it. Another root than /sys is for tests.
struct Sysfs {
    var root = "/sys"

    /// The disks and partitions below every open LUKS device, as /dev paths; a device that is encrypted twice is named at
    /// both depths.
    func devicesBelowLuks() -> [String] {
        var found: [String] = []
        for name in names(in: root + "/block") where identity(of: root + "/block/" + name).hasPrefix("CRYPT-LUKS") {
            for holder in realSlaves(of: root + "/block/" + name) where !found.contains(holder) { found.append(holder) }
        }
        return found
    }

    /// The devices that a LUKS mapping has its header on. Between them there can be one for integrity.
    private func realSlaves(of device: String) -> [String] {
        names(in: device + "/slaves").flatMap { slave in
            let path = root + "/class/block/" + slave
            return identity(of: path).hasPrefix("CRYPT-INTEGRITY") || identity(of: path).hasPrefix("CRYPT-SUBDEV")
                ? realSlaves(of: path) : ["/dev/" + slave]
        }
    }

    /// Whether everything that is written to a device goes through encryption before it reaches a disk.
    func isEncrypted(major: UInt32, minor: UInt32) -> Bool {
        isEncrypted(root + "/dev/block/" + String(major) + ":" + String(minor), depth: 0)
    }

    private func isEncrypted(_ device: String, depth: Int) -> Bool {
        let identity = identity(of: device)
        if identity.hasPrefix("CRYPT-LUKS") || identity.hasPrefix("CRYPT-PLAIN") { return true }
        let slaves = names(in: device + "/slaves")
        // Deeper than any real stack: LVM on RAID on LUKS is three.
        guard !slaves.isEmpty, depth < 8 else { return false }
        return slaves.allSatisfy { isEncrypted(root + "/class/block/" + $0, depth: depth + 1) }
    }

    private func identity(of device: String) -> String { text(of: device + "/dm/uuid") }

    private func names(in folder: String) -> [String] {
        var buffer = [UInt8](repeating: 0, count: 16384)
        let count = cadmin_list(folder, &buffer, buffer.count)
        guard count > 0 else { return [] }
        return buffer[..<count].split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }
}

extension FileFacts {
    /// Of an open file.
    init?(descriptor: Int32, sysfs: Sysfs = Sysfs(), swaps: String = "/proc/swaps") {
        var facts = cadmin_facts()
        guard cadmin_facts(descriptor, &facts) == 0 else { return nil }
        let storage: Storage =
            if facts.in_memory {
                isEverySwapEncrypted(swaps, sysfs) ? .memory : .swappable
            } else if facts.major == 0 {
                .unknown
            } else {
                sysfs.isEncrypted(major: facts.major, minor: facts.minor) ? .encrypted : .plain
            }
        self.init(
            isRegular: facts.kind == CADMIN_REGULAR.rawValue, owner: facts.owner, permissions: facts.permissions,
            links: facts.links, storage: storage)
    }
}

/// Of /proc/swaps: a title, then a line for each swap that begins with its path.
private func isEverySwapEncrypted(_ path: String, _ sysfs: Sysfs) -> Bool {
    for line in text(of: path).utf8.split(separator: 0x0A).dropFirst() {
        guard let field = line.split(separator: 0x20).first else { continue }
        let name = String(decoding: field, as: UTF8.self)
        // Compressed memory.
        if name.hasPrefix("/dev/zram") { continue }
        var facts = cadmin_facts()
        guard cadmin_facts_of(name, &facts) == 0, sysfs.isEncrypted(major: facts.major, minor: facts.minor) else {
            return false
        }
    }
    return true
}
