import IRCProtocol

/// What the client wants done by whoever runs it.
public enum Effect: Sendable, Equatable {
    /// Open a connection to the one server there is.
    case connect
    /// Close the connection, after what was to be sent.
    case disconnect
    /// Lines with their ends, for the server.
    case send([UInt8])
    /// Sound the terminal's bell.
    case bell
    /// Paint the next frame whole.
    case redraw
    /// End the program.
    case quit
}

/// Who is in front of the terminal; fixed for the life of the process.
public struct User: Sendable {
    /// The login name.
    public var name: [UInt8]
    /// What the account says of its owner; "Unknown" where it says nothing.
    public var realName: [UInt8]

    public init(name: [UInt8], realName: [UInt8]) {
        self.name = name
        self.realName = realName
    }

    /// The nearest nick: letters, digits and ``-[]\`_^{|}``, and not starting with a digit or "-".
    public var nick: [UInt8] {
        var nick = name.map { Names.isNick([UInt8(ascii: "a"), $0], limit: 2) ? $0 : UInt8(ascii: "_") }
        if let first = nick.first, !Names.isNick([first], limit: 1) { nick.insert(UInt8(ascii: "_"), at: 0) }
        return nick.isEmpty ? Array(ascii: "user") : Array(nick.prefix(30))
    }
}

/// No list that a peer or a user can make longer grows without end.
enum Limit {
    static let channels = 100
    static let queries = 30
    static let windows = 150
    static let members = 2000
    static let inputBytes = 8192
    static let outboxLines = 200
    static let pasteLines = 20
    static let listReplies = 500
    static let rules = 100
    static let aliasDepth = 5
    static let recentSpeakers = 50
    static let entryBytes = 4096
    static let windowBytes = 5_000_000
    static let topicBytes = 600
}
