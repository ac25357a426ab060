import Foundation
import GnuPG
import RPMKit
import ReleaseSupport
import SystemPackage
import Testing

@testable import Repository

@Suite("A published repository, with the real tools") struct RepositoryCheckTests {
    @Test("a release as it was published passes, by its own key and by the expected one")
    func passes() async throws {
        try await Release.with { release in
            let outcomes = try await RepositoryCheck.verify(folder: release.folder, key: nil)
            #expect(outcomes.filter { !$0.passed } == [])
            let names = outcomes.map { "\($0.name) \($0.subject)" }
            for expected in [
                "key RPM-GPG-KEY-untochat", "signature SHA256SUMS", "digest untochat.repo",
                "signature x86_64/repodata/repomd.xml", "signature source/repodata/repomd.xml",
                "package x86_64/alpha-1.0-1.noarch.rpm", "package source/beta-1.0-1.src.rpm",
                "configuration untochat.repo",
            ] {
                #expect(names.contains(expected))
            }
            let key = try await PublicKey(release.key.exportPublicKey())
            #expect(try await release.failures(key) == [])
        }
    }

    @Test("sha256sum itself accepts the list of digests")
    func sumsAreStandard() async throws {
        try await Release.with { release in
            let said = try await Command("sha256sum", ["--check", "--strict", "SHA256SUMS"])
                .with { $0.directory = release.folder }.output(.verify)
            #expect(said.contains("x86_64/alpha-1.0-1.noarch.rpm: OK"))
        }
    }

    @Test("one flipped bit in any file fails the check, which names the file")
    func noticesEachFile() async throws {
        try await Release.with { release in
            let files = try Files.files(below: release.folder)
            #expect(files.count == 18)
            for file in files {
                let middle = try Files.read(release.path(file)).count / 2
                try flip(release.path(file), at: middle)
                let failures = try await release.failures()
                #expect(failures.contains { $0.subject == file }, "\(file)")
                try flip(release.path(file), at: middle)
            }
            #expect(try await release.failures() == [])
        }
    }

