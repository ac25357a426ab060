import ReleaseSupport
import SystemPackage
import Testing

@testable import Repository

@Suite("What a repository's files may say") struct ParsingTests {
    private let digest = String(repeating: "a", count: 64)

    @Test(
        "paths that lead elsewhere or mean something to a URL are refused",
        arguments: [
            "", "/etc/passwd", "../x", "a/../b", "a/..", "./a", "a//b", "a/", "a\\b", "a b", "a%2fb", "http://x/a",
            "a\n",
            "a?b", "ä", "a\u{0}", String(repeating: "a", count: 513),
        ])
    func unsafePaths(path: String) { #expect(!RepositoryLayout.isSafe(path)) }

    @Test(
        "paths of real packages are taken",
        arguments: ["x86_64/untosh-1.0-1.fc45.x86_64.rpm", "libstdc++-1~rc1-1^git.noarch.rpm", "SHA256SUMS"])
    func safePaths(path: String) { #expect(RepositoryLayout.isSafe(path)) }

    @Test("a list of digests reads back, in one spelling only")
    func checksums() throws {
        let sums = Checksums(["b": digest, "a/c": digest, "B": digest])
        #expect(sums.text == "\(digest)  B\n\(digest)  a/c\n\(digest)  b\n")
        #expect(try Checksums(parsing: sums.text) == sums)
        for text in [
            "\(digest)  b\n\(digest)  a\n", "\(digest)  a", "\(digest)  a\n\n", "\(digest) *a\n",
            "\(digest)  a\n\(digest)  a\n",
            "\(digest)  ../a\n", "\(digest.uppercased())  a\n", "\(digest.dropLast())  a\n", "# \(digest)  a\n",
            "\(digest)  a\r\n",
        ] {
            #expect(throws: ReleaseError.self, "\(text)") { try Checksums(parsing: text) }
        }
    }

    @Test("the configuration that servers get is the one expected")
    func configuration() throws {
        #expect(RepositoryConfiguration.faults(try Files.text(Release.configuration)) == [])
    }

    @Test(
        "a configuration that protects less is refused",
        arguments: [
            ("gpgcheck=1\n", "gpgcheck=0\n"), ("repo_gpgcheck=1\n", ""), ("pkg_gpgcheck=1", "pkg_gpgcheck=true"),
            ("skip_if_unavailable=False", "skip_if_unavailable=True"), ("socks5h://", "socks5://"),
            ("proxy=socks5h://127.0.0.1:9050\n", ""), ("[untochat-source]", "[untochat]"),
            ("enabled=1", "enabled=1\nsslverify=0"), ("enabled=1", "enabled=1\nmirrorlist=http://x.invalid"),
            ("http://$untochat_onion", "http://x.invalid"), ("timeout=120", "timeout=120\n gpgcheck=0"),
            ("gpgcheck=1", "gpgcheck=1\ngpgcheck=0"), ("enabled=0", "enabled=1"), ("gpgcheck=1", "gpgcheck = 1"),
            ("[untochat-source]", "[other]\nbaseurl=http://x.invalid\n[untochat-source]"),
        ])
    func weakConfiguration(old: String, new: String) throws {
        let text = try Files.text(Release.configuration)
        #expect(text.contains(old))
        #expect(!RepositoryConfiguration.faults(text.replacing(old, with: new)).isEmpty)
    }

    private func primary(_ change: (String) -> String = { $0 }) -> [UInt8] {
        Array(
            change(
                """
                <?xml version="1.0" encoding="UTF-8"?>
                <metadata xmlns="http://linux.duke.edu/metadata/common" packages="1">
                <package type="rpm"><name>alpha</name><arch>noarch</arch><version epoch="0" ver="1.0" rel="1"/>
                <checksum type="sha256" pkgid="YES">\(digest)</checksum><size package="6062" installed="3"/>
                <location href="alpha-1.0-1.noarch.rpm"/></package>
                </metadata>
                """
            ).utf8)
    }

    @Test("a list of packages is read")
    func primaryReads() throws {
        let packages = try IndexedPackage.parse(primary: primary(), architectures: ["x86_64", "noarch"])
        #expect(packages.map(\.path) == ["alpha-1.0-1.noarch.rpm"])
        #expect(packages.map(\.size) == [6062])
    }

    @Test(
        "a hostile list of packages is refused",
        arguments: [
            ("href=\"", "href=\"../"), ("href=\"", "href=\"/"), ("href=\"", "href=\"sub/"),
            ("href=\"", "xml:base=\"http://x.invalid/\" href=\""), ("alpha-1.0-1", "other-1.0-1"),
            ("packages=\"1\"", "packages=\"2\""), ("sha256", "sha1"), ("<arch>noarch", "<arch>aarch64"),
            ("</metadata>", ""), ("<metadata", "<!DOCTYPE a><metadata"), ("UTF-8", "UTF-16"),
            ("<name>alpha</name>", "<name>alpha</name><name>beta</name>"),
            ("<name>", String(repeating: "<a>", count: 20)),
        ])
    func primaryRefused(old: String, new: String) {
        #expect(throws: MetadataFault.self) {
            try IndexedPackage.parse(
                primary: primary { $0.replacing(old, with: new) }, architectures: ["x86_64", "noarch"])
        }
    }
}
