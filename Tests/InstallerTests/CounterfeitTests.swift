import GnuPG
import IRCHarness
import ReleaseSupport
import SystemPackage
import Testing

@testable import Installer

/// Packages that a server must refuse, judged by rpm.
@Suite("untochat-setup counterfeit") struct CounterfeitTests {
    @Test(
        """
        rpm takes the genuine package, finds no signature in one counterfeit and an unknown key's in the other, and every \
        digest right in all three
        """)
    func judged() async throws {
        try await TemporaryFolder.with { folder in
            let package = try await Self.signedPackage(in: folder)
            let out = folder.appending("out")
            try Files.makeFolder(out)
            let made = try await Command(
                LocalProgram.built("untochat-setup"), ["counterfeit", "PACKAGE=\(package)", "FOLDER=\(out)"]
            ).run(.verify)
            #expect(made.succeeded, "\(made.errorText)")
            #expect(try Files.names(in: out).sorted() == ["foreign.rpm", "genuine.rpm", "unsigned.rpm"])
            let keys = folder.appending("keys").string
            try await Command("rpmkeys", ["--dbpath", keys, "--import", folder.appending("key.asc").string]).output(
                .verify)
            for (name, words) in [
                ("genuine", nil), ("unsigned", "does not verify: no signature"), ("foreign", "NOKEY"),
            ] {
                let file = out.appending("\(name).rpm").string
                let outcome = try await Command(
                    "rpm",
                    ["--dbpath", keys, "--define", "_pkgverify_level all", "--upgrade", "--test", "--nodeps", file]
                ).run(.verify)
                #expect(outcome.succeeded == (words == nil), "\(name): \(outcome.errorText)")
                if let words { #expect(outcome.errorText.contains(words), "\(name): \(outcome.errorText)") }
                // With signatures left out of account nothing is wrong: it was the signature.
                let digests = try await Command("rpmkeys", ["--dbpath", keys, "--nosignature", "--checksig", file]).run(
                    .verify)
                #expect(digests.succeeded && digests.text.contains("OK"), "\(name): \(digests.text)")
            }
        }
    }

    @Test("what is no signed package is refused, whatever its numbers say")
    func refused() async throws {
        try await TemporaryFolder.with { folder in
            let bytes = try Files.read(try await Self.signedPackage(in: folder))
            let good = try Counterfeit(bytes, name: "p")
            #expect(throws: SystemError.self) { try Counterfeit(good.unsigned, name: "p") }
            #expect(throws: SystemError.self) { try Counterfeit([], name: "p") }
            // Both headers, and none of what comes behind them.
            let headers = Array(bytes[..<good.header.endIndex])
            for length in stride(from: 0, to: good.header.startIndex, by: 7) {
                #expect(throws: SystemError.self) { try Counterfeit(Array(headers[..<length]), name: "p") }
            }
            // Any byte of the first header may be any other: it is read or refused, and never runs past its end.
            for place in 96..<good.header.startIndex {
                for value: UInt8 in [0, 0x7F, 0xFF] {
                    var other = headers
                    other[place] = value
                    _ = try? Counterfeit(other, name: "p").unsigned
                }
            }
        }
    }

    private static func signedPackage(in folder: FilePath) async throws -> FilePath {
        let spec = folder.appending("p.spec")
        try Files.write(
            "Name: p\nVersion: 1\nRelease: 1\nSummary: p\nLicense: none\nBuildArch: noarch\n%description\np\n%files\n",
            to: spec)
        let defines = ["--define", "_topdir \(folder)", "--define", "_rpmfilename p.rpm"]
        try await Command("rpmbuild", ["-bb"] + defines + [spec.string]).output(.setup)
        let package = folder.appending("RPMS/p.rpm")
        try await KeyHome.withOwn(folder.appending("home")) { home in
            let key = try await SigningKey.development(home: home)
            try Files.write(try await key.exportPublicKey(), to: folder.appending("key.asc"))
            try await Command(
                "rpmsign",
                [
                    "--addsign", "--define", "__gpg /usr/bin/gpg", "--define", "_gpg_name \(key.fingerprint)",
                    package.string,
                ]
            ).with { $0.environment = home.environment }.output(.sign)
        }
        return package
    }
}
