import IRCProtocol

/// Names a connection from `connected` until `disconnected`. A place that is used again gets another generation, so an
/// identifier that is kept too long names nobody.
public struct ClientID: Sendable, Hashable {
    /// Its place in the table of clients; small and dense, so that the transport can index an array by it.
    public let slot: UInt32
    /// How often the place was given away.
    public let generation: UInt32
}

/// What the transport knows about the other end of a connection before a byte is read.
public struct Peer: Sendable, Equatable {
    /// The account behind the connection, as the kernel names it.
    public var login: Login?
    /// The address, in the form that hosts have in IRC. Shown to nobody while `Anonymous` is on.
    public var address: [UInt8]
    /// A random number. It becomes the text of the ping that `RequireAuthPing` demands an answer to.
    public var nonce: UInt64

    public init(login: Login?, address: [UInt8], nonce: UInt64) {
        self.login = login
        self.address = address
        self.nonce = nonce
    }
}

/// An account of the machine.
public struct Login: Sendable, Equatable {
    public var uid: UInt32
    /// The login name.
    public var name: [UInt8]

    public init(uid: UInt32, name: [UInt8]) {
        self.uid = uid
        self.name = name
    }
}

/// Why a connection is gone without the client having said so. Other users are not told which of these it was while
/// `Anonymous` is on: it would describe the state of a peer's line.
public enum Loss: Sendable, Equatable {
    /// The other end closed the connection.
    case closed
    /// The connection broke.
    case broken
    /// The client does not read, and what waits for it has grown over the transport's limit.
    case outputLimit
}

/// What the edge is to do, in this order. Nothing is done by the server itself.
public enum Effect: Sendable, Equatable {
    /// Writes whole lines to one client.
    case send([UInt8], to: ClientID)
    /// Writes one line to many clients, all but one. The bytes and the list are shared, not copied.
    case sendAll([UInt8], to: [ClientID], except: ClientID?)
    /// Closes the connection when what was sent is written. `disconnected` need not be called afterwards.
    case close(ClientID)
    /// Stops reading from a client that has sent faster than it may; what it has sent meanwhile stays in the kernel.
    case pauseReading(ClientID)
    /// Reads from it again.
    case resumeReading(ClientID)
    /// An operator asks for the configuration to be read again; `rehash` takes it.
    case rehash
    /// An operator asks the server to end. Everybody has been told and closed.
    case shutDown
    /// An operator asks the server to end and start again. Everybody has been told and closed.
    case restart
}

/// What is read from files by the edge.
public struct ServerTexts: Sendable, Equatable {
    /// The message of the day, by lines.
    public var messageOfTheDay: [[UInt8]]

    public init(messageOfTheDay: [[UInt8]] = []) {
        self.messageOfTheDay = messageOfTheDay
    }
}

/// The account names that a nick may not pose as.
public struct Accounts: Sendable, Equatable {
    private var names: Set<[UInt8]> = []

    public init(names: some Sequence<[UInt8]> = []) {
        self.names = Set(names.map { CaseMapping.ascii.fold($0) })
    }

    func contains(folded name: [UInt8]) -> Bool { names.contains(name) }
}
