import ReleaseSupport
import SystemPackage

/// The end of a machine by untochat-kill-system: asked for by an administrator, and by a key. What is left is looked for in
/// the images of the disks, from outside.
enum KillPromises {
    static let chapter = LabChapter(
        name: "kill", guest: .twoDisks,
        promises: [
            .guest("kill-no", "whoever answers n, at the first question or the second, keeps everything", keeps),
            .guest(
                "kill-yes",
                "whoever answers y twice has no key left in seconds, and no machine, though its program is gone",
                kill),
            .guest("kill-nothing", "no passphrase opens the disks, no header is on them, and no byte of a key slot") {
                guest, _ in
                try await Ruins.requireNothing(on: guest)
            },
        ])

    /// The key that does the same.
    static let panicChapter = LabChapter(
        name: "panic", guest: .twoDisks,
        promises: [
            .guest(
                "panic-off",
                "unless it is turned on, the panic key restarts the machine as ever, and no command starts it",
                isOff),
            .guest(
                "panic-on",
                "turned on and pressed ten times in a hurry, the panic key destroys everything and powers off",
                panic),
            .guest("panic-nothing", "after that nothing opens the disks, and nothing is left of their keys") {
                guest, _ in
                try await Ruins.requireNothing(on: guest)
            },
        ])

    private static let tool = "untochat-kill-system"
    private static let add = "untochat-add-passphrase-to-luks-disks"
    /// How long the first pass over both disks may take here, where every instruction may be emulated.
    private static let firstPassLimit: Duration = .seconds(20)

    /// Gives the machine swap, and its disks a second passphrase.
    private static func arm(_ guest: Guest, _ laboratory: Laboratory) async throws {
        try await DiskPromises.prepare(guest, laboratory)
        let lines = [ReleaseImage.passphrase, Ruins.second, Ruins.second].map { $0 + "\n" }.joined()
        try await guest.root("(umask 077; cat >/run/p)", input: Array(lines.utf8))
        let added = try await Administrator.sudo(guest, add, "--wipe /run/p")
        try Administrator.requireDone(added, saying: "SUCCESS")
        try await guest.root("sync")
        try await Ruins.requireEverything(on: guest)
    }

    private static func keeps(_ guest: Guest, _ laboratory: Laboratory) async throws {
        try await arm(guest, laboratory)
        for answers in [["n"], ["y", "n"], ["yes"]] {
            let session = try await Administrator.session(guest, tool)
            for (question, answer) in zip(["Go on? (y/n) ", "Really destroy everything? (y/n) "], answers) {
                try await session.expect(.text(question))
                try await Administrator.requireDomain(of: tool, in: guest)
                try session.send(answer + "\r")
            }
            try require(try await session.end() == 1, "it said \(session.text)")
            try require(session.text.contains("nothing was changed"), "it said \(session.text)")
        }
        try await Ruins.requireEverything(on: guest)
    }

    private static func kill(_ guest: Guest, _ laboratory: Laboratory) async throws {
        // Its lines go to the machine's console, which no network has to carry; the questions come to the terminal.
        let session = try await guest.session(
            ReleaseImage.administrator, command: "sudo -n sh -c 'exec /opt/sbin/\(tool) >/dev/ttyS0'")
        try await session.expect(.text("Go on? (y/n) "))
        try session.send("y\r")
        try await session.expect(.text("Really destroy everything? (y/n) "))
        let names = try await DiskPromises.names(guest)
        // Its own files, and what would have powered off for it.
        try await guest.root(
            """
            rm -f /opt/sbin/\(tool) /usr/lib/*/libcryptsetup.so* /usr/bin/systemctl
            sync; echo 3 >/proc/sys/vm/drop_caches
            """)
        let start = ContinuousClock.now
        try session.send("y\r")
        try await end(guest, names, since: start, laboratory)
    }

    /// Waits for what the tool says at the console, and for the machine to power itself off.
    private static func end(
        _ guest: Guest, _ names: [String], since start: ContinuousClock.Instant, _ laboratory: Laboratory
    ) async throws {
        var said = try await guest.expectConsole(.regex("(?s)(round 1 of 5: .*){2}"), within: firstPassLimit)
        let firstPass = ContinuousClock.now - start
        said += try await guest.waitForPowerOff(within: .seconds(180)) { event in
            // Source: QEMU Machine Protocol, SHUTDOWN: the guest did it, and not its host.
            try require(
                event.contains("\"SHUTDOWN\"") && event.contains("\"guest-shutdown\""), "QEMU ended with \(event)")
        }
        let end = ContinuousClock.now - start
        for name in names {
            for round in 1...5 {
                try require(said.contains("\(name): round \(round) of 5: SUCCESS"), "the console said \(said)")
            }
            try require(said.contains("\(name): no LUKS header and no key is left"), "the console said \(said)")
        }
        await laboratory.say(
            "the first pass over both disks took \(firstPass.formatted(seconds)), until the power was off \(end.formatted(seconds))"
        )
    }

    private static let seconds = Duration.UnitsFormatStyle.units(allowed: [.seconds], fractionalPart: .show(length: 2))

    // MARK: - The key

    private static let key = "ctrl-alt-delete"

    private static func isOff(_ guest: Guest, _ laboratory: Laboratory) async throws {
        try await arm(guest, laboratory)
        for unit in ["untochat-panic.target", "untochat-panic.service"] {
            let said = try await guest.ssh(ReleaseImage.administrator, "sudo -n systemctl start \(unit)")
            try require(
                !said.succeeded && said.errorText.contains("may be requested by dependency only"),
                "\(said.ending): \(said.errorText)")
        }
        try await guest.root("systemctl preset untochat-panic.target; ! systemctl -q is-enabled untochat-panic.target")
        let before = try await guest.root("cat /proc/sys/kernel/random/boot_id")
        try await guest.beginReboot { try await $0.press(key) }
        try await guest.comeUp(passphrase: Ruins.second)
        try require(try await guest.root("cat /proc/sys/kernel/random/boot_id") != before, "it was no reboot")
        try await Ruins.requireEverything(on: guest)
    }

    private static func panic(_ guest: Guest, _ laboratory: Laboratory) async throws {
        let names = try await DiskPromises.names(guest)
        let enabled = try await guest.ssh(
            ReleaseImage.administrator, "sudo -n systemctl enable untochat-panic.target")
        try require(enabled.succeeded, "it cannot be turned on: \(enabled.errorText)")
        // Turned off it is as if it had never been on.
        try await guest.root(
            """
            set -e
            [ "$(readlink -f /etc/systemd/system/ctrl-alt-del.target)" = /usr/lib/systemd/system/untochat-panic.target ]
            systemctl -q disable untochat-panic.target
            [ ! -e /etc/systemd/system/ctrl-alt-del.target ]
            systemctl -q enable untochat-panic.target
            sync
            """)
        let start = ContinuousClock.now
        for _ in 1...10 { try await guest.press(key) }
        try await end(guest, names, since: start, laboratory)
    }
}
