import ReleaseSupport

/// What the machine is told about itself, what guessing passwords costs, and how it comes up after a power cut.
enum HostPromises {
    static let promises: [LabPromise] = [
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
        .guest(
            "guessing", "after ten wrong passwords the right one does not help for a while, and nobody is told",
            guessing),
        .guest(
            "power-cut", "after a power cut with a mistake in the rules there is no network, and everything is closed"
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

    private static let passwords = [
        "-o", "BatchMode=no", "-o", "PubkeyAuthentication=no", "-o", "PreferredAuthentications=password", "-o",
        "NumberOfPasswordPrompts=3",
    ]

    private static func guessing(_ guest: Guest, _: Laboratory) async throws {
        let door = try await OnionDoor(to: guest)
        try await guest.root("chpasswd", input: Array("tin:\(ReleaseImage.password)\n".utf8))
        func attempt(_ password: String) async throws -> String {
            let session = try door.session("tin", passwords)
            for _ in 0..<3 {
                try await session.expect(.text("password:"), within: .seconds(60))
                try session.send(password + "\r")
                if password == ReleaseImage.password { break }
            }
            return try await answer(session)
        }
        let right = try await attempt(ReleaseImage.password)
        try require(right.contains("tin> "), "the right password: \(right)")
        for _ in 0..<4 {
            let wrong = try await attempt("wrong")
            try require(wrong.contains("Permission denied"), "a wrong password: \(wrong)")
        }
        let locked = try await attempt(ReleaseImage.password)
        try require(!locked.contains("tin> "), "the right password after twelve wrong ones: \(locked)")
        try require(!locked.lowercased().contains("lock"), "who guesses is told: \(locked)")
        try await guest.root("faillock --dir /run/faillock --user tin --reset")
        let forgiven = try await attempt(ReleaseImage.password)
        try require(forgiven.contains("tin> "), "after a reset: \(forgiven)")
    }

    /// What a session shows until it has a prompt, asks again or ends.
    private static func answer(_ session: Session) async throws -> String {
        do { try await session.expect(.regex("tin> |Permission denied.*\n"), within: .seconds(60)) } catch {
            await session.hangUp()
            throw error
        }
        await session.hangUp()
        return session.text
    }
}
