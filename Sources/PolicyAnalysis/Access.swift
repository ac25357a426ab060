/// One thing that one type may do to another: a permission of a class of objects.
public struct Access: Hashable, Sendable, Comparable, CustomStringConvertible {
    public var source: String
    public var target: String
    public var objectClass: String
    public var permission: String

    public init(source: String, target: String, objectClass: String, permission: String) {
        self.source = source
        self.target = target
        self.objectClass = objectClass
        self.permission = permission
    }

    /// As a rule of the policy language.
    public var description: String {
        "allow \(source) \(source == target ? "self" : target):\(objectClass) \(permission);"
    }

    public static func < (one: Access, other: Access) -> Bool {
        (one.source, one.target, one.objectClass, one.permission)
            < (other.source, other.target, other.objectClass, other.permission)
    }
}

/// What an access means to somebody who asks what a domain may do. Every access has exactly one meaning; what has none
/// of the others is `other`, and must be expected word for word.
enum Meaning: Equatable {
    case read, write, remove, run, entrypoint, enter, signal, endReport, descriptor, ownProcess, other

    private static let files: Set = [
        "file", "dir", "lnk_file", "chr_file", "blk_file", "sock_file", "fifo_file",
    ]
    private static let reading: Set = ["getattr", "open", "read", "search", "ioctl", "lock", "map"]
    private static let writing: Set = ["write", "append", "create", "setattr", "add_name"]
    private static let removing: Set = ["unlink", "rename", "remove_name", "rmdir", "reparent", "link"]
    /// What comes with entering a domain and lets nobody enter it alone.
    private static let entering: Set = ["transition", "dyntransition", "siginh", "rlimitinh"]
    private static let signalling: Set = ["signal", "sigkill", "sigstop", "signull"]

    init(of access: Access) {
        let permission = access.permission
        if access.objectClass == "process" {
            self =
                access.source == access.target
                ? .ownProcess
                : Meaning.entering.contains(permission)
                    ? .enter : Meaning.signalling.contains(permission) ? .signal : permission == "sigchld" ? .endReport : .other
        } else if access.objectClass == "fd", permission == "use" {
            self = .descriptor
        } else if access.objectClass == "file", permission == "execute" {
            self = .run
        } else if access.objectClass == "file", permission == "entrypoint" {
            self = .entrypoint
        } else if Meaning.files.contains(access.objectClass) {
            self =
                Meaning.reading.contains(permission)
                ? .read : Meaning.writing.contains(permission) ? .write : Meaning.removing.contains(permission) ? .remove : .other
        } else {
            self = .other
        }
    }
}

/// Something that is not as it must be.
public struct Finding: Sendable, Hashable, Codable, Comparable, CustomStringConvertible {
    /// The domain or other thing that it is about.
    public let subject: String
    /// One sentence.
    public let what: String
    /// The rule of the policy that it comes from, where there is one.
    public let rule: String?

    init(_ subject: String, _ what: String, rule: String? = nil) {
        self.subject = subject
        self.what = what
        self.rule = rule
    }

    public var description: String { "\(subject): \(what)" + (rule.map { "\n    \($0)" } ?? "") }

    public static func < (one: Finding, other: Finding) -> Bool {
        (one.subject, one.what, one.rule ?? "") < (other.subject, other.what, other.rule ?? "")
    }
}
