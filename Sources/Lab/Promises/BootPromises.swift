import ReleaseSupport

/// A server whose power goes in the middle of a session, and that is switched on again.
enum BootPromises {
    static let chapter = LabChapter(
        name: "boot", guest: .snapshot, restarts: true,
        promises: [
            .guest("power-cut", "a power cut in the middle of a session locks nobody out, and loses no file", powerCut),
            .guest("boot-domain", "after a cold boot from the encrypted disk the daemon is in ngircdus_t") {
                try await cutPowerOnce(of: $0)
                try await DaemonPromises.domain($0, $1)
            },
            .guest("boot-check", "after a cold boot untochat-selinux-check finds nothing wrong") {
                try await cutPowerOnce(of: $0)
                try await InstallationPromises.check($0, $1)
            },
            .guest("boot-denials", "from power on to login SELinux refuses nothing to what is ours") { guest, _ in
                try await cutPowerOnce(of: guest)
                try await Conversation.login("silver", in: guest).leave()
                try await requireNoDenial(in: guest)
            },
            .guest("disk", "the root is XFS in LUKS2, and another passphrase does not open it") { guest, _ in
                let devices = try await guest.root("lsblk -nro NAME,TYPE,FSTYPE")
                try require(
                    devices.contains("vda disk crypto_LUKS") && devices.contains("cryptroot crypt xfs"),
                    "the disks are \(devices)")
                let dump = try await guest.root("cryptsetup luksDump /dev/vda | head -3")
                try require(dump.contains("Version:") && dump.contains("2"), "the header says \(dump)")
                let open = "cryptsetup open --test-passphrase /dev/vda"
                let wrong = try await guest.ssh("root", open, input: Array("wrong\n".utf8))
                try require(!wrong.succeeded, "another passphrase opens the disk")
                let right = try await guest.ssh("root", open, input: Array(ReleaseImage.passphrase.utf8))
                try require(right.succeeded, "its own passphrase does not open it: \(right.errorText)")
            },
        ])

    private static let trace = "/root/before-the-cut"

    /// Takes the power away in the middle of a session and switches the guest on again, if that was not done: what is promised of
    /// a boot is then true of one, whichever promise is tried alone.
    private static func cutPowerOnce(of guest: Guest) async throws {
        guard try await !guest.ssh("root", "test -e \(trace)").succeeded else { return }
        let silver = try await Conversation.login("silver", in: guest)
        try await silver.startChat()
        try await guest.root("echo here >\(trace); sync")
        await guest.powerCut()
        await silver.session.hangUp()
        try await guest.boot(passphrase: ReleaseImage.passphrase)
        _ = try await guest.ssh("root", "systemctl is-system-running --wait")
    }

    private static func powerCut(_ guest: Guest, _: Laboratory) async throws {
        try await cutPowerOnce(of: guest)
        let kernel = try await guest.root("dmesg")
        try require(kernel.contains("Starting recovery"), "the file system was put away, so it was no power cut")
        try require(try await guest.root("cat \(trace)") == "here\n", "what was written is gone")
        try await LivePromises.chat(guest)
    }
}
