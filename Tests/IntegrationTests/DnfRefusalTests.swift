import ReleaseSupport
import SystemPackage
import Testing

/// What dnf says when it refuses. Version 4's words were seen; version 5's are those that its own test suite expects.
private struct Words {
    let dnf4: [String]
    let dnf5: [String]

    func of(_ version: Int) -> [String] { version == 5 ? dnf5 : dnf4 }

    /// dnf could not make sense of the package or of its signature.
    static let damaged = Words(
        dnf4: ["Problem opening package untosh-", "Error: GPG check FAILED"],
        dnf5: ["Signature verification failed", "Problem occurred when opening the package"])
    static let changedSinceIndexed = Words(
        dnf4: [
            "\"untochat\" has incorrect checksum", "Error: Some packages from local repository have incorrect checksum",
        ],
        dnf5: ["checksum"])
    static let unsigned = Words(
        dnf4: [" is not signed", "Error: GPG check FAILED"],
        dnf5: ["Signature verification failed", "The package is not signed"])
    static let otherKey = Words(
        dnf4: ["Failing package is: untosh-", "Error: GPG check FAILED"],
        dnf5: ["Signature verification failed", "wrong key?"])
    // These are librepo's, which both use.
    static let badIndexSignature = Words("repomd.xml GPG signature verification error: Bad GPG signature")
    static let noIndexSignature = Words("GPG verification is enabled, but GPG signature is not available")
    static let metadataChanged = Words(
        "primary.xml.gz - Cannot download, all mirrors were already tried without success")

    init(dnf4: [String], dnf5: [String]) {
        self.dnf4 = dnf4
        self.dnf5 = dnf5
    }

    init(_ text: String) { self.init(dnf4: [text], dnf5: [text]) }
}

@Suite("dnf refuses what is not right, and installs nothing", .serialized, .integration, .timeLimit(.minutes(5)))
struct DnfRefusalTests {
    // MARK: - Packages

    @Test("a package changed after it was indexed")
    func changedAfterIndexing() async throws {
        // In the packed files, which are the package's second half.
        try await refused(.changedSinceIndexed) { workshop in
            let package = try workshop.untosh
            try Files.flip(package, at: try Files.read(package).count * 3 / 4)
        }
    }

    @Test("a package whose signature was changed, indexed anew")
    func changedSignature() async throws {
        try await refused(.damaged, { try await changeAndIndex($0, \.signatureData) })
    }

    @Test("a package whose header was changed, indexed anew")
    func changedHeader() async throws {
        try await refused(.damaged, { try await changeAndIndex($0, \.summary) })
    }

    @Test("a package whose payload was changed, indexed anew")
    func changedPayload() async throws {
        try await refused(.damaged, { try await changeAndIndex($0, \.payload) })
    }

    @Test("an unsigned package")
    func unsigned() async throws { try await refused(.unsigned, removeSignature) }

    @Test("a package signed by another key of the same name")
    func otherKey() async throws { try await refused(.otherKey, signByOther) }

    // MARK: - Metadata

    @Test("repomd.xml changed")
    func indexChanged() async throws { try await refused(.badIndexSignature, changeIndex) }

    @Test("repomd.xml signed by another key of the same name")
    func indexSignedByOther() async throws {
        try await refused(.badIndexSignature) { try await $0.index($0.packages, signedBy: $0.otherKey) }
    }

    @Test("repomd.xml.asc missing")
    func indexUnsigned() async throws {
        try await refused(.noIndexSignature) { try Files.remove($0.packages.appending("repodata/repomd.xml.asc")) }
    }

    @Test("the list of packages changed")
    func primaryChanged() async throws {
        try await refused(.metadataChanged) { workshop in
            let folder = workshop.packages.appending("repodata")
            for name in try Files.names(in: folder) where name.hasSuffix("-primary.xml.gz") {
                try Files.flip(folder.appending(name), at: 500)
            }
        }
    }

    // MARK: - Anti-tests: without the protection the same thing is installed, so each test above can fail.

    @Test("without signature checks a package whose signature was changed is installed")
    func changedSignatureUnprotected() async throws {
        try await installed(without: [.packageSignatures, .rpmPolicy]) { try await changeAndIndex($0, \.signatureData) }
    }

    @Test("without signature checks an unsigned package is installed")
    func unsignedUnprotected() async throws {
        try await installed(without: [.packageSignatures, .rpmPolicy], removeSignature)
    }

