import CPosix
import CSELinux

// The edge of this module: fills a `Situation` from the running system and hardens the process. It decides nothing.

/// Hardens the process, then examines it. What is thrown has not been told to anybody yet: see `report`.
public func enter(_ program: Requirements) throws(Refusal) -> Session {
    try harden()
    return try examine(Situation.current(), for: program)
}

#if !UNTOCHAT_PACKAGED
    /// For builds that are not shipped: hardens the process as `enter` does, but asks only for a terminal and an account.
    public func enterForDevelopment(_ program: Requirements) throws(Refusal) -> Session {
        try harden()
        let situation = try Situation.current()
        guard situation.terminals[0] != nil else { throw .inputNotTerminal }
        guard situation.terminals[1] != nil else { throw .outputNotTerminal }
        guard let account = situation.account else { throw .noAccount }
        return Session(
            uid: situation.identity.realUser, user: account.name, home: account.home, realName: account.realName,
            term: situation.environment.term.first ?? Bytes("vt100"), lang: Bytes("C.UTF-8"))
    }
#endif

/// Tells the user and the administrator, in the same words.
public func report(_ text: String, by program: Requirements) {
    cposix_auth_log(Bytes(program.name).cString, realUser(), text)
    let line = Bytes(program.name) + Bytes(": ") + Bytes(text.utf8) + [UInt8(ascii: "\n")]
    _ = cposix_write(2, line, line.count)
}

/// The value of an environment variable as it was at the start, or `nil`. Only test builds ask.
public func initialEnvironmentValue(_ name: StaticString) -> Bytes? {
    let prefix = Bytes(name) + [UInt8(ascii: "=")]
    var index: Int32 = 0
    while let entry = cposix_environment_entry(index) {
        let bytes = Bytes(copying: entry)
        if bytes.starts(with: prefix) { return Bytes(bytes.dropFirst(prefix.count)) }
        index += 1
    }
    return nil
}

private func realUser() -> UInt32 {
    var identity = cposix_identity()
    // The user "nobody" of the kernel where even this cannot be known.
    return cposix_identity(&identity) == 0 ? identity.real_uid : 65534
}

private func harden() throws(Refusal) {
    cposix_take_default_signals()
    guard cposix_fill_standard_descriptors() == 0 else { throw .hardening(.standardDescriptors) }
    guard cposix_close_descriptors_above_2() == 0 else { throw .hardening(.descriptors) }
    guard cposix_forget_environment() == 0 else { throw .hardening(.environment) }
    cposix_set_umask(0o077)
    guard cposix_forbid_core_dumps() == 0 else { throw .hardening(.coreDumps) }
    guard cposix_forbid_tracing() == 0 else { throw .hardening(.tracing) }
    guard cposix_adopt_orphans() == 0 else { throw .hardening(.orphans) }
}

extension Situation {
    /// As it is now.
    static func current() throws(Refusal) -> Situation {
        let identity = try Identity.current()
        var environment = Environment()
        var index: Int32 = 0
        while let entry = cposix_environment_entry(index) {
            environment.take(entry: Bytes(copying: entry))
            index += 1
        }
        let account = Account(uid: identity.realUser)
        return Situation(
            identity: identity,
            selinux: SELinux.current(),
            arguments: (0..<cposix_argument_count()).compactMap { cposix_argument($0).map { Bytes(copying: $0) } },
            terminals: (0..<3).map { Terminal(descriptor: $0) },
            environment: environment,
            account: account,
            home: account.flatMap { FileStatus(unfollowed: $0.home) })
    }
}

extension Identity {
    static func current() throws(Refusal) -> Identity {
        var found = cposix_identity()
        guard cposix_identity(&found) == 0 else { throw .identityUnknown }
        return Identity(
            realUser: found.real_uid, effectiveUser: found.effective_uid, savedUser: found.saved_uid,
            realGroup: found.real_gid, effectiveGroup: found.effective_gid, savedGroup: found.saved_gid,
            isInRootGroup: found.supplementary_root)
    }
}

extension SELinux {
    static func current() -> SELinux {
        #if UNTOCHAT_TEST_SWITCHES
            return initialEnvironmentValue("UNTOCHAT_TEST_CONTEXT").map { .context($0) } ?? .disabled
        #else
            guard is_selinux_enabled() == 1 else { return .disabled }
            var own: UnsafeMutablePointer<CChar>?
            guard getcon(&own) == 0, let own else { return .unreadable }
            defer { freecon(own) }
            return .context(Bytes(copying: own))
        #endif
    }
}

extension Terminal {
    init?(descriptor: Int32) {
        var found = cposix_terminal()
        cposix_terminal(descriptor, &found)
        guard found.is_terminal else { return nil }
        self.init(device: found.device, inode: found.inode, number: found.number, isControlling: found.is_controlling)
    }
}

extension Account {
    /// The first entry of /etc/passwd for a user ID.
    public init?(uid: UInt32) {
        var found = cposix_account()
        guard cposix_account(uid, &found) == 0 else { return nil }
        self.init(
            name: withUnsafeBytes(of: found.name) { Bytes($0.prefix { $0 != 0 }) },
            home: withUnsafeBytes(of: found.home) { Bytes($0.prefix { $0 != 0 }) },
            realName: withUnsafeBytes(of: found.real_name) { Bytes($0.prefix { $0 != 0 && $0 != UInt8(ascii: ",") }) })
    }
}

extension FileStatus {
    /// Makes the value from what the C side found.
    public init(_ found: cposix_status) {
        let kind: Kind =
            switch found.kind {
            case Int32(CPOSIX_REGULAR.rawValue): .regular
            case Int32(CPOSIX_DIRECTORY.rawValue): .directory
            default: .other
            }
        self.init(
            kind: kind, owner: found.owner, permissions: found.permissions, links: found.links, device: found.device,
            inode: found.inode)
    }

    /// What a path names, the last component not followed when it is a symbolic link.
    init?(unfollowed path: Bytes) {
        var found = cposix_status()
        guard cposix_status_at(CPOSIX_WORKING_DIRECTORY, path.cString, &found) == 0 else { return nil }
        self.init(found)
    }
}

extension Array where Element == UInt8 {
    /// The bytes before the zero byte.
    public init(copying string: UnsafePointer<CChar>) {
        self.init()
        var next = string
        while next.pointee != 0 {
            append(UInt8(bitPattern: next.pointee))
            next += 1
        }
    }

    /// With the zero byte that C wants.
    public var cString: [CChar] { map { CChar(bitPattern: $0) } + [0] }
}
