import AdminSupport
import CAdminTools
import CPosix
import DiskKeys

/// A device whose header is to be destroyed. Everything that can be known beforehand is known once it is made: what
/// follows reads no other file than the device.
final class DoomedDevice {
    /// As it is shown.
    let name: String
    private let path: String
    private let descriptor: Int32
    private let isBlock: Bool
    private let header: LuksHeader?
    private let identity: (major: UInt32, minor: UInt32, inode: UInt64)
    /// Bytes from the start.
    let area: UInt64
    /// Why nothing can be done with it.
    let fault: String?
    private var sum = Destruction.Sum()

    init(_ given: String) {
        var real = [CChar](repeating: 0, count: 4096)
        let opened = cadmin_open_direct(given, &real, real.count)
        descriptor = opened
        var facts = cadmin_facts()
        let status = opened >= 0 ? cadmin_facts(opened, &facts) : opened
        path =
            opened >= 0
            ? String(decoding: real.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) : given
        isBlock = facts.kind == CADMIN_BLOCK.rawValue
        identity = (facts.major, facts.minor, facts.inode)
        header = status == 0 ? LuksHeader.read(path).header : nil
        area =
            status == 0
            ? Destruction.area(
                dataOffset: header?.dataOffset, headerEnd: header?.parts.first?.upperBound, deviceSize: facts.size) : 0
        let uuid = header?.uuid ?? ""
        name = uuid.isEmpty ? given : "/dev/disk/by-uuid/" + uuid
        fault =
            status != 0
            ? "cannot be opened: " + String(cString: cadmin_error(status))
            : facts.kind == CADMIN_OTHER.rawValue || area == 0 ? "is neither a block device nor a file" : nil
    }

    deinit { if descriptor >= 0 { cposix_close(descriptor) } }

    func isSame(as other: DoomedDevice) -> Bool {
        fault == nil && other.fault == nil && identity == other.identity
    }

    /// What would be done.
    var plan: String {
        if let fault { return fault }
        let slots = header.map { String($0.usedSlots.count) + " key slots" } ?? "no LUKS header can be read"
        return slots + "; " + String(area) + " bytes, " + String(Destruction.rounds) + " rounds"
    }

    /// Takes the key slots out of the header, with what libcryptsetup knows of overwriting them. Gives how many.
    func destroyKeySlots() -> Int {
        guard let header else { return 0 }
        return header.usedSlots.reduce(0) { $0 + (header.destroy($1) == nil ? 1 : 0) }
    }

    /// Overwrites the area with random data, to the disk. Gives why it failed, or `nil`. What cannot be written is passed
    /// over: the rest still goes.
    func overwrite(with buffer: LockedMemory) -> String? {
        var failure: Int32 = 0
        sum = Destruction.Sum()
        eachPiece(of: buffer.count) { offset, count in
            cposix_fill_with_random(buffer.bytes, count)
            let status = cadmin_write_at(descriptor, buffer.bytes, count, offset)
            if status != 0 { failure = status }
            sum.take(UnsafeBufferPointer(start: buffer.bytes, count: count))
        }
        let synced = cadmin_sync(descriptor)
        let status = failure != 0 ? failure : synced
        return status == 0 ? nil : String(cString: cadmin_error(status))
    }

    /// Reads the area back from the disk. Gives what is wrong, or `nil`. After a discard nobody knows what is there, only
    /// what must not be.
    func verify(with buffer: LockedMemory, isDiscarded: Bool = false) -> String? {
        var isReadable = true
        var hasHeader = false
        var found = Destruction.Sum()
        _ = cadmin_drop_cache(descriptor)
        eachPiece(of: buffer.count) { offset, count in
            guard cadmin_read_at(descriptor, buffer.bytes, count, offset) == 0 else {
                isReadable = false
                return
            }
            let bytes = UnsafeBufferPointer(start: UnsafePointer(buffer.bytes), count: count)
            hasHeader = hasHeader || Destruction.hasHeader(bytes)
            found.take(bytes)
        }
        guard isReadable else { return "cannot be read back" }
        guard !hasHeader, LuksHeader.read(path).header == nil else { return "A LUKS HEADER IS LEFT" }
        return isDiscarded || found == sum ? nil : "what was read back is not what was written"
    }

    /// Tells the device that the area is not needed. Whether it can: a file cannot, nor can many disks.
    func discard() -> Bool { isBlock && cadmin_discard(descriptor, area) == 0 }

    private func eachPiece(of size: Int, _ work: (UInt64, Int) -> Void) {
        var offset: UInt64 = 0
        while offset < area {
            let count = Int(min(UInt64(size), area - offset))
            work(offset, count)
            offset += UInt64(count)
        }
    }
}
