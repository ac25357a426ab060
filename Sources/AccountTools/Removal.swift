import Accounts
import AdminSupport
import CAdminTools

/// Removes a chat user step by step.
struct Removal: AccountRemover, ~Copyable {
    let subject: Subject
    let account: Account
    let keepsHome: Bool

    private var name: String { subject.name }

    mutating func perform(_ step: RemovalStep) -> String? {
        switch step {
        case .lock:
            return run(
                "/usr/sbin/usermod", ["--lock", "--expiredate", "1970-01-02", "--comment", Mark.removing, name])
        case .processes, .latecomers: return fault(cadmin_end_processes(account.uid))
        case .jobs: return removeJobs()
        case .messages: return fault(cadmin_remove_messages(account.uid))
        case .temporary: return removeTemporary()
        case .mail: return removeMail(of: name)
        case .home:
            // Kept, it is root's: the number can become somebody else's.
            return fault(keepsHome ? cadmin_give_to_root(subject.home) : cadmin_remove_tree(subject.home))
        case .map: return subject.mapping == nil ? nil : semanageLogin(["-d", name])
        case .account: return run("/usr/sbin/userdel", [name])
        case .verify: return verify()
        }
    }

    /// Of cron, at and systemd, wherever the distribution keeps them.
    private func removeJobs() -> String? {
        for path in ["/var/spool/cron/", "/var/spool/cron/crontabs/", "/var/lib/systemd/linger/"] {
            if let failure = fault(cadmin_remove_tree(path + name)) { return failure }
        }
        for path in ["/var/spool/at", "/var/spool/at/spool", "/var/spool/cron/atjobs", "/var/spool/cron/atspool"] {
            if let failure = fault(cadmin_remove_owned(path, account.uid)) { return failure }
        }
        return nil
    }

    private func removeTemporary() -> String? {
        for path in ["/tmp", "/var/tmp", "/run/lock"] {
            if let failure = fault(cadmin_remove_owned(path, account.uid)) { return failure }
        }
        var configuration = text(of: "/etc/security/namespace.conf")
        for file in Files.names(in: "/etc/security/namespace.d") {
            configuration += "\n" + text(of: "/etc/security/namespace.d/" + file)
        }
        for prefix in PrivateInstance.prefixes(in: configuration) {
            // The last part of it is what the names begin with: nothing, if it ends with a slash.
            guard let cut = prefix.utf8.lastIndex(of: 0x2F) else { continue }
            let folder = String(prefix[...cut])
            let start = prefix.utf8[prefix.utf8.index(after: cut)...]
            for instance in Files.names(in: folder) where instance.utf8.starts(with: start) {
                let rest = String(decoding: instance.utf8.dropFirst(start.count), as: UTF8.self)
                guard PrivateInstance.isOf(name, rest) else { continue }
                if let failure = fault(cadmin_remove_tree(folder + instance)) { return failure }
            }
        }
        return nil
    }

    private func verify() -> String? {
        guard subject.account == nil else { return "the account is still there" }
        guard subject.memberships.isEmpty else { return "a group still names it" }
        guard subject.mapping == nil else { return "its login mapping is still there" }
        guard keepsHome || !cadmin_exists(subject.home) else { return "its home is still there" }
        return fault(cadmin_end_processes(account.uid))
    }
}

/// Folders as lists of names.
enum Files {
    static func names(in folder: String) -> [String] {
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = cadmin_list(folder, &buffer, buffer.count)
        guard count > 0 else { return [] }
        return buffer[..<count].split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }
}
