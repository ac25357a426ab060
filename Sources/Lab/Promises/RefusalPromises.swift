import ReleaseSupport
import SystemPackage

/// What ssh can ask for beside a shell at a terminal, each refused; and the same asked of an ordinary sshd, which grants it.
enum RefusalPromises {
    static let promises: [LabPromise] =
        requests.map { request in
            .guest("refuse-\(request.id)", "\(request.name) is refused by the sshd of chat users") { guest, _ in
                let door = try await OnionDoor(to: guest)
                try request.judge(try await request.attempt(.onion(door), guest))
            }
        } + [
            .guest("refuse-fail", "the checks of refusals fail at an ordinary sshd, which grants what ours refuses") {
                guest, _ in
                // SELinux does not let Debian's sshd listen for others either; here sshd alone is to be seen.
                try await guest.root(
                    "setenforce 0; echo PermitTunnel yes >/etc/ssh/sshd_config.d/lab-tunnel.conf; systemctl reload ssh")
                for request in requests where request.isGrantedElsewhere {
                    try await requireFailure(of: "the check of \(request.name)", saying: request.name) {
                        try request.judge(try await request.attempt(.ordinary(guest), guest))
                    }
                }
                try await guest.root(
                    "setenforce 1; rm /etc/ssh/sshd_config.d/lab-tunnel.conf; systemctl reload ssh")
            },
            .guest("refuse-users", "root and an administrator do not get in by the sshd of chat users") { guest, _ in
                let door = try await OnionDoor(to: guest)
                for user in ["root", ReleaseImage.administrator] {
                    let outcome = try await door.ssh(user, ["-N"])
                    try require(
                        outcome.exitStatus == 255 && outcome.errorText.contains("Permission denied"),
                        "\(user): \(outcome.ending), \(outcome.errorText)")
                }
            },
        ]

    /// Which sshd is asked.
    enum Target {
        case onion(OnionDoor)
        case ordinary(Guest)

        /// ssh's options, and whom it logs in.
        var options: [String] {
            switch self {
            case .onion(let door): door.options
            case .ordinary(let guest): guest.shell.ordinaryOptions
            }
        }
        var login: String {
            switch self {
            case .onion: "silver@onion"
            case .ordinary: "root@127.0.0.1"
            }
        }
    }

    /// One thing that ssh can ask for.
    struct Request: Sendable {
        let id: String
        let name: String
        /// What ssh says when it was refused.
        let words: [String]
        /// Whether Debian's ordinary sshd grants it.
        var isGrantedElsewhere = true
        /// Whether ssh itself goes on, as where only one channel of several was refused.
        var mayEndWell = false
        /// Asks for it.
        let attempt: @Sendable (Target, Guest) async throws -> CommandResult

        func judge(_ outcome: CommandResult) throws {
            let said = outcome.text + outcome.errorText
            try require(
                (mayEndWell || !outcome.succeeded) && !said.contains("through\n")
                    && words.contains { said.contains($0) },
                "\(name) is not refused: \(outcome.ending), \(said.suffix(600))")
        }
    }

    private static func ssh(
        _ arguments: [String], command: [String] = []
    ) -> @Sendable (Target, Guest) async throws -> CommandResult {
        { target, _ in
            try await Command(
                "timeout", ["90", "ssh", "-F", "/dev/null"] + arguments + target.options + [target.login] + command
            ).run(.verify)
        }
    }

    /// Runs scp or sftp, which take ssh's options.
    private static func transfer(
        _ program: String, _ arguments: [String], input: String = ""
    ) -> @Sendable (Target, Guest) async throws -> CommandResult {
        { target, guest in
            let file = guest.folder.appending("transfer")
            try Files.write("a line\n", to: file)
            let words = arguments.map { word in
                word == "FILE"
                    ? file.string : word == "LOGIN" ? target.login : word.replacing("LOGIN", with: target.login)
            }
            return try await Command("timeout", ["90", program, "-F", "/dev/null"] + target.options + words)
                .with { $0.input = Array(input.utf8) }.run(.verify)
        }
    }

    private static let rsync: @Sendable (Target, Guest) async throws -> CommandResult = { target, guest in
        let file = guest.folder.appending("transfer")
        try Files.write("a line\n", to: file)
        // One option a word of its own: rsync splits what it starts at blanks.
        let words = (["ssh", "-F", "/dev/null"] + target.options).map(Guest.quoted).joined(separator: " ")
        return try await Command("timeout", ["90", "rsync", "-e", words, file.string, "\(target.login):copied"])
            .run(.verify)
    }

