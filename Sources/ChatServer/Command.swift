import IRCProtocol

/// The commands of ngircd, and MONITOR, SETNAME and TAGMSG.
enum Command: UInt8, CaseIterable {
    case admin, away, cap, chaninfo, charconv, connect, die, error, get, gline, help, info, invite, ison, join, kick
    case kill, kline, links, list, lusers, metadata, mode, monitor, motd, names, nick, njoin, notice, oper, part, pass
    case ping, pong, post, privmsg, quit, rehash, restart, server, service, servlist, setname, squery, squit, stats
    case summon, svsnick, tagmsg, time, topic, trace, user, userhost, users, version, wallops, webirc, who, whois,
        whowas

    /// In capitals, as it is written in replies.
    var name: [UInt8] { String(describing: self).utf8.map { $0 & 0xDF } }

    /// Who may use it.
    enum Audience {
        /// Before registration too.
        case anybody
        case registered
        /// Servers, which there are none of.
        case servers
    }

    var audience: Audience {
        switch self {
        case .cap, .nick, .user, .pass, .quit, .pong, .error, .get, .post, .webirc, .service, .server: .anybody
        case .chaninfo, .metadata, .njoin, .svsnick: .servers
        default: .registered
        }
    }

    /// How many parameters it needs and may have. More or fewer are a syntax error, as in ngircd. Where a missing
    /// one has a reply of its own the bounds are wide and the command looks itself.
    var parameters: ClosedRange<Int> {
        switch self {
        case .nick: 1...1
        case .oper: 2...2
        case .user: 4...4
        case .join, .part: 1...2
        case .kick: 2...3
        case .invite: 2...2
        case .topic: 1...2
        case .mode, .ison, .userhost, .monitor: 1...15
        case .cap: 1...2
        case .kill: 2...2
        case .wallops, .setname: 1...1
        case .kline, .gline: 1...3
        case .privmsg, .notice: 0...2
        case .tagmsg: 0...1
        case .time, .admin, .info, .version, .motd, .trace, .help: 0...1
        case .names, .list, .who, .stats, .links, .lusers: 0...2
        case .whois: 0...2
        case .whowas: 0...3
        case .away: 0...1
        case .squery, .servlist: 0...2
        case .quit: 0...1
        case .server: 15...15
        case .service: 6...6
        default: 0...15
        }
    }

    /// What a command costs, in milliseconds in which no further one is read (ngircd's penalties, as measured with 26.1).
    /// More is charged where a command lists everybody or reaches many, and two seconds for each error.
    var penaltyMilliseconds: Int64 {
        switch self {
        case .motd, .trace: 3000
        case .help, .info, .list, .stats: 2000
        case .admin, .invite, .links, .lusers, .mode, .names, .servlist, .time, .topic, .userhost, .version, .who,
            .whois, .monitor, .setname:
            1000
        default: 0
        }
    }
}

/// Finds a command by its name in any case: up to eight letters are one number.
struct CommandTable {
    private var table: [UInt64: Command] = [:]

    init() {
        for command in Command.allCases {
            if let key = CommandTable.key(command.name[...]) { table[key] = command }
        }
    }

    func find(_ name: ArraySlice<UInt8>) -> Command? {
        CommandTable.key(name).flatMap { table[$0] }
    }

    private static func key(_ name: ArraySlice<UInt8>) -> UInt64? {
        guard name.count <= 8 else { return nil }
        var key: UInt64 = 0
        for byte in name {
            let small = byte | 0x20
            guard small >= UInt8(ascii: "a"), small <= UInt8(ascii: "z") else { return nil }
            key = key << 8 | UInt64(small)
        }
        return key
    }
}
