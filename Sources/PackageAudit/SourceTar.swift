/// The part of a source archive that was written here. The rest are Swift packages as their authors published them: a
/// word in those is nobody's login or host name, whatever this machine is called. Pure.
///
/// Source: POSIX.1-2017, pax, "ustar Interchange Format".
enum SourceTar {
    private static let block = 512
    /// Where the archive of a component has what others published; see `ComponentDeclaration.dependencies`.
    private static let folder = Array("Dependencies".utf8)

    /// The archive without the contents of published packages, and with every owner's name as a word of its own. Bytes that
    /// are no such archive come back as they are.
    static func own(_ bytes: [UInt8]) -> [UInt8] {
        var own: [UInt8] = []
        var offset = 0
        while offset + block <= bytes.count, bytes[(offset + 257)..<(offset + 262)].elementsEqual("ustar".utf8) {
            guard let size = size(bytes[(offset + 124)..<(offset + 136)]) else { return bytes }
            let end = offset + block + (size + block - 1) / block * block
            guard end <= bytes.count else { return bytes }
            own += bytes[offset..<(offset + 263)]
            // The version of the format, two digits with nothing between them and the owner's name.
            own += [0, 0]
            own += bytes[(offset + 265)..<(isPublished(bytes, at: offset) ? offset + block : end)]
            offset = end
        }
        return own + bytes[offset...]
    }

    /// Whether the entry lies in the folder of published packages, which is one below the archive's top.
    private static func isPublished(_ bytes: [UInt8], at offset: Int) -> Bool {
        let prefix = bytes[(offset + 345)..<(offset + 500)].prefix { $0 != 0 }
        let name = bytes[offset..<(offset + 100)].prefix { $0 != 0 }
        let path = prefix.isEmpty ? Array(name) : prefix + [UInt8(ascii: "/")] + name
        return path.split(separator: UInt8(ascii: "/")).dropFirst().first?.elementsEqual(folder) ?? false
    }

    private static func size(_ field: ArraySlice<UInt8>) -> Int? {
        let digits = field.drop { $0 == UInt8(ascii: " ") }.prefix { $0 != 0 && $0 != UInt8(ascii: " ") }
        return Int(String(decoding: digits, as: UTF8.self), radix: 8).flatMap { $0 >= 0 ? $0 : nil }
    }
}
