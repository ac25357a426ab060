import Foundation
import KickstartReading
import ReleaseSupport
import SystemPackage
import Testing

@testable import Lab

/// An installation by the kickstart, in a guest in the place of Fedora's installer, to a server that runs.
@Suite("Installation", .lab, .serialized, .timeLimit(.minutes(90)), .tidyingUp)
struct InstallationTests {
    private typealias Scene = InstallationScene

    @Test("%pre refuses a boot line without inst.nosave, a disk that it would have to guess, and writes nothing then")
    func preRefuses() async throws {
        let prepared = try await Scene.prepared
        let (room, guest) = (prepared.room, prepared.room.guest)
        let pre = try Scene.script(.pre, of: prepared.reading)
        let without = try await room.run(pre, commandLine: "inst.ks=hd:LABEL=OEMDRV:/ks.cfg inst.text")
        #expect(without.exitStatus == 1 && without.text.contains("FAILED: boot the installer with inst.nosave=all_ks"))
        let none = try await room.run(pre)
        #expect(none.exitStatus == 1 && none.text.contains("FAILED: found 0 disks"), "\(none.text)")
        let disk = try await Scene.folder.appending("other")
        try await Command("truncate", ["--size=8G", disk.string]).output(.setup)
        _ = try await guest.attach(disk, as: "one")
        _ = try await guest.attach(prepared.disk, as: "two")
        let two = try await room.run(pre)
        #expect(two.exitStatus == 1 && two.text.contains("FAILED: found 2 disks (/dev/vd"), "\(two.text)")
        for name in ["one", "two"] { try await guest.detach(name) }
        for file in [disk, prepared.disk] {
            #expect(try await Command("du", ["--block-size=1", file.string]).output(.verify).hasPrefix("0\t"))
        }
    }

    @Test("FILL=discard gives the host's blocks back and leaves nothing of what was on the disk")
    func discards() async throws {
        let prepared = try await Scene.prepared
        let guest = prepared.room.guest
        let disk = try await Scene.folder.appending("discarded")
        try await Command(
            "sh", ["-c", "head -c 64M /dev/urandom >\"$1\" && truncate --size=8G \"$1\"", "sh", disk.string]
        ).output(.setup)
        let device = try await guest.attach(disk, as: "discarded")
        let kickstart = try await prepared.maker.kickstart("discard", ["FILL=discard", "DISK=\(device)"])
        let reading = try await Scene.read(Files.text(kickstart))
        let outcome = try await prepared.room.run(try Scene.script(.pre, of: reading))
        #expect(outcome.succeeded && outcome.text.contains("\(device) is ready"), "\(outcome.text)")
        try await guest.detach("discarded")
        #expect(try await Command("du", ["--block-size=1", disk.string]).output(.verify).hasPrefix("0\t"))
        try Files.remove(disk)
    }

    @Test("filling the disk goes on where it was after a power cut and a kill, and takes its record away in the end")
    func fills() async throws {
        let filled = try await Scene.filled
        let mib = 1 << 20
        let size = Scene.diskBytes / mib
        #expect(filled.recorded > 64 * mib)
        #expect(filled.said[0].contains(" MiB/s, ") && filled.said[0].contains(" s left"))
        #expect(filled.said[1].contains("goes on at \(filled.recorded / mib) of \(size) MiB"), "\(filled.said[1])")
        #expect(filled.said[2].contains("goes on at \(Scene.nearlyFilled / mib) of \(size) MiB"), "\(filled.said[2])")
        #expect(filled.said[2].contains("random data: 100 %") && filled.remaining == 0)
    }

