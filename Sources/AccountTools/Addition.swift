import Accounts
import AdminSupport
import CAdminTools

/// Makes an account step by step.
struct Addition: AccountAdder, ~Copyable {
    let subject: Subject
    let kind: AccountKind
    /// What it is called in the end.
    let realName: String
    let key: String?
    /// "NAME:PASSWORD", as chpasswd reads it.
    let password: Secret?

    private var name: String { subject.name }

    /// What a chat user's home may hold, in bytes and files, where the file system limits it: configuration and a lock.
    private static let homeLimit: UInt64 = 16 << 20
    private static let fileLimit: UInt64 = 256

    mutating func perform(_ step: AdditionStep) -> String? {
        switch step {
        case .create: return create()
        case .map: return map()
        case .home: return makeHome()
        case .limit:
            guard let account = subject.account else { return "the account is gone" }
            return fault(cadmin_limit("/home", account.uid, Addition.homeLimit, Addition.fileLimit))
        case .key: return putKey()
        case .password:
            switch password {
            case .some(let password): return run("/usr/sbin/chpasswd", [], input: password.bytes)
            case .none: return "there is no password"
            }
        case .expire: return run("/usr/bin/chage", ["--lastday", "0", name])
        case .verify: return verify(realName: kind.mark)
        case .enable: return run("/usr/bin/chage", ["--expiredate", "-1", name])
        case .finish: return run("/usr/sbin/usermod", ["--comment", realName, name]) ?? verify(realName: realName)
        }
    }

    /// Nothing of the skeleton, no mail, no group of its own, no ranges of numbers for containers.
    private func create() -> String? {
        // Of an interrupted run.
        if subject.account != nil { return nil }
        let group =
            kind == .chatUser ? ["--no-user-group", "--gid", AccountKind.chatGroup] : ["--user-group"]
        let powers = kind == .chatUser ? nil : subject.facts(kind).administratorGroup
        let failure = run(
            "/usr/sbin/useradd",
            ["--no-create-home", "--home-dir", subject.home, "--shell", kind.shell, "--comment", kind.mark]
                + ["--expiredate", "1970-01-02", "-K", "SUB_UID_COUNT=0", "-K", "SUB_GID_COUNT=0"] + group
                + (powers.map { ["--groups", $0] } ?? []) + [name])
        guard failure == nil else { return failure }
        return removeMail(of: name)
    }

    private func map() -> String? {
        let (user, range) = kind.mapping
        if subject.mapping == user { return nil }
        return semanageLogin([subject.mapping == nil ? "-a" : "-m", "-s", user, "-r", range, name])
    }

    private func makeHome() -> String? {
        guard let account = subject.account else { return "the account is gone" }
        return fault(cadmin_make_folder(subject.home, account.uid, account.gid, 0o700)) ?? label()
    }

    private func label() -> String? {
        Subject.isConfined ? run("/usr/sbin/restorecon", ["-RF", subject.home]) : nil
    }

    private func putKey() -> String? {
        guard let account = subject.account, let key else { return "there is no key" }
        let bytes = [UInt8](key.utf8)
        let folder = subject.home + "/.ssh"
        let status = cadmin_make_folder(folder, account.uid, account.gid, 0o700)
        guard status == 0 else { return fault(status) }
        let written = cadmin_write_file(
            folder + "/authorized_keys", bytes, bytes.count, account.uid, account.gid)
        return fault(written) ?? label()
    }

    /// Whether everything is as it was wanted, whoever did it.
    private func verify(realName: String) -> String? {
        let facts = subject.facts(kind)
        guard let account = facts.account else { return "there is no account" }
        guard account.shell == kind.shell, account.home == subject.home, account.realName == realName,
            account.isOfPeople
        else { return "the account is not as wanted" }
        let group = kind == .chatUser ? facts.chatGroup : AccountTables.group(name, in: text(of: "/etc/group"))
        guard account.gid == group else { return "the account has another group" }
        guard facts.memberships == (kind == .chatUser ? [] : [facts.administratorGroup].compactMap { $0 }) else {
            return "the account is in other groups"
        }
        guard facts.mapping == kind.mapping.user else { return "logins are not mapped to " + kind.mapping.user }
        return verifyHome(account)
    }

    private func verifyHome(_ account: Account) -> String? {
        var found = cadmin_facts()
        guard cadmin_facts_of(subject.home, &found) == 0, found.kind == CADMIN_OTHER.rawValue,
            found.owner == account.uid, found.permissions == 0o700
        else { return "the home is not the account's alone" }
        guard Subject.isConfined else { return nil }
        var buffer = [UInt8](repeating: 0, count: 256)
        let count = cadmin_label(subject.home, &buffer, buffer.count)
        let label = count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : ""
        let fields = label.utf8.split(separator: 0x3A)
        guard fields.count >= 3, fields[0].elementsEqual(kind.mapping.user.utf8),
            fields[2].elementsEqual("user_home_dir_t".utf8)
        else { return "the home is labelled " + label }
        return nil
    }

    /// The account goes last: as long as it stands, its mark says what is going on.
    mutating func undo() -> String? {
        if let left = fault(cadmin_remove_tree(subject.home)) { return left }
        if subject.mapping != nil, let left = semanageLogin(["-d", name]) { return left }
        guard let account = subject.account, account.realName == kind.mark || account.realName == realName else {
            return nil
        }
        return run("/usr/sbin/userdel", [name])
    }
}

/// Fedora's useradd makes an empty one.
func removeMail(of name: String) -> String? {
    fault(cadmin_remove_tree("/var/mail/" + name)) ?? fault(cadmin_remove_tree("/var/spool/mail/" + name))
}
