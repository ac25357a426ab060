import ReleaseSupport
import SystemPackage

/// What a session of a chat user brings along or leaves behind, and what one user sees of another.
enum SharingPromises {
    static let promises: [LabPromise] = [
        .guest("onion-environment", "SetEnv, -A and -X change nothing in a session's environment, and make no socket") {
            guest, _ in
            let door = try await OnionDoor(to: guest)
            try await withAgent { agent in
                let silver = try await door.login("silver", ["-A", "-X"] + setEnv, environment: agent)
                try await environmentIsOurs(guest, of: "untosh")
                try require(
                    silver.session.text.contains("X11 forwarding request failed"), "X11: \(silver.session.text)")
                try await silver.leave()
            }
        },
        .guest("onion-environment-fail", "an ordinary sshd takes the agent along, which the check finds") { guest, _ in
            try await withAgent { agent in
                let ssh = Command(
                    "ssh",
                    ["-F", "/dev/null", "-tt", "-A"] + guest.shell.ordinaryOptions + ["root@127.0.0.1", "sleep 299"])
                let session = try Session(ssh.with { $0.environment = agent.mapValues { $0 } }, name: "root's session")
                try await guest.root("timeout 60 sh -c 'until pgrep -fx \"sleep 299\"; do sleep 0.2; done'")
                try await requireFailure(of: "the check of the environment", saying: "SSH_AUTH_SOCK") {
                    try await environmentIsOurs(guest, of: "sleep")
                }
                await session.hangUp()
                _ = try await guest.ssh("root", "pkill -fx 'sleep 299'")
            }
        },
        .guest("onion-mux", "a second session in one connection is refused") { guest, _ in
            let door = try await OnionDoor(to: guest)
            let socket = guest.folder.appending("mux")
            // The last that is named counts for ControlPath's option, so it goes first: the first value counts.
            let silver = try await door.login("silver", ["-o", "ControlPath=\(socket)", "-M"])
            let second = try await Command(
                "timeout", ["60", "ssh", "-F", "/dev/null", "-T", "-o", "ControlPath=\(socket)", "silver@onion"]
            ).run(.verify)
            try require(
                !second.succeeded && second.errorText.contains("session request failed"),
                "the second session: \(second.ending), \(second.errorText)\(second.text)")
            try await silver.leave()
        },
        .guest("onion-proc", "a session sees neither processes of others, nor /tmp, nor which system this is") {
            guest, _ in
            let door = try await OnionDoor(to: guest)
            let silver = try await door.login("silver")
            let gold = try await door.login("gold")
            try await isAlone(guest, session: "nsenter -m -t $(pgrep -x -u silver untosh)")
            try await requireFailure(of: "the check of what a session sees", saying: "sees") {
                try await isAlone(guest, session: "env")
            }
            for user in [silver, gold] { try await user.leave() }
        },
        .guest("onion-trace", "a login of a chat user is not in the audit log, which is on the disk") { guest, _ in
            // What a boot does.
            try await guest.root("augenrules --load >/dev/null")
            try await leavesNoTrace(guest)
        },
        .guest("onion-trace-fail", "without the rule for audit it is") { guest, _ in
            try await guest.root("auditctl -d always,exclude -F msgtype=LOGIN")
            try await requireFailure(of: "the check of the audit log", saying: "type=LOGIN") {
                try await leavesNoTrace(guest)
            }
            try await guest.root("auditctl -a always,exclude -F msgtype=LOGIN")
        },
        .guest("onion-bomb", "a user who forks and fills files as far as the limits go stops nobody's chat") {
            guest, _ in
            let door = try await OnionDoor(to: guest)
            let silver = try await door.login("silver")
            let gold = try await door.login("gold")
            // As the user, in the session's unit and limits, but out of SELinux' hands: those walls alone.
            try await bombIsHeld(guest, limits: sessionLimits)
            // Without them it is not held, so it is they that hold it.
            try await requireFailure(of: "the check of limits", saying: "eight processes are no problem") {
                try await bombIsHeld(guest, limits: "limits='--nproc=unlimited --fsize=unlimited'")
            }
            try await gold.startChat()
            try await gold.join("#lab")
            try await gold.stopChat()
            for user in [silver, gold] { try await user.leave() }
        },
    ]