    @Test("a missing file fails the check, which names the file")
    func noticesMissing() async throws {
        try await Release.with { release in
            for file in try Files.files(below: release.folder) {
                let aside = FilePath(release.folder.string + ".aside")
                try #require(rename(release.path(file).string, aside.string) == 0)
                let failures = try await release.failures()
                #expect(
                    failures.contains { $0.subject == file && $0.reason.contains("missing") || $0.name == "key" },
                    "\(file)")
                try #require(rename(aside.string, release.path(file).string) == 0)
            }
        }
    }

    @Test(
        "an extra file fails the check, hidden or not",
        arguments: ["notes", ".hidden", "x86_64/evil-1.0-1.noarch.rpm", "x86_64/repodata/extra.xml.gz"])
    func noticesExtra(name: String) async throws {
        try await Release.with { release in
            try Files.write("x", to: release.path(name))
            let failures = try await release.failures()
            #expect(failures.contains { $0.name == "listed" && $0.subject == name })
            // Listed and signed, a file that no metadata names is still not accepted among packages.
            if name.contains("/") {
                try await release.sum()
                #expect(try await release.failures().contains { $0.name == "listed" && $0.subject == name })
            }
        }
    }

    @Test("a symbolic link in the place of a package fails the check")
    func noticesLink() async throws {
        try await Release.with { release in
            let package = release.path("x86_64/alpha-1.0-1.noarch.rpm")
            let elsewhere = FilePath(release.folder.string + ".rpm")
            try #require(rename(package.string, elsewhere.string) == 0)
            try #require(symlink(elsewhere.string, package.string) == 0)
            let failures = try await release.failures()
            #expect(failures.contains { $0.name == "listed" && $0.reason == "it is not a regular file" })
            #expect(failures.contains { $0.name == "package" && $0.reason == "it is missing" })
        }
    }

    @Test("signed all over by another key, a release fails against the expected key")
    func noticesOtherKey() async throws {
        try await Release.with { release in
            let expected = try await PublicKey(release.key.exportPublicKey())
            try await KeyHome.withOwn(FilePath(release.folder.string + ".other")) { home in
                let other = try await SigningKey.development(home: home)
                let forged = Release(folder: release.folder, key: other)
                try Files.write(try await other.exportPublicKey(), to: forged.path(RepositoryLayout.keyFile))
                for (name, _) in RepositoryLayout.architectures { try await forged.index(name) }
                try await forged.sum()
                let failures = try await forged.failures(expected)
                #expect(failures.contains { $0.name == "key" && $0.reason.contains(other.fingerprint) })
                for file in ["SHA256SUMS", "x86_64/repodata/repomd.xml", "source/repodata/repomd.xml"] {
                    #expect(failures.contains { $0.subject == file && $0.reason.contains("signed by another key") })
                }
                // The same release is whole by its own key: only the expected key tells.
                #expect(try await forged.failures() == [])
            }
        }
    }

    @Test("a package changed after indexing fails, even with the list of digests signed anew")
    func noticesChangedPackage() async throws {
        try await Release.with { release in
            try flip(release.path("x86_64/alpha-1.0-1.noarch.rpm"), at: 3000)
            try await release.sum()
            #expect(
                try await release.failures() == [
                    .failed("package", "x86_64/alpha-1.0-1.noarch.rpm", "it was changed after it was indexed")
                ])
        }
    }

    @Test("metadata that is hostile is refused though it is signed")
    func refusesHostileIndex() async throws {
        try await Release.with { release in
            let index = release.path("x86_64/repodata/repomd.xml")
            let text = try Files.text(index)
            let changes: [(String, String, String)] = [
                ("href=\"repodata/", "href=\"repodata/../../", "outside repodata"),
                ("href=\"repodata/", "href=\"/etc/", "outside repodata"),
                ("href=\"repodata/", "xml:base=\"http://x.invalid\" href=\"repodata/", "outside repodata"),
                ("<open-size>", "<open-size>9", "decompresses to something else"),
                ("<open-size>", "<open-size>999999999", "claims to unpack"),
                ("type=\"sha256\"", "type=\"md5\"", "no SHA-256"),
                ("<repomd", "<!DOCTYPE x [<!ENTITY a \"b\">]><repomd", "not repository metadata"),
                ("type=\"other\"", "type=\"group\"", "does not name just"),
            ]
            for (old, new, reason) in changes {
                try Files.write(text.replacing(old, with: new), to: index)
                try await release.key.detachedSign(index, epoch: Release.epoch)
                try await release.sum()
                let failures = try await release.failures()
                #expect(!failures.isEmpty && failures.contains { $0.reason.contains(reason) }, "\(new)")
            }
        }
    }

    @Test("a small file that unpacks without end is refused")
    func refusesBomb() async throws {
        try await Release.with { release in
            let index = try MetadataIndex(parsing: try Files.read(release.path("x86_64/repodata/repomd.xml")))
            let entry = try #require(index.entries.first { $0.type == "primary" })
            let file = release.path("x86_64/\(entry.path)")
            let bomb = try await Command("/bin/sh", ["-c", "head -c 400M /dev/zero | gzip -1"]).run(.verify).output
            try Files.write(bomb, to: file)
            let text = try Files.text(release.path("x86_64/repodata/repomd.xml"))
                .replacing(entry.digest + "</checksum>", with: try SHA256.of(file: file) + "</checksum>")
                .replacing("<size>\(entry.size)</size>", with: "<size>\(bomb.count)</size>")
            try Files.write(text, to: release.path("x86_64/repodata/repomd.xml"))
            try await release.key.detachedSign(release.path("x86_64/repodata/repomd.xml"), epoch: Release.epoch)
            try await release.sum()
            #expect(
                try await release.failures() == [
                    .failed("metadata", "x86_64/\(entry.path)", "it does not decompress")
                ])
        }
    }

    @Test("the same packages give the same metadata, whatever their times were and whatever was there before")
    func metadataIsReproducible() async throws {
        try await Release.with { release in
            func contents() throws -> [String: [UInt8]] {
                var contents: [String: [UInt8]] = [:]
                for file in try Files.files(below: release.folder) {
                    contents[file] = try Files.read(release.path(file))
                }
                return contents
            }
            let first = try contents()
            try Files.setTime(release.path("x86_64/alpha-1.0-1.noarch.rpm"), 1_500_000_000)
            try await release.index("x86_64")
            try await release.sum()
            #expect(try contents() == first)
        }
    }

    @Test("an unsigned repository fails for its signatures alone")
    func unsigned() async throws {
        try await Release.with { release in
            for (name, _) in RepositoryLayout.architectures {
                try await RepositoryMetadata.make(folder: release.path(name), epoch: Release.epoch, key: nil)
            }
            try await Checksums.write(release.folder, key: nil, epoch: Release.epoch)
            let failures = try await release.failures()
            #expect(
                failures.map(\.subject) == [
                    "SHA256SUMS.asc", "x86_64/repodata/repomd.xml.asc", "source/repodata/repomd.xml.asc",
                ])
            #expect(failures.allSatisfy { $0.reason == "the signature is missing" })
        }
    }

    @Test("an empty folder gives failures, not an error")
    func emptyFolder() async throws {
        try await TemporaryFolder.with { folder in
            let outcomes = try await RepositoryCheck.verify(folder: folder, key: nil)
            #expect(outcomes.map(\.name) == ["key", "configuration"])
            #expect(outcomes.allSatisfy { !$0.passed })
        }
    }

    private func flip(_ path: FilePath, at offset: Int) throws {
        var bytes = try Files.read(path)
        bytes[offset] ^= 1
        try Files.write(bytes, to: path)
    }
}
