import IRCProtocol

/// A mask in the list of bans, exceptions or invitations of a channel.
struct ListEntry {
    var mask: [UInt8]
    var setBy: [UInt8]
    var setAt: Int64
}

/// A place in the table of channels.
struct Channel {
    var name: [UInt8] = []
    var foldedName: [UInt8] = []
    var createdAt: Int64 = 0
    var topic: [UInt8] = []
    var topicSetBy: [UInt8] = []
    var topicSetAt: Int64 = 0
    var modes: ChannelModes = []
    var key: [UInt8] = []
    var limit = 0
    var bans: [ListEntry] = []
    var exceptions: [ListEntry] = []
    var invitations: [ListEntry] = []
    /// Who may come in once although the channel is invite-only. Identifiers of clients that are gone match nobody.
    var invited: [ClientID] = []

    // The members, by place. The identifiers stand alone so that an effect can share the array as it is, and the flags
    // alone so that who gets which form of a line is decided in one pass over small, adjacent numbers.
    var members: [ClientID] = []
    var flags: [MemberFlags] = []
    /// The place of the membership in the client's own list.
    var backReferences: [UInt32] = []
    /// What NAMES says to a member without special wishes, in pieces that fit a line; empty when it is not known. Whoever
    /// joins adds to it, so that thousands who join one after the other are not listed anew for each of them.
    var namesText: [[UInt8]] = []

    var isFree: Bool { name.isEmpty }
    /// Channels whose name starts with "+" have no modes and no operators (RFC 2811, section 2.1).
    var isModeless: Bool { name.first == UInt8(ascii: "+") }
    /// What VISIBLE means in NAMES: "=" for public and "@" for secret channels.
    var symbol: UInt8 { modes.contains(.secret) ? UInt8(ascii: "@") : UInt8(ascii: "=") }
}

/// A user that was here, for WHOWAS.
struct FormerUser {
    var nick: [UInt8]
    var foldedNick: [UInt8]
    var user: [UInt8]
    var host: [UInt8]
    var realName: [UInt8]
    var leftAt: Int64
    /// The channels that the user was in, by place, and the serial of joins at that time: who was in one of them before
    /// the user left may know of the user.
    var channels: [UInt32]
    var serial: UInt64
}

/// A mask that operators keep out (KLINE, GLINE).
struct ServerBan {
    var mask: [UInt8]
    var reason: [UInt8]
    /// Nil for ever.
    var until: Int64?
    /// Whether GLINE made it. On one server that is only in which list it stands.
    var isGlobal: Bool
}
