import CAdminTools

/// Memory that is locked, in no core dump, and wiped when nobody holds it any more.
public final class LockedMemory {
    public let bytes: UnsafeMutablePointer<UInt8>
    /// In bytes.
    public let count: Int

    /// `nil` when the system has none to give.
    public init?(count: Int) {
        guard count > 0, let memory = cadmin_take_memory(count) else { return nil }
        bytes = memory
        self.count = count
    }

    deinit { cadmin_give_back_memory(bytes, count) }
}

/// A passphrase. It cannot be printed or copied, and wipes itself.
public struct Secret: ~Copyable {
    private let memory: LockedMemory
    /// In bytes.
    public let count: Int

    /// Moves a passphrase out of the memory that it was read into; the caller wipes that.
    public init?(copying range: Range<Int>, of text: LockedMemory) {
        guard !range.isEmpty, let memory = LockedMemory(count: range.count) else { return nil }
        cadmin_copy(memory.bytes, text.bytes + range.lowerBound, range.count)
        self.memory = memory
        count = range.count
    }

    /// Where it lies.
    public var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: memory.bytes, count: count) }

    /// As libcryptsetup takes it, with `count`.
    public func withCharacters<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
        memory.bytes.withMemoryRebound(to: CChar.self, capacity: count) { body($0) }
    }
}
