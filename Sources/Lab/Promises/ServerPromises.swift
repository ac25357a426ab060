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
            .guest(
                "onion-chat",
                "five users log in at once, and twice: the second time is refused; they chat and read each other, inside "
                    + "limits and firewall", chat),
            .guest("onion-passwd", "passwd changes a password inside the limits and walls of the sshd's unit", passwd),
            .guest("exposure", "systemd, asked here, finds ngircdus exposed by 1.0 and the onion's sshd by 2.9 at most")
            {
                guest, _ in
                try await exposureHolds(guest)
            },
            .guest("exposure-fail", "without the user namespace and the filter of system calls it finds more") {
                guest, _ in
                try await exposureFails(guest)
            },
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
        let names = ReleaseImage.chatUsers + more
        let users = try await atOnce(names) { name in
            let user = try await door.login(name)
            try await user.startChat()
            try await user.join("#lab")
            return user
        }
        _ = try await atOnce(names) { try await refusesSecond(of: $0, door) }
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

    /// Does something for all of `names` beside each other; the answers are in the order of the names.
    private static func atOnce<Value: Sendable>(
        _ names: [String], _ body: @escaping @Sendable (String) async throws -> Value
    ) async throws -> [Value] {
        try await withThrowingTaskGroup(of: (Int, Value).self) { group in
            for (index, name) in names.enumerated() { group.addTask { (index, try await body(name)) } }
            return try await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private static func refusesSecond(of user: String, _ door: OnionDoor) async throws {
        let second = try door.session(user)
        let status = try await second.end(within: .seconds(90))
        try require(status != 0 && !second.text.contains("\(user)> "), "a second session: \(second.text)")
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

    private static let exposure = ["ngircdus": 1.0, "untochat-sshd": 2.9]

    /// What systemd says of the units as they run, and that the words which only newer versions know have come to something.
    private static func exposureHolds(_ guest: Guest) async throws {
        for (unit, bound) in exposure.sorted(by: { $0.key < $1.key }) {
            let said = try await guest.root("systemd-analyze security --no-pager \(unit).service | tail -n 1")
            let level = said.firstMatch(of: /: ([0-9.]+)/).flatMap { Double($0.output.1) }
            try require(level.map { $0 <= bound } == true, "\(unit) is exposed further than \(bound): \(said)")
        }
        let map = try await guest.root("tr -s ' ' </proc/$(pgrep -x ngircdus)/uid_map")
        try require(map == " 0 0 65536\n", "ngircdus is in no user namespace of its own: \(map)")
    }

    private static func exposureFails(_ guest: Guest) async throws {
        for (unit, line) in [("ngircdus", "PrivateUsers=no"), ("untochat-sshd", "SystemCallFilter=")] {
            let folder = "/run/systemd/system/\(unit).service.d"
            try await guest.root(
                "mkdir -p \(folder); printf '[Service]\\n\(line)\\n' >\(folder)/lab.conf; systemctl daemon-reload")
            try await requireFailure(of: "the check of exposure", saying: "\(unit) is exposed further") {
                try await exposureHolds(guest)
            }
            try await guest.root("rm \(folder)/lab.conf; systemctl daemon-reload")
        }
    }

    private static func twice(_ guest: Guest, _: Laboratory) async throws {
        let door = try await OnionDoor(to: guest)
        let first = try await door.login("silver")
        try await refusesSecond(of: "silver", door)
        try await first.command("help")
        try await first.leave()
        try await door.login("silver").leave()
    }
}
