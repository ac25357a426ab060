import Foundation
import ReleaseSupport
import SystemPackage

/// What the images of a guest's disks tell somebody who has them. They are plain files, so what is not in them is nowhere.
enum Ruins {
    /// Beside the lab's passphrase.
    static let second = "a second passphrase for two disks"

    /// What the header of LUKS2 says of itself. Source: LUKS2 On-Disk Format, 3.
    private struct Layout: Decodable {
        struct Area: Decodable {
            let offset: String
            let size: String
        }
        struct KeySlot: Decodable { let area: Area }
        struct Segment: Decodable { let offset: String }

        let keyslots: [String: KeySlot]
        let segments: [String: Segment]

        /// In bytes.
        var dataOffset: Int64 { segments.values.compactMap { Int64($0.offset) }.min() ?? 0 }
        var keys: [Range<Int64>] {
            keyslots.values.compactMap { slot in
                guard let offset = Int64(slot.area.offset), let size = Int64(slot.area.size) else { return nil }
                return offset..<offset + size
            }
        }
    }

    /// Where the header was before, for the search afterwards.
    private static func copy(of image: FilePath) -> FilePath { FilePath(image.string + ".header") }

    /// The passphrase lies in a file: what reads none of its standard input is written to in vain.
    private static func opens(_ image: FilePath, by passphrase: String) async throws -> Bool {
        let key = FilePath(image.string + ".passphrase")
        try Files.write(passphrase, to: key)
        return try await Command("cryptsetup", ["open", "--test-passphrase", "--key-file", key.string, image.string])
            .run(.verify).succeeded
    }

    private static func type(of image: FilePath) async throws -> String {
        // Without the last line, and empty where nothing is found.
        try await Command("blkid", ["-p", "-s", "TYPE", "-o", "value", image.string]).run(.verify).text
    }

    private static func isLuks(_ image: FilePath) async throws -> Bool {
        try await Command("cryptsetup", ["isLuks", image.string]).run(.verify).succeeded
    }

    /// Sectors of both copies of the metadata and of every key slot, from the copy of a header.
    private static func samples(of image: FilePath) async throws -> [[UInt8]] {
        let header = copy(of: image)
        let said = try await Command("cryptsetup", ["luksDump", "--dump-json-metadata", header.string]).output(.verify)
        let layout = try JSONDecoder().decode(Layout.self, from: Data(said.utf8))
        try require(layout.keys.count == 2, "\(header) has \(layout.keys.count) key slots")
        let metadata = try DiskSearch.samples(of: header, in: 0..<(32 << 10), count: 64)
        let keys = try layout.keys.flatMap { try DiskSearch.samples(of: header, in: $0, count: 32) }
        try require(keys.count > 48 && metadata.count > 4, "\(header) has \(keys.count) sectors of keys")
        return metadata + keys
    }

    /// Complains unless both passphrases open every disk and the search finds what it looks for. Keeps the headers.
    static func requireEverything(on guest: Guest) async throws {
        for image in guest.images {
            try await Command(
                "dd", ["status=none", "bs=1M", "count=16", "if=\(image)", "of=\(copy(of: image))"]
            ).output(.verify)
            try require(try await isLuks(image), "\(image) is not LUKS")
            let type = try await type(of: image)
            try require(type == "crypto_LUKS\n", "blkid says \(type)")
            for passphrase in [ReleaseImage.passphrase, second] {
                try require(try await opens(image, by: passphrase), "\(image) does not open by: \(passphrase)")
            }
            let samples = try await samples(of: image)
            let found = try DiskSearch(for: samples).count(in: image)
            try require(found >= samples.count, "of \(samples.count) sectors \(found) are found in \(image)")
        }
    }

    /// Complains of anything that is left. The root's disk could discard, the other one could not.
    static func requireNothing(on guest: Guest) async throws {
        for (image, isDiscarded) in zip(guest.images, [true, false]) {
            try require(try await !isLuks(image), "\(image) is LUKS")
            let type = try await type(of: image)
            try require(type.isEmpty, "blkid says \(type)")
            for passphrase in [ReleaseImage.passphrase, second] {
                try require(try await !opens(image, by: passphrase), "\(image) opens by: \(passphrase)")
            }
            let found = try DiskSearch(for: try await samples(of: image)).count(in: image)
            try require(found == 0, "\(found) sectors of keys and metadata are left in \(image)")
            let left = try DiskSearch.samples(of: image, in: 0..<(16 << 20), count: 1 << 15).count
            try require(
                isDiscarded ? left == 0 : left == 1 << 15,
                "\(left) sectors before the data of \(image) hold something")
            // The copy of the header still opens the data, as the manual page says: so it was the header that is gone.
            try require(try await opens(copy(of: image), by: second), "the copy of the header does not open")
        }
    }
}
