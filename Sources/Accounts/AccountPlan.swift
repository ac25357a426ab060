/// What kind of account is wanted.
public enum AccountKind: Sendable, Equatable {
    case chatUser
    /// Staff administrators become root by sudo alone; the others are not confined.
    case administrator(isStaff: Bool)

    public var shell: String { self == .chatUser ? "/opt/bin/untosh" : "/bin/bash" }

    /// As which SELinux user it logs in, and the range of levels.
    public var mapping: (user: String, range: String) {
        switch self {
        case .chatUser: ("untochat_u", "s0")
        case .administrator(true): ("staff_u", "s0-s0:c0.c1023")
        case .administrator(false): ("unconfined_u", "s0-s0:c0.c1023")
        }
    }

    public var mark: String { self == .chatUser ? Mark.addingUser : Mark.addingAdministrator }

    /// The group of all chat users.
    public static let chatGroup = "untochat"
    /// Groups whose members administer; the first that there is gets new ones.
    public static let administrators = ["wheel", "sudo"]
}

/// What is known of a name before anything is done.
public struct AccountFacts: Sendable, Equatable {
    public var account: Account?
    /// Groups that name it as a member.
    public var memberships: [String]
    /// The SELinux user that it is mapped to by name.
    public var mapping: String?
    public var hasGroupOfItsName: Bool
    public var homeExists: Bool
    /// The number of the group of chat users.
    public var chatGroup: UInt32?
    /// The group of administrators.
    public var administratorGroup: String?
    public var shellExists: Bool

    public init(
        account: Account? = nil, memberships: [String] = [], mapping: String? = nil, hasGroupOfItsName: Bool = false,
        homeExists: Bool = false, chatGroup: UInt32? = nil, administratorGroup: String? = nil, shellExists: Bool = true
    ) {
        self.account = account
        self.memberships = memberships
        self.mapping = mapping
        self.hasGroupOfItsName = hasGroupOfItsName
        self.homeExists = homeExists
        self.chatGroup = chatGroup
        self.administratorGroup = administratorGroup
        self.shellExists = shellExists
    }
}

/// One step of adding. Each is done again without harm where it was done already.
public enum AdditionStep: String, Sendable, Equatable, CaseIterable {
    /// The account: locked, expired and marked.
    case create = "making the account"
    case map = "mapping the login"
    case home = "making the home"
    case limit = "limiting the home"
    case key = "writing the key"
    case password = "setting the password"
    case expire = "letting the password expire"
    case verify = "verifying"
    /// It can log in from here on.
    case enable = "enabling the account"
    /// The mark goes.
    case finish = "naming the account"
}

/// One step of removing, in the order in which they are done. What is of the user's is found by the user's number, so the
/// account goes last: until then nobody else gets the number, and whoever is interrupted runs the same command again.
public enum RemovalStep: String, Sendable, Equatable, CaseIterable {
    case lock = "locking the account"
    case processes = "ending the processes"
    case jobs = "removing jobs"
    case messages = "removing IPC objects"
    case temporary = "removing temporary files"
    case mail = "removing mail"
    case home = "removing the home"
    case map = "removing the login mapping"
    /// A login that had begun before the account was locked.
    case latecomers = "ending late processes"
    case account = "removing the account"
    case verify = "verifying"
}

/// Why nothing is done.
public struct AccountRefusal: Error, Sendable, Equatable { public let reason: String }

public enum AccountPlan {
    /// The steps of adding. An account that an interrupted run has left is completed by all of them.
    public static func adding(
        _ name: String, _ kind: AccountKind, _ facts: AccountFacts, hasKey: Bool, hasPassword: Bool, expires: Bool
    ) throws(AccountRefusal) -> [AdditionStep] {
        if let fault = AccountName.fault(in: name) { throw AccountRefusal(reason: fault) }
        guard facts.shellExists else { throw AccountRefusal(reason: kind.shell + " is not installed") }
        if kind == .chatUser, facts.chatGroup == nil {
            throw AccountRefusal(reason: "there is no group " + AccountKind.chatGroup + "; run systemd-sysusers")
        }
        if kind != .chatUser, facts.administratorGroup == nil {
            throw AccountRefusal(reason: "there is no group wheel")
        }
        if let account = facts.account {
            guard account.realName != Mark.removing else {
                throw AccountRefusal(reason: "it is half removed; run untochat-remove-user " + name)
            }
            guard account.realName == kind.mark, account.isOfPeople else {
                throw AccountRefusal(reason: "there is an account of this name")
            }
        } else if facts.hasGroupOfItsName {
            throw AccountRefusal(reason: "there is a group of this name")
        } else if facts.homeExists {
            throw AccountRefusal(reason: "there is a home of this name already")
        }
        return AdditionStep.allCases.filter { step in
            switch step {
            case .key: hasKey
            case .password: hasPassword
            case .expire: expires
            case .limit: kind == .chatUser
            default: true
            }
        }
    }

    /// The steps of removing. Only chat users are removed, whole or half.
    public static func removing(
        _ name: String, _ facts: AccountFacts, keepsHome: Bool
    ) throws(AccountRefusal) -> [RemovalStep] {
        guard let account = facts.account else { throw AccountRefusal(reason: "there is no account of this name") }
        guard account.isOfPeople else { throw AccountRefusal(reason: "it is an account of the system") }
        let powers = AccountKind.administrators + ["root", "adm", "disk", "shadow"]
        guard !facts.memberships.contains(where: { powers.contains($0) }), account.gid >= 100,
            account.realName != Mark.addingAdministrator
        else { throw AccountRefusal(reason: "it is an administrator") }
        guard facts.mapping == nil || facts.mapping == AccountKind.chatUser.mapping.user else {
            throw AccountRefusal(reason: "it is an administrator: its logins are " + (facts.mapping ?? ""))
        }
        guard account.shell == AccountKind.chatUser.shell else { throw AccountRefusal(reason: "it is no chat user") }
        guard account.home == "/home/" + name else { throw AccountRefusal(reason: "its home is not /home/" + name) }
        return RemovalStep.allCases
    }
}

/// Does and undoes single steps of adding.
public protocol AccountAdder: ~Copyable {
    /// Gives the reason of a failure, or `nil`.
    mutating func perform(_ step: AdditionStep) -> String?
    /// Makes what adding has made unmade, whatever of it is there. Gives what is left, or `nil`.
    mutating func undo() -> String?
}

/// Does single steps of removing.
public protocol AccountRemover: ~Copyable {
    /// Gives the reason of a failure, or `nil`.
    mutating func perform(_ step: RemovalStep) -> String?
}

/// How it went.
public enum AccountOutcome: Sendable, Equatable {
    case done
    /// Nothing is left of what was begun.
    case undone(String)
    /// It stands half done.
    case unfinished(String)
}

extension AccountAdder where Self: ~Copyable {
    /// All steps, or none.
    public mutating func carryOut(_ steps: [AdditionStep]) -> AccountOutcome {
        for step in steps {
            guard let reason = perform(step) else { continue }
            let failure = step.rawValue + " failed: " + reason
            guard let left = undo() else { return .undone(failure) }
            return .unfinished(failure + "; taking back failed: " + left)
        }
        return .done
    }
}

extension AccountRemover where Self: ~Copyable {
    /// Step by step, up to the first that fails. Removing cannot be taken back.
    public mutating func carryOut(_ steps: [RemovalStep]) -> AccountOutcome {
        for step in steps {
            if let reason = perform(step) { return .unfinished(step.rawValue + " failed: " + reason) }
        }
        return .done
    }
}
