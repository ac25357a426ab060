import IRCProtocol
import TerminalText

// Saying something.

extension Command {
    static let talking: [Command] = [
        Command(
            "action", "<nick|#channel> <text>", "Says that you do something, to somebody or in a channel.",
            .correspondent, server: true
        ) {
            client, arguments in
            guard let target = arguments.word(), !arguments.isEmpty else { return client.notEnough() }
            client.sendAction(arguments.rest, to: target)
        },
        Command(
            "me", "<text>", "Says in this window that you do something: \"/me waves\" is shown as \"* you waves\".",
            server: true
        ) {
            client, arguments in
            guard !arguments.isEmpty else { return client.notEnough() }
            guard let item = client.activeItem else { return client.notJoined() }
            client.sendAction(arguments.rest, to: item.name)
        },
        Command(
            "msg", "<nick|#channel> <text>",
            "Speaks to one person alone, or to a channel. Up to four names with commas between them.", .correspondent,
            server: true
        ) {
            client, arguments in
            guard let targets = client.targets(&arguments), !arguments.isEmpty else { return }
            for target in targets { client.sendText(arguments.rest, to: target) }
        },
        Command(
            "notice", "<nick|#channel> <text>", "Sends a notice: like a message, but nobody's client answers it.",
            .correspondent, server: true
        ) {
            client, arguments in
            guard let targets = client.targets(&arguments), !arguments.isEmpty else { return }
            for target in targets { client.sendNotice(arguments.rest, to: target) }
        },
        Command(
            "query", "[-window] [<nick> [<text>]]",
            "Opens a window for a private talk; without a nick, closes this one. -window: in the window you are in.",
            .correspondent, options: ["window"]
        ) {
            client, arguments in
            client.query(&arguments)
        },
        Command("unquery", "[<nick>]", "Ends a private talk and closes its window.", .correspondent) {
            client, arguments in
            client.unquery(arguments.word() ?? client.activeItem?.name ?? [])
        },
        Command("say", "<text>", "Says a text in this window, even one that begins with a slash.", server: true) {
            client, arguments in
            client.say(arguments.rest)
        },
        Command(
            "away", "[<text>]", "Tells others that you are away, and why; without a text, that you are back.",
            server: true
        ) {
            client, arguments in
            let text = arguments.everything()
            client.transmit("AWAY", [], trailing: text.isEmpty ? nil : text)
        },
        Command("nick", "<nick>", "Changes your name.", server: true) { client, arguments in
            guard let nick = arguments.word() else {
                return client.say("Your nickname is %_$0%n", [plain(client.connection.nick)])
            }
            guard SafeName.isNick(nick[...]) else { return client.say("%_$0%n cannot be a nick", [plain(nick)]) }
            client.transmit("NICK", [nick])
        },
        Command("quit", "[<text>]", "Leaves. The text is shown to others; without one they see \"leaving\".") {
            client, arguments in
            let text = arguments.everything()
            client.quit(text.isEmpty ? Array(ascii: "leaving") : text)
        },
        Command("reconnect", "", "Connects to the server anew.") { client, _ in client.reconnect() },
        Command("flushbuffer", "", "Forgets lines that wait to be sent.") { client, _ in client.connection.outbox = []
        },
        Command("wait", "<milliseconds>", "Holds back what is to be sent, for at most a minute.") { client, arguments in
            guard let time = arguments.word()?.decimalValue else { return client.notEnough() }
            client.connection.tokens = 0
            client.connection.lastToken = client.now.uptime + Int64(min(time, 60000)) - Connection.tokenTime
        },
    ]
}

extension Client {
    /// At most four names, separated by commas; no address of a direct connection. Nil, and the user is told, otherwise.
    fileprivate mutating func targets(_ arguments: inout Arguments) -> [[UInt8]]? {
        guard let word = arguments.word(), !arguments.isEmpty else {
            notEnough()
            return nil
        }
        if word.equals(ascii: "*") {
            guard let item = activeItem else {
                notJoined()
                return nil
            }
            return [item.name]
        }
        let names = word[...].parts(UInt8(ascii: ",")).map { Array($0) }
        guard names.count <= 4, !names.isEmpty else {
            say("To four at most")
            return nil
        }
        for name in names where !SafeName.isNick(name[...]) && !SafeName.isChannel(name[...]) {
            say("%_$0%n is neither a nick nor a channel", [plain(name)])
            return nil
        }
        return names
    }