    private static func leavesNoTrace(_ guest: Guest) async throws {
        let begin = try await guest.auditMark()
        let gold = try await OnionDoor(to: guest).login("gold")
        let user = try await guest.root("id -u gold").trimmingPrefix { $0 == " " }.prefix { $0.isNumber }
        try await gold.leave()
        let end = try await guest.auditMark()
        let log = try await guest.root("cat $(ls -tr /var/log/audit/audit.log*)")
        let lines = log.split(separator: "\n").drop { !$0.contains(begin.text) }.prefix { !$0.contains(end.text) }
        try require(!lines.isEmpty, "the audit log cannot be read")
        let traces = lines.filter { $0.contains("\"gold\"") || $0.contains("auid=\(user) ") }
        try require(traces.isEmpty, "of gold's login there is:\n\(traces.joined(separator: "\n"))")
    }

    /// What silver's session has, as options of prlimit.
    private static let sessionLimits = """
        limits=$(prlimit -p $shell --raw --noheadings -o RESOURCE,HARD | grep -E '^(NPROC|FSIZE|AS) ' |
            while read -r name value; do echo --$(echo $name | tr A-Z a-z)=$value; done)
        """

    /// Forks and writes as silver, in the session's unit.
    ///
    /// - Parameter limits: a line of shell that sets the limits.
    private static func bombIsHeld(_ guest: Guest, limits: String) async throws {
        let bomb = try await guest.root(
            """
            shell=$(pgrep -x -u silver untosh)
            cat >/root/bomb <<'TEXT'
            echo $BASHPID >/sys/fs/cgroup/$1/cgroup.procs
            trap '' XFSZ
            cd /home/silver
            \(inside) bash -c 'for i in 1 2 3 4 5 6 7 8; do sleep 30 & done' 2>&1
            \(inside) dd if=/dev/zero of=big bs=64k count=64 2>&1
            echo size: $(stat -c %s big); rm -f big
            TEXT
            \(limits)
            prlimit $limits bash /root/bomb "$(cut -d: -f3 /proc/$shell/cgroup)" || true
            """)
        try require(bomb.contains("Resource temporarily unavailable"), "eight processes are no problem: \(bomb)")
        try require(bomb.contains("size: 1048576\n"), "a file has another size: \(bomb)")
    }

    /// Fills the disk as silver, out of SELinux' hands, which would let a chat user write next to nothing. Who has logged in
    /// before needs no space to do it again.
    static func fullDisk(_ guest: Guest, _: Laboratory) async throws {
        let door = try await OnionDoor(to: guest)
        try await door.login("copper").leave()
        let silver = try await door.login("silver")
        let gold = try await door.login("gold")
        do {
            let said = try await guest.root(filling)
            try require(said.contains("No space left on device"), "the disk is not full: \(said)")
            try await gold.startChat()
            try await gold.join("#lab")
            let copper = try await door.login("copper")
            try await copper.startChat()
            try await copper.join("#lab")
            try gold.session.send("the well is full\r")
            try await copper.session.expect(.screen("gold.*the well is full"), within: .seconds(60))
            for user in [gold, copper] { try await user.stopChat() }
            for user in [silver, gold, copper] { try await user.leave() }
            let left = try await guest.root("df --output=avail -k /home | tail -n 1 | tr -d ' '")
            try require(left.count < 5, "there was space again: \(left)")
        } catch {
            _ = try? await guest.ssh("root", emptying)
            throw error
        }
        try await guest.root(emptying)
    }