    @Test("on the disk are /boot in the clear, and all else in LUKS2 with argon2id and the costs of the kickstart")
    func layout() async throws {
        let filled = try await Scene.unpacked.filled
        let guest = filled.prepared.room.guest
        let devices = try await guest.root("lsblk -nro NAME,TYPE,FSTYPE,MOUNTPOINT \(filled.plan.disk)")
        #expect(devices.contains("2 part ext4 /mnt/sysroot/boot\n"), "\(devices)")
        #expect(devices.contains("3 part crypto_LUKS"), "\(devices)")
        #expect(devices.contains("untochat-root lvm xfs /mnt/sysroot\n"), "\(devices)")
        #expect(devices.contains("untochat-swap lvm swap"), "\(devices)")
        let header = try await guest.root("cryptsetup luksDump \(filled.plan.encrypted)")
        for line in ["Version:       \t2", "cipher: aes-xts-plain64", "PBKDF:      argon2id"] {
            #expect(header.contains(line), "\(header)")
        }
        // The kickstart's is the most: cryptsetup takes less where two seconds are not enough for it, as in emulation.
        let memory = try #require(header.firstMatch(of: #/Memory: +([0-9]+)/#).flatMap { Int($0.1) })
        #expect((32768...262144).contains(memory), "\(memory) KiB")
    }

    @Test("%post --nochroot fails where no volume OEMDRV is there, and where it holds no packages")
    func mediumRefused() async throws {
        let filled = try await Scene.unpacked.filled
        let (room, guest) = (filled.prepared.room, filled.prepared.room.guest)
        let script = try Scene.script(.postOutside, of: filled.reading)
        let none = try await room.run(script)
        #expect(none.exitStatus == 1 && none.text.contains("FAILED: no volume is labelled OEMDRV"), "\(none.text)")
        _ = try await guest.attach(
            try await filled.prepared.maker.emptyVolume(filled.prepared.kickstart), as: "medium", readOnly: true)
        let empty = try await room.run(script)
        #expect(empty.exitStatus == 1 && empty.text.contains("holds no folder untochat"), "\(empty.text)")
        try await guest.detach("medium")
    }

    @Test("%post fails where a package on the medium lost its signature, and installs none")
    func unsigned() async throws {
        let filled = try await Scene.unpacked.filled
        let (room, guest) = (filled.prepared.room, filled.prepared.room.guest)
        _ = try await guest.attach(
            try await filled.prepared.maker.tamperedVolume(filled.prepared.kickstart), as: "medium", readOnly: true)
        let outside = try await room.run(try Scene.script(.postOutside, of: filled.reading))
        #expect(outside.succeeded, "\(outside.text)")
        let inside = try await room.runInside(try Scene.script(.postInside, of: filled.reading))
        #expect(inside.exitStatus == 1 && inside.text.contains("FAILED: a package on the medium is not signed"))
        #expect(try await room.guest.ssh("root", "chroot \(InstallerRoom.root) rpm -q untosh").exitStatus == 1)
        try await guest.detach("medium")
    }

    @Test("%post fails where a kickstart is left on the disk, under its name or any other, and is content without")
    func kickstartLeft() async throws {
        let filled = try await Scene.unpacked.filled
        let room = filled.prepared.room
        // Our packages have no part in this, and take minutes.
        let later = try await filled.prepared.maker.kickstart("later", ["PACKAGES=later", "PASSPHRASE=console"])
        let script = try await Scene.script(.postInside, of: Scene.read(Files.text(later)))
        for place in ["/root/anaconda-ks.cfg", "/root/original-ks.cfg"] {
            try await room.inside("echo text >\(place)")
            let said = try await room.runInside(script)
            #expect(said.exitStatus == 1 && said.text.contains("FAILED: \(place) is left"), "\(said.text)")
            try await room.inside("rm \(place)")
        }
        for place in ["/root/ks.cfg", "/var/log/anaconda.log", "/tmp/x", "/etc/x", "/home/x"] {
            try await room.inside("echo 'part pv.untochat --passphrase=x' >\(place)")
            let said = try await room.runInside(script)
            #expect(said.exitStatus == 1, "\(said.text)")
            #expect(said.text.contains("a kickstart with a passphrase is left"), "\(said.text)")
            try await room.inside("rm \(place)")
        }
        let said = try await room.runInside(script)
        #expect(said.succeeded && said.text.contains("untochat: installed"), "\(said.text)")
    }

    @Test("%post installs our packages from the medium, with signatures enforced, and says so")
    func installs() async throws {
        let installed = try await Scene.installed
        #expect(installed.said.contains("untochat: installed"), "\(installed.said)")
        #expect(installed.said.contains("untosh-1.0"), "\(installed.said)")
        print("%post took \(installed.seconds) s")
    }

