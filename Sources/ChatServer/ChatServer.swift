import IRCProtocol

/// The IRC server as a state machine: bytes, times and events go in, effects come out. It reads no clock, opens no file
/// and no socket, and draws no random number. One unlinked server, answering as ngircd does.
///
/// Sources: RFC 1459; RFC 2810 to 2813; modern.ircdocs.horse; IRCv3; ngircd 26 and 28 as observed.
///
/// Every name is found by an index. No command of a user walks over all clients, except those whose answer lists them
/// all (WHO without a channel while `Anonymous` is off); operators' WALLOPS, KLINE and messages to `$server` do.
public struct ChatServer {
    var configuration: Configuration
    var texts: ServerTexts
    var accounts = Accounts()
    var now: Moment

    // Clients, by place.
    var clients: [Client] = []
    var freeClients: [UInt32] = []
    /// Folded nick to place. A nick is taken from the moment it is given, before registration ends.
    var nicks: [[UInt8]: UInt32] = [:]
    /// Folded nick to those who watch it (MONITOR).
    var watchers: [[UInt8]: [ClientID]] = [:]
    var connectionsByUser: [UInt32: Int] = [:]
    var connectionsByAddress: [[UInt8]: Int] = [:]
    var operators: [UInt32] = []

    // Channels, by place.
    var channels: [Channel] = []
    var freeChannels: [UInt32] = []
    /// Folded name to place.
    var channelNames: [[UInt8]: UInt32] = [:]
    var joinSerial: UInt64 = 0
    var visit: UInt32 = 0
    /// The time tag of the last moment that one was written for.
    var writtenTime: (at: Int64, tag: [UInt8]) = (.min, [])

    // Counts for LUSERS and STATS while `Anonymous` is off.
    let startedAt: Moment
    var connectionCount = 0
    var registeredCount = 0
    var invisibleCount = 0
    var channelCount = 0
    var secretChannelCount = 0
    var peakConnections = 0
    var peakUsers = 0
    var connectionsEver = 0
    var commandCounts: [UInt32] = []

    var formerUsers: [FormerUser] = []
    var serverBans: [ServerBan] = []
    var timers: TimerWheel
    var outbox = Outbox()
    let commands = CommandTable()

    /// The counts of one moment, for the benchmark and the watchdog; no client can ask for them.
    public struct Census: Sendable, Equatable {
        public let connections: Int
        public let users: Int
        public let channels: Int
    }

    /// An empty server with the channels that the configuration defines.
    public init(configuration: Configuration, texts: ServerTexts = ServerTexts(), at now: Moment) {
        self.configuration = configuration
        self.texts = texts
        self.now = now
        startedAt = now
        timers = TimerWheel(now: now.uptime / 1000)
        commandCounts = Array(repeating: 0, count: Command.allCases.count)
        createPredefinedChannels()
    }

    public var census: Census {
        Census(connections: connectionCount, users: registeredCount, channels: channelCount)
    }

    /// When `tick` is to be called at the latest, on the clock of `Moment.uptime`; nil when nothing waits.
    public var nextDeadline: Int64? { timers.next.map { $0 * 1000 } }

    /// A connection was accepted. It gets a name in any case; where it is refused the effects say why and close it.
    public mutating func connected(_ peer: Peer, at now: Moment) -> (client: ClientID, effects: [Effect]) {
        self.now = now
        let slot = admit(peer)
        let id = identifier(slot)
        if let reason = refusal(of: peer) {
            send(error: reason, to: slot)
            remove(slot, reason: nil)
        }
        return (id, outbox.take())
    }

    /// Bytes have arrived, in any pieces.
    public mutating func receive(_ bytes: some Collection<UInt8>, from client: ClientID, at now: Moment) -> [Effect] {
        receive(client, count: bytes.count, at: now) { $0.append(bytes) }
    }

    /// Bytes have arrived, in any pieces: the form for a transport, in which they are copied once and as a whole.
    public mutating func receive(
        _ bytes: UnsafeRawBufferPointer, from client: ClientID, at now: Moment
    ) -> [Effect] {
        receive(client, count: bytes.count, at: now) { $0.append(bytes) }
    }

    private mutating func receive(
        _ client: ClientID, count: Int, at now: Moment, append: (inout LineSplitter) -> Void
    ) -> [Effect] {
        self.now = now
        guard let slot = slot(of: client) else { return [] }
        clients[slot].bytesReceived += UInt64(count)
        clients[slot].lastReceived = now.uptime
        append(&clients[slot].input)
        readLines(of: client)
        return outbox.take()
    }

