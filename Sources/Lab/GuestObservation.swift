import ReleaseSupport
public import SystemPackage

/// A moment in a guest's audit log.
public struct AuditMark: Sendable {
    let text: String
}

/// What can be seen of a guest from outside its chat users' sessions.
extension Guest {
    /// The journal since the last boot.
    public func journal() async throws -> String { try await root("journalctl -b --no-pager") }

    /// Marks the present end of the audit log.
    public func auditMark() async throws -> AuditMark {
        let mark = AuditMark(text: "untochat-lab-\(UInt64.random(in: 0 ... .max))")
        // The kernel hands it to the daemon, and the daemon writes: when the mark is in the file, so is what came before.
        try await root(
            """
            auditctl -m \(mark.text) >/dev/null
            timeout 60 sh -c 'until grep -qs \(mark.text) /var/log/audit/audit.log; do sleep 0.1; done'
            """)
        return mark
    }

    /// What SELinux refused to our domains, or to others on our files, since `mark`; nil for all that is in the log.
    ///
    /// - Parameter toAnybody: what it refused to all others, too.
    public func auditDenials(since mark: AuditMark? = nil, toAnybody: Bool = false) async throws -> [String] {
        let end = try await auditMark()
        let log = try await root("cat $(ls -tr /var/log/audit/audit.log*)")
        return AuditLog.denials(in: log, after: mark?.text, before: end.text, toAnybody: toAnybody)
    }

    /// The SELinux context of every process named `name`, with its user: `silver untochat_u:untochat_r:untochat_t:s0`.
    public func contexts(of name: String) async throws -> [String] {
        // By pgrep's list of one name; ps ends with status 1 where there is none.
        let said = try await ssh("root", "ps -o user:32=,label= -C \(Self.quoted(name))").text
        return said.split(separator: "\n").map { line in
            line.split(separator: " ").joined(separator: " ")
        }.sorted()
    }

    /// The type in the label of a file.
    public func type(of path: String) async throws -> String {
        let label = try await root("stat -c %C \(Self.quoted(path))")
        let fields = label.split(whereSeparator: { $0 == ":" || $0.isNewline })
        return fields.count > 2 ? String(fields[2]) : label
    }

    /// Keeps what tells how a test went wrong: console, QEMU's words, sessions, and from inside, if it still answers,
    /// journal and audit log.
    public func collectEvidence(into folder: FilePath) async {
        try? Files.makeFolder(folder)
        for name in (try? Files.names(in: self.folder)) ?? [] where name.hasSuffix(".log") || name.hasSuffix(".pcap") {
            try? Files.copy(self.folder.appending(name), to: folder.appending(name))
        }
        let inside = [
            "journal.log": "journalctl -b --no-pager", "audit.log": "cat $(ls -tr /var/log/audit/audit.log*)",
            "processes.log": "ps -eo pid,ppid,user:16,label:60,args",
        ]
        for (name, command) in inside {
            guard let result = try? await ssh("root", "timeout 60 sh -c \(Self.quoted(command))") else { continue }
            try? Files.write(result.output, to: folder.appending(name))
        }
    }
}

/// Reads the audit log. Pure.
enum AuditLog {
    /// Types and users of ours; passwd_t counts where a chat user runs it.
    static let ours = ["untochat", "untosh", "irssius", "ngircdus"]
    /// A decision of SELinux, the kernel's or a program's, and contexts that it found impossible.
    private static let kinds = ["type=AVC ", "type=USER_AVC ", "type=SELINUX_ERR ", "type=USER_SELINUX_ERR "]

    /// The lines in which something of ours, or of anybody's, was refused, between two marks.
    static func denials(in log: String, after: String?, before: String?, toAnybody: Bool = false) -> [String] {
        var lines = log.split(separator: "\n")[...]
        if let after, let index = lines.lastIndex(where: { $0.contains(after) }) { lines = lines[(index + 1)...] }
        if let before, let index = lines.firstIndex(where: { $0.contains(before) }) { lines = lines[..<index] }
        return lines.filter { line in
            kinds.contains { line.hasPrefix($0) } && !line.contains("avc:  granted")
                && (toAnybody || ours.contains { contexts(of: line).contains($0) })
        }.map(String.init)
    }

    /// The parts of a line that name contexts: paths and commands are anybody's to choose.
    private static func contexts(of line: Substring) -> String {
        line.split(separator: " ").filter { $0.contains("context=") }.joined(separator: " ")
    }
}
