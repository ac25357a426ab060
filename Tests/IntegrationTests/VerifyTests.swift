import GnuPG
import ReleasePipeline
import ReleaseSupport
import Repository
import SystemPackage
import Testing

@Suite("A stranger verifies the release", .serialized, .integration, .timeLimit(.minutes(10)))
struct VerifyTests {
    @Test("untouched, it passes with the expected key, and the program says so by exit status 0")
    func untouched() async throws {
        try await Workshop.with { workshop in
            let said = try await verify(workshop)
            #expect(said.exitStatus == 0, "\(said.text)\(said.errorText)")
            #expect(said.text.contains(" 0 failed"))
            #expect(!said.text.contains("The key came with the release"))
            #expect(try await failures(workshop) == [])
        }
    }

    @Test("one flipped bit in any file is found by the program, which names the file and ends with status 1")
    func everyFileByProgram() async throws {
        try await Workshop.with { workshop in
            for file in try Files.files(below: workshop.release) {
                let path = workshop.release.pushing(FilePath(file))
                let middle = try Files.size(path) / 2
                try Files.flip(path, at: middle)
                let said = try await verify(workshop)
                #expect(said.exitStatus == 1, "\(file): \(said.text)")
                #expect(
                    Self.names(file).contains { said.text.contains("FAILED  \($0): ") }, "\(file): \(said.text)")
                try Files.flip(path, at: middle)
            }
            #expect(try await verify(workshop).exitStatus == 0)
        }
    }

    @Test("one flipped bit at any of many places in any file is found, with the reason that fits")
    func everyFile() async throws {
        try await Workshop.with { workshop in
            // One place of every package at once, for each is judged by itself; what speaks for others, one by one.
            let files = try Files.files(below: workshop.release)
            let packages = files.filter { $0.hasSuffix(".rpm") }
            for file in files where !packages.contains(file) {
                for place in try Self.places(in: workshop.release.pushing(FilePath(file))) {
                    try await expectFound([file: place], in: workshop)
                }
            }
            let places = try packages.map { ($0, try Self.places(in: workshop.release.pushing(FilePath($0)))) }
            for turn in 0..<(places.map(\.1.count).max() ?? 0) {
                let flips = places.filter { turn < $0.1.count }.map { ($0.0, $0.1[turn]) }
                try await expectFound(Dictionary(uniqueKeysWithValues: flips), in: workshop)
            }
            #expect(try await failures(workshop) == [])
        }
    }

    @Test("a package flipped and published anew by the right key is still refused for its own signature")
    func rightKeyWrongPackage() async throws {
        try await Workshop.with { workshop in
            let package = try workshop.package("untosh")
            try Files.flip(package, at: try PackageParts(Files.read(package)).summary.lowerBound)
            try await workshop.publish()
            let failures = try await failures(workshop)
            #expect(failures.map(\.name) == ["package signature"])
            #expect(
                failures.allSatisfy { $0.reason.contains("Signature, key ID") && $0.reason.contains("BAD") },
                "\(failures)")
        }
    }

    @Test("an unsigned package published by the right key is refused for that")
    func unsignedPackage() async throws {
        try await Workshop.with { workshop in
            try await workshop.unsign(workshop.package("untosh"))
            try await workshop.publish()
            let failures = try await failures(workshop)
            #expect(failures.map(\.name) == ["package signature"])
            #expect(failures.allSatisfy { $0.reason.hasSuffix("no signature") }, "\(failures)")
        }
    }

    @Test("everything signed anew by another key of the same name is refused with the key, and only with it")
    func otherKey() async throws {
        try await Workshop.with { workshop in
            for file in try Files.files(below: workshop.release) where file.hasSuffix(".rpm") {
                try await workshop.sign(workshop.release.pushing(FilePath(file)), with: workshop.otherKey)
            }
            try Files.write(
                try await workshop.otherKey.exportPublicKey(), to: workshop.release.appending(RepositoryLayout.keyFile))
            try await workshop.publish(signedBy: workshop.otherKey)

            let failures = try await failures(workshop)
            let refused = Set(failures.map(\.subject))
            #expect(failures.contains { $0.name == "key" && $0.reason.contains(workshop.otherKey.fingerprint) })
            for file in try Files.files(below: workshop.release) where file.hasSuffix(".rpm") {
                let reason = failures.first { $0.name == "package signature" && $0.subject == file }?.reason
                #expect(reason?.contains("NOKEY") == true, "\(file): \(reason ?? "")")
            }
            for file in ["SHA256SUMS", "x86_64/repodata/repomd.xml", "source/repodata/repomd.xml"] {
                #expect(refused.contains(file))
            }
            #expect(try await verify(workshop).exitStatus == 1)

            // Without a key to compare with, the key that untochat-release would give to servers still is the old one.
            let told = try await VerifyStage(key: nil).verify(workshop.release).filter { !$0.passed }
            #expect(!told.isEmpty && told.allSatisfy { $0.name == "packaged key" }, "\(told)")

            // An attacker who thinks of that too is trusted on first use. It must say so.
            for file in try Files.files(below: workshop.release) where file.contains("untochat-release-") {
                try Files.remove(workshop.release.pushing(FilePath(file)))
            }
            try await workshop.publish(signedBy: workshop.otherKey)
            let said = try await Command(
                workshop.subject.binary.string, ["verify", workshop.release.string]
            ).run(.verify)
            #expect(said.exitStatus == 0, "\(said.text)")
            #expect(said.text.contains("The key came with the release; compare its fingerprint with one you trust"))
        }
    }

    @Test("two packages under each other's names are refused, even published anew by the right key")
    func swapped() async throws {
        try await Workshop.with { workshop in
            let (one, two) = (try workshop.package("untosh"), try workshop.package("untochat-release"))
            let aside = workshop.folder.appending("aside")
            try Files.move(one, to: aside)
            try Files.move(two, to: one)
            try Files.move(aside, to: two)
            let names = Set([one, two].compactMap { $0.lastComponent.map { "x86_64/\($0.string)" } })
            let failures = try await failures(workshop)
            for check in ["digest", "package"] {
                #expect(Set(failures.filter { $0.name == check }.map(\.subject)) == names, "\(failures)")
            }
            try await workshop.publish()
            let after = try await self.failures(workshop)
            #expect(after.contains { $0.reason.contains("has a location other than its own name") }, "\(after)")
        }
    }

    @Test("a missing package is missed")
    func missing() async throws {
        try await Workshop.with { workshop in
            let package = try workshop.package("untosh")
            try Files.remove(package)
            let failures = try await failures(workshop)
            let name = "x86_64/\(package.lastComponent?.string ?? "")"
            #expect(failures.filter { $0.reason == "it is missing" }.map(\.name) == ["digest", "package"])
            #expect(failures.allSatisfy { $0.subject == name })
        }
    }

    @Test("an added package is refused though the right key signed it: neither list names it")
    func added() async throws {
        try await Workshop.with { workshop in
            try await workshop.make(SmallPackage(name: "probe"), in: workshop.packages)
            let failures = try await failures(workshop)
            let extra = failures.filter { $0.subject == "x86_64/probe-1-1.noarch.rpm" && $0.name == "listed" }
            #expect(Set(extra.map(\.reason)) == ["SHA256SUMS does not list it", "the metadata does not name it"])
        }
    }

    // MARK: -

    /// Flips a bit in each of these files, expects each to be named with the reasons that fit, and flips them back.
    private func expectFound(_ flips: [String: (offset: Int, part: String)], in workshop: Workshop) async throws {
        for (file, place) in flips { try Files.flip(workshop.release.pushing(FilePath(file)), at: place.offset) }
        let failures = try await failures(workshop)
        for (file, place) in flips {
            let what = "\(file), byte \(place.offset), \(place.part)"
            #expect(failures.contains { Self.names(file).contains($0.subject) }, "\(what): \(failures)")
            for reason in Self.reasons(file, place.part) {
                #expect(failures.contains { $0.name == reason && $0.subject == file }, "\(what): no \(reason)")
            }
            try Files.flip(workshop.release.pushing(FilePath(file)), at: place.offset)
        }
    }

    private func verify(_ workshop: Workshop) async throws -> Command.Outcome {
        try await Command(
            workshop.subject.binary.string,
            ["verify", workshop.release.string, "--key", workshop.subject.publicKey.string]
        ).run(.verify)
    }

    private func failures(_ workshop: Workshop) async throws -> [Outcome] {
        try await VerifyStage(key: workshop.subject.publicKey).verify(workshop.release).filter { !$0.passed }
    }

    /// Under which names a change of `file` may be reported: a signature that is well formed and wrong is a matter of the
    /// file that it is about.
    private static func names(_ file: String) -> [String] {
        file == "SHA256SUMS.asc" ? [file, "SHA256SUMS"] : [file]
    }

    /// Places in a file: its ends, between them, and for a package within each part.
    private static func places(in path: FilePath) throws -> [(offset: Int, part: String)] {
        let bytes = try Files.read(path)
        guard path.extension == "rpm" else {
            return [(0, "first"), (bytes.count / 2, "middle"), (bytes.count - 1, "last")]
        }
        let parts = try PackageParts(bytes)
        func middle(_ range: Range<Int>) -> Int { (range.lowerBound + range.upperBound) / 2 }
        return [
            (0, "first"), (middle(parts.lead), "lead"), (parts.signature.lowerBound, "signature header"),
            (middle(parts.signatureData), "signature"), (parts.signature.upperBound - 1, "signature header"),
            (parts.header.lowerBound, "header"), (middle(parts.summary), "header"), (middle(parts.header), "header"),
            (parts.payload.lowerBound, "payload"), (middle(parts.payload), "payload"), (bytes.count - 1, "payload"),
        ]
    }

    /// The checks that must fail for a change in `part` of `file`.
    private static func reasons(_ file: String, _ part: String) -> [String] {
        switch file {
        case "SHA256SUMS": return ["signature"]
        case "SHA256SUMS.asc": return []
        case _ where file.hasSuffix(".rpm"):
            // Nothing vouches for the old head and for the padding of the signature header but the lists of digests.
            return ["digest", "package"]
                + (["signature", "header", "payload"].contains(part) ? ["package signature"] : [])
        case _ where file.hasSuffix("/repomd.xml"): return ["digest", "signature"]
        case _ where file.hasSuffix(".xml.gz"): return ["digest", "metadata"]
        default: return ["digest"]
        }
    }
}
