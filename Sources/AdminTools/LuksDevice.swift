import AdminSupport
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
        /// For what is read to be compared with it.
        let scratch: LockedMemory
        /// What of it is there to be taken back; nothing before the first write.
        var parts: [Range<UInt64>] = []
    }

    /// As much is compared at once, in bytes.
    private static let pieceSize = 65536

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
            let oldTrial = header.attempt(old)
            let newTrial = oldTrial.slot == nil ? LuksHeader.Trial.refused : header.attempt(new)
            if let failure = oldTrial.failure ?? newTrial.failure { return .failure(failure) }
            let (byOld, byNew) = (oldTrial.slot, newTrial.slot)
            for index in slots.indices {
                slots[index].opensByOld = slots[index].number == byOld
                slots[index].opensByNew = slots[index].number == byNew
            }
            return .tried(hasRoom: byOld.map { header.hasRoom(like: $0) } ?? true)
        }
    }

    /// What removing needs to know: every slot that the passphrase opens. Each is tried alone.
    func factsForRemoving(_ passphrase: borrowing Secret) -> DeviceFacts {
        describe { header, slots in
            for index in slots.indices {
                let trial = header.attempt(passphrase, at: slots[index].number)
                if let failure = trial.failure { return .failure(failure) }
                slots[index].opensByOld = trial.slot != nil
            }
            return .tried(hasRoom: true)
        }
    }

    private enum Tried {
        case tried(hasRoom: Bool)
        case failure(String)
    }

    private func describe(_ test: (LuksHeader, inout [KeySlot]) -> Tried) -> DeviceFacts {
        if let fault { return DeviceFacts(name, slots: [], fault: fault) }
        let (header, reason) = LuksHeader.read(path)
        guard let header else { return DeviceFacts(name, slots: [], fault: reason) }
        if !header.uuid.isEmpty { name = "/dev/disk/by-uuid/" + header.uuid }
        guard !header.isBeingReencrypted else { return DeviceFacts(name, slots: [], fault: "is being re-encrypted") }
        let end = header.parts.first?.upperBound ?? 0
        guard end > 0, end <= LuksDevice.largestHeader, end <= facts.size else {
            return DeviceFacts(name, slots: [], fault: "its header does not fit on it")
        }
        // Taking back needs no more memory than this, so it cannot fail for want of it.
        guard let memory = LockedMemory(count: Int(end)), let scratch = LockedMemory(count: LuksDevice.pieceSize) else {
            return DeviceFacts(name, slots: [], fault: "there is no memory for a copy of its header")
        }
        backup = Backup(memory: memory, scratch: scratch)
        var slots = header.usedSlots.map { KeySlot($0, holder: header.holder(of: $0)) }
        switch test(header, &slots) {
        case .tried(let hasRoom):
            return DeviceFacts(name, slots: slots, slotLimit: header.slotLimit, hasRoom: hasRoom)
        case .failure(let reason): return DeviceFacts(name, slots: [], fault: reason)
        }
    }

    // MARK: Writing

    /// Adds the passphrase and proves that both open the device. Gives the reason of a failure, or `nil`.
    func add(_ new: borrowing Secret, opening slot: Int, by old: borrowing Secret) -> String? {
        let (header, reason) = LuksHeader.read(path)
        guard let header else { return reason }
        if let reason = keep(header) { return reason }
        if let reason = header.add(new, opening: slot, by: old) { return reason }
        if let reason = settle() { return reason }
        guard let written = LuksHeader.read(path).header, let added = written.attempt(new).slot else {
            return "the new passphrase does not open it"
        }
        guard written.attempt(old, at: slot).slot != nil else { return "the old passphrase opens it no more" }
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
        switch written.attempt(passphrase) {
        case .refused: return nil
        case .opened: return "the passphrase still opens it"
        case .failed(let reason): return reason
        }
    }

    private func keep(_ header: LuksHeader) -> String? {
        let parts = header.parts
        guard let memory = backup?.memory, parts.first?.upperBound == UInt64(memory.count) else {
            return "its header has changed meanwhile"
        }
        let status = cadmin_read_at(descriptor, memory.bytes, memory.count, 0)
        guard status == 0 else { return "its header cannot be read: " + String(cString: cadmin_error(status)) }
        backup?.parts = parts
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
        header.usedSlots.allSatisfy { slot in
            changed.contains(slot) || header.area(of: slot).map(isAsKept) ?? false
        }
    }

    /// Whether a range of the device is what it was.
    private func isAsKept(_ range: Range<UInt64>) -> Bool {
        guard let backup, range.upperBound <= UInt64(backup.memory.count) else { return false }
        var offset = Int(range.lowerBound)
        let end = Int(range.upperBound)
        while offset < end {
            let count = min(backup.scratch.count, end - offset)
            guard cadmin_read_at(descriptor, backup.scratch.bytes, count, UInt64(offset)) == 0,
                cadmin_is_same(backup.memory.bytes + offset, backup.scratch.bytes, count)
            else { return false }
            offset += count
        }
        return true
    }

    /// Writes back what differs from the header as it was, and reads whether it is the same, byte for byte. What opened it
    /// then opens it now: no passphrase is tried, as that takes as much memory as what may just have failed for want of
    /// memory. Ended in the middle, it leaves a header that what opened it before opens; see `LuksHeader.parts`.
    func restore() -> Bool {
        guard let backup else { return true }
        for part in backup.parts {
            var offset = part.lowerBound
            while offset < part.upperBound {
                let block = offset..<min(offset + 4096, part.upperBound)
                guard isAsKept(block) || writeBack(block, of: backup.memory) else { return false }
                offset = block.upperBound
            }
            guard cadmin_sync(descriptor) == 0 else { return false }
        }
        return backup.parts.isEmpty || isAsKept(0..<UInt64(backup.memory.count))
    }

    private func writeBack(_ block: Range<UInt64>, of memory: LockedMemory) -> Bool {
        cadmin_write_at(descriptor, memory.bytes + Int(block.lowerBound), block.count, block.lowerBound) == 0
    }
}
