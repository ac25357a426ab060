import AdminSupport
import CAdminTools
import CCryptsetup
import DiskKeys

/// One reading of the header of a LUKS device. Whoever wants to know what is on the disk now makes a new one.
final class LuksHeader {
    private let device: OpaquePointer
    /// The last error of libcryptsetup. It has no place for secrets in its messages.
    private let message: UnsafeMutablePointer<CChar>

    /// `nil`, and the reason, when there is no header that can be used.
    static func read(_ path: String) -> (header: LuksHeader?, reason: String) {
        let message = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CADMIN_MESSAGE))
        message.initialize(repeating: 0, count: Int(CADMIN_MESSAGE))
        var device: OpaquePointer?
        crypt_set_log_callback(nil, cadmin_keep_error, message)
        let status = crypt_init(&device, path)
        guard status == 0, let device else {
            let text = reason(message, status)
            crypt_set_log_callback(nil, cadmin_keep_error, nil)
            message.deallocate()
            return (nil, text)
        }
        crypt_set_log_callback(device, cadmin_keep_error, message)
        // Plugins for tokens are programs of others; nothing here opens a token.
        crypt_token_external_disable()
        let header = LuksHeader(device, message)
        // No type: LUKS1 or LUKS2.
        let loaded = crypt_load(device, nil, nil)
        guard loaded == 0 else { return (nil, "no LUKS header can be read: " + reason(message, loaded)) }
        return (header, "")
    }

    /// Takes no lock from here on: whoever holds one, by a hanging cryptsetup or with intent, would hold up what must not
    /// wait for anybody.
    static func ignoreLocks() { crypt_metadata_locking(nil, 0) }

    private init(_ device: OpaquePointer, _ message: UnsafeMutablePointer<CChar>) {
        self.device = device
        self.message = message
    }

    deinit {
        crypt_free(device)
        crypt_set_log_callback(nil, cadmin_keep_error, nil)
        message.deallocate()
    }

    private static func reason(_ message: UnsafePointer<CChar>, _ status: Int32) -> String {
        message.pointee != 0 ? String(cString: message) : String(cString: cadmin_error(status))
    }

    var isLuks2: Bool { crypt_get_type(device).map { String(cString: $0) == "LUKS2" } ?? false }

    var uuid: String { crypt_get_uuid(device).map { String(cString: $0) } ?? "" }

    var slotLimit: Int { Int(crypt_keyslot_max(crypt_get_type(device))) }

    var isBeingReencrypted: Bool { isLuks2 && crypt_reencrypt_status(device, nil) != CRYPT_REENCRYPT_NONE }

    /// Bytes of one copy of the LUKS2 metadata, and of the key-slot area after the second.
    private var metadata: (one: UInt64, keys: UInt64) {
        var one: UInt64 = 0
        var keys: UInt64 = 0
        return crypt_get_metadata_size(device, &one, &keys) == 0 ? (one, keys) : (0, 0)
    }

    /// What the header is made of, in bytes from the start of the device, in the order in which it can be written over
    /// another state of itself: key material that no metadata names is harmless, the reverse is not. Of the two copies of
    /// LUKS2 the first is the last, so that one of them is whole at every moment.
    var parts: [Range<UInt64>] {
        if isLuks2 {
            let (one, keys) = metadata
            return one > 0 ? [2 * one..<2 * one + keys, one..<2 * one, 0..<one] : []
        }
        let end = (0..<slotLimit).reduce(UInt64(0)) { max($0, area(of: $1)?.upperBound ?? 0) }
        // LUKS1: the first key material begins at 4096 or later.
        return end > 4096 ? [4096..<end, 0..<4096] : []
    }

    /// Where the data begins, in bytes; 0 for a header that lies apart from its data.
    var dataOffset: UInt64 { crypt_get_data_offset(device) * 512 }

    func area(of slot: Int) -> Range<UInt64>? {
        var offset: UInt64 = 0
        var length: UInt64 = 0
        guard crypt_keyslot_area(device, Int32(slot), &offset, &length) == 0 else { return nil }
        return offset..<offset + length
    }

    /// Whether a key slot as large as this one still fits.
    func hasRoom(like slot: Int) -> Bool {
        guard isLuks2, let wanted = area(of: slot) else { return true }
        let used = usedSlots.reduce(UInt64(0)) { $0 + UInt64(area(of: $1)?.count ?? 0) }
        return metadata.keys >= used + UInt64(wanted.count)
    }

    func status(of slot: Int) -> crypt_keyslot_info { crypt_keyslot_status(device, Int32(slot)) }

    var usedSlots: [Int] {
        (0..<slotLimit).filter {
            let status = status(of: $0)
            return status == CRYPT_SLOT_ACTIVE || status == CRYPT_SLOT_ACTIVE_LAST || status == CRYPT_SLOT_UNBOUND
        }
    }

    func holder(of slot: Int) -> KeySlot.Holder {
        if status(of: slot) == CRYPT_SLOT_UNBOUND { return .unbound }
        guard isLuks2 else { return .passphrase }
        for token in 0..<crypt_token_max(CRYPT_LUKS2) {
            var type: UnsafePointer<CChar>?
            let status = crypt_token_status(device, token, &type)
            guard status != CRYPT_TOKEN_INVALID, status != CRYPT_TOKEN_INACTIVE else { continue }
            if crypt_token_is_assigned(device, token, Int32(slot)) == 0 {
                return .token(type.map { String(cString: $0) } ?? "")
            }
        }
        return crypt_keyslot_get_priority(device, Int32(slot)) == CRYPT_SLOT_PRIORITY_IGNORE ? .ignored : .passphrase
    }

    /// What comes of trying a passphrase.
    enum Trial: Equatable {
        case opened(Int)
        case refused
        /// Nothing is known: it could not be tried, for want of memory perhaps.
        case failed(String)

        var slot: Int? { if case .opened(let slot) = self { slot } else { nil } }
        var failure: String? { if case .failed(let reason) = self { reason } else { nil } }
    }

    /// Tries the passphrase on all slots or on this one.
    func attempt(_ passphrase: borrowing Secret, at slot: Int? = nil) -> Trial {
        let count = passphrase.count
        message.pointee = 0
        let opened = passphrase.withCharacters {
            crypt_activate_by_passphrase(device, nil, slot.map { Int32($0) } ?? CRYPT_ANY_SLOT, $0, count, 0)
        }
        if opened >= 0 { return .opened(Int(opened)) }
        return cadmin_is_refusal(opened)
            ? .refused : .failed("the passphrase cannot be tried: " + LuksHeader.reason(message, opened))
    }

    /// How dear one guess at this slot's passphrase is.
    func cost(of slot: Int) -> GuessCost? {
        var found = crypt_pbkdf_type()
        guard crypt_keyslot_get_pbkdf(device, Int32(slot), &found) == 0 else { return nil }
        return GuessCost(
            isMemoryHard: String(cString: found.type) != CRYPT_KDF_PBKDF2, iterations: found.iterations,
            memoryKiB: found.max_memory_kb)
    }

    /// Adds a key slot whose passphrase is as dear to guess as that of the slot that is opened. Gives the reason of a
    /// failure, or `nil`.
    func add(_ new: borrowing Secret, opening slot: Int, by old: borrowing Secret) -> String? {
        var pbkdf = crypt_pbkdf_type()
        guard crypt_keyslot_get_pbkdf(device, Int32(slot), &pbkdf) == 0 else { return "its key slot cannot be read" }
        // What the slot has, not what a measurement on this busy machine would give.
        pbkdf.flags = ccryptsetup_no_benchmark
        guard crypt_set_pbkdf_type(device, &pbkdf) == 0 else { return LuksHeader.reason(message, -22) }
        let (oldCount, newCount) = (old.count, new.count)
        let added = old.withCharacters { old in
            new.withCharacters { new in
                crypt_keyslot_add_by_passphrase(device, CRYPT_ANY_SLOT, old, oldCount, new, newCount)
            }
        }
        return added >= 0 ? nil : "adding failed: " + LuksHeader.reason(message, added)
    }

    /// Overwrites the key slot and takes it out of the header. Gives the reason of a failure, or `nil`.
    func destroy(_ slot: Int) -> String? {
        let status = crypt_keyslot_destroy(device, Int32(slot))
        return status == 0 ? nil : "removing failed: " + LuksHeader.reason(message, status)
    }
}

/// How dear one guess is. PBKDF2 and Argon2 are not compared with each other by numbers: only the latter needs memory.
struct GuessCost: Equatable {
    var isMemoryHard: Bool
    var iterations: UInt32
    var memoryKiB: UInt32

    func isAtLeast(_ other: GuessCost) -> Bool {
        guard isMemoryHard == other.isMemoryHard else { return isMemoryHard }
        return iterations >= other.iterations && memoryKiB >= other.memoryKiB
    }
}
