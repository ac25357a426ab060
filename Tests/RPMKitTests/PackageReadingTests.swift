import AuditFixtures
import ReleaseSupport
import SystemPackage
import Testing

@testable import RPMKit

@Suite("Packages as rpmbuild makes them") struct PackageReadingTests {
    @Test("the header says what the spec said")
    func header() async throws {
        try await TemporaryFolder.with { folder in
            let made = try await Contents.fixture.build(in: folder)
            let package = try Package(reading: made.binary)
            #expect(package.identifier == "fixture-1.0-1.noarch")
            #expect(package.fileName == made.binary.lastComponent?.string)
            #expect(!package.isSource)
            #expect(package.tag("url") == "https://untochat.invalid")
            #expect(package.tag("buildtime") == "1700000000")
            #expect(package.tag("buildhost") == "untochat")
            #expect(package.tag("payloadcompressor") == "zstd")
            #expect(package.tag("nonsense") == nil)
            #expect(package.scriptlets == ["post": "exit 0"])

            let source = try Package(reading: made.source)
            #expect(source.isSource)
            #expect(source.identifier == "fixture-1.0-1.src")
            #expect(source.files.map(\.path).sorted() == ["fixture.spec", "fixture.txt"])
        }
    }

    @Test("each file's type, mode, owner, size and link are read")
    func files() async throws {
        try await TemporaryFolder.with { folder in
            let package = try Package(reading: try await Contents.fixture.build(in: folder).binary)
            let files = Dictionary(uniqueKeysWithValues: package.files.map { ($0.path, $0) })
            let expected: [String: (mode: UInt16, size: UInt64)] = [
                "/opt/share/big": (0o100640, UInt64(Contents.bigSize)), "/opt/share/empty": (0o100644, 0),
                RPMFixture.textPath: (0o100644, UInt64(Contents.text.utf8.count)),
            ]
            for (path, (mode, size)) in expected {
                let file = try #require(files[path])
                #expect(file.mode == mode && file.isRegular, "\(path)")
                #expect(file.size == size, "\(path)")
                #expect(file.owner == "root" && file.group == "root")
            }
            #expect(files["/opt/share"]?.isDirectory == true)
            #expect(files["/opt/share/link"]?.isSymbolicLink == true)
            #expect(files["/opt/share/link"]?.linkTarget == "fixture.txt")
            #expect(files.count == 5)
        }
    }

    @Test("the payload holds every regular file, each with the digest that the header gives it")
    func payload() async throws {
        try await TemporaryFolder.with { folder in
            let made = try await Contents.fixture.build(in: folder)
            for path in [made.binary, made.source] {
                var seen: [String: [UInt8]] = [:]
                try Package.forEachFile(in: path) { file, bytes in
                    #expect(SHA256.of(bytes) == file.digest, "\(file.path)")
                    seen[file.path] = bytes
                }
                let regular = try Package(reading: path).files.filter(\.isRegular).map(\.path)
                #expect(seen.keys.sorted() == regular.sorted())
                if path == made.binary {
                    #expect(seen[RPMFixture.textPath] == Array(Contents.text.utf8))
                    #expect(seen["/opt/share/big"] == [UInt8](repeating: UInt8(ascii: "x"), count: Contents.bigSize))
                }
            }
        }
    }

    @Test("every compression that rpm knows is read", arguments: ["w3.zstdio", "w6.gzdio", "w6.bzdio", "w2.xzdio"])
    func compressions(payload: String) async throws {
        try await TemporaryFolder.with { folder in
            var fixture = Contents.fixture
            fixture.macros["_binary_payload"] = payload
            var count = 0
            try Package.forEachFile(in: try await fixture.build(in: folder).binary) { file, bytes in
                #expect(SHA256.of(bytes) == file.digest)
                count += 1
            }
            #expect(count == 3)
        }
    }

    @Test("what the reader of a payload throws ends the reading and comes through")
    func bodyThrows() async throws {
        struct Enough: Error {}
        try await TemporaryFolder.with { folder in
            let path = try await Contents.fixture.build(in: folder).binary
            var count = 0
            #expect(throws: Enough.self) {
                try Package.forEachFile(in: path) { _, _ in
                    count += 1
                    throw Enough()
                }
            }
            #expect(count == 1)
        }
    }

    @Test("what is no package is refused, with its name")
    func noPackage() async throws {
        try await TemporaryFolder.with { folder in
            let contents: [String: [UInt8]] = [
                "empty": [], "text": Array("hello".utf8), "zeros": [UInt8](repeating: 0, count: 1 << 16),
                "magic": [0xed, 0xab, 0xee, 0xdb] + [UInt8](repeating: 0xff, count: 1 << 12),
            ]
            for (name, bytes) in contents {
                let path = folder.appending(name)
                try Files.write(bytes, to: path)
                let error = #expect(throws: RPMError.self) { try Package(reading: path) }
                #expect(error?.description.contains(path.string) == true)
            }
            #expect(throws: RPMError.self) { try Package(reading: folder.appending("missing")) }
        }
    }
}
