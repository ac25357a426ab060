import Foundation

/// ASCII armor, strictly: the one spelling that gpg writes for given bytes, and no other.
///
/// gpg itself passes over text around the armor, so a changed file could still verify. Here every byte counts.
///
/// Source: RFC 4880, section 6.
enum Armor {
    /// The bytes in `text`, or nil where it is not exactly one block of `kind` without headers.
    static func decode(_ text: some Sequence<UInt8>, kind: String) -> [UInt8]? {
        let given = Array(text)
        let lines = String(decoding: given, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        // Begin, blank, at least one line of data, checksum, end, and nothing after the last line feed.
        guard lines.count >= 6 else { return nil }
        let body = lines[2..<(lines.count - 3)].joined()
        guard let data = Data(base64Encoded: body) else { return nil }
        let bytes = [UInt8](data)
        return encode(bytes, kind: kind) == given ? bytes : nil
    }

    /// `bytes` as gpg armors them with neither version nor comment.
    static func encode(_ bytes: [UInt8], kind: String) -> [UInt8] {
        var text = "-----BEGIN PGP \(kind)-----\n\n"
        var body = Data(bytes).base64EncodedString()[...]
        while !body.isEmpty {
            text += body.prefix(64) + "\n"
            body = body.dropFirst(64)
        }
        let sum = crc24(bytes)
        let sumBytes = Data([UInt8(sum >> 16 & 0xff), UInt8(sum >> 8 & 0xff), UInt8(sum & 0xff)])
        text += "=\(sumBytes.base64EncodedString())\n-----END PGP \(kind)-----\n"
        return Array(text.utf8)
    }

    private static func crc24(_ bytes: [UInt8]) -> UInt32 {
        var sum: UInt32 = 0xB704CE
        for byte in bytes {
            sum ^= UInt32(byte) << 16
            for _ in 0..<8 {
                sum <<= 1
                if sum & 0x1000000 != 0 { sum ^= 0x1864CFB }
            }
        }
        return sum & 0xFFFFFF
    }
}
