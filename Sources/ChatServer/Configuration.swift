import IRCProtocol

/// ngircdus.conf as a value: ngircd's variables that mean something on one server without links, and a few more.
public struct Configuration: Sendable, Equatable {
    public var global = Global()
    public var limits = Limits()
    public var options = Options()
    public var operators: [OperatorAccount] = []
    public var channels: [PredefinedChannel] = []

    public init() {}

    /// [Global]
    public struct Global: Sendable, Equatable {
        public var name: [UInt8] = []
        public var info: [UInt8] = []
        public var adminInfo1: [UInt8] = []
        public var adminInfo2: [UInt8] = []
        public var adminEmail: [UInt8] = []
        public var listen: [[UInt8]] = []
        public var motdFile: [UInt8] = []
        public var motdPhrase: [UInt8] = []
        public var network: [UInt8] = []
        public var password: [UInt8] = []
        public var pidFile: [UInt8] = []
        public var ports: [UInt16] = [6667]
        public var serverUser: [UInt8] = []
        public var serverGroup: [UInt8] = []
    }

    /// [Limits]. Zero is no limit, as in ngircd.
    public struct Limits: Sendable, Equatable {
        public var idleTimeoutSeconds = 0
        public var maxConnections = 0
        public var maxConnectionsPerAddress = 5
        /// Not ngircd's: connections of one account, with `KernelIdent`.
        public var maxConnectionsPerUser = 3
        public var maxJoins = 10
        public var maxNickLength = 9
        /// Penalties are cut to this many seconds; nil is no cut, 0 is no penalties.
        public var maxPenaltySeconds: Int?
        public var maxListSize = 100
        public var pingTimeoutSeconds = 120
        public var pongTimeoutSeconds = 20
    }

    /// How times are shown to users while `Anonymous` is on.
    public enum TimeStamps: Sendable, Equatable {
        /// Not at all: the replies that carry nothing else are left out, and server-time is not offered.
        case absent
        /// In UTC and rounded down to the minute.
        case minute
    }

    /// [Options]
    public struct Options: Sendable, Equatable {
        /// Replies say nothing about the server, and about users only what a shared channel shows anyway.
        public var anonymous = true
        /// The user name is the login name that the kernel gives, and nothing else.
        public var kernelIdent = true
        public var timeStamps = TimeStamps.absent
        /// Nil follows `anonymous`.
        public var morePrivacy: Bool?
        public var utf8Only = true
        /// The one host name that everybody has while `anonymous` is on.
        public var anonymousHost = [UInt8](ascii: "untochat")
        public var allowedChannelTypes = [UInt8](ascii: "#&+")
        public var cloakHost: [UInt8] = []
        public var cloakHostModeX: [UInt8] = []
        public var cloakUserToNick = false
        public var defaultUserModes: [UInt8] = []
        public var operCanUseMode = false
        public var operChannelPAutoOp = true
        public var requireAuthPing = false
        public var scrubCTCP = false
        public var chrootDirectory: [UInt8] = []
        public var includeDirectory: [UInt8] = []
        public var syslogFacility: [UInt8] = []
        /// The loud switch without which the transport refuses to listen on anything but loopback.
        public var listenBeyondLoopback = false
        /// The group whose members may connect, with `kernelIdent`; empty is anybody.
        public var permittedGroup: [UInt8] = []
    }

    /// [Operator]
    public struct OperatorAccount: Sendable, Equatable {
        public var name: [UInt8] = []
        public var password: [UInt8] = []
        /// Empty is anybody.
        public var mask: [UInt8] = []

        public init() {}
    }

    /// [Channel]
    public struct PredefinedChannel: Sendable, Equatable {
        public var name: [UInt8] = []
        public var topic: [UInt8] = []
        /// Each as MODE takes it: the letters and their parameters.
        public var modes: [[UInt8]] = []

        public init() {}
    }

    /// Whether the texts of PART and QUIT, which programs write their names and versions into, are blanked, and idle
    /// times and WHOWAS withheld (ngircd's `MorePrivacy`).
    var blanksReasons: Bool { options.morePrivacy ?? options.anonymous }
}