    /// What can be said at once: a line has 512 bytes with everything that a server puts before it.
    private func pieceLimit(_ target: [UInt8]) -> Int {
        max(100, 510 - 13 - connection.nick.count - target.count - 74)
    }

    /// Cuts a text at spaces, else between characters.
    func pieces(_ text: ArraySlice<UInt8>, limit: Int) -> [ArraySlice<UInt8>] {
        var pieces: [ArraySlice<UInt8>] = []
        var rest = text
        while rest.count > limit {
            let kept = rest.countKept(within: limit)
            let part = rest.prefix(kept)
            if let space = part.lastIndex(of: 0x20), space > part.startIndex {
                pieces.append(rest[..<space])
                rest = rest[(space + 1)...]
            } else {
                pieces.append(part)
                rest = rest[part.endIndex...]
            }
        }
        if !rest.isEmpty { pieces.append(rest) }
        return pieces
    }

    mutating func sendText(_ text: ArraySlice<UInt8>, to target: [UInt8]) {
        guard requireConnection() else { return }
        let isChannel = target.first.map(Names.isChannelPrefix) ?? false
        if !isChannel { noteCorrespondent(target[...]) }
        for piece in pieces(text, limit: pieceLimit(target)) {
            transmit("PRIVMSG", [target], trailing: Array(piece))
            // With echo-message the server says what has really been said, and when.
            if !connection.capabilities.contains(.echoMessage) { showOwnText(piece, to: target, isQuery: !isChannel) }
        }
    }

    mutating func sendNotice(_ text: ArraySlice<UInt8>, to target: [UInt8]) {
        for piece in pieces(text, limit: pieceLimit(target)) {
            transmit("NOTICE", [target], trailing: Array(piece))
            if !connection.capabilities.contains(.echoMessage) { showOwnNotice(piece, to: target) }
        }
    }

    mutating func sendAction(_ text: ArraySlice<UInt8>, to target: [UInt8]) {
        guard SafeName.isNick(target[...]) || SafeName.isChannel(target[...]) else {
            return say("%_$0%n is neither a nick nor a channel", [plain(target)])
        }
        for piece in pieces(text, limit: pieceLimit(target) - 9) {
            transmit("PRIVMSG", [target], trailing: Array(ascii: "\u{1}ACTION ") + piece.filter { $0 != 1 } + [1])
            if !connection.capabilities.contains(.echoMessage) { showOwnAction(piece, to: target) }
        }
    }

    fileprivate mutating func query(_ arguments: inout Arguments) {
        if let unknown = arguments.takeOptions(["window"]) { return unknownOption(unknown) }
        guard let nick = arguments.word() else { return unquery(activeItem?.name ?? []) }
        guard SafeName.isNick(nick[...]) else { return say("%_$0%n cannot be a nick", [plain(nick)]) }
        guard let index = openQuery(nick[...], isShared: arguments.has("window")) else {
            return say("Too many windows")
        }
        focus(index)
        if let place = windows[index].items.firstIndex(where: { $0.isNamed(nick) }) {
            windows[index].activeItem = place
        }
        noteCorrespondent(nick[...])
        if !arguments.isEmpty { sendText(arguments.rest, to: nick) }
    }

    fileprivate mutating func unquery(_ nick: [UInt8]) {
        guard let index = window(of: nick), let item = windows[index].items.first(where: { $0.isNamed(nick) }),
            !item.isChannel
        else { return say("There is no query with %_$0%n", [plain(nick)]) }
        add(notice("Closing query with %_$0%n", [plain(item.name)]), [.clientNotice, .noActivity], to: index)
        windows[index].remove(item)
        if windows[index].items.isEmpty, windows[index].name.isEmpty { close(index) }
    }

    mutating func quit(_ text: [UInt8]) {
        isQuitting = true
        connection.outbox = []
        transmit("QUIT", [], trailing: text, isUrgent: true)
        effects.append(.disconnect)
        effects.append(.quit)
    }

    fileprivate mutating func reconnect() {
        if isRegistered || connection.phase == .registering {
            transmit("QUIT", [], trailing: Array(ascii: "leaving"), isUrgent: true)
            effects.append(.disconnect)
            leaveChannels()
        }
        connection.failures = 0
        connect()
    }
}