    /// Lets ssh listen here, goes through that with bash, and reports what came out: "through" where something answered.
    private static func tunnel(
        _ option: String, _ argument: @escaping @Sendable (Int) -> String, talk: String
    ) -> @Sendable (Target, Guest) async throws -> CommandResult {
        { target, _ in
            let port = try Loopback.freePort()
            // The shell that ssh starts when it is logged in; with it ssh ends.
            let probe =
                "(bash -c 'exec 3<>/dev/tcp/127.0.0.1/\(port) && \(talk)' && echo through >&2; kill $PPID) &"
            return try await Command(
                "timeout",
                ["90", "ssh", "-F", "/dev/null", "-N", option, argument(port), "-o", "PermitLocalCommand=yes", "-o"]
                    + ["LocalCommand=\(probe)"] + target.options + [target.login]
            ).run(.verify)
        }
    }

    private static let requests: [Request] = [
        Request(
            id: "command", name: "a command", words: ["arguments are not allowed"], isGrantedElsewhere: true,
            attempt: ssh([], command: ["id"])),
        Request(
            id: "scp", name: "scp", words: ["subsystem request failed"],
            attempt: transfer("scp", ["FILE", "LOGIN:copied"])),
        Request(
            id: "scp-old", name: "scp of old", words: ["arguments are not allowed"],
            attempt: transfer("scp", ["-O", "FILE", "LOGIN:copied"])),
        Request(
            id: "sftp", name: "sftp", words: ["subsystem request failed"],
            attempt: transfer("sftp", ["LOGIN"], input: "pwd\n")),
        Request(
            // There is no rsync in a guest, as there need be none: another sshd would start it.
            id: "rsync", name: "rsync", words: ["arguments are not allowed"], attempt: rsync),
        Request(
            id: "subsystem", name: "a subsystem", words: ["subsystem request failed"], isGrantedElsewhere: false,
            attempt: ssh(["-s"], command: ["netconf"])),
        Request(
            id: "W", name: "-W", words: ["administratively prohibited", "stdio forwarding failed"],
            attempt: ssh(["-W", "127.0.0.1:2022"])),
        Request(
            id: "L", name: "-L", words: ["administratively prohibited"], mayEndWell: true,
            attempt: tunnel("-L", { "\($0):127.0.0.1:2022" }, talk: "read -r -t 60 -u 3 line")),
        Request(
            id: "D", name: "-D", words: ["administratively prohibited"], mayEndWell: true,
            attempt: tunnel(
                "-D", { "\($0)" },
                talk: #"printf "\5\1\0\5\1\0\1\177\0\0\1\7\346" >&3; LC_ALL=C read -r -t 60 -N 14 -u 3 line"#)),
        Request(
            id: "R", name: "-R", words: ["remote port forwarding failed"],
            attempt: ssh(["-o", "ExitOnForwardFailure=yes", "-R", "127.0.0.1:7001:127.0.0.1:1"], command: ["true"])),
        Request(
            id: "R-unix", name: "-R to a socket file", words: ["remote port forwarding failed"],
            attempt: ssh(["-o", "ExitOnForwardFailure=yes", "-R", "/run/lab.sock:127.0.0.1:1"], command: ["true"])),
        Request(
            // ssh itself says the same of a server that has no such device; this is the server's own word.
            id: "w", name: "-w", words: ["Server has rejected tunnel device forwarding"],
            attempt: ssh(["-v", "-N", "-o", "ExitOnForwardFailure=yes", "-w", "any:any"])),
    ]
}

extension SecureShell {
    /// What ssh is called with for a connection of its own.
    var ordinaryOptions: [String] {
        [
            "Port=\(port)", "IdentityFile=\(key)", "IdentitiesOnly=yes", "UserKnownHostsFile=\(knownHosts)",
            "GlobalKnownHostsFile=/dev/null", "HostKeyAlias=guest", "StrictHostKeyChecking=yes", "BatchMode=yes",
            "ConnectTimeout=60", "LogLevel=INFO", "ControlPath=none",
        ].flatMap { ["-o", $0] }
    }
}
