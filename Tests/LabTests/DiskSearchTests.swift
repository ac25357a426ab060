import ReleaseSupport
import SystemPackage
import Testing

@testable import Lab

@Suite("Search of a disk")
struct DiskSearchTests {
    private func sector(_ byte: UInt8) -> [UInt8] {
        (0..<DiskSearch.sector).map { UInt8(truncatingIfNeeded: $0) ^ byte }
    }

    @Test("sectors are found wherever they lie, and those that only begin alike are not")
    func found() async throws {
        try await TemporaryFolder.with { folder in
            let image = folder.appending("image")
            var other = sector(3)
            other[511] ^= 1
            // Over the end of what is read at once.
            let before = [UInt8](repeating: 0, count: (4 << 20) - DiskSearch.sector)
            try Files.write(sector(3) + before + sector(5) + other + sector(3), to: image)
            #expect(try DiskSearch(for: [sector(3)]).count(in: image) == 2)
            #expect(try DiskSearch(for: [sector(3), sector(5), other]).count(in: image) == 4)
            #expect(try DiskSearch(for: [sector(7)]).count(in: image) == 0)
        }
    }

    @Test("samples are whole sectors of the range, without those that say nothing")
    func samples() async throws {
        try await TemporaryFolder.with { folder in
            let image = folder.appending("image")
            let empty = [UInt8](repeating: 0, count: DiskSearch.sector)
            try Files.write(sector(1) + sector(2) + empty + sector(4) + sector(5), to: image)
            let samples = try DiskSearch.samples(of: image, in: 512..<2048, count: 3)
            #expect(samples == [sector(2), sector(4)])
        }
    }
}
