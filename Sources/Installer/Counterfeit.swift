/// Packages that a server must refuse, made from a good one: the same without a signature, and the same signed by
/// somebody else. Nothing but the signatures differs, so that nothing else can be the reason of a refusal.
///
/// Source: RPM's "Package format", version 4: a lead of 96 bytes, the signature header, the header, the payload.
struct Counterfeit {
    /// The header, which is what somebody else signs.
    let header: ArraySlice<UInt8>
    private let lead: ArraySlice<UInt8>
    private let signatures: PackageHeader
    private let rest: ArraySlice<UInt8>

    /// Where a signature of an Ed25519 key goes.
    private static let dsaHeader: UInt32 = 267
    /// Of the header: DSA and EdDSA, RSA, any. Of header and payload: RSA, DSA.
    private static let all: Set<UInt32> = [dsaHeader, 268, 278, 1002, 1005, 1006]

    /// Reads a signed package.
    init(_ package: [UInt8], name: String) throws(SystemError) {
        let problem = SystemError(plain: "\(name) is no signed package")
        guard package.count > 96, package.starts(with: [0xED, 0xAB, 0xEE, 0xDB]),
            let signatures = PackageHeader(package[96...]), signatures.tags.contains(where: Self.all.contains)
        else { throw problem }
        // It ends at a multiple of eight bytes.
        let begin = 96 + (signatures.size + 7) / 8 * 8
        guard begin < package.count, let header = PackageHeader(package[begin...]) else { throw problem }
        lead = package[..<96]
        self.signatures = signatures
        self.header = package[begin..<(begin + header.size)]
        rest = package[begin...]
    }

    /// The package without any signature.
    var unsigned: [UInt8] { with(signatures.without(Self.all)) }

    /// The package with `signature` of its header in the place of the good one.
    func signed(by signature: [UInt8]) -> [UInt8] {
        with(signatures.without(Self.all).adding(tag: Self.dsaHeader, bytes: signature))
    }

    private func with(_ signatures: PackageHeader) -> [UInt8] {
        let bytes = signatures.bytes
        return Array(lead) + bytes + [UInt8](repeating: 0, count: (8 - bytes.count % 8) % 8) + rest
    }
}

/// A header of a package: tags with values.
struct PackageHeader {
    private struct Entry {
        var tag: UInt32
        var type: UInt32
        var count: UInt32
        var value: [UInt8]
    }
    private var entries: [Entry]
    /// Of the header that was read, in bytes.
    private(set) var size = 0

    private static let magic: [UInt8] = [0x8E, 0xAD, 0xE8, 0x01, 0, 0, 0, 0]
    /// Binary data.
    private static let binary: UInt32 = 7
    /// The entry that says how far all others reach.
    private static let region: UInt32 = 62

    /// Reads the header that `bytes` begin with; nil where there is none that holds together.
    init?(_ bytes: ArraySlice<UInt8>) {
        let base = bytes.startIndex
        guard bytes.starts(with: Self.magic), let entryCount = Self.number(bytes, base + 8),
            let storeSize = Self.number(bytes, base + 12), entryCount < 1 << 16, storeSize < 1 << 28
        else { return nil }
        let store = base + 16 + Int(entryCount) * 16
        let end = store + Int(storeSize)
        guard end <= bytes.endIndex else { return nil }
        size = end - base
        entries = []
        for place in stride(from: base + 16, to: store, by: 16) {
            guard let tag = Self.number(bytes, place), let type = Self.number(bytes, place + 4),
                let offset = Self.number(bytes, place + 8), let count = Self.number(bytes, place + 12),
                offset <= storeSize,
                let value = Self.value(bytes[(store + Int(offset))..<end], type: type, count: Int(count))
            else { return nil }
            if tag != Self.region { entries.append(Entry(tag: tag, type: type, count: count, value: value)) }
        }
    }

    var tags: [UInt32] { entries.map(\.tag) }

    func without(_ tags: Set<UInt32>) -> PackageHeader {
        var header = self
        header.entries.removeAll { tags.contains($0.tag) }
        return header
    }

    func adding(tag: UInt32, bytes: [UInt8]) -> PackageHeader {
        var header = self
        let place = header.entries.firstIndex { $0.tag > tag } ?? header.entries.endIndex
        header.entries.insert(
            Entry(tag: tag, type: Self.binary, count: UInt32(bytes.count), value: bytes), at: place)
        return header
    }

    /// The header as it lies in a package.
    var bytes: [UInt8] {
        var index: [UInt8] = []
        var store: [UInt8] = []
        for entry in entries {
            let alignment = Self.alignment(entry.type)
            store += [UInt8](repeating: 0, count: (alignment - store.count % alignment) % alignment)
            index += [entry.tag, entry.type, UInt32(store.count), entry.count].flatMap(Self.bigEndian)
            store += entry.value
        }
        // The region's entry comes first and points at its copy behind all values, which says how long the index is.
        let indexSize = UInt32(entries.count + 1) * 16
        index = [Self.region, Self.binary, UInt32(store.count), 16].flatMap(Self.bigEndian) + index
        store += [Self.region, Self.binary, 0 &- indexSize, 16].flatMap(Self.bigEndian)
        return Self.magic + Self.bigEndian(UInt32(entries.count + 1)) + Self.bigEndian(UInt32(store.count)) + index
            + store
    }

    /// Bytes that a value of `type` begins at a multiple of.
    private static func alignment(_ type: UInt32) -> Int {
        switch type {
        case 3: 2
        case 4: 4
        case 5: 8
        default: 1
        }
    }

    /// The bytes of a value at the beginning of `bytes`.
    private static func value(_ bytes: ArraySlice<UInt8>, type: UInt32, count: Int) -> [UInt8]? {
        switch type {
        case 0...5, binary:
            let length = type == 0 ? 0 : count * alignment(type)
            return length <= bytes.count ? Array(bytes.prefix(length)) : nil
        case 6, 8, 9:
            // Strings, each with a zero behind it.
            var left = type == 6 ? 1 : count
            guard
                let last = bytes.indices.first(where: { index in
                    if bytes[index] == 0 { left -= 1 }
                    return left == 0
                })
            else { return nil }
            return Array(bytes[...last])
        default: return nil
        }
    }

    private static func number(_ bytes: ArraySlice<UInt8>, _ place: Int) -> UInt32? {
        guard place + 4 <= bytes.endIndex else { return nil }
        return bytes[place..<(place + 4)].reduce(0) { $0 << 8 | UInt32($1) }
    }

    private static func bigEndian(_ number: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }
}
