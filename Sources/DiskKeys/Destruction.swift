/// How a LUKS header is destroyed.
public enum Destruction {
    /// How often everything is overwritten.
    public static let rounds = 5

    /// Where there is no header to ask. 16 MiB: the LUKS2 default data offset. 10 MB, the usual advice for LUKS1, would
    /// leave half the key-slot area.
    public static let unknownHeader: UInt64 = 16 << 20

    /// What lies before the data can be more than a header; that much of it is overwritten.
    public static let largest: UInt64 = 256 << 20

    /// How many bytes are overwritten, from the start of the device: everything before the data. `headerEnd` is where the
    /// key-slot area ends; both are `nil` when there is no header that can be read. Whole blocks of 4096 bytes, as direct
    /// output needs.
    public static func area(dataOffset: UInt64?, headerEnd: UInt64?, deviceSize: UInt64) -> UInt64 {
        var wanted = unknownHeader
        if let dataOffset, let headerEnd { wanted = max(headerEnd, min(dataOffset, largest)) }
        let blocks = (min(wanted, deviceSize) + 4095) / 4096
        return min(blocks * 4096, deviceSize / 4096 * 4096)
    }

    /// Whether one of the two marks that LUKS headers begin with is at the start of any sector.
    public static func hasHeader(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var sector = 0
        while sector + 6 <= bytes.count {
            if begins(bytes, at: sector, 0x4C, 0x55, 0x4B, 0x53) || begins(bytes, at: sector, 0x53, 0x4B, 0x55, 0x4C) {
                return true
            }
            sector += 512
        }
        return false
    }

    /// LUKS2's second copy begins with the first four bytes in reverse, so that nothing takes it for the first.
    private static func begins(
        _ bytes: UnsafeBufferPointer<UInt8>, at start: Int, _ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8
    ) -> Bool {
        bytes[start] == a && bytes[start + 1] == b && bytes[start + 2] == c && bytes[start + 3] == d
            && bytes[start + 4] == 0xBA && bytes[start + 5] == 0xBE
    }

    /// A number for a run of bytes, to see whether what is read is what was written (FNV-1a, over words). No secret
    /// depends on it.
    public struct Sum: Equatable, Sendable {
        private var value: UInt64 = 0xCBF2_9CE4_8422_2325

        public init() {}

        /// Takes whole words; what is left of a word at the end does not count.
        public mutating func take(_ bytes: UnsafeBufferPointer<UInt8>) {
            for word in UnsafeRawBufferPointer(bytes).bindMemory(to: UInt64.self) {
                value = (value ^ word) &* 0x0000_0100_0000_01B3
            }
        }
    }
}
