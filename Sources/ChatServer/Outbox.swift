import IRCProtocol

/// Effects in the order in which they arise. What goes to one client in a row becomes one piece of bytes.
struct Outbox {
    private var effects: [Effect] = []
    private var pending: [UInt8] = []
    private var target: ClientID?
    /// While a labelled command is carried out: whose it is, and the lines that answer it (IRCv3 labeled-response).
    var labelled: (client: ClientID, lines: [TaggedLine])?

    /// A line for one client.
    mutating func add(_ line: TaggedLine, to client: ClientID) {
        if labelled?.client == client {
            labelled?.lines.append(line)
        } else {
            append(to: client) { line.append(to: &$0) }
        }
    }

    /// Bytes for one client, past any label.
    mutating func append(to client: ClientID, _ body: (inout [UInt8]) -> Void) {
        if target != client {
            flush()
            target = client
        }
        body(&pending)
    }

    /// A line for many.
    mutating func add(_ line: TaggedLine, to clients: [ClientID], except one: ClientID?) {
        if let labelled, labelled.client != one, clients.contains(labelled.client) {
            add(line, to: labelled.client)
            send(line, to: clients, except: labelled.client, and: one)
        } else {
            send(line, to: clients, except: one, and: nil)
        }
    }

    private mutating func send(_ line: TaggedLine, to clients: [ClientID], except: ClientID?, and other: ClientID?) {
        let others = other == nil ? clients : clients.filter { $0 != other }
        if others.isEmpty || (others.count == 1 && others[0] == except) { return }
        if others.count == 1 { return add(line, to: others[0]) }
        flush()
        effects.append(.sendAll(line.bytes, to: others, except: except))
    }

    /// Gives up a label: its client goes, and what was said to it is sent as it is.
    mutating func releaseLabel(of client: ClientID) {
        guard let held = labelled, held.client == client else { return }
        labelled = nil
        for line in held.lines { add(line, to: client) }
    }

    /// Something that is not text.
    mutating func add(_ effect: Effect) {
        flush()
        effects.append(effect)
    }

    mutating func take() -> [Effect] {
        flush()
        let taken = effects
        effects = []
        return taken
    }

    private mutating func flush() {
        guard let client = target else { return }
        effects.append(.send(pending, to: client))
        pending = []
        target = nil
    }
}

/// A line in the form that one kind of client gets.
struct TaggedLine {
    /// Without "@" and the space; empty where there are none.
    var tags: [UInt8]
    /// From the source to CR LF.
    var body: [UInt8]

    var bytes: [UInt8] {
        if tags.isEmpty { return body }
        var bytes: [UInt8] = []
        append(to: &bytes)
        return bytes
    }

    func append(to bytes: inout [UInt8]) {
        if !tags.isEmpty {
            bytes.append(UInt8(ascii: "@"))
            bytes.append(contentsOf: tags)
            bytes.append(UInt8(ascii: " "))
        }
        bytes.append(contentsOf: body)
    }
}

/// A message before it is known who gets it in which form. Each form is made once, and only if somebody gets it.
struct Outgoing {
    /// From the source on, without the end of line.
    var body: [UInt8]
    /// Client-only tags of the sender, in the form of the wire.
    var clientTags: [UInt8] = []
    /// Whether the sender is marked as a bot (IRCv3 Bot Mode).
    var isFromBot = false

    init(_ body: Text) { self.body = body.bytes }
}
