import IRCProtocol

/// What a client has asked for by CAP REQ (IRCv3 Capability Negotiation).
struct Capabilities: OptionSet, Hashable {
    let rawValue: UInt16

    static let serverTime = Capabilities(rawValue: 1 << 0)
    static let messageTags = Capabilities(rawValue: 1 << 1)
    static let extendedJoin = Capabilities(rawValue: 1 << 2)
    static let awayNotify = Capabilities(rawValue: 1 << 3)
    static let inviteNotify = Capabilities(rawValue: 1 << 4)
    static let setname = Capabilities(rawValue: 1 << 5)
    static let multiPrefix = Capabilities(rawValue: 1 << 6)
    static let userhostInNames = Capabilities(rawValue: 1 << 7)
    static let echoMessage = Capabilities(rawValue: 1 << 8)
    static let batch = Capabilities(rawValue: 1 << 9)
    static let labeledResponse = Capabilities(rawValue: 1 << 10)
    static let capNotify = Capabilities(rawValue: 1 << 11)
    static let standardReplies = Capabilities(rawValue: 1 << 12)

    /// Those that decide which form of a line a member of a channel gets. They are kept beside the member's modes, so
    /// that a line is delivered without looking at the clients one by one.
    static let delivery: Capabilities = [
        .serverTime, .messageTags, .extendedJoin, .awayNotify, .inviteNotify, .setname,
    ]

    static let names: [(StaticString, Capabilities)] = [
        ("away-notify", .awayNotify), ("batch", .batch), ("cap-notify", .capNotify), ("echo-message", .echoMessage),
        ("extended-join", .extendedJoin), ("invite-notify", .inviteNotify), ("labeled-response", .labeledResponse),
        ("message-tags", .messageTags), ("multi-prefix", .multiPrefix), ("server-time", .serverTime),
        ("setname", .setname), ("standard-replies", .standardReplies), ("userhost-in-names", .userhostInNames),
    ]
}

/// The modes of a member of a channel in the low five bits, and above them the capabilities that deliveries depend on.
struct MemberFlags: OptionSet, Hashable {
    let rawValue: UInt16

    static let owner = MemberFlags(rawValue: 1 << 0)
    static let admin = MemberFlags(rawValue: 1 << 1)
    static let op = MemberFlags(rawValue: 1 << 2)
    static let halfOp = MemberFlags(rawValue: 1 << 3)
    static let voice = MemberFlags(rawValue: 1 << 4)

    static let modes: MemberFlags = [.owner, .admin, .op, .halfOp, .voice]
    static let atLeastOp: MemberFlags = [.owner, .admin, .op]
    static let atLeastHalfOp: MemberFlags = [.owner, .admin, .op, .halfOp]

    /// From the highest down, as ISUPPORT PREFIX lists them.
    static let table: [(letter: UInt8, prefix: UInt8, flag: MemberFlags)] = [
        (UInt8(ascii: "q"), UInt8(ascii: "~"), .owner), (UInt8(ascii: "a"), UInt8(ascii: "&"), .admin),
        (UInt8(ascii: "o"), UInt8(ascii: "@"), .op), (UInt8(ascii: "h"), UInt8(ascii: "%"), .halfOp),
        (UInt8(ascii: "v"), UInt8(ascii: "+"), .voice),
    ]

    init(rawValue: UInt16) { self.rawValue = rawValue }

    init(_ capabilities: Capabilities) {
        rawValue = capabilities.intersection(.delivery).rawValue << 5
    }

    var capabilities: Capabilities { Capabilities(rawValue: rawValue >> 5) }

    /// Every mode from this prefix up, for messages to a part of a channel (ISUPPORT STATUSMSG).
    static func atLeast(prefix: UInt8) -> MemberFlags? {
        guard let place = table.firstIndex(where: { $0.prefix == prefix }) else { return nil }
        return MemberFlags(table[...place].map(\.flag))
    }

    /// Higher is more powerful: 5 for an owner, 0 for a plain member.
    var rank: Int {
        for (place, entry) in MemberFlags.table.enumerated() where contains(entry.flag) { return 5 - place }
        return 0
    }

