import CAdminTools
import CPosix
import DiskKeys

/// A device with a LUKS header, claimed for this process. What it writes it can take back, until it is let go.
final class LuksDevice {
    private let path: String
    /// As it is shown.
    private(set) var name: String
    private let descriptor: Int32
    private let facts: cadmin_facts
    /// The header as it was before the first write. In memory, never in a file: a file would keep a removed passphrase
    /// alive if this process were killed.
    private var backup: Backup?

    private struct Backup {
        let memory: LockedMemory
        let parts: [Range<UInt64>]
    }

    /// The largest LUKS2 header: two copies of 4 MiB of metadata and 128 MiB of key slots.
    private static let largestHeader: UInt64 = 136 << 20

    /// Why nothing can be done with it.
    private let fault: String?
    /// Whether it is one of the devices that it was opened beside, by another path. Then it is not claimed.
    let isKnown: Bool

    /// Opens and claims a device; what goes wrong is told with its facts.
    init(_ path: String, besides others: [LuksDevice]) {
        self.path = path
        name = path
        descriptor = cadmin_open_device(path)
        var found = cadmin_facts()
        let status = descriptor >= 0 ? cadmin_facts(descriptor, &found) : descriptor
        facts = found
        isKnown = status == 0 && others.contains { $0.isSame(as: found) }
        if status != 0 {
            fault = "cannot be opened: " + String(cString: cadmin_error(status))
        } else if found.kind == CADMIN_OTHER.rawValue {
            fault = "is neither a block device nor a file"
        } else if !isKnown, cadmin_claim(descriptor) != 0 {
            fault = "another program is changing its keys"
        } else {
            fault = nil
        }
    }

    deinit { if descriptor >= 0 { cposix_close(descriptor) } }

    private func isSame(as other: cadmin_facts) -> Bool {
        facts.kind == other.kind && facts.major == other.major && facts.minor == other.minor
            && facts.inode == other.inode
    }

    // MARK: Reading

    /// What adding needs to know: which slot the old passphrase opens, and whether the new one opens any.
    func factsForAdding(_ new: borrowing Secret, by old: borrowing Secret) -> DeviceFacts {
        describe { header, slots in
            let byOld = header.slot(openedBy: old)
            let byNew = byOld == nil ? nil : header.slot(openedBy: new)
            for index in slots.indices {
                slots[index].opensByOld = slots[index].number == byOld
                slots[index].opensByNew = slots[index].number == byNew
            }
            return byOld.map { header.hasRoom(like: $0) } ?? true
        }
    }

    /// What removing needs to know: every slot that the passphrase opens. Each is tried alone.
    func factsForRemoving(_ passphrase: borrowing Secret) -> DeviceFacts {
        describe { header, slots in
            for index in slots.indices {
                slots[index].opensByOld = header.slot(openedBy: passphrase, at: slots[index].number) != nil
            }
            return true
        }
    }

    private func describe(_ test: (LuksHeader, inout [KeySlot]) -> Bool) -> DeviceFacts {
        if let fault { return DeviceFacts(name, slots: [], fault: fault) }
        let (header, reason) = LuksHeader.read(path)
        guard let header else { return DeviceFacts(name, slots: [], fault: reason) }
        if !header.uuid.isEmpty { name = "/dev/disk/by-uuid/" + header.uuid }
        guard !header.isBeingReencrypted else { return DeviceFacts(name, slots: [], fault: "is being re-encrypted") }
        let end = header.parts.first?.upperBound ?? 0
        guard end > 0, end <= LuksDevice.largestHeader, end <= facts.size else {
            return DeviceFacts(name, slots: [], fault: "its header does not fit on it")
        }
        var slots = header.usedSlots.map { KeySlot($0, holder: header.holder(of: $0)) }
        let hasRoom = test(header, &slots)
        return DeviceFacts(name, slots: slots, slotLimit: header.slotLimit, hasRoom: hasRoom)
    }

    // MARK: Writing

