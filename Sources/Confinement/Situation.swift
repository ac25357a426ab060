/// Text from outside, of which nothing is known: not that it is UTF-8, not that it is meant well.
public typealias Bytes = [UInt8]

/// Everything about a process that decides whether it may go on, as found at its start. A value: `System` fills it,
/// `examine` judges it, tests and fuzzers make their own.
public struct Situation: Sendable, Equatable {
    public var identity: Identity
    public var selinux: SELinux
    /// The arguments, the program's name first.
    public var arguments: [Bytes]
    /// Standard input, output and error, in this order; `nil` for what is no terminal.
    public var terminals: [Terminal?]
    public var environment: Environment
    /// The entry of the real user ID in /etc/passwd.
    public var account: Account?
    /// What the account's home is, a symbolic link not followed; `nil` when it cannot be found. The path that the
    /// environment gives is never touched: it is only compared.
    public var home: FileStatus?

    public init(
        identity: Identity, selinux: SELinux, arguments: [Bytes], terminals: [Terminal?], environment: Environment,
        account: Account?, home: FileStatus?
    ) {
        self.identity = identity
        self.selinux = selinux
        self.arguments = arguments
        self.terminals = terminals
        self.environment = environment
        self.account = account
        self.home = home
    }
}

/// The user and group IDs of a process.
public struct Identity: Sendable, Equatable {
    public var realUser: UInt32
    public var effectiveUser: UInt32
    public var savedUser: UInt32
    public var realGroup: UInt32
    public var effectiveGroup: UInt32
    public var savedGroup: UInt32
    /// Whether group 0 is among the supplementary groups.
    public var isInRootGroup: Bool

    public init(
        realUser: UInt32, effectiveUser: UInt32, savedUser: UInt32, realGroup: UInt32, effectiveGroup: UInt32,
        savedGroup: UInt32, isInRootGroup: Bool
    ) {
        self.realUser = realUser
        self.effectiveUser = effectiveUser
        self.savedUser = savedUser
        self.realGroup = realGroup
        self.effectiveGroup = effectiveGroup
        self.savedGroup = savedGroup
        self.isInRootGroup = isInRootGroup
    }

    /// One user and one group, three times each: what a login makes.
    public init(user: UInt32, group: UInt32) {
        self.init(
            realUser: user, effectiveUser: user, savedUser: user, realGroup: group, effectiveGroup: group,
            savedGroup: group, isInRootGroup: false)
    }
}

/// What SELinux says of the process.
public enum SELinux: Sendable, Equatable {
    case disabled
    case unreadable
    case context(Bytes)
}

/// Which terminal a descriptor is.
public struct Terminal: Sendable, Equatable {
    public var device: UInt64
    public var inode: UInt64
    public var number: UInt64
    /// Whether it is the controlling terminal of this session. Only then is a hang-up told by SIGHUP.
    public var isControlling: Bool

    public init(device: UInt64, inode: UInt64, number: UInt64, isControlling: Bool) {
        self.device = device
        self.inode = inode
        self.number = number
        self.isControlling = isControlling
    }
}

/// The four variables that are looked at. No other has any effect.
public enum Variable: Sendable, CaseIterable {
    case home, user, term, lang

    /// As in the environment.
    public var name: StaticString {
        switch self {
        case .home: "HOME"
        case .user: "USER"
        case .term: "TERM"
        case .lang: "LANG"
        }
    }
}

/// Every value the environment has for each variable: a program that takes the first and a program that takes the last
/// of two must not see different ones.
public struct Environment: Sendable, Equatable {
    public var home: [Bytes]
    public var user: [Bytes]
    public var term: [Bytes]
    public var lang: [Bytes]

    public init(home: [Bytes] = [], user: [Bytes] = [], term: [Bytes] = [], lang: [Bytes] = []) {
        self.home = home
        self.user = user
        self.term = term
        self.lang = lang
    }

    /// The values of one variable.
    public subscript(variable: Variable) -> [Bytes] {
        get {
            switch variable {
            case .home: home
            case .user: user
            case .term: term
            case .lang: lang
            }
        }
        set {
            switch variable {
            case .home: home = newValue
            case .user: user = newValue
            case .term: term = newValue
            case .lang: lang = newValue
            }
        }
    }

    /// Takes an entry `NAME=value` if its name is one of the four.
    public mutating func take(entry: Bytes) {
        for variable in Variable.allCases {
            let prefix = Bytes(variable.name) + [UInt8(ascii: "=")]
            if entry.starts(with: prefix) { self[variable].append(Bytes(entry.dropFirst(prefix.count))) }
        }
    }
}

/// What the passwd file says of a user.
public struct Account: Sendable, Equatable {
    public var name: Bytes
    public var home: Bytes
    /// The first part of the comment field (GECOS), cut at 127 bytes.
    public var realName: Bytes

    public init(name: Bytes, home: Bytes, realName: Bytes = []) {
        self.name = name
        self.home = home
        self.realName = realName
    }
}

/// The facts of a file that decide whether it is trusted.
public struct FileStatus: Sendable, Equatable {
    public enum Kind: Sendable, Equatable { case regular, directory, other }
    public var kind: Kind
    public var owner: UInt32
    /// The lower twelve bits of the mode.
    public var permissions: UInt32
    /// The number of names the file has.
    public var links: UInt64
    public var device: UInt64
    public var inode: UInt64

    public init(
        kind: Kind, owner: UInt32, permissions: UInt32, links: UInt64 = 1, device: UInt64 = 0, inode: UInt64 = 0
    ) {
        self.kind = kind
        self.owner = owner
        self.permissions = permissions
        self.links = links
        self.device = device
        self.inode = inode
    }

    /// Whether somebody else than the owner may change it.
    public var isWritableByOthers: Bool { permissions & 0o022 != 0 }
}

extension Array where Element == UInt8 {
    /// The bytes of a literal.
    public init(_ literal: StaticString) {
        self = literal.withUTF8Buffer { Array($0) }
    }
}