    /// The prefix of the highest mode, or of all of them (IRCv3 multi-prefix).
    func appendPrefixes(all: Bool, to text: inout [UInt8]) {
        guard !intersection(.modes).isEmpty else { return }
        for entry in MemberFlags.table where contains(entry.flag) {
            text.append(entry.prefix)
            if !all { return }
        }
    }
}

/// ngircd's user modes.
struct UserModes: OptionSet {
    let rawValue: UInt16

    static let away = UserModes(rawValue: 1 << 0)
    static let blockMessages = UserModes(rawValue: 1 << 1)
    static let bot = UserModes(rawValue: 1 << 2)
    static let connectNotices = UserModes(rawValue: 1 << 3)
    static let commonChannelOnly = UserModes(rawValue: 1 << 4)
    static let floodExempt = UserModes(rawValue: 1 << 5)
    static let invisible = UserModes(rawValue: 1 << 6)
    static let hideChannels = UserModes(rawValue: 1 << 7)
    static let oper = UserModes(rawValue: 1 << 8)
    static let protected = UserModes(rawValue: 1 << 9)
    static let restricted = UserModes(rawValue: 1 << 10)
    static let registered = UserModes(rawValue: 1 << 11)
    static let serverNotices = UserModes(rawValue: 1 << 12)
    static let wallops = UserModes(rawValue: 1 << 13)
    static let cloaked = UserModes(rawValue: 1 << 14)

    static let table: [(letter: UInt8, flag: UserModes)] = [
        (UInt8(ascii: "a"), .away), (UInt8(ascii: "b"), .blockMessages), (UInt8(ascii: "B"), .bot),
        (UInt8(ascii: "c"), .connectNotices), (UInt8(ascii: "C"), .commonChannelOnly),
        (UInt8(ascii: "F"), .floodExempt), (UInt8(ascii: "i"), .invisible), (UInt8(ascii: "I"), .hideChannels),
        (UInt8(ascii: "o"), .oper), (UInt8(ascii: "q"), .protected), (UInt8(ascii: "r"), .restricted),
        (UInt8(ascii: "R"), .registered), (UInt8(ascii: "s"), .serverNotices), (UInt8(ascii: "w"), .wallops),
        (UInt8(ascii: "x"), .cloaked),
    ]

    var letters: [UInt8] { UserModes.table.filter { contains($0.flag) }.map(\.letter) }
}

/// ngircd's channel modes without a parameter.
struct ChannelModes: OptionSet {
    let rawValue: UInt16

    static let inviteOnly = ChannelModes(rawValue: 1 << 0)
    static let moderated = ChannelModes(rawValue: 1 << 1)
    static let moderatedUnregistered = ChannelModes(rawValue: 1 << 2)
    static let noExternal = ChannelModes(rawValue: 1 << 3)
    static let nickLock = ChannelModes(rawValue: 1 << 4)
    static let operOnly = ChannelModes(rawValue: 1 << 5)
    static let persistent = ChannelModes(rawValue: 1 << 6)
    static let noKicks = ChannelModes(rawValue: 1 << 7)
    static let registered = ChannelModes(rawValue: 1 << 8)
    static let registeredOnly = ChannelModes(rawValue: 1 << 9)
    static let secret = ChannelModes(rawValue: 1 << 10)
    static let topicLock = ChannelModes(rawValue: 1 << 11)
    static let noInvites = ChannelModes(rawValue: 1 << 12)
    static let secureOnly = ChannelModes(rawValue: 1 << 13)

    static let table: [(letter: UInt8, flag: ChannelModes)] = [
        (UInt8(ascii: "i"), .inviteOnly), (UInt8(ascii: "m"), .moderated), (UInt8(ascii: "M"), .moderatedUnregistered),
        (UInt8(ascii: "n"), .noExternal), (UInt8(ascii: "N"), .nickLock), (UInt8(ascii: "O"), .operOnly),
        (UInt8(ascii: "P"), .persistent), (UInt8(ascii: "Q"), .noKicks), (UInt8(ascii: "r"), .registered),
        (UInt8(ascii: "R"), .registeredOnly), (UInt8(ascii: "s"), .secret), (UInt8(ascii: "t"), .topicLock),
        (UInt8(ascii: "V"), .noInvites), (UInt8(ascii: "z"), .secureOnly),
    ]

    var letters: [UInt8] { ChannelModes.table.filter { contains($0.flag) }.map(\.letter) }
}
