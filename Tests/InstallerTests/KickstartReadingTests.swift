import Foundation
import KickstartReading
import ReleaseSupport
import Testing

@testable import Installer

/// What Fedora's installer takes from our kickstarts, by the library that it reads them with.
@Suite("pykickstart") struct KickstartReadingTests {
    private static let choices: [[InstallationRequest.Setting: String]] = ["45", "44"].flatMap { release in
        ["none", "xfce"].flatMap { desktop in
            ["kickstart", "console"].flatMap { passphrase in
                [("network", "medium", "random"), ("cdrom", "later", "discard")].map {
                    [
                        .release: release, .desktop: desktop, .passphrase: passphrase, .source: $0.0, .packages: $0.1,
                        .fill: $0.2, .disk: $0.2 == "random" ? "auto" : "/dev/nvme0n1",
                    ]
                }
            }
        }
    }

    @Test("ksvalidator accepts every kickstart that create-conf can make, and warns of none", arguments: choices)
    func accepted(changes: [InstallationRequest.Setting: String]) async throws {
        let release = try #require(changes[.release])
        let text = try Example.kickstart(changes)
        #expect(try await Pykickstart().validate(text, release: release) == nil)
        let reading = try #require(try await Pykickstart().read([text], release: release).first)
        #expect(reading.error == nil)
        #expect(reading.passphrases == [changes[.passphrase] == "console" ? "" : Example.passphrase])
        #expect(reading.startsGraphics == (changes[.desktop] == "xfce"))
        #expect(reading.packages?.contains("lightdm") == (changes[.desktop] == "xfce"))
        #expect(reading.usesMedium == (changes[.source] == "cdrom"))
        #expect(reading.mirrors?.hasSuffix("fedora-\(release)") == (changes[.source] == "network"))
    }

    @Test("the installer reads what was asked for: everything but /boot in LUKS2 with argon2id, a locked root, a hash")
    func content() async throws {
        let reading = try #require(try await Pykickstart().read([Example.kickstart([.keymap: "cz-qwerty"])]).first)
        #expect(reading.encrypted == ["pv.untochat"] && reading.formats == [["luks2", "argon2id"]])
        #expect(reading.plain == ["/boot"])
        #expect(reading.volumes == [["/", "xfs", "untochat"], ["swap", "swap", "untochat"]])
        #expect(reading.timeZone == "Europe/Prague" && reading.keymap == "cz-qwerty" && reading.rootLocked == true)
        let user = try #require(reading.users?.first)
        #expect(user.name == "silver" && user.password == Example.hash && user.isCrypted && user.groups == ["wheel"])
        #expect(reading.scripts?.count == 3)
        #expect(reading.scripts?.allSatisfy { $0.stopsOnFailure && $0.interpreter == "/bin/bash" } == true)
        let needed: Set = ["tor", "nftables", "cryptsetup", "selinux-policy-targeted"]
        #expect(needed.isSubset(of: reading.packages ?? []))
    }

    @Test(
        "what a newer Fedora took away, and what is broken, is refused: the acceptance above can fail",
        arguments: [
            ("timesource --ntp-disable", "auth --enableshadow"), ("timesource --ntp-disable", "install"),
            (" --utc", " --isUtc"), ("%end\n\n%pre", "\n%pre"), ("--luks-version=luks2", "--luks-verzion=luks2"),
            ("selinux --enforcing", "selinux --enforced"), ("volgroup untochat pv.untochat", "volgroup untochat"),
            ("%packages ", "%packges "),
        ])
    func refused(text: String, broken: String) async throws {
        let kickstart = try Example.kickstart()
        let parts = kickstart.components(separatedBy: text)
        try #require(parts.count > 1)
        let bad = parts.joined(separator: broken)
        let reading = try #require(try await Pykickstart().read([bad]).first)
        #expect(reading.error != nil)
        #expect(try await Pykickstart().validate(bad, release: "45") != nil)
    }

    /// What a shell, Python's shlex, argparse and the reader of sections each have a meaning for.
    private static let hostile = [
        "'", "\"", "\\", "\\'", "'\"'\"'", "%", "%end", "%include /etc/shadow", "#", " ", "  ", "$(id)", "`id`", "${x}",
        "--passphrase=", "-", "=", "@DISK@", "\\n", "%%", "%s", "!", ";", "|", "&", "<", ">", "~", "*", "ž", "漢", "🐎",
        "é", "e\u{301}", "\u{A0}", "\u{3000}", "k", "w", "7", "Q", "zx", "4j",
    ]

    @Test("any passphrase that is taken is read back as it was typed, byte for byte")
    func passphrases() async throws {
        var generator = SystemRandomNumberGenerator()
        var typed = Self.hostile.map { "\($0)seven gulls at 4 harbours of 9 seas\($0)" }
        while typed.count < 160 {
            let text = (0..<Int.random(in: 12...120, using: &generator)).map { _ in
                Self.hostile[Int.random(in: 0..<Self.hostile.count, using: &generator)]
            }.joined()
            if text.utf8.count <= 512, (try? Example.secret(text)) != nil { typed.append(text) }
        }
        typed.append(Self.longest)
        let readings = try await Pykickstart().read(typed.map { try Example.kickstart(passphrase: $0) })
        #expect(readings.count == typed.count)
        for (text, reading) in zip(typed, readings) {
            // By bytes: Swift takes é and e with an accent for the same.
            let read = reading.passphrases?.map { Array($0.utf8) }
            #expect(read == [Array(text.utf8)], "\(reading.error ?? "")")
        }
    }

    /// 512 bytes, of the kinds that quoting makes longest.
    private static let longest = (0..<64).map { "'\(String($0 * 7919 % 65536, radix: 36))\"\\%%%%%%" }
        .map { String($0.prefix(8)) }.joined()

    @Test("without quoting the passphrases are not read back: the test above can fail")
    func unquoted() async throws {
        let text = "it's 4 gulls, \"9 harbours\" and #7 \\ seas"
        let quoted = KickstartWord.quoted(text)
        let bare = try Example.kickstart(passphrase: text).components(separatedBy: quoted).joined(separator: text)
        let reading = try #require(try await Pykickstart().read([bare]).first)
        #expect(reading.passphrases != [text])
    }
}
