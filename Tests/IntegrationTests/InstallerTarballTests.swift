import Foundation
import ReleaseSupport
import Repository
import SystemPackage
import Testing

@testable import ReleasePipeline

@Suite("The installer's tarball", .integration)
struct InstallerTarballTests {
    @Test("made again from the published package it has the published bytes, and by another time others")
    func again() async throws {
        try await Workshop.with { workshop in
            let folder = workshop.release.appending(InstallerArchive.folder)
            let name = try #require(try Files.names(in: folder).first { $0.hasSuffix(".tar.xz") })
            let published = folder.appending(name)
            let packages = workshop.release.appending("x86_64")
            let package = try #require(
                try Files.names(in: packages).first { $0.hasPrefix("\(InstallerArchive.package)-") })
            let time = try await Self.time(in: published)
            for (place, epoch) in [("a", time), ("b", time + 1)] {
                let archive = InstallerArchive(
                    target: try Target(workshop.subject.target, in: SourceTree.find(from: ".")), key: workshop.key,
                    publicKey: try Files.read(workshop.release.appending(RepositoryLayout.keyFile)), epoch: epoch)
                let work = workshop.folder.appending(place)
                try Files.makeFolder(work)
                let made = try await archive.make(of: packages.appending(package), in: work)
                #expect(made.lastComponent?.string == name)
                #expect((try Files.read(made) == Files.read(published)) == (epoch == time))
            }
        }
    }

    /// Of the first file in the archive, in seconds since 1970; POSIX.1-1988, ustar: twelve octal digits at 136.
    private static func time(in archive: FilePath) async throws -> Int {
        let bytes = try await Command("xz", ["--decompress", "--stdout", archive.string]).run(.verify).output
        try #require(bytes.count > 512)
        let digits = String(decoding: bytes[136..<147], as: UTF8.self)
        return try #require(Int(digits, radix: 8))
    }
}