    /// Adds the passphrase and proves that both open the device. Gives the reason of a failure, or `nil`.
    func add(_ new: borrowing Secret, opening slot: Int, by old: borrowing Secret) -> String? {
        let (header, reason) = LuksHeader.read(path)
        guard let header else { return reason }
        if let reason = keep(header) { return reason }
        if let reason = header.add(new, opening: slot, by: old) { return reason }
        if let reason = settle() { return reason }
        guard let written = LuksHeader.read(path).header, let added = written.slot(openedBy: new) else {
            return "the new passphrase does not open it"
        }
        guard written.slot(openedBy: old, at: slot) != nil else { return "the old passphrase opens it no more" }
        guard let cost = written.cost(of: added), let wanted = written.cost(of: slot), cost.isAtLeast(wanted) else {
            return "the new key slot would be easier to guess than the old one"
        }
        return hasKept(except: [added], in: written) ? nil : "other key slots have changed"
    }

    /// Removes the slots and proves that the passphrase opens nothing and that all others are as they were. Gives the
    /// reason of a failure, or `nil`.
    func remove(_ slots: [Int], of passphrase: borrowing Secret) -> String? {
        let (header, reason) = LuksHeader.read(path)
        guard let header else { return reason }
        if let reason = keep(header) { return reason }
        let others = header.usedSlots.filter { !slots.contains($0) }
        for slot in slots {
            if let reason = header.destroy(slot) { return reason }
        }
        if let reason = settle() { return reason }
        guard let written = LuksHeader.read(path).header else { return "its header cannot be read any more" }
        guard written.usedSlots == others, hasKept(except: slots, in: written) else {
            return "other key slots have changed"
        }
        return written.slot(openedBy: passphrase) == nil ? nil : "the passphrase still opens it"
    }

    private func keep(_ header: LuksHeader) -> String? {
        guard backup == nil else { return nil }
        let parts = header.parts
        guard let end = parts.first?.upperBound, let memory = LockedMemory(count: Int(end)) else {
            return "there is no memory for a copy of its header"
        }
        let status = cadmin_read_at(descriptor, memory.bytes, memory.count, 0)
        guard status == 0 else { return "its header cannot be read: " + String(cString: cadmin_error(status)) }
        backup = Backup(memory: memory, parts: parts)
        return nil
    }

    /// libcryptsetup synchronises too, but passes over it when that fails. The kernel tells each open descriptor of the
    /// failure, so this one learns of it.
    private func settle() -> String? {
        let status = cadmin_sync(descriptor)
        return status == 0 ? nil : "what was written may not be on it: " + String(cString: cadmin_error(status))
    }

    /// Whether the key material of every other slot is what it was.
    private func hasKept(except changed: [Int], in header: LuksHeader) -> Bool {
        guard let now = read() else { return false }
        for slot in header.usedSlots where !changed.contains(slot) {
            guard let area = header.area(of: slot), area.upperBound <= UInt64(now.count) else { return false }
            guard same(Int(area.lowerBound), area.count, as: now) else { return false }
        }
        return true
    }

    /// As much of the device as was kept.
    private func read() -> LockedMemory? {
        guard let count = backup?.memory.count, let now = LockedMemory(count: count) else { return nil }
        return cadmin_read_at(descriptor, now.bytes, count, 0) == 0 ? now : nil
    }

    private func same(_ offset: Int, _ count: Int, as now: LockedMemory) -> Bool {
        guard let backup else { return false }
        return cadmin_is_same(backup.memory.bytes + offset, now.bytes + offset, count)
    }

    /// Writes back what differs from the header as it was, and proves that it is the same. Ended in the middle, it leaves
    /// a header that what opened it before opens; see `LuksHeader.parts`.
    func restore(provingBy passphrase: borrowing Secret) -> Bool {
        guard let backup else { return true }  // nothing was written
        for part in backup.parts {
            var offset = part.lowerBound
            while offset < part.upperBound {
                let count = min(4096, part.upperBound - offset)
                guard writeBack(backup.memory, Int(offset), Int(count)) else { return false }
                offset += count
            }
            guard cadmin_sync(descriptor) == 0 else { return false }
        }
        guard let now = read(), same(0, now.count, as: now) else { return false }
        return LuksHeader.read(path).header?.slot(openedBy: passphrase) != nil
    }

    private func writeBack(_ backup: LockedMemory, _ offset: Int, _ count: Int) -> Bool {
        guard let now = LockedMemory(count: count) else { return false }
        let kept = backup.bytes + offset
        if cadmin_read_at(descriptor, now.bytes, count, UInt64(offset)) == 0, cadmin_is_same(kept, now.bytes, count) {
            return true
        }
        return cadmin_write_at(descriptor, kept, count, UInt64(offset)) == 0
    }
}
