import Foundation
import ReleaseSupport
import SystemPackage
import Testing

@testable import Installer

/// `make guest` with an image that stands in for Fedora's: all of it but Fedora's own installer is real.
@Suite(
    "untochat-setup guest, run",
    .enabled(if: StandIn.isWanted, "needs QEMU, xorriso and Debian's kernel; `make installer` has them"), .serialized)
struct GuestRunTests {
    @Test("the installer finds the kickstart and the packages on the volume, and the disk is there once it is done")
    func installs() async throws {
        try await GuestScene.with("install") { scene in
            // Named progress shows nothing but how far it is; all of it is looked at here.
            let outcome = try await scene.run(["CONSOLE=all"])
            let said = outcome.text.replacing("\r\n", with: "\n")
            #expect(outcome.succeeded, "\(said)\(outcome.errorText)")
            let kickstart = try Files.text(scene.path("untochat.ks"))
            #expect(said.contains("--- begin\n\(kickstart)--- end\n"))
            for file in ["untochat.rpm", "repodata/repomd.xml", "RPM-GPG-KEY-untochat"] {
                #expect(said.contains("/medium/untochat/\(file)\n"))
            }
            #expect(
                said.contains("inst.stage2=hd:LABEL=Stand-in-45 inst.ks=hd:LABEL=OEMDRV:/ks.cfg inst.nosave=all_ks"))
            #expect(said.contains("server.qcow2 is ready: make boot DISKFILE="))
            let sector = scene.path("sector")
            try await Command(
                "qemu-img",
                ["dd", "-f", "qcow2", "-O", "raw", "bs=512", "count=1", "if=\(scene.disk)", "of=\(sector)"]
            ).output(.verify)
            #expect(try Files.text(sector).hasPrefix("installed\n"))
            let known = try Files.text(FilePath("\(scene.disk).known_hosts"))
            #expect(
                known == "untochat ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJzPSO0GuXkDmcl3v1F6dSL1wVBYo3o2rHdtPQc4mYzL\n")
            let attributes = try FileManager.default.attributesOfItem(atPath: scene.disk.string)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            #expect(try scene.leftovers().isEmpty)
            #expect(!Files.exists(FilePath("\(scene.disk).console.log")))
            // A second one does not take its place.
            let again = try await scene.run()
            #expect(again.exitStatus == 1 && again.errorText.contains("nothing is overwritten"))
        }
    }

    @Test(
        "an installation that fails, waits, goes off, falls silent or panics is reported, and leaves no disk",
        arguments: [
            ("fail", "the installation failed: [31mthe key cannot be imported", []),
            ("hold", "the installation failed: the disk is full", []),
            ("vanish", "the machine went off before the installation said that it was done", []),
            ("stall", "the installer has said nothing for 15 s, and was ended", ["STALL=15"]),
            ("panic", "the machine went off before the installation said that it was done", []),
        ])
    func reports(verb: String, words: String, more: [String]) async throws {
        try await GuestScene.with(verb) { scene in
            let outcome = try await scene.run(more)
            #expect(outcome.exitStatus == 1 && outcome.errorText.contains(words), "\(outcome.text)\(outcome.errorText)")
            #expect(outcome.errorText.contains("the console's text is in \(scene.disk).console.log"))
            #expect(outcome.text.contains(" s: /dev/vda is ready; now packages are installed\n"))
            #expect(!outcome.text.contains("gulls") && !outcome.text.contains("\u{1B}"))
            #expect(try scene.console.contains("now packages are installed"))
            #expect(!Files.exists(scene.disk))
            #expect(try scene.leftovers().isEmpty)
        }
    }

    @Test("a volume that holds no kickstart by the time the installer looks is reported")
    func noKickstart() async throws {
        try await GuestScene.with("install") { scene in
            try scene.replace(
                "qemu-system-x86_64",
                by: """
                    for word in "$@"; do
                        case $word in file=*/oemdrv.iso,*)
                            volume=${word#file=}
                            rm -f "${volume%%,*}"
                            mkdir -p "$(dirname "$0")/empty"
                            xorriso -report_about SORRY -as mkisofs -quiet -volid OEMDRV -output "${volume%%,*}" \
                                "$(dirname "$0")/empty" ;;
                        esac
                    done
                    exec $real "$@"
                    """)
            let outcome = try await scene.run()
            #expect(outcome.exitStatus == 1, "\(outcome.text)\(outcome.errorText)")
            #expect(outcome.errorText.contains("the machine went off before the installation said that it was done"))
            #expect(try scene.console.contains("no kickstart at hd:LABEL=OEMDRV:/ks.cfg"))
        }
    }

    @Test(
        "a volume that is damaged, lacks the kickstart or holds another is refused before anything boots",
        arguments: [
            ("dd if=/dev/zero of=\"$volume\" bs=2048 count=64 conv=notrunc status=none", "is damaged"),
            ("truncate --size=40000 \"$volume\"", "is damaged"),
            ("sed -i 's/silver/copper/' \"$volume\"", "does not hold it as"),
            ("rm \"$volume\"; $real -as mkisofs -quiet -volid OEMDRV -output \"$volume\" /etc/apt", "is damaged"),
            ("sed -i 's/OEMDRV/OEMDRW/' \"$volume\"", "does not hold it as"),
        ])
    func damagedVolume(script: String, words: String) async throws {
        try await GuestScene.with("install") { scene in
            try scene.replace(
                "xorriso",
                by: """
                    $real "$@" || exit
                    while [ $# -gt 0 ]; do [ "$1" != -output ] || volume=$2; shift; done
                    [ -z "$volume" ] || { \(script); } >&2
                    """)
            try scene.replace("qemu-system-x86_64", by: "echo booted >&2; exit 1")
            let outcome = try await scene.run(["ACCEL=tcg"])
            #expect(outcome.exitStatus == 1 && outcome.errorText.contains("the volume with the kickstart"))
            #expect(outcome.errorText.contains(words) && !outcome.errorText.contains("booted"), "\(outcome.errorText)")
            #expect(try scene.leftovers().isEmpty)
        }
    }

    @Test("an image, sums, packages or keys that are not what was signed are refused in words that say which")
    func refusals() async throws {
        try await GuestScene.with("install") { scene in
            try scene.replace("qemu-system-x86_64", by: "echo booted >&2; exit 1")
            func refused(_ words: String, _ more: [String] = []) async throws {
                let outcome = try await scene.run(["ACCEL=tcg"] + more)
                #expect(outcome.exitStatus == 1 && outcome.errorText.contains(words), "\(outcome.errorText)")
                #expect(!outcome.errorText.contains("booted"))
                #expect(!Files.exists(scene.disk))
                #expect(try scene.leftovers().isEmpty)
            }
            try await scene.sum(String(repeating: "0", count: 64))
            try await refused("Stand-in-45.iso is not what Fedora signed: its SHA-256 is ")
            try await scene.sum(signed: false)
            try await refused("CHECKSUM: it is not signed by a key in")
            try await scene.sum()
            let sums = try Files.text(scene.path("CHECKSUM"))
            try Files.write(
                sums.replacing("Stand-in-45.iso) = ", with: "Stand-in-45.iso) = 0"), to: scene.path("CHECKSUM"))
            try await refused("CHECKSUM: it is not signed by a key in")
            try Files.write(sums, to: scene.path("CHECKSUM"))
            // Signed, and by somebody else.
            let fedora = try Files.read(scene.path("fedora.gpg"))
            try Files.write(try Files.read(scene.path("release.gpg")), to: scene.path("fedora.gpg"))
            try await refused("CHECKSUM: it is not signed by a key in")
            try Files.write(fedora, to: scene.path("fedora.gpg"))

            try Files.write("another package", to: scene.path("release/x86_64/untochat.rpm"))
            try await refused("release is not as it was signed")
            try Files.write("package", to: scene.path("release/x86_64/untochat.rpm"))
            try Files.write(
                try Files.text(scene.path("release/SHA256SUMS")) + "\n", to: scene.path("release/SHA256SUMS"))
            try await refused("SHA256SUMS.asc is not its signature by a key in")
        }
    }

    @Test("the same image with everything in order boots, so the refusals above are not for another reason")
    func boots() async throws {
        try await GuestScene.with("install") { scene in
            try scene.replace("qemu-system-x86_64", by: "echo booted >&2; exit 1")
            let outcome = try await scene.run(["ACCEL=tcg"])
            #expect(outcome.exitStatus == 1 && outcome.errorText.contains("booted"))
        }
    }
}
