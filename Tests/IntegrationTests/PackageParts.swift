import ReleaseSupport

/// Where the parts of a package file lie, as offsets in bytes.
///
/// Source: rpm 4.18, docs/manual/format.md.
struct PackageParts {
    /// The old head, which nothing but its magic number is read of.
    let lead: Range<Int>
    /// The header with signatures and digests.
    let signature: Range<Int>
    /// Within it, the signature proper: what gpg made.
    let signatureData: Range<Int>
    /// The header that says what the package is.
    let header: Range<Int>
    /// Within it, one line of text that no program reads.
    let summary: Range<Int>
    /// The compressed files.
    let payload: Range<Int>

    init(_ bytes: [UInt8]) throws {
        lead = 0..<96
        let signatureEnd = try Self.end(ofHeaderAt: lead.upperBound, in: bytes)
        signature = lead.upperBound..<signatureEnd
        signatureData = try Self.signatureData(in: signature, bytes)
        // The signature header alone is padded to a multiple of eight.
        let start = (signatureEnd + 7) / 8 * 8
        header = start..<(try Self.end(ofHeaderAt: start, in: bytes))
        summary = try Self.summary(in: header, bytes)
        payload = header.upperBound..<bytes.count
    }

    private static func number(_ bytes: [UInt8], at offset: Int) -> Int {
        bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
    }

    private static func end(ofHeaderAt start: Int, in bytes: [UInt8]) throws -> Int {
        guard bytes.count > start + 16, bytes[start..<start + 4].elementsEqual([0x8e, 0xad, 0xe8, 0x01]) else {
            throw ReleaseError(.verify, "no package header at \(start)")
        }
        let end = start + 16 + 16 * number(bytes, at: start + 8) + number(bytes, at: start + 12)
        guard end < bytes.count else { throw ReleaseError(.verify, "the header at \(start) is cut") }
        return end
    }

    /// 267 for EdDSA, 268 for RSA: the signature over the header.
    private static func signatureData(in header: Range<Int>, _ bytes: [UInt8]) throws -> Range<Int> {
        let (start, count) = try data(of: [267, 268], in: header, bytes)
        return start..<start + count
    }

    /// 1004, in its first language.
    private static func summary(in header: Range<Int>, _ bytes: [UInt8]) throws -> Range<Int> {
        let start = try data(of: [1004], in: header, bytes).start
        return start..<(bytes[start...].firstIndex(of: 0) ?? start)
    }

    /// Where the data of the first of `tags` begins, and how many elements it has.
    private static func data(
        of tags: [Int], in header: Range<Int>, _ bytes: [UInt8]
    ) throws -> (start: Int, count: Int) {
        let first = header.lowerBound + 16
        let entries = (0..<number(bytes, at: header.lowerBound + 8)).map { first + 16 * $0 }
        guard let entry = entries.first(where: { tags.contains(number(bytes, at: $0)) }) else {
            throw ReleaseError(.verify, "the header has none of the tags \(tags)")
        }
        let data = first + 16 * entries.count
        return (data + number(bytes, at: entry + 8), number(bytes, at: entry + 12))
    }
}
