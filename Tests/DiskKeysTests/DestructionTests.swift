import DiskKeys
import Testing

@Suite struct DestructionTests {
    static let areas: [(UInt64?, UInt64?, UInt64, UInt64)] = [
        // A usual LUKS2 disk, a usual LUKS1 disk.
        (16 << 20, 16 << 20, 1 << 40, 16 << 20), (2 << 20, 1_052_672, 1 << 40, 2 << 20),
        // A header apart from its data; a header that leaves a gap of gigabytes.
        (0, 16 << 20, 16 << 20, 16 << 20), (1 << 40, 16 << 20, 1 << 41, 256 << 20),
        // The largest key-slot area; none that can be read; a disk that is smaller, and not even.
        (136 << 20, 136 << 20, 1 << 40, 136 << 20), (nil, nil, 1 << 40, 16 << 20), (nil, nil, 1_000_000, 999_424),
        (5000, 5000, 1 << 20, 8192), (nil, nil, 100, 0),
    ]

    @Test("everything before the data is overwritten, both copies and all key slots, in whole blocks", arguments: areas)
    func area(_ offset: UInt64?, _ end: UInt64?, _ size: UInt64, _ wanted: UInt64) {
        #expect(Destruction.area(dataOffset: offset, headerEnd: end, deviceSize: size) == wanted)
    }

    @Test("a header is found at any sector, by either mark, and nowhere else")
    func header() {
        func has(_ bytes: [UInt8]) -> Bool { bytes.withUnsafeBufferPointer { Destruction.hasHeader($0) } }
        let marks: [[UInt8]] = [
            [0x4C, 0x55, 0x4B, 0x53, 0xBA, 0xBE], [0x53, 0x4B, 0x55, 0x4C, 0xBA, 0xBE],
        ]
        let empty = [UInt8](repeating: 0, count: 4096)
        #expect(!has(empty) && !has([]))
        for mark in marks {
            for sector in stride(from: 0, to: 4096, by: 512) {
                var bytes = empty
                bytes.replaceSubrange(sector..<sector + 6, with: mark)
                #expect(has(bytes))
            }
            #expect(!has([0] + mark + empty))
            #expect(!has(Array(mark.dropLast())))
        }
    }

    @Test("two runs of bytes that differ anywhere have different sums")
    func sum() {
        func sum(_ bytes: [UInt8]) -> Destruction.Sum {
            var sum = Destruction.Sum()
            bytes.withUnsafeBufferPointer { sum.take($0) }
            return sum
        }
        let bytes = (0..<4096).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        #expect(sum(bytes) == sum(bytes))
        for index in stride(from: 0, to: 4096, by: 37) {
            var other = bytes
            other[index] ^= 1
            #expect(sum(other) != sum(bytes))
        }
    }
}
