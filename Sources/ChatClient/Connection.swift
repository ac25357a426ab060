import IRCProtocol
import TerminalText

/// What is known of the connection to the server.
struct Connection: Sendable {
    enum Phase: Sendable, Equatable {
        case connecting, registering, registered
        /// To be tried again at a time of uptime, in milliseconds.
        case waiting(until: Int64)
    }

    /// What both sides understand (IRCv3).
    struct Capabilities: OptionSet, Sendable {
        let rawValue: UInt16
        static let serverTime = Capabilities(rawValue: 1)
        static let echoMessage = Capabilities(rawValue: 2)
        static let multiPrefix = Capabilities(rawValue: 4)
        static let awayNotify = Capabilities(rawValue: 8)
        static let extendedJoin = Capabilities(rawValue: 16)
        static let inviteNotify = Capabilities(rawValue: 32)
        static let messageTags = Capabilities(rawValue: 64)
        static let setname = Capabilities(rawValue: 128)
        static let standardReplies = Capabilities(rawValue: 256)
        static let userhostInNames = Capabilities(rawValue: 512)

        static let names: [(name: StaticString, capability: Capabilities)] = [
            ("server-time", .serverTime), ("echo-message", .echoMessage), ("multi-prefix", .multiPrefix),
            ("away-notify", .awayNotify), ("extended-join", .extendedJoin), ("invite-notify", .inviteNotify),
            ("message-tags", .messageTags), ("setname", .setname), ("standard-replies", .standardReplies),
        ]
    }

    var phase = Phase.connecting
    var splitter = LineSplitter()
    var nick: [UInt8] = []
    /// What the user wants to be called, even while another name has to do.
    var wantedNick: [UInt8] = []
    var nickAttempts = 0
    var nickLimit = 9
    var userModes: [UInt8] = []
    var isAway = false
    var capabilities: Capabilities = []
    var offered: Capabilities = []
    /// Whether CAP END has been sent.
    var isNegotiated = false
    /// Failures since the last success.
    var failures = 0
    var hasBeenRegistered = false
    /// Modes with a parameter: lists, always, when set (ISUPPORT CHANMODES).
    var listModes: [UInt8] = Array(ascii: "beI")
    var parameterModes: [UInt8] = Array(ascii: "k")
    var settingModes: [UInt8] = Array(ascii: "l")

    // Lines that wait, and how many may go at once. A server has its own brakes; these only keep a paste from running
    // into them.
    var outbox: [[UInt8]] = []
    var tokens = Connection.burst
    var lastToken: Int64 = 0
    static let burst = 10
    /// Milliseconds for a line more.
    static let tokenTime: Int64 = 700

    var pingSentAt: Int64?
    var lastPing: Int64 = 0
    /// Milliseconds.
    var lag: Int64 = 0
    var isPingAsked = false

    /// When something is to be done without being asked, in milliseconds of uptime.
    func times(_ settings: Settings) -> [Int64] {
        var times: [Int64] = []
        switch phase {
        case .waiting(let until):
            times.append(until)
            // The seconds in the status bar.
            times.append(lastSecond + 1000)
        case .registered:
            if let pingSentAt {
                times.append(pingSentAt + Int64(max(settings.seconds(.lagMaxBeforeDisconnect), 30)) * 1000)
                times.append(lastSecond + 1000)
            } else {
                times.append(lastPing + Int64(max(settings.seconds(.lagCheckTime), 10)) * 1000)
            }
        case .registering, .connecting: times.append(phaseSince + Connection.patience)
        }
        if !outbox.isEmpty { times.append(lastToken + Connection.tokenTime) }
        return times
    }
    var lastSecond: Int64 = 0
    var phaseSince: Int64 = 0
    /// How long a server may take to let one in.
    static let patience: Int64 = 60000
}

extension Client {
    var isRegistered: Bool { connection.phase == .registered }

    mutating func connect() {
        let kept = connection
        connection = Connection()
        connection.wantedNick = kept.wantedNick
        connection.nick = kept.wantedNick
        connection.nickLimit = kept.nickLimit
        connection.failures = kept.failures
        connection.hasBeenRegistered = kept.hasBeenRegistered
        connection.phaseSince = now.uptime
        if kept.failures == 0 { show(notice("Connecting to the chat server"), .clientNotice) }
        effects.append(.connect)
    }

    /// Says who one is. What can be said at once is: nothing waits for an answer.
    mutating func register() {
        connection.phase = .registering
        connection.phaseSince = now.uptime
        transmit("CAP", [Array(ascii: "LS"), Array(ascii: "302")], isUrgent: true)
        transmit("NICK", [connection.nick], isUrgent: true)
        transmit(
            "USER", [settings[.userName].isEmpty ? Array(ascii: "user") : settings[.userName], [0x30], [0x2A]],
            trailing: settings[.realName], isUrgent: true)
    }

