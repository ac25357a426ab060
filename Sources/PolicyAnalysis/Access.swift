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

    /// Pipes are not among them: like sockets they bear the type of the process that made them.
    private static let files: Set = ["file", "dir", "lnk_file", "chr_file", "blk_file", "sock_file"]
    private static let ofFiles = table([
        .read: ["getattr", "open", "read", "search", "ioctl", "lock", "map"],
        .write: ["write", "append", "create", "setattr", "add_name"],
        .remove: ["unlink", "rename", "remove_name", "rmdir", "reparent", "link"],
    ])
    /// Of another process. The last two come with entering a domain, and let nobody enter it alone.
    private static let ofProcesses = table([
        .enter: ["transition", "dyntransition", "siginh", "rlimitinh"],
        .signal: ["signal", "sigkill", "sigstop", "signull"],
        .endReport: ["sigchld"],
    ])

    init(of access: Access) {
        switch (access.objectClass, access.permission) {
        case ("process", let permission):
            self = access.source == access.target ? .ownProcess : Meaning.ofProcesses[permission] ?? .other
        case ("fd", "use"): self = .descriptor
        case ("file", "execute"): self = .run
        case ("file", "entrypoint"): self = .entrypoint
        case (let objectClass, let permission) where Meaning.files.contains(objectClass):
            self = Meaning.ofFiles[permission] ?? .other
        default: self = .other
        }
    }

    private static func table(_ meanings: [Meaning: [String]]) -> [String: Meaning] {
        meanings.reduce(into: [:]) { found, entry in
            for permission in entry.value { found[permission] = entry.key }
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
