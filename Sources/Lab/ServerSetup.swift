import Foundation
import ReleaseSupport
import SystemPackage

/// What a guest needs beside the packages so that the server's configuration can be tried in it.
///
/// The firewall is installed and not in force, so that other trials see what the other walls do alone; `arm` puts it into
/// force. The lab's way in is then a file of rules of its own, as an administrator would have one.
enum ServerSetup {
    /// Lets the lab in by the network card, and its administrator's forwarding to the sshd of chat users. Every rule bears
    /// the comment "lab".
    private static let rules = """
        insert rule inet untochat input iifname "en*" tcp dport 22 ct state new accept comment "lab"
        insert rule inet untochat loopback meta skuid "root" tcp dport 2022 ct state new accept comment "lab"

        """

    private static let rulesFile: FilePath = "/etc/untochat/firewall.d/lab.nft"

    /// Of Debian's network service, over what the package says of it.
    private static let disarmed: FilePath = "/etc/systemd/system/systemd-networkd.service.d/untochat.conf"

    /// What needs none of our packages: for an installation that brings them, and puts the firewall into force.
    static func prepareBare(_ root: GuestRoot) throws { try root.write(rules, to: rulesFile) }

    /// Called when the packages are installed.
    static func prepare(_ root: GuestRoot) async throws {
        try prepareBare(root)
        try await TorSetup.prepare(root)
        try Files.makeFolder(root.path(disarmed.removingLastComponent()))
        try await root.output("ln", ["-s", "/dev/null", disarmed.string])
    }

    /// What the lab needs of a guest that others have made a server of, so that its trials find what they look for: its way
    /// in through the firewall, and chat users who have the lab's key.
    static func adopt(_ guest: Guest) async throws {
        try await guest.root("cat >\(rulesFile)", input: Array(rules.utf8))
        let passwords = ReleaseImage.chatUsers.map { "\($0):\(ReleaseImage.password)\n" }.joined()
        for name in ReleaseImage.chatUsers {
            try await guest.root(
                """
                set -e
                useradd -m -s /opt/bin/untosh -g untochat \(name)
                cp -a /root/.ssh /home/\(name)/
                chown -R \(name):untochat /home/\(name)/.ssh
                chmod 700 /home/\(name) /home/\(name)/.ssh
                restorecon -RF /home/\(name)
                """)
        }
        try await guest.root("chpasswd", input: Array(passwords.utf8))
        try await guest.root("grep -qx /opt/bin/untosh /etc/shells || echo /opt/bin/untosh >>/etc/shells")
    }

    /// Puts firewall and sshd into force, now and for the next boot.
    static func arm(_ guest: Guest) async throws {
        try await guest.root(
            """
            set -e
            rm -f \(disarmed)
            systemctl daemon-reload
            systemctl -q enable untochat-firewall untochat-sshd
            systemctl start untochat-firewall untochat-sshd
            """)
    }

    /// Leaves a mistake in the rules for the next boot, and a service that writes down what came of it and mends it, as
    /// nobody can log in then.
    static func breakNextBoot(_ guest: Guest) async throws {
        try await guest.root(
            """
            set -e
            echo nonsense >/etc/untochat/firewall.d/zz.nft
            cat >/root/mend <<'TEXT'
            for unit in untochat-firewall systemd-networkd untochat-sshd; do
                echo "${unit#*-}: $(systemctl is-active $unit)"
            done | sed s/networkd/network/
            ip -br addr
            nft -s -u list ruleset | cat
            rm /etc/untochat/firewall.d/zz.nft
            systemctl start untochat-firewall systemd-networkd untochat-sshd
            systemctl disable lab-mend
            sync
            TEXT
            cat >/etc/systemd/system/lab-mend.service <<'TEXT'
            [Unit]
            After=multi-user.target ssh.service
            [Service]
            Type=oneshot
            ExecStart=/bin/bash /root/mend
            StandardOutput=file:/root/boot.log
            [Install]
            WantedBy=graphical.target multi-user.target
            TEXT
            systemctl daemon-reload
            systemctl -q enable lab-mend
            sync
            """)
    }
}

/// The way of a chat user to a guest: the sshd behind the onion service, over the administrator's connection instead of
/// Tor.
struct OnionDoor: Sendable {
    private let guest: Guest
    private let knownHosts: FilePath

    /// Reads the host key of the guest's sshd for chat users.
    init(to guest: Guest) async throws {
        self.guest = guest
        knownHosts = guest.folder.appending("known_hosts-onion")
        let key = try await guest.root("cat /etc/ssh/ssh_host_untochat_ed25519_key.pub")
        try Files.write("onion \(key)", to: knownHosts)
    }

    /// What ssh, scp and sftp are called with.
    var options: [String] {
        let shell = guest.shell
        let proxy = "ssh -F /dev/null -p \(shell.port) -o ControlPath=\(shell.control) -W 127.0.0.1:2022 root@127.0.0.1"
        return [
            "IdentityFile=\(shell.key)", "IdentitiesOnly=yes", "UserKnownHostsFile=\(knownHosts)",
            "GlobalKnownHostsFile=/dev/null", "HostKeyAlias=onion", "StrictHostKeyChecking=yes", "BatchMode=yes",
            "ConnectTimeout=60", "ProxyCommand=\(proxy)", "LogLevel=INFO", "ControlPath=none",
        ].flatMap { ["-o", $0] }
    }

    /// Runs ssh with `arguments` between its options and `user`@onion, and `command` after it.
    func ssh(
        _ user: String, _ arguments: [String] = [], command: [String] = [], environment: [String: String] = [:]
    ) async throws -> CommandResult {
        try await Command(
            "timeout", ["120", "ssh", "-F", "/dev/null"] + arguments + options + ["\(user)@onion"] + command
        ).with { $0.environment = environment }.run(.verify)
    }

    /// A login of `user` at a terminal.
    func session(
        _ user: String, _ arguments: [String] = [], environment: [String: String] = [:]
    ) throws -> Session {
        let ssh = Command("ssh", ["-F", "/dev/null", "-tt"] + arguments + options + ["\(user)@onion"])
            .with { $0.environment = environment.merging(["TERM": "xterm-256color"]) { first, _ in first } }
        return try Session(ssh, name: "the onion session of \(user)", log: guest.folder.appending("onion-\(user).log"))
    }

    /// Logs in and waits for the shell's prompt.
    func login(
        _ user: String, _ arguments: [String] = [], environment: [String: String] = [:]
    ) async throws -> Conversation {
        let conversation = Conversation(session: try session(user, arguments, environment: environment), user: user)
        try await conversation.prompt()
        return conversation
    }
}
