import Foundation

/// Searches in raw bytes. Pure.
enum ByteSearch {
    /// The first place of `needle` that `accept` agrees to.
    static func first(_ needle: [UInt8], in bytes: [UInt8], where accept: (Int) -> Bool = { _ in true }) -> Int? {
        guard !needle.isEmpty else { return nil }
        return bytes.withUnsafeBytes { (all) -> Int? in
            guard let base = all.baseAddress else { return nil }
            var offset = 0
            // memchr and memcmp: a loop in Swift takes a minute over a source tarball in a debug build.
            while offset + needle.count <= all.count,
                let hit = memchr(base + offset, Int32(needle[0]), all.count - offset - needle.count + 1)
            {
                let place = UnsafeRawPointer(hit) - base
                if memcmp(hit, needle, needle.count) == 0, accept(place) { return place }
                offset = place + 1
            }
            return nil
        }
    }

    static func contains(_ text: String, in bytes: [UInt8]) -> Bool { first([UInt8](text.utf8), in: bytes) != nil }

    /// Letters, digits and underscore.
    static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// What a file's name is usually made of.
    static func isNameByte(_ byte: UInt8) -> Bool {
        isWordByte(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
    }

    /// Whether no letter, digit or underscore touches the range.
    static func isWord(at offset: Int, count: Int, in bytes: [UInt8]) -> Bool {
        !(offset > 0 && isWordByte(bytes[offset - 1]))
            && !(offset + count < bytes.count && isWordByte(bytes[offset + count]))
    }

    /// Whether the range is a whole absolute path or the beginning of one: `/home/jo` in `-I/home/jo/x`, but neither
    /// in `/home/john` nor in `/srv/home/jo`.
    static func isFolder(at offset: Int, count: Int, in bytes: [UInt8]) -> Bool {
        let end = offset + count
        if end < bytes.count, isWordByte(bytes[end]) || bytes[end] == UInt8(ascii: "-") { return false }
        guard offset > 0, isNameByte(bytes[offset - 1]) else { return true }
        // A compiler's option may touch the path: -I/…, -L/….
        return offset > 1 && bytes[offset - 2] == UInt8(ascii: "-")
    }

    private static func isPrintable(_ byte: UInt8) -> Bool { byte >= 0x20 && byte < 0x7f }

    /// Whether, amid binary data, the range is in a run of at least 6 printable bytes or is a C string of its own.
    static func isInText(at offset: Int, count: Int, in bytes: [UInt8]) -> Bool {
        var start = offset
        var end = offset + count
        while start > 0, offset - start < 6, isPrintable(bytes[start - 1]) { start -= 1 }
        while end < bytes.count, end - offset < count + 6, isPrintable(bytes[end]) { end += 1 }
        if end - start >= 6 { return true }
        return (start == 0 || bytes[start - 1] == 0) && (end == bytes.count || bytes[end] == 0)
    }

    /// The path that the byte at `offset` is in, from its first byte on.
    static func pathAround(_ offset: Int, in bytes: [UInt8]) -> ArraySlice<UInt8> {
        let isPathByte: (UInt8) -> Bool = { isNameByte($0) || $0 == UInt8(ascii: "/") }
        var start = offset
        while start > 0, isPathByte(bytes[start - 1]) { start -= 1 }
        // Words and options before the first slash are not the path's.
        while start < offset, bytes[start] != UInt8(ascii: "/") { start += 1 }
        let end = bytes[offset...].firstIndex { !isPathByte($0) } ?? bytes.count
        return bytes[start..<end]
    }

    /// "…/home/jo/untochat/Sources…": the text around a hit, for a message.
    static func excerpt(_ offset: Int, in bytes: [UInt8]) -> String {
        let start = bytes[max(0, offset - 24)..<offset].lastIndex { !isPrintable($0) }.map { $0 + 1 }
        let range = (start ?? max(0, offset - 24))..<min(bytes.count, offset + 60)
        return String(decoding: bytes[range].prefix { isPrintable($0) }, as: UTF8.self)
    }
}
