/// Base 32 as Tor writes keys and addresses: without padding.
///
/// Source: RFC 4648, section 6.
public enum Base32 {
    /// How many characters `count` bytes need.
    public static func length(of count: Int) -> Int { (count * 8 + 4) / 5 }

    /// Writes `bytes` to `characters`, which holds `length(of:)` of them. A key is so never in memory that nobody wipes.
    public static func encode(
        _ bytes: UnsafeBufferPointer<UInt8>, to characters: UnsafeMutableBufferPointer<UInt8>, isLower: Bool = false
    ) {
        var (bits, count, written): (UInt32, UInt32, Int) = (0, 0, 0)
        func character(_ value: UInt32) -> UInt8 {
            let value = UInt8(value & 31)
            return value < 26 ? value + (isLower ? 0x61 : 0x41) : value - 26 + 0x32
        }
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            count += 8
            while count >= 5 {
                count -= 5
                characters[written] = character(bits >> count)
                written += 1
            }
        }
        if count > 0 { characters[written] = character(bits << (5 - count)) }
    }

    /// What is no secret, as text.
    public static func text(_ bytes: [UInt8], isLower: Bool = false) -> String {
        var characters = [UInt8](repeating: 0, count: length(of: bytes.count))
        bytes.withUnsafeBufferPointer { bytes in
            characters.withUnsafeMutableBufferPointer { encode(bytes, to: $0, isLower: isLower) }
        }
        return String(decoding: characters, as: UTF8.self)
    }
}