    /// The connection is gone, and the server did not close it.
    public mutating func disconnected(_ client: ClientID, because loss: Loss, at now: Moment) -> [Effect] {
        self.now = now
        guard let slot = slot(of: client) else { return [] }
        let reason: Text =
            switch loss {
            case .closed: "Client closed connection"
            case .broken: "Connection reset by peer"
            case .outputLimit: "Write buffer overflow"
            }
        remove(slot, reason: lossReason(reason, of: slot), closes: loss == .outputLimit)
        return outbox.take()
    }

    /// Time has passed: asks silent clients for a sign of life, lets those go that give none, and goes on with those
    /// whose penalty is over.
    public mutating func tick(at now: Moment) -> [Effect] {
        self.now = now
        runTimers()
        return outbox.take()
    }

    /// The configuration was read again. Nobody is dropped; what was decided at registration stays.
    public mutating func rehash(
        _ configuration: Configuration, texts: ServerTexts, at now: Moment
    ) -> [Effect] {
        self.now = now
        let hadServerTime = offers(.serverTime)
        var next = configuration
        // What users were promised, and by what name others know them, cannot change while they are here.
        next.options.anonymous = self.configuration.options.anonymous
        next.options.anonymousHost = self.configuration.options.anonymousHost
        next.options.kernelIdent = self.configuration.options.kernelIdent
        next.global.name = self.configuration.global.name
        self.configuration = next
        self.texts = texts
        createPredefinedChannels()
        if hadServerTime != offers(.serverTime) { announceServerTime() }
        return outbox.take()
    }

    /// The accounts of the machine have changed.
    public mutating func setAccounts(_ accounts: Accounts) { self.accounts = accounts }

    /// Says goodbye to everybody and closes all connections.
    public mutating func shutDown(at now: Moment) -> [Effect] {
        self.now = now
        closeAll("Server going down")
        return outbox.take()
    }

    // MARK: Places

    /// The place of a client that is still there.
    func slot(of client: ClientID) -> Int? {
        let slot = Int(client.slot)
        guard slot < clients.count, clients[slot].generation == client.generation, clients[slot].state != .free
        else { return nil }
        return slot
    }

    func identifier(_ slot: Int) -> ClientID {
        ClientID(slot: UInt32(slot), generation: clients[slot].generation)
    }

    var isAnonymous: Bool { configuration.options.anonymous }
    var unixSeconds: Int64 { now.unix / 1000 }

    private mutating func admit(_ peer: Peer) -> Int {
        let slot: Int
        if let free = freeClients.popLast() {
            slot = Int(free)
        } else {
            clients.append(Client())
            slot = clients.count - 1
        }
        var client = Client()
        client.generation = clients[slot].generation &+ 1
        client.state = .registering
        client.login = peer.login
        client.address = peer.address
        client.nonce = peer.nonce
        client.connectedAt = now.uptime
        client.lastReceived = now.uptime
        client.lastSpoken = now.uptime
        clients[slot] = client
        connectionCount += 1
        connectionsEver += 1
        peakConnections = max(peakConnections, connectionCount)
        if let login = peer.login { connectionsByUser[login.uid, default: 0] += 1 }
        connectionsByAddress[peer.address, default: 0] += 1
        if configuration.limits.pongTimeoutSeconds > 0 {
            schedule(slot, at: now.uptime + registrationTimeout)
        }
        return slot
    }

    /// Why a connection may not stay; nil where it may. Asked after it was counted.
    private func refusal(of peer: Peer) -> Text? {
        let limits = configuration.limits
        if limits.maxConnections > 0, connectionCount > limits.maxConnections {
            return isAnonymous ? "Connection refused" : "Connection limit (\(limits.maxConnections)) reached"
        }
        guard configuration.options.kernelIdent else {
            let count = connectionsByAddress[peer.address] ?? 0
            let isOver = limits.maxConnectionsPerAddress > 0 && count > limits.maxConnectionsPerAddress
            return isOver ? "Too many connections from your IP address" : nil
        }
        guard let login = peer.login, isUsable(loginName: login.name) else { return "Connection refused" }
        let count = connectionsByUser[login.uid] ?? 0
        return limits.maxConnectionsPerUser > 0 && count > limits.maxConnectionsPerUser ? "Too many connections" : nil
    }

    /// A login name becomes the user name as it is, so it may not break `nick!user@host`.
    private func isUsable(loginName name: [UInt8]) -> Bool {
        !name.isEmpty && name.count <= 32 && name.allSatisfy(Names.isUserByte)
    }
}
