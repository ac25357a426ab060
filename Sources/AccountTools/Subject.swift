import Accounts
import AdminSupport
import CAdminTools

/// An account by name, as the system's tables show it at this moment.
struct Subject {
    let name: String
    var home: String { "/home/" + name }

    /// The tables, read anew each time: the programs that are run change them.
    var account: Account? { AccountTables.account(name, in: text(of: "/etc/passwd")) }
    var memberships: [String] { AccountTables.memberships(of: name, in: text(of: "/etc/group")) }
    var mapping: String? {
        guard let policy = AccountTables.policy(in: text(of: "/etc/selinux/config")) else { return nil }
        return AccountTables.mapping(of: name, in: text(of: "/etc/selinux/" + policy + "/seusers"))
    }

    func facts(_ kind: AccountKind) -> AccountFacts {
        let groups = text(of: "/etc/group")
        return AccountFacts(
            account: account, memberships: memberships, mapping: mapping,
            hasGroupOfItsName: AccountTables.group(name, in: groups) != nil, homeExists: cadmin_exists(home),
            chatGroup: AccountTables.group(AccountKind.chatGroup, in: groups),
            administratorGroup: AccountKind.administrators.first { AccountTables.group($0, in: groups) != nil },
            shellExists: cadmin_exists(kind.shell))
    }

    /// Whether SELinux decides anything here.
    static var isConfined: Bool { cadmin_exists("/sys/fs/selinux/enforce") }
    static var isEnforcing: Bool { text(of: "/sys/fs/selinux/enforce").utf8.first == 0x31 }
}

/// Runs a program of the system's. Gives what it said when it failed, or `nil`.
func run(_ path: String, _ arguments: [String], input: UnsafeBufferPointer<UInt8>? = nil) -> String? {
    var buffer = [UInt8](repeating: 0, count: 2048)
    var size = buffer.count
    var pointers: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { word in
        let bytes = [UInt8](word.utf8)
        let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count + 1)
        for (index, byte) in bytes.enumerated() { (copy + index).initialize(to: CChar(bitPattern: byte)) }
        (copy + bytes.count).initialize(to: 0)
        return copy
    }
    pointers.append(nil)
    let status = cadmin_run(&pointers, input?.baseAddress, input?.count ?? 0, &buffer, &size)
    for pointer in pointers { pointer?.deallocate() }
    if status == 0 { return nil }
    if status < 0 { return path + ": " + String(cString: cadmin_error(status)) }
    // Its last line says why.
    let last = buffer[..<size].split(separator: 0x0A).last.map { String(decoding: $0, as: UTF8.self) } ?? ""
    return path + ": " + (last.isEmpty ? "exit status " + String(status) : last)
}

/// The reason of a failed call, or `nil`.
func fault(_ status: Int32) -> String? { status < 0 ? String(cString: cadmin_error(status)) : nil }

/// Changes the login mapping of a name; where SELinux is off, without loading the policy.
func semanageLogin(_ arguments: [String]) -> String? {
    run(
        "/usr/sbin/semanage",
        ["login"] + arguments.prefix(1) + (Subject.isConfined ? [] : ["-N"]) + arguments.dropFirst())
}
