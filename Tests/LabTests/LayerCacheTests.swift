import Foundation
import ReleaseSupport
import SystemPackage
import Testing

@testable import Lab

@Suite("Layer cache")
struct LayerCacheTests {
    private let key = LayerKey("base", parts: ["disk"], inputs: ["one", "two"])

    private func make(_ folder: FilePath) throws { try Files.write("data", to: folder.appending("disk")) }

    @Test("a layer is made once, and found afterwards")
    func once() async throws {
        try await TemporaryFolder.with { folder in
            let cache = try LayerCache(folder: folder)
            let (first, _) = try await cache.layer(key, make: make)
            let (second, _) = try await cache.layer(key) { _ in Issue.record("made again") }
            #expect(first == second)
            #expect(try Files.text(first.appending("disk")) == "data")
        }
    }

    @Test("a layer that lacks a part is made again")
    func broken() async throws {
        try await TemporaryFolder.with { folder in
            let cache = try LayerCache(folder: folder)
            let (layer, _) = try await cache.layer(key, make: make)
            try Files.remove(layer.appending("disk"))
            let (again, _) = try await cache.layer(key, make: make)
            #expect(Files.exists(again.appending("disk")))
        }
    }

    @Test("a layer that could not be made is not there, and nothing is left of it")
    func failed() async throws {
        try await TemporaryFolder.with { folder in
            let cache = try LayerCache(folder: folder)
            await #expect(throws: CancellationError.self) {
                try await cache.layer(key) { half in
                    try make(half)
                    throw CancellationError()
                }
            }
            #expect(try Files.names(in: folder) == ["locks"])
        }
    }

    @Test("other inputs are another layer, however they are cut")
    func inputs() {
        let names = [["a", "b"], ["ab"], ["a", "b", ""], ["b", "a"]].map {
            LayerKey("base", parts: [], inputs: $0).name
        }
        #expect(Set(names).count == names.count)
    }

    @Test("what is too much goes, the longest unused first, and what is in use stays")
    func limit() async throws {
        try await TemporaryFolder.with { folder in
            let cache = try LayerCache(folder: folder)
            var held: TreeLock?
            for (name, used) in [("old", 1000), ("older", 500), ("oldest", 100)] {
                let (layer, lock) = try await cache.layer(LayerKey(name, parts: [], inputs: [])) { folder in
                    try Files.write([UInt8](repeating: 7, count: 1 << 20), to: folder.appending("disk"))
                }
                if name == "oldest" { held = lock }
                var times = [timeval(tv_sec: used, tv_usec: 0), timeval(tv_sec: used, tv_usec: 0)]
                #expect(utimes(layer.string, &times) == 0)
            }
            try await cache.removeUnused(limit: 5 << 19)
            let left = try await cache.entries().map(\.name).map { String($0.prefix { $0 != "-" }) }
            #expect(Set(left) == ["old", "oldest"])
            withExtendedLifetime(held) {}
        }
    }
}
