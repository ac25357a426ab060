/// What a confined program must find at its start.
public struct Requirements: Sendable {
    /// The SELinux context it runs in, whole.
    public var context: Bytes
    /// The file name of the program, which its reports begin with.
    public var name: StaticString
    /// Whether a login starts it, whose environment says who the user is. What untosh starts gets TERM and LANG only;
    /// the account alone says the rest.
    public var isLoginShell: Bool

    public init(context: StaticString, name: StaticString, isLoginShell: Bool) {
        self.context = Bytes(context)
        self.name = name
        self.isLoginShell = isLoginShell
    }

    /// untosh, the login shell of a chat user.
    public static var untosh: Requirements {
        Requirements(context: "untochat_u:untochat_r:untochat_t:s0", name: "untosh", isLoginShell: true)
    }

    /// irssius, the chat client, which untosh starts.
    public static var irssius: Requirements {
        Requirements(context: "untochat_u:untochat_r:irssius_t:s0", name: "irssius", isLoginShell: false)
    }
}

/// A user who may go on. Only `examine` makes one, so holding it proves that every check has passed.
public struct Session: Sendable, Equatable {
    /// The real user ID, which is also the effective and the saved one.
    public let uid: UInt32
    public let user: Bytes
    public let home: Bytes
    /// What the account says of its owner; may be empty.
    public let realName: Bytes
    public let term: Bytes
    public let lang: Bytes
}

/// Judges a situation. The first requirement that is not met is thrown; denial is what happens when nothing else is
/// said. Reads nothing but its arguments.
public func examine(_ situation: Situation, for program: Requirements) throws(Refusal) -> Session {
    try examineIdentity(situation.identity)
    try examineContext(situation.selinux, expected: program.context)
    try examineArguments(situation.arguments, name: Bytes(program.name))
    try examineTerminals(situation.terminals)

    let uid = situation.identity.realUser
    let user =
        try program.isLoginShell
        ? value(of: .user, in: situation.environment, limit: 32, where: isUserCharacter) : situation.account?.name
    let home =
        try program.isLoginShell
        ? value(of: .home, in: situation.environment, limit: 128, where: isPathCharacter) : situation.account?.home
    let term = try value(of: .term, in: situation.environment, limit: 32, where: isTerminalCharacter)
    let lang = try value(of: .lang, in: situation.environment, limit: 32, where: isLocaleCharacter)

    guard let account = situation.account, let user, let home else { throw .noAccount }
    guard user == account.name else { throw .userNotAccount }
    guard isPlainAbsolutePath(home) else { throw .homeNotAbsolute }
    // Every other directory of the user would hold a lock file of its own, and with it a session of its own.
    guard home == account.home else { throw .homeNotAccount }
    guard let found = situation.home else { throw .homeAbsent }
    try examineHome(found, uid: uid)
    guard knownTerminals.contains(where: { Bytes($0) == term }) else { throw .terminalTypeUnknown }
    guard isUTF8Locale(lang) else { throw .languageNotUTF8 }
    return Session(uid: uid, user: user, home: home, realName: account.realName, term: term, lang: lang)
}

/// The home must be the user's own, and nobody else may write there. Also asked again when the lock is taken.
public func examineHome(_ found: FileStatus, uid: UInt32) throws(Refusal) {
    guard found.kind == .directory else { throw .homeNotDirectory }
    guard found.owner == uid else { throw .homeNotOwned }
    guard !found.isWritableByOthers else { throw .homeWritableByOthers }
}

private func examineIdentity(_ identity: Identity) throws(Refusal) {
    guard identity.realUser != 0 else { throw .realUserIsRoot }
    guard identity.effectiveUser != 0 else { throw .effectiveUserIsRoot }
    guard identity.savedUser != 0 else { throw .savedUserIsRoot }
    guard identity.realGroup != 0 else { throw .realGroupIsRoot }
    guard identity.effectiveGroup != 0 else { throw .effectiveGroupIsRoot }
    guard identity.savedGroup != 0 else { throw .savedGroupIsRoot }
    guard !identity.isInRootGroup else { throw .inRootGroup }
    // AT_SECURE would say too much: the kernel also sets it when a program is started in another SELinux domain, which
    // is how a login starts this one.
    guard identity.effectiveUser == identity.realUser, identity.savedUser == identity.realUser else {
        throw .setUserID
    }
    guard identity.effectiveGroup == identity.realGroup, identity.savedGroup == identity.realGroup else {
        throw .setGroupID
    }
}