    /// Root's file leaves 16 MiB, and silver fills those.
    private static let filling = """
        free=$(df --output=avail -k /home | tail -n 1)
        fallocate -l $((free - 16384))K /home/filler
        cat >/root/fill <<'TEXT'
        echo $BASHPID >/sys/fs/cgroup/$1/cgroup.procs
        cd /home/silver; mkdir full; chown silver: full
        i=0
        while \(inside) dd if=/dev/zero of=full/$i bs=64k count=16 status=none 2>&1; do i=$((i + 1)); done
        echo files: $i
        TEXT
        prlimit --fsize=1048576 bash /root/fill "$(cut -d: -f3 /proc/$(pgrep -x -u silver untosh)/cgroup)" || true
        """

    private static let emptying = "rm -rf /home/filler /home/silver/full; sync"

    private static let inside = "setpriv --reuid=silver --regid=untochat --clear-groups --inh-caps=-all"

    private static let setEnv = ["-o", "SetEnv=LD_PRELOAD=/tmp/x FOO=bar LANG=tlh_KX.UTF-8"]

    /// A key agent of this machine's, and a display that nobody has.
    private static func withAgent(_ body: ([String: String]) async throws -> Void) async throws {
        let folder = FilePath("/tmp/untochat-agent-\(UInt32.random(in: 0 ... .max))")
        try Files.makeFolder(folder)
        let agent = try Companion(
            Command("ssh-agent", ["-D", "-a", folder.appending("socket").string]), log: folder.appending("log"))
        do {
            let started = ContinuousClock.now
            while !Files.exists(folder.appending("socket")), ContinuousClock.now - started < .seconds(10) {
                try await Task.sleep(for: .milliseconds(20))
            }
            try await body(["SSH_AUTH_SOCK": folder.appending("socket").string, "DISPLAY": "127.0.0.1:99"])
        } catch {
            await agent.end()
            try? Files.remove(folder)
            throw error
        }
        await agent.end()
        try Files.remove(folder)
    }

    /// Variables that sshd gives a session of chat users.
    private static let variables = [
        "HOME", "LANG", "LOGNAME", "MOTD_SHOWN", "PATH", "SHELL", "SSH_CLIENT", "SSH_CONNECTION", "SSH_TTY", "TERM",
        "TZ",
        "USER",
    ]

    private static func environmentIsOurs(_ guest: Guest, of program: String) async throws {
        let said = try await guest.root("tr '\\0' '\\n' </proc/$(pgrep -n -x \(program))/environ")
        let found = said.split(separator: "\n").map(String.init)
        try require(!found.isEmpty, "\(program) has no environment")
        for line in found {
            let name = line.prefix { $0 != "=" }
            try require(variables.contains(String(name)), "\(name) is in the environment:\n\(said)")
        }
        try require(found.contains("LANG=C.UTF-8") && found.contains("TZ=UTC"), "the environment is\n\(said)")
        let sockets = try await guest.root("ls -d /tmp/ssh-* 2>/dev/null || true")
        try require(sockets.isEmpty, "there is an agent's socket: \(sockets)")
    }

    /// Looks around as silver, without SELinux, in the mounts that `session` enters.
    private static func isAlone(_ guest: Guest, session: String) async throws {
        let processes = try await guest.root(
            "\(session) \(inside) sh -c 'stat -c %U /proc/[0-9]* 2>/dev/null' | sort -u")
        try require(processes == "silver\n", "silver sees processes of \(processes)")
        for path in ["/tmp/x", "/var/tmp/x", "/dev/shm/x"] {
            let write = try await guest.ssh("root", "\(session) \(inside) touch \(path)")
            try require(!write.succeeded, "silver sees \(path)")
        }
        for path in ["/etc/machine-id", "/usr/lib/os-release", "/etc/os-release"] {
            let read = try await guest.ssh("root", "\(session) \(inside) cat \(path)")
            try require(!read.succeeded || read.text.isEmpty, "silver sees \(path)")
        }
    }
}
