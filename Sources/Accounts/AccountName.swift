/// What an account on a chat server may be called: what every IRC client and server takes as a nickname, too.
public enum AccountName {
    /// In bytes.
    public static let limit = 16

    /// Names that mean something to IRC, to SELinux or to the system, whether or not they have an account here.
    static let reserved = [
        "root", "admin", "administrator", "daemon", "operator", "server", "localhost", "irc", "nobody", "wheel", "sudo",
        "untochat", "untosh", "irssius", "ngircdus", "tor", "toranon", "sshd", "mail", "ftp", "www-data", "adm", "all",
        "nickserv", "chanserv", "memoserv", "operserv", "global", "anonymous", "guest", "user", "users", "default",
        "system_u", "root_u", "user_u", "staff_u", "sysadm_u", "guest_u", "xguest_u", "unconfined_u", "untochat_u",
    ]

    /// Why the name is not taken, or `nil`.
    public static func fault(in name: String) -> String? {
        let bytes = [UInt8](name.utf8)
        guard let first = bytes.first else { return "a name is missing" }
        guard bytes.count <= limit else { return "the name is longer than " + String(limit) + " characters" }
        guard isLetter(first), bytes.allSatisfy({ isLetter($0) || isDigit($0) || $0 == 0x5F || $0 == 0x2D }) else {
            return "a name is a small letter, then small letters, digits, _ and -"
        }
        return reserved.contains(name) ? "the name is reserved" : nil
    }

    private static func isLetter(_ byte: UInt8) -> Bool { byte >= 0x61 && byte <= 0x7A }
    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
}

/// What is shown beside the name, to every other user. It is a field of /etc/passwd.
public enum RealName {
    /// What tells nothing.
    public static let neutral = "Unknown"

    /// Why the text is not taken, or `nil`.
    public static func fault(in text: String) -> String? {
        guard text.utf8.count <= 64, !text.isEmpty else { return "a real name has 1 to 64 bytes" }
        // A comma ends the name where its other parts follow.
        guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F && $0 != 0x3A && $0 != 0x2C }) else {
            return "a real name has no colon, comma or control character"
        }
        return Mark.all.contains(text) ? "the real name is reserved" : nil
    }
}

/// What stands in place of the real name while an account is half made or half removed. It is the first thing that is
/// written and the last that goes, so whoever comes after an interruption knows what was going on.
public enum Mark {
    public static let addingUser = "(being added)"
    public static let addingAdministrator = "(administrator being added)"
    public static let removing = "(being removed)"
    static let all = [addingUser, addingAdministrator, removing]
}
