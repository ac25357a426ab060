import ReleaseSupport

/// What the machine is told about itself, what guessing passwords costs, and how it comes up after a power cut.
enum HostPromises {
    static let promises: [LabPromise] = [
        .guest(
            "guessing", "after ten wrong passwords the right one does not help for a while, and nobody is told",
            guessing),
        // Where there is no space auditd writes no more, until the power is cut, which is next.
        .guest(
            "onion-full", "a user who fills the disk to its last block stops nobody's chat, and others log in again",
            SharingPromises.fullDisk),
        .guest(
            "cut-closed", "after a power cut with a mistake in the rules there is no network, and everything is closed"
        ) {
            guest, _ in
            try await ServerSetup.breakNextBoot(guest)
            await guest.powerCut()
            try await guest.boot(passphrase: ReleaseImage.passphrase)
            let log = try await guest.root("cat /root/boot.log")
            for line in ["firewall: failed", "network: inactive", "sshd: inactive", Ruleset.lockdown] {
                try require(log.contains(line), "no \(line) in\n\(log)")
            }
            try require(!log.contains("10.0.2.15"), "there was an address:\n\(log)")
        },
        .guest("power-cut-again", "after the next one the firewall stands before the network, and chat users get in") {
            guest, _ in
            await guest.powerCut()
            try await guest.boot(passphrase: ReleaseImage.passphrase)
            try await FirewallPromises.rulesInForce(guest)
            let times = try await guest.root(
                "systemctl show -P ActiveEnterTimestampMonotonic untochat-firewall;"
                    + " systemctl show -P InactiveExitTimestampMonotonic systemd-networkd")
            let numbers = times.split(separator: "\n").compactMap { Int($0) }
            try require(numbers.count == 2 && numbers[0] < numbers[1], "firewall and network were started at \(times)")
            try await isConfigured(guest)
            try await OnionDoor(to: guest).login("gold").leave()
            try await requireNoDenial(in: guest)
        },
        .guest("names", "host name, time zone, issue, journal and kernel are as the drop-ins say") { guest, _ in
            try await isConfigured(guest)
        },
        .guest("names-fail", "another host name and another value of the kernel's are found") { guest, _ in
            try await guest.root("sysctl -q -w kernel.kptr_restrict=0")
            try await requireFailure(of: "the check of the kernel", saying: "kernel.kptr_restrict") {
                try await isConfigured(guest)
            }
            try await guest.root("sysctl -q -w kernel.kptr_restrict=2; hostname elsewhere")
            try await requireFailure(of: "the check of the host name", saying: "elsewhere") {
                try await isConfigured(guest)
            }
            try await guest.root("hostname localhost")
        },
    ]

    private static func isConfigured(_ guest: Guest) async throws {
        let said = try await guest.root(
            """
            hostname; date +%Z; cat /etc/issue | tr -d '\\n'; echo "issue"
            ls -d /var/log/journal/*/*.journal 2>/dev/null | wc -l; ls /run/log/journal/*/*.journal | wc -l | tr 1-9 1
            """)
        try require(
            said == "localhost\nUTC\nissue\n0\n1\n", "name, zone, issue, journals on disk and in memory: \(said)")
        // Each line of the file beside what the kernel has.
        let wrong = try await guest.root(
            """
            sed -n 's/^\\([a-z][^ ]*\\) = /\\1 /p' /usr/lib/sysctl.d/60-untochat.conf | while read -r name value; do
                [ "$(sysctl -n $name)" = "$value" ] || echo "$name is $(sysctl -n $name)"
            done
            """)
        try require(wrong.isEmpty, "the kernel's values are others:\n\(wrong)")
    }

    private static func guessing(_ guest: Guest, _: Laboratory) async throws {
        let door = try await OnionDoor(to: guest)
        try await guest.root("chpasswd", input: Array("tin:\(ReleaseImage.password)\n".utf8))
        // Whom ssh asks for a password where it has no terminal to ask at.
        let asker = guest.folder.appending("askpass")
        try Files.write("#!/bin/sh\necho \"$LAB_PASSWORD\"\n", to: asker, mode: [.ownerReadWriteExecute])
        func attempt(_ password: String) async throws -> (isIn: Bool, said: String) {
            let outcome = try await door.ssh(
                "tin",
                [
                    "-T", "-o", "BatchMode=no", "-o", "PubkeyAuthentication=no", "-o", "NumberOfPasswordPrompts=3",
                    "-o",
                    "PreferredAuthentications=password",
                ],
                environment: ["SSH_ASKPASS": asker.string, "SSH_ASKPASS_REQUIRE": "force", "LAB_PASSWORD": password])
            // Without a terminal untosh does not stay; only who is in hears that.
            return (outcome.errorText.contains("standard input is not a terminal"), outcome.errorText)
        }
        let right = try await attempt(ReleaseImage.password)
        try require(right.isIn, "the right password: \(right.said)")
        for _ in 0..<4 {
            let wrong = try await attempt("wrong")
            try require(!wrong.isIn && wrong.said.contains("Permission denied"), "a wrong password: \(wrong.said)")
        }
        let locked = try await attempt(ReleaseImage.password)
        try require(!locked.isIn, "the right password after twelve wrong ones: \(locked.said)")
        try require(!locked.said.lowercased().contains("lock"), "who guesses is told: \(locked.said)")
        try await guest.root("faillock --dir /run/faillock --user tin --reset")
        let forgiven = try await attempt(ReleaseImage.password)
        try require(forgiven.isIn, "after a reset: \(forgiven.said)")
    }
}
