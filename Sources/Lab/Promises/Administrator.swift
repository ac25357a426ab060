import ReleaseSupport

/// The administrator of a guest at work, who logs in as a person and becomes root by sudo.
enum Administrator {
    private static let name = ReleaseImage.administrator
    /// What every tool must run as: nothing confines an administrator, and no base policy puts the tools elsewhere.
    static let domain = "root unconfined_u:unconfined_r:unconfined_t:s0-s0:c0.c1023"

    /// Lets the administrator in by key, and lets sudo ask for no password.
    static func prepare(_ guest: Guest) async throws {
        try await guest.root(
            """
            set -e
            mkdir -p /home/\(name)/.ssh
            cp /root/.ssh/authorized_keys /home/\(name)/.ssh/
            chown -R \(name): /home/\(name)/.ssh
            restorecon -RF /home/\(name)
            echo '\(name) ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/lab
            chmod 440 /etc/sudoers.d/lab
            """)
    }

    /// Runs one of the tools by sudo, without a terminal.
    static func sudo(
        _ guest: Guest, _ tool: String, _ arguments: String, input: String = ""
    ) async throws -> CommandResult {
        try await guest.ssh(name, "sudo -n /opt/sbin/\(tool) \(arguments)", input: Array(input.utf8))
    }

    /// Runs one of the tools by sudo at a terminal.
    static func session(_ guest: Guest, _ tool: String, _ arguments: String = "") async throws -> Session {
        try await guest.session(name, command: "sudo -n /opt/sbin/\(tool) \(arguments)")
    }

    /// Complains unless the tool, which waits for an answer now, runs where it must.
    static func requireDomain(of tool: String, in guest: Guest) async throws {
        // The kernel keeps 15 bytes of a name.
        let found = try await guest.contexts(of: String(tool.prefix(15)))
        try require(found == [domain], "\(tool) runs as \(found)")
    }

    /// Complains unless the tool has ended well and said `words`.
    static func requireDone(_ result: CommandResult, saying words: String) throws {
        try require(
            result.exitStatus == 0 && result.text.contains(words),
            "\(result.ending): \(result.text)\(result.errorText)")
    }

    /// Complains unless the tool has refused and said `words`.
    static func requireRefused(_ result: CommandResult, saying words: String) throws {
        try require(
            result.exitStatus == 1 && (result.text + result.errorText).contains(words),
            "\(result.ending): \(result.text)\(result.errorText)")
    }

    /// Complains of whatever SELinux has refused since `mark` in an administrator's session: to the tools, and to the
    /// programs that they start, which have domains of their own.
    static func requireNoDenial(in guest: Guest, since mark: AuditMark) async throws {
        let denials = refusals(in: try await guest.auditDenials(since: mark, toAnybody: true))
        try require(denials.isEmpty, "SELinux refused:\n" + denials.joined(separator: "\n"))
    }

    /// Of these lines of the audit log, those that are about an administrator's session.
    static func refusals(in lines: [String]) -> [String] {
        lines.filter { line in
            ["unconfined_u", "staff_u"].contains { line.contains("scontext=\($0):") }
                && !others.contains { line.contains("comm=\"\($0)\"") }
        }
    }

    /// Debian's policy refuses semanage, whoever starts it, to label copies of its store as the store was; it is content
    /// with that. cryptsetup is started by trials alone.
    private static let others = ["semanage", "cryptsetup"]
}
