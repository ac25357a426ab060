import Foundation
import RPMKit
import ReleaseSupport
import SystemPackage

/// What a layer is made from, and so its name in the cache: whoever has the same inputs has the same layer.
struct LayerKey: Sendable, Equatable {
    /// `base`, `release` or `snapshot`.
    let kind: String
    /// A digest of the inputs.
    let digest: String
    /// What a layer of this kind has. One without is broken, and made again.
    let parts: [FilePath]

    init(_ kind: String, parts: [FilePath], inputs: [String]) {
        self.kind = kind
        self.parts = parts
        var hash = SHA256()
        for input in inputs { hash.update("\(input.utf8.count):\(input)") }
        digest = String(hash.finish().prefix(32))
    }

    /// The digest of a file that is an input.
    static func digest(of path: FilePath) throws -> String { try SHA256.of(file: path) }

    /// The name of its folder.
    var name: String { "\(kind)-\(digest)" }
}

/// Finished layers by what they were made from. A folder here is complete or not there: it is made under another name.
struct LayerCache: Sendable {
    /// Everything of the lab's lies below it.
    let folder: FilePath
    /// Before a layer is made, entries that nobody uses are removed, the longest unused first, until so much is left. With
    /// what a run then adds, two layers and the disks of two guests, the lab stays below 6 GiB.
    private static let limitBytes: Int64 = 4 << 30
    /// In it `name.lock` is held, shared, by whoever uses the layer `name`.
    private var locks: FilePath { folder.appending("locks") }

    static func standardFolder() -> FilePath { Caches.folder("lab") }

    init(folder: FilePath) throws {
        self.folder = folder
        try Files.makeFolder(locks)
        // Keys that open the guests lie here.
        guard chmod(folder.string, 0o700) == 0 else { throw Errno(rawValue: errno) }
    }

    /// Finds the layer `key`, or lets `make` fill a new folder.
    ///
    /// - Returns: its folder, and what keeps it from being removed by another run.
    func layer(_ key: LayerKey, make: (FilePath) async throws -> Void) async throws -> (FilePath, TreeLock) {
        let finished = folder.appending(key.name)
        let isThere = { Files.exists(finished) && key.parts.allSatisfy { Files.exists(finished.pushing($0)) } }
        guard let use = try TreeLock.acquire(locks.appending("\(key.name).lock"), shared: true) else {
            throw ReleaseError(.setup, "\(finished) is being removed", hint: "run it again")
        }
        if !isThere() {
            let building = try await buildLock()
            defer { withExtendedLifetime(building) {} }
            // Another run may have made it meanwhile.
            if !isThere() {
                try await removeUnused()
                try await remove(finished)
                try await Caches.make(finished, discard: remove, make)
            }
        }
        // When it was used last.
        utimes(finished.string, nil)
        return (finished, use)
    }

    /// Layers are built one at a time, whoever builds; waits for others to finish.
    func buildLock() async throws -> TreeLock {
        while true {
            if let lock = try TreeLock.acquire(locks.appending("build.lock")) { return lock }
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    /// Takes away what a run that was killed left half made, and old layers until the cache is small enough.
    func removeUnused(limit: Int64 = limitBytes) async throws {
        for name in try Files.names(in: folder) where name.hasPrefix(".") && name.hasSuffix("~") {
            try await remove(folder.appending(name))
        }
        var entries: [(path: FilePath, used: Int, bytes: Int64)] = []
        for name in try Files.names(in: folder) where name != "locks" && name != "run" {
            let path = folder.appending(name)
            var status = stat()
            guard stat(path.string, &status) == 0 else { continue }
            entries.append((path, status.st_mtim.tv_sec, try await Self.size(path)))
        }
        var total = entries.reduce(0) { $0 + $1.bytes }
        for entry in entries.sorted(by: { $0.used < $1.used }) where total > limit {
            guard let name = entry.path.lastComponent?.string,
                let lock = try TreeLock.acquire(locks.appending("\(name).lock"))
            else { continue }
            defer { withExtendedLifetime(lock) {} }
            try await remove(entry.path)
            total -= entry.bytes
        }
    }

    /// Every layer: its folder's name, its size in bytes, and when it was used last, in seconds since 1970.
    func entries() async throws -> [(name: String, bytes: Int64, used: Int)] {
        var result: [(String, Int64, Int)] = []
        for name in try Files.names(in: folder) where name != "locks" && name != "run" && !name.hasPrefix(".") {
            var status = stat()
            guard stat(folder.appending(name).string, &status) == 0 else { continue }
            result.append((name, try await Self.size(folder.appending(name)), status.st_mtim.tv_sec))
        }
        return result
    }

    /// Removes a folder in which something may still be mounted.
    func remove(_ path: FilePath) async throws {
        try await Mounts.removeAll(below: path)
        try Files.remove(path)
    }

    /// In bytes, as blocks on disk: images have holes.
    private static func size(_ path: FilePath) async throws -> Int64 {
        let said = try await Command("du", ["-s", "--block-size=1", "--one-file-system", path.string]).run(.setup)
        return Int64(said.text.prefix { $0.isNumber }) ?? 0
    }
}

/// What is mounted below a folder of ours.
enum Mounts {
    /// Unmounts everything below `path`, the last first.
    static func removeAll(below path: FilePath) async throws {
        // A cancelled run unmounts as well.
        try await Task {
            for point in points(in: try Files.text("/proc/self/mounts"), below: path).reversed() {
                try await Command("umount", [point]).output(.setup)
            }
        }.value
    }

    /// The mount points below `path` in the text of /proc/self/mounts, in the order in which they were mounted.
    static func points(in text: String, below path: FilePath) -> [String] {
        text.split(separator: "\n").compactMap { line -> String? in
            let fields = line.split(separator: " ")
            guard fields.count > 1 else { return nil }
            // A space is written as \040.
            let point = String(fields[1]).replacing("\\040", with: " ")
            return point.hasPrefix(path.string + "/") ? point : nil
        }
    }
}
