/// A line of /etc/passwd. Source: passwd(5).
public struct Account: Sendable, Equatable {
    public var name: String
    public var uid: UInt32
    public var gid: UInt32
    public var realName: String
    public var home: String
    public var shell: String

    public init(_ name: String, uid: UInt32, gid: UInt32, realName: String, home: String, shell: String) {
        self.name = name
        self.uid = uid
        self.gid = gid
        self.realName = realName
        self.home = home
        self.shell = shell
    }

    /// Whether the number is one of people, as login.defs has it everywhere.
    public var isOfPeople: Bool { uid >= 1000 && uid < 60000 }
}

/// Reads the tables that accounts stand in. Lines that make no sense are passed over.
public enum AccountTables {
    /// The first entry of this name in the text of /etc/passwd.
    public static func account(_ name: String, in passwd: String) -> Account? {
        for line in lines(passwd) {
            let field = fields(line)
            guard field.count == 7, field[0] == name, let uid = UInt32(field[2]), let gid = UInt32(field[3]) else {
                continue
            }
            return Account(name, uid: uid, gid: gid, realName: field[4], home: field[5], shell: field[6])
        }
        return nil
    }

    /// The number of a group in the text of /etc/group.
    public static func group(_ name: String, in groups: String) -> UInt32? {
        for line in lines(groups) {
            let field = fields(line)
            if field.count == 4, field[0] == name { return UInt32(field[2]) }
        }
        return nil
    }

    /// The groups that name the account as a member; its own is not among them.
    public static func memberships(of name: String, in groups: String) -> [String] {
        lines(groups).compactMap { line in
            let field = fields(line)
            guard field.count == 4 else { return nil }
            let members = field[3].utf8.split(separator: 0x2C)
            return members.contains { $0.elementsEqual(name.utf8) } ? field[0] : nil
        }
    }

    /// What a login of this name becomes, by a line of its own in the text of the policy's seusers: `name:user:range`.
    public static func mapping(of name: String, in seusers: String) -> String? {
        for line in lines(seusers) {
            let field = fields(line)
            if field.count >= 2, field[0] == name { return field[1] }
        }
        return nil
    }

    /// The policy that /etc/selinux/config names.
    public static func policy(in configuration: String) -> String? {
        let key = Array("SELINUXTYPE=".utf8)
        return lines(configuration).last { $0.utf8.starts(with: key) }.map { line in
            let value = line.utf8.dropFirst(key.count).filter { $0 != 0x20 && $0 != 0x09 }
            return String(decoding: value, as: UTF8.self)
        }
    }

    static func lines(_ text: String) -> [String] {
        text.utf8.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
    }

    static func fields(_ line: String) -> [String] {
        line.utf8.split(separator: 0x3A, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
    }
}

/// Names of the private instances of a directory that pam_namespace makes, so that those of one user are found and no
/// other's. Source: namespace.conf(5).
public enum PrivateInstance {
    /// Where instances lie: the second field of each line that is no comment.
    public static func prefixes(in configuration: String) -> [String] {
        AccountTables.lines(configuration).compactMap { line in
            let field = line.utf8.split { $0 == 0x20 || $0 == 0x09 }
            guard field.count >= 3, field[0].first == 0x2F, field[1].first == 0x2F else { return nil }
            return String(decoding: field[1], as: UTF8.self)
        }
    }

    /// Whether an instance of this name, without its prefix, is the user's: `USER`, or `CONTEXT_USER`, where a context is
    /// known by its colons, which names do not have, and its level has no underscore.
    public static func isOf(_ user: String, _ name: String) -> Bool {
        if name == user { return true }
        let parts = name.utf8.split(separator: 0x3A)
        guard parts.count >= 4, let last = parts.last, let cut = last.firstIndex(of: 0x5F) else { return false }
        return last[last.index(after: cut)...].elementsEqual(user.utf8)
    }
}
