import ReleaseSupport

/// The server's own configuration: its firewall, and the sshd of chat users with what it lets them have.
enum ServerPromises {
    static let chapter = LabChapter(
        name: "server", guest: .snapshot,
        promises: [
            .guest(
                "server-start", "firewall and the sshd of chat users start, and the firewall's rules are as expected"
            ) {
                guest, _ in
                try await ServerSetup.arm(guest)
                try await FirewallPromises.rulesInForce(guest)
            },
            .guest(
                "onion-login", "a login by the onion's sshd is untosh in untochat_t, and the sshd is in sshd_t", login),
            .guest("onion-chat", "five users at once chat and read each other, inside limits and firewall", chat),
            .guest("onion-passwd", "passwd changes a password inside the limits and walls of the sshd's unit", passwd),
            .guest("onion-twice", "a second login of the same user is refused while the first goes on", twice),
        ] + RefusalPromises.promises + SharingPromises.promises + FirewallPromises.promises + [
            .guest("server-denials", "in all that SELinux refused nothing to what is ours") { guest, _ in
                try await requireNoDenial(in: guest)
            }
        ] + HostPromises.promises)

    private static func login(_ guest: Guest, _: Laboratory) async throws {
        let door = try await OnionDoor(to: guest)
        let silver = try await door.login("silver")
        let shells = try await guest.contexts(of: "untosh")
        try require(shells == ["silver \(Conversation.shellContext)"], "untosh runs as \(shells)")
        let daemon = try await guest.root("ps -o label=,user= -p $(systemctl show -P MainPID untochat-sshd)")
        try require(daemon.hasPrefix("system_u:system_r:sshd_t:"), "the sshd runs as \(daemon)")
        // Were the session elsewhere, the unit's walls would not be around it.
        let unit = try await guest.root("cat /proc/$(pgrep -x untosh)/cgroup")
        try require(unit.contains("/untochat-sshd.service"), "the session is in \(unit)")
        try await silver.leave()
    }

    /// More chat users than the lab has by itself.
    private static let more = ["copper", "tin", "lead"]

    private static func chat(_ guest: Guest, _: Laboratory) async throws {
        for name in more {
            try await guest.root(
                """
                useradd -m -s /opt/bin/untosh -g untochat \(name)
                chmod 700 /home/\(name)
                cp -a /home/silver/.ssh /home/\(name)/
                chown -R \(name):untochat /home/\(name)/.ssh
                restorecon -RF /home/\(name)
                """)
        }
        let door = try await OnionDoor(to: guest)
        var users: [Conversation] = []
        for name in ReleaseImage.chatUsers + more {
            let user = try await door.login(name)
            try await user.startChat()
            try await user.join("#lab")
            users.append(user)
        }
        let clients = try await guest.contexts(of: "irssius")
        try require(clients.count == users.count, "irssius runs as \(clients)")
        try users[0].session.send("the horse is at the gate\r")
        for user in users.dropFirst() {
            try await user.session.expect(.screen("silver.*the horse is at the gate"), within: .seconds(60))
        }
        try await limitsHold(guest)
        for user in users {
            try await user.stopChat()
            try await user.leave()
        }
    }

    /// Lines of /proc/PID/limits, as every program of a session must have them.
    private static let limits = [
        "Max cpu time 3600 3600 seconds", "Max file size 1048576 1048576 bytes", "Max core file size 0 0 bytes",
        "Max processes 3 3 processes", "Max address space 268435456 268435456 bytes",
    ]

    private static func limitsHold(_ guest: Guest) async throws {
        for program in ["untosh", "irssius"] {
            let said = try await guest.root("for p in $(pgrep -x \(program)); do tr -s ' ' </proc/$p/limits; done")
            let lines = said.split(separator: "\n").map { $0.trimmingPrefix { $0 == " " } }
            let processes = lines.count { $0.hasPrefix("Max cpu time") }
            try require(processes >= 5, "only \(processes) of \(program)")
            for limit in limits {
                // A program may lower what it was given, and not raise it.
                let found = lines.count { $0.hasPrefix(limit) || lowered($0, from: limit) }
                try require(found == processes, "\(program): \(found) of \(processes) have \(limit), in\n\(said)")
            }
        }
    }

    private static func lowered(_ line: some StringProtocol, from limit: String) -> Bool {
        let name = limit.prefix { !$0.isNumber }
        func hard(_ text: some StringProtocol) -> Int? {
            text.dropFirst(name.count).split(separator: " ").dropFirst().first.flatMap { Int($0) }
        }
        guard line.hasPrefix(name), let found = hard(line), let allowed = hard(limit) else { return false }
        return found <= allowed
    }

    private static func passwd(_ guest: Guest, _: Laboratory) async throws {
        let door = try await OnionDoor(to: guest)
        let copper = try await door.login("copper")
        try await guest.root("chpasswd", input: Array("copper:\(ReleaseImage.password)\n".utf8))
        let before = try await guest.root("getent shadow copper")
        let new = "another-Different.one-9"
        try await copper.changePassword(from: ReleaseImage.password, to: new)
        try await copper.leave()
        let after = try await guest.root("getent shadow copper")
        try require(before != after, "the password is the one from before")
    }

    private static func twice(_ guest: Guest, _: Laboratory) async throws {
        let door = try await OnionDoor(to: guest)
        let first = try await door.login("silver")
        let second = try door.session("silver")
        let status = try await second.end(within: .seconds(90))
        try require(status != 0 && !second.text.contains("silver> "), "a second session: \(second.text)")
        try await first.command("help")
        try await first.leave()
        try await door.login("silver").leave()
    }
}