    @Test("without signature checks a package signed by another key is installed")
    func otherKeyUnprotected() async throws {
        try await installed(without: [.packageSignatures, .rpmPolicy], signByOther)
    }

    @Test("without the check of the metadata's signature a changed repomd.xml is believed")
    func indexChangedUnprotected() async throws {
        try await installed(without: [.repositorySignature], changeIndex)
    }

    @Test("without the check of the metadata's signature metadata signed by another key is believed")
    func indexSignedByOtherUnprotected() async throws {
        try await installed(without: [.repositorySignature]) { try await $0.index($0.packages, signedBy: $0.otherKey) }
    }

    @Test("without the check of the metadata's signature a missing signature is not missed")
    func indexUnsignedUnprotected() async throws {
        try await installed(without: [.repositorySignature]) {
            try Files.remove($0.packages.appending("repodata/repomd.xml.asc"))
        }
    }

    // MARK: - Walls behind the wall

    @Test("with gpgcheck off, rpm's own policy alone keeps an unsigned package out")
    func policyAlone() async throws {
        try await refused(.unsigned, without: [.packageSignatures], removeSignature)
    }

    @Test("with rpm's policy off, gpgcheck alone keeps an unsigned package out")
    func checkAlone() async throws {
        try await refused(.unsigned, without: [.rpmPolicy], removeSignature)
    }

    @Test("with every check off, a changed header is still found by its digest")
    func headerDigest() async throws {
        let words = Words(dnf4: ["Header SHA256 digest: BAD"], dnf5: ["SHA256"])
        try await refused(words, without: Set(DnfRoot.Protection.allCases)) { try await changeAndIndex($0, \.summary) }
    }

    @Test("with every check off, a changed payload still does not unpack")
    func payloadDigest() async throws {
        let words = Words(dnf4: ["Error unpacking rpm package untosh-"], dnf5: ["untosh"])
        // What untosh needs is installed before it fails.
        try await refused(
            words, without: Set(DnfRoot.Protection.allCases), leaves: ["fedora-shim-1", "untochat-selinux-1.0"]
        ) {
            try await changeAndIndex($0, \.payload)
        }
    }

    // MARK: - Attacks

    private typealias Attack = (Workshop) async throws -> Void

    private func changeAndIndex(_ workshop: Workshop, _ part: KeyPath<PackageParts, Range<Int>>) async throws {
        let package = try workshop.untosh
        let range = try PackageParts(Files.read(package))[keyPath: part]
        try Files.flip(package, at: (range.lowerBound + range.upperBound) / 2)
        try await workshop.index(workshop.packages)
    }

    private func removeSignature(_ workshop: Workshop) async throws {
        try await workshop.unsign(workshop.untosh)
        try await workshop.index(workshop.packages)
    }

    private func signByOther(_ workshop: Workshop) async throws {
        try await workshop.sign(workshop.untosh, with: workshop.otherKey)
        try await workshop.index(workshop.packages)
    }

    private func changeIndex(_ workshop: Workshop) async throws {
        let index = workshop.packages.appending("repodata/repomd.xml")
        let text = try Files.text(index)
        try Files.write(text.replacing("<revision>", with: "<revision>1"), to: index)
    }

    private func refused(
        _ words: Words, without missing: Set<DnfRoot.Protection> = [], leaves: [String] = [], _ attack: Attack
    ) async throws {
        try await Workshop.with { workshop in
            try await attack(workshop)
            try await DnfRoot.with(workshop) { root in
                let said = try await root.dnf(["install", "untosh"], without: missing)
                #expect(said.status == 1)
                for text in words.of(root.version) { #expect(said.text.contains(text), "\(said.text)") }
                #expect(try await root.installed() == leaves)
            }
        }
    }

    private func installed(without missing: Set<DnfRoot.Protection>, _ attack: Attack) async throws {
        try await Workshop.with { workshop in
            try await attack(workshop)
            try await DnfRoot.with(workshop) { root in
                let said = try await root.dnf(["install", "untosh"], without: missing)
                #expect(said.succeeded, "\(said.text)")
                #expect(try await root.installed().contains { $0.hasPrefix("untosh-") })
            }
        }
    }
}

extension Workshop {
    fileprivate var untosh: FilePath {
        get throws { try package("untosh") }
    }
}
