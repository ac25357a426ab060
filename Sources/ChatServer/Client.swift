import IRCProtocol

/// How far a connection has come.
enum ClientState: UInt8 {
    /// Nobody's place.
    case free
    case registering
    case registered
}

/// Whether the password of PASS is the server's. Without one set every password is wrong, as in ngircd.
enum Password: UInt8 {
    case right, wrong
}

/// A place in the table of clients. What most clients never have is an empty array, which takes no memory of its own.
struct Client {
    var generation: UInt32 = 0
    var state = ClientState.free
    /// Between CAP LS or REQ and CAP END registration waits (IRCv3 Capability Negotiation).
    var isNegotiating = false
    /// A client that speaks CAP 302 is told when capabilities change.
    var speaksCap302 = false
    var awaitsAuthPing = false
    var hasAnsweredAuthPing = false
    /// What PASS has given; nil before it was said.
    var password: Password?
    var isReadingPaused = false
    var isPinged = false

    var modes: UserModes = []
    var capabilities: Capabilities = []
    var login: Login?
    var nonce: UInt64 = 0

    var nick: [UInt8] = []
    var foldedNick: [UInt8] = []
    var user: [UInt8] = []
    /// What others see.
    var host: [UInt8] = []
    var address: [UInt8] = []
    var realName: [UInt8] = []
    /// `nick!user@host`, put together once.
    var source: [UInt8] = []
    var awayText: [UInt8] = []
    var memberships: [Membership] = []
    /// The folded names that MONITOR watches for this client.
    var monitored: [[UInt8]] = []

    var input = LineSplitter()
    var connectedAt: Int64 = 0
    var signedOnAt: Int64 = 0
    var lastReceived: Int64 = 0
    var lastSpoken: Int64 = 0
    var penaltyUntil: Int64 = 0
    /// When the timer wheel looks at the client next; an entry of the wheel for another time is void.
    var nextCheck: Int64 = .max
    /// Commands in the second that began at `burstStart`.
    var burst: UInt16 = 0
    var burstStart: Int64 = 0
    var messagesReceived: UInt32 = 0
    var bytesReceived: UInt64 = 0
    /// The last walk over members that has met this client; see `withEachPeerOnce`.
    var visited: UInt32 = 0

    /// What the client is called in replies.
    var name: [UInt8] { nick.isEmpty ? [UInt8(ascii: "*")] : nick }
    var isOper: Bool { modes.contains(.oper) }
}

/// That a client is in a channel, as the client knows it.
struct Membership {
    /// Its place in the table of channels.
    var channel: UInt32
    /// The client's place among the channel's members.
    var position: UInt32
    /// Grows with every join on the server. Who joined later did not see who had left before.
    var serial: UInt64
}