    @Test("with another passphrase the disk does not boot, and nothing readable on it holds the right one")
    func wrongPassphrase() async throws {
        let installed = try await Scene.installed
        let guest = try await TestLaboratory.shared.guest(of: installed.system)
        try await guest.switchOn()
        try await guest.unlock(passphrase: "correct horse battery staple")
        try await guest.expectConsole(
            .regex("No key available with this passphrase|bad password"), within: .seconds(900))
        try await TestLaboratory.shared.remove(guest)
        let words = KickstartMaker.passphrase
        for file in [installed.boot, installed.filled.prepared.disk] {
            let found = try await Command("grep", ["--quiet", "--text", "--fixed-strings", words, file.string]).run(
                .verify)
            #expect(found.exitStatus == 1)
        }
    }

    @Test("with the passphrase it is a server: enforcing, labelled, the daemon in its domain, the firewall in force")
    func boots() async throws {
        let laboratory = try await TestLaboratory.shared
        let guest = try await Scene.running
        #expect(try await guest.root("getenforce") == "Enforcing\n")
        let mounts = try await guest.root("findmnt -nro TARGET,SOURCE,FSTYPE / ; findmnt -nro TARGET,FSTYPE /boot")
        #expect(mounts == "/ /dev/mapper/untochat-root xfs\n/boot ext4\n", "\(mounts)")
        #expect(try await guest.root("swapon --noheadings --show=NAME").hasPrefix("/dev/dm-"))
        try await InstallationPromises.check(guest, laboratory)
        try await DaemonPromises.domain(guest, laboratory)
        let active = try await guest.root("systemctl is-active untochat-firewall untochat-sshd ngircdus")
        #expect(active == "active\nactive\nactive\n")
    }

    @Test("a chat user who is added there logs in by the onion service's sshd to untosh and chats")
    func chats() async throws {
        let guest = try await Scene.running
        let password = ReleaseImage.password + "\n"
        try await guest.root(
            "/opt/sbin/untochat-add-user --ssh-key /root/.ssh/authorized_keys --password-stdin silver",
            input: Array((password + password).utf8))
        let silver = try await OnionDoor(to: guest).login("silver")
        try await silver.startChat()
        #expect(try await guest.contexts(of: "irssius") == ["silver \(Conversation.clientContext)"])
        try await silver.stopChat()
        try await silver.leave()
        try await requireNoDenial(in: guest)
    }

    @Test("the administrator is reminded of the kickstart's passphrase until it is changed")
    func reminds() async throws {
        let guest = try await Scene.running
        let words = "The passphrase of the disk is the one in the kickstart"
        let login = "bash -lc true"
        let administrator = KickstartMaker.administrator
        #expect(try await guest.ssh(administrator, login).text.contains(words))
        let check = "systemctl start untochat-passphrase && systemctl show -P Result untochat-passphrase"
        #expect(try await guest.root(check) == "success\n")
        #expect(try await guest.ssh(administrator, login).text.contains(words))
        let device = try await guest.root("blkid -t TYPE=crypto_LUKS -o device").filter { !$0.isWhitespace }
        try await guest.root(
            "cryptsetup luksChangeKey --batch-mode --pbkdf-memory 32768 --pbkdf-force-iterations 4 \(device)",
            input: Array("\(KickstartMaker.passphrase)\nanother one, of 5 words\n".utf8))
        #expect(try await guest.root(check) == "success\n")
        let after = try await guest.ssh(administrator, login)
        #expect(after.succeeded && !after.text.contains(words))
    }
}

/// Removes what an installation leaves: a disk of 8 GiB.
struct TidyingUp: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        do { try await function() } catch {
            try? await Files.remove(InstallationScene.folder)
            throw error
        }
        if TestLaboratory.isWanted { try await Files.remove(InstallationScene.folder) }
    }
}

extension Trait where Self == TidyingUp {
    static var tidyingUp: Self { TidyingUp() }
}
