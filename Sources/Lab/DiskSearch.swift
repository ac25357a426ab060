import ReleaseSupport
import SystemPackage

/// Looks for sectors in the image of a disk, byte for byte.
struct DiskSearch: Sendable {
    static let sector = 512
    /// Sectors by their first eight bytes.
    private let wanted: [UInt64: [[UInt8]]]

    /// - Parameter sectors: each of `sector` bytes.
    init(for sectors: [[UInt8]]) {
        wanted = Dictionary(grouping: sectors) { bytes in Self.start(of: bytes[...]) }
    }

    /// Sectors of `image` at equal distances between the ends of `range`, without those that hold one byte only.
    static func samples(of image: FilePath, in range: Range<Int64>, count: Int) throws -> [[UInt8]] {
        let file = try FileDescriptor.open(image, .readOnly)
        defer { try? file.close() }
        let step = max((range.upperBound - range.lowerBound) / Int64(count) / Int64(sector), 1) * Int64(sector)
        return try stride(from: range.lowerBound, to: range.upperBound, by: Int(step)).compactMap { offset in
            let bytes = try read(file, at: offset, count: sector)
            return bytes.count == sector && Set(bytes).count > 1 ? bytes : nil
        }
    }

    /// How many sectors of `image` are one of those that are looked for.
    func count(in image: FilePath) throws -> Int {
        let file = try FileDescriptor.open(image, .readOnly)
        defer { try? file.close() }
        var (offset, found) = (Int64(0), 0)
        while true {
            let bytes = try Self.read(file, at: offset, count: 1 << 22)
            guard bytes.count >= Self.sector else { return found }
            for start in stride(from: 0, through: bytes.count - Self.sector, by: Self.sector) {
                guard let candidates = wanted[Self.start(of: bytes[start...])] else { continue }
                let here = bytes[start..<start + Self.sector]
                if candidates.contains(where: { here.elementsEqual($0) }) { found += 1 }
            }
            offset += Int64(bytes.count)
        }
    }

    private static func start(of bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static func read(_ file: FileDescriptor, at offset: Int64, count: Int) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { buffer, used in
            while used < count {
                let rest = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[used...])
                let got = try file.read(fromAbsoluteOffset: offset + Int64(used), into: rest)
                if got == 0 { break }
                used += got
            }
        }
    }
}
