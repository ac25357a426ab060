import CChatDaemon
import ChatServer

/// The accounts of the machine, read from the files themselves: the library's functions would load the modules that
/// nsswitch.conf names, and chat users are always local accounts.
struct AccountDirectory {
    private let passwdFile: String
    private let groupFile: String
    /// The group whose members may connect; empty is anybody.
    private let permittedGroup: String
    private var state: [FileStamp?] = []
    private var names: [UInt32: [UInt8]] = [:]
    private var permitted: Set<UInt32> = []
    private var checkedAt: Int64 = .min

    init(permittedGroup: String, passwdFile: String = "/etc/passwd", groupFile: String = "/etc/group") {
        self.permittedGroup = permittedGroup
        self.passwdFile = passwdFile
        self.groupFile = groupFile
    }

    /// The account behind a uid; nil when there is none, or when it may not connect.
    func login(_ uid: UInt32) -> Login? {
        guard let name = names[uid], permittedGroup.isEmpty || permitted.contains(uid) else { return nil }
        return Login(uid: uid, name: name)
    }

    /// The names that nobody else may take.
    var accounts: Accounts { Accounts(names: names.values) }

    /// Reads the files again if they have changed since the last time, which is asked for at most once a second.
    /// Returns whether they were read.
    mutating func refresh(at milliseconds: Int64) -> Bool {
        guard checkedAt == .min || milliseconds - checkedAt >= 1000 else { return false }
        checkedAt = milliseconds
        let found = [FileStamp(passwdFile), FileStamp(groupFile)]
        guard found != state else { return false }
        state = found
        let passwd = (try? SmallFile.read(passwdFile).get()) ?? []
        let group = (try? SmallFile.read(groupFile).get()) ?? []
        (names, permitted) = AccountDirectory.parse(passwd: passwd, group: group, permittedGroup: permittedGroup)
        return true
    }

    /// Who is called what, and who is in the group, by passwd(5) and group(5). The first entry of a uid counts.
    static func parse(
        passwd: [UInt8], group: [UInt8], permittedGroup: String
    ) -> (names: [UInt32: [UInt8]], permitted: Set<UInt32>) {
        var members: Set<[UInt8]> = []
        var groupID: UInt32?
        for fields in records(group) where fields.count >= 4 && fields[0].elementsEqual(permittedGroup.utf8) {
            groupID = number(fields[2])
            members = Set(fields[3].split(separator: UInt8(ascii: ",")).map { Array($0) })
            break
        }
        var names: [UInt32: [UInt8]] = [:]
        var permitted: Set<UInt32> = []
        for fields in records(passwd) where fields.count >= 4 {
            guard let uid = number(fields[2]), !fields[0].isEmpty, names[uid] == nil else { continue }
            let name = Array(fields[0])
            names[uid] = name
            if groupID != nil, number(fields[3]) == groupID || members.contains(name) { permitted.insert(uid) }
        }
        return (names, permitted)
    }

    /// What a daemon started as root becomes, by names or numbers; an empty group is the user's own.
    static func numbers(user: String, group: String, passwd: [UInt8], groups: [UInt8]) -> (uid: UInt32, gid: UInt32)? {
        let accounts = records(passwd).filter { $0.count >= 4 }
        let account = accounts.first { $0[0].elementsEqual(user.utf8) }
        guard let uid = account.flatMap({ number($0[2]) }) ?? UInt32(user) else { return nil }
        if group.isEmpty { return account.flatMap { number($0[3]) }.map { (uid, $0) } }
        let entry = records(groups).first { $0.count >= 3 && $0[0].elementsEqual(group.utf8) }
        return (entry.flatMap { number($0[2]) } ?? UInt32(group)).map { (uid, $0) }
    }

    private static func records(_ bytes: [UInt8]) -> [[ArraySlice<UInt8>]] {
        bytes.split(separator: 10).map { $0.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false) }
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> UInt32? {
        // UInt32 would take a sign.
        guard digits.first != UInt8(ascii: "+"), digits.first != UInt8(ascii: "-") else { return nil }
        return UInt32(String(decoding: digits, as: UTF8.self))
    }
}

/// By what a changed file is told from an unchanged one.
private struct FileStamp: Equatable {
    let size, seconds, nanoseconds: Int64
    let inode, device: UInt64

    init?(_ path: String) {
        var found = chatd_file_state()
        guard chatd_file_state(path, &found) == 0 else { return nil }
        (size, seconds, nanoseconds) = (found.size, found.seconds, found.nanoseconds)
        (inode, device) = (found.inode, found.device)
    }
}