    mutating func connectionLost() {
        let isFirst = connection.phase == .registered
        if isFirst {
            show(notice("Connection lost to %_local%n"), .clientNotice)
            for index in windows.indices where windows[index].items.contains(where: { $0.isChannel }) {
                add(notice("Connection lost"), [.clientNotice, .noActivity], to: index)
            }
        }
        leaveChannels()
        // First soon, then less and less often.
        let delays: [Int64] = [1, 2, 5, 10, 20]
        let most = Int64(max(settings.seconds(.serverReconnectTime), 1))
        let delay = min(delays.indices.contains(connection.failures) ? delays[connection.failures] : most, most)
        connection.failures += 1
        connection.phase = .waiting(until: now.uptime + delay * 1000)
        connection.lastSecond = now.uptime
        connection.splitter = LineSplitter()
        connection.outbox = []
        connection.userModes = []
        connection.isAway = false
        connection.pingSentAt = nil
        if connection.failures == 1 {
            show(
                notice(
                    isFirst ? "Trying again in $0 s" : "The chat server does not answer; trying again in $0 s",
                    [number(Int(delay))]), .clientError)
        }
    }

    /// One is in no channel any more; the windows stay for the next time.
    mutating func leaveChannels() {
        for key in channels.keys {
            channels[key]?.isJoined = false
            channels[key]?.members.removeAll()
        }
    }

    mutating func connectionTimePassed() {
        connection.lastSecond = now.uptime - (now.uptime - connection.lastSecond) % 1000
        switch connection.phase {
        case .waiting(let until):
            if now.uptime >= until { connect() }
        case .connecting, .registering:
            guard now.uptime - connection.phaseSince >= Connection.patience else { return }
            effects.append(.disconnect)
            connectionLost()
        case .registered: checkLag()
        }
    }

    private mutating func checkLag() {
        if let sent = connection.pingSentAt {
            if now.uptime - sent >= Int64(max(settings.seconds(.lagMaxBeforeDisconnect), 30)) * 1000 {
                show(notice("No answer from the chat server"), .clientError)
                effects.append(.disconnect)
                connectionLost()
            }
        } else if now.uptime - connection.lastPing >= Int64(max(settings.seconds(.lagCheckTime), 10)) * 1000 {
            sendPing()
        }
    }

    mutating func sendPing() {
        connection.pingSentAt = now.uptime
        connection.lastPing = now.uptime
        // The same word always: it tells nothing of this machine's clocks.
        transmit("PING", [], trailing: Array(ascii: "lag"), isUrgent: true)
    }

    mutating func receivePong() {
        guard let sent = connection.pingSentAt else { return }
        connection.lag = now.uptime - sent
        connection.pingSentAt = nil
        if connection.isPingAsked {
            connection.isPingAsked = false
            show(
                notice("The chat server answered within $0 s", [number(Int(connection.lag / 1000) + 1)]), .clientCrap,
                in: .active)
        }
    }

    // MARK: - sending

    /// Queues a line. Whatever a user has typed, it stays one line.
    mutating func transmit(
        _ command: StaticString, _ parameters: [[UInt8]], trailing: [UInt8]? = nil, isUrgent: Bool = false
    ) {
        switch connection.phase {
        case .registering, .registered: break
        default: return
        }
        var line = Array(ascii: command)
        for parameter in parameters {
            line.append(0x20)
            line.append(contentsOf: parameter.filter { $0 != 0x20 })
        }
        if let trailing {
            line.append(contentsOf: [0x20, UInt8(ascii: ":")])
            line.append(contentsOf: trailing)
        }
        line.removeAll { $0 == 0 || $0 == 10 || $0 == 13 }
        line.removeLast(line.count - line.countKept(within: LineSplitter.bodyLimit - 2))
        line.append(contentsOf: [13, 10])
        if isUrgent { return effects.append(.send(line)) }
        guard connection.outbox.count < Limit.outboxLines else {
            return show(notice("Too much is waiting to be sent; this was not"), .clientError, in: .active)
        }
        connection.outbox.append(line)
    }

    /// Sends what may go.
    mutating func flush() {
        guard !connection.outbox.isEmpty else { return }
        let earned = (now.uptime - connection.lastToken) / Connection.tokenTime
        if earned > 0 {
            connection.tokens = Int(min(Int64(Connection.burst), Int64(connection.tokens) + earned))
            connection.lastToken = now.uptime
        }
        let count = min(connection.tokens, connection.outbox.count)
        for line in connection.outbox.prefix(count) { effects.append(.send(line)) }
        connection.outbox.removeFirst(count)
        connection.tokens -= count
    }

    /// Whether commands can be sent; says so when not.
    mutating func requireConnection() -> Bool {
        if isRegistered { return true }
        show(notice("Not connected to server"), .clientError, in: .active)
        return false
    }
}