func examineContext(_ selinux: SELinux, expected: Bytes) throws(Refusal) {
    switch selinux {
    case .disabled: throw .selinuxDisabled
    case .unreadable: throw .contextUnreadable
    case .context(let own): guard own == expected else { throw .contextWrong }
    }
}

/// Only the bare name, a path to it, and login's "-name": sshd passes a command as "-c", and that is how scp, sftp,
/// rsync and `ssh host command` would come in.
private func examineArguments(_ arguments: [Bytes], name: Bytes) throws(Refusal) {
    guard let own = arguments.first else { throw .nameWrong }
    guard own == name || own == [UInt8(ascii: "-")] + name || isPath(own, to: name) else { throw .nameWrong }
    guard arguments.count == 1 else { throw .argumentsGiven }
}

private func isPath(_ path: Bytes, to name: Bytes) -> Bool {
    guard let first = path.first, first == slash || first == UInt8(ascii: ".") else { return false }
    return path.count > name.count && path.suffix(name.count).elementsEqual(name)
        && path[path.count - name.count - 1] == slash
}

private func examineTerminals(_ terminals: [Terminal?]) throws(Refusal) {
    guard terminals.count == 3, let input = terminals[0] else { throw .inputNotTerminal }
    guard let output = terminals[1] else { throw .outputNotTerminal }
    guard let error = terminals[2] else { throw .errorNotTerminal }
    guard input == output, output == error else { throw .differentTerminals }
    guard input.isControlling else { throw .terminalNotControlling }
}

private func value(
    of variable: Variable, in environment: Environment, limit: Int, where allowed: (UInt8) -> Bool
) throws(Refusal) -> Bytes {
    let values = environment[variable]
    guard let value = values.first, !value.isEmpty else { throw .missing(variable) }
    guard values.count == 1 else { throw .repeated(variable) }
    guard value.count <= limit else { throw .tooLong(variable) }
    for byte in value where !allowed(byte) { throw .badCharacters(variable) }
    return value
}

private let slash = UInt8(ascii: "/")
private let dot = UInt8(ascii: ".")

private func isLower(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") }
private func isUpper(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") }
private func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
private func isDashOrUnderscore(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") }

private func isUserCharacter(_ byte: UInt8) -> Bool { isLower(byte) || isDigit(byte) || isDashOrUnderscore(byte) }
private func isTerminalCharacter(_ byte: UInt8) -> Bool { isLower(byte) || isDigit(byte) || isDashOrUnderscore(byte) }
private func isPathCharacter(_ byte: UInt8) -> Bool {
    isLower(byte) || isUpper(byte) || isDigit(byte) || isDashOrUnderscore(byte) || byte == slash || byte == dot
}
private func isLocaleCharacter(_ byte: UInt8) -> Bool {
    isLower(byte) || isUpper(byte) || isDigit(byte) || isDashOrUnderscore(byte) || byte == dot
}

/// Absolute, with no empty component and none that is "." or "..".
private func isPlainAbsolutePath(_ path: Bytes) -> Bool {
    guard path.first == slash, path.count > 1 else { return false }
    for component in path.dropFirst().split(separator: slash, omittingEmptySubsequences: false) {
        if component.isEmpty || component.elementsEqual([dot]) || component.elementsEqual([dot, dot]) { return false }
    }
    return true
}

/// What terminal emulators call themselves, as far as the target's base set of terminal descriptions has it: a name
/// from outside chooses a file to be read.
private var knownTerminals: [StaticString] {
    [
        "linux", "putty", "putty-256color", "rxvt-unicode", "rxvt-unicode-256color", "screen", "screen-256color",
        "tmux", "tmux-256color", "vt100", "vt220", "xterm", "xterm-256color",
    ]
}

/// `C.UTF-8`, `xx.UTF-8`, `xx_XX.UTF-8` and the same with three letters; also spelt `utf8`.
private func isUTF8Locale(_ locale: Bytes) -> Bool {
    let parts = locale.split(separator: dot, omittingEmptySubsequences: false)
    guard parts.count == 2 else { return false }
    guard parts[1].elementsEqual(Bytes("UTF-8")) || parts[1].elementsEqual(Bytes("utf8")) else { return false }
    if parts[0].elementsEqual(Bytes("C")) { return true }

    let names = parts[0].split(separator: UInt8(ascii: "_"), omittingEmptySubsequences: false)
    guard let language = names.first, (2...3).contains(language.count), language.allSatisfy(isLower) else {
        return false
    }
    return names.count == 1 || names.count == 2 && names[1].count == 2 && names[1].allSatisfy(isUpper)
}
