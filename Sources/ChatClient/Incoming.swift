import IRCProtocol
import TerminalText

extension Client {
    /// Does what a message of the server asks for. A source or a name that is none is dropped with its message.
    mutating func handle(_ message: Message) {
        let source = Source(message.source ?? message.line[message.line.startIndex..<message.line.startIndex])
        guard source.nick.isEmpty || SafeName.isSource(source.nick) else { return }
        if let code = message.command.decimalValue, message.command.count == 3 {
            return handleNumeric(code, message, source)
        }
        let command = message.command
        if command.same(as: "PRIVMSG") { return receiveText(message, source, isNotice: false) }
        if command.same(as: "NOTICE") { return receiveText(message, source, isNotice: true) }
        if command.same(as: "PING") { return transmit("PONG", [], trailing: Array(message.trailing), isUrgent: true) }
        if command.same(as: "PONG") { return receivePong() }
        if command.same(as: "JOIN") { return receiveJoin(message, source) }
        if command.same(as: "PART") { return receivePart(message, source) }
        if command.same(as: "QUIT") { return receiveQuit(message, source) }
        if command.same(as: "KICK") { return receiveKick(message, source) }
        if command.same(as: "NICK") { return receiveNick(message, source) }
        if command.same(as: "MODE") { return receiveMode(message, source) }
        if command.same(as: "TOPIC") { return receiveTopic(message, source) }
        if command.same(as: "INVITE") { return receiveInvite(message, source) }
        if command.same(as: "AWAY") { return receiveAway(message, source) }
        if command.same(as: "CAP") { return receiveCapabilities(message) }
        if command.same(as: "ERROR") {
            if !isQuitting { show(event("%RERROR%n $0", [coloured(message.trailing)]), .clientError) }
            return
        }
        if command.same(as: "WALLOPS") {
            return show(event("%_WALLOP%n $0: $1", [plain(source.nick), coloured(message.trailing)]), .wallops)
        }
        if command.same(as: "KILL") {
            return show(
                event("You were killed by %_$0%n [$1]", [plain(source.nick), coloured(message.trailing)]), .crap)
        }
        if command.same(as: "FAIL") || command.same(as: "WARN") || command.same(as: "NOTE") {
            // IRCv3 standard replies: command, code, context …, description.
            let target: Target = isRegistered ? .active : .status
            show(event("$0: $1", [plain(message[0]), coloured(message.trailing)]), .clientError, in: target)
        }
    }

    /// The source as the rules see it.
    func sender(_ message: Message, _ source: Source, in channel: [UInt8]? = nil) -> Sender {
        Sender(nick: source.nick, mask: message.source ?? source.nick, channel: channel)
    }

    // MARK: - capabilities (IRCv3 Capability Negotiation, version 302)

    private mutating func receiveCapabilities(_ message: Message) {
        let verb = message[1]
        if verb.same(as: "LS") || verb.same(as: "NEW") {
            for word in message.trailing.words {
                let name = word.prefix { $0 != UInt8(ascii: "=") }
                for (known, capability) in Connection.Capabilities.names where name.equals(ascii: known) {
                    connection.offered.insert(capability)
                }
            }
            // "*" before the list: more follows.
            if verb.same(as: "LS"), message.count > 3, message[2].equals(ascii: "*") { return }
            requestCapabilities()
        } else if verb.same(as: "DEL") {
            for word in message.trailing.words { setCapability(word, isOn: false) }
        } else if verb.same(as: "ACK") {
            for word in message.trailing.words {
                let isRemoved = word.first == UInt8(ascii: "-")
                setCapability(isRemoved ? word.dropFirst() : word, isOn: !isRemoved)
            }
            endNegotiation()
        } else if verb.same(as: "NAK") {
            endNegotiation()
        }
    }

    private mutating func setCapability(_ name: ArraySlice<UInt8>, isOn: Bool) {
        for (known, capability) in Connection.Capabilities.names where name.equals(ascii: known) {
            if isOn { connection.capabilities.insert(capability) } else { connection.capabilities.remove(capability) }
        }
    }

    private mutating func requestCapabilities() {
        let wanted = connection.offered.subtracting(connection.capabilities)
        if wanted.isEmpty { return endNegotiation() }
        var names: [[UInt8]] = []
        for (name, capability) in Connection.Capabilities.names where wanted.contains(capability) {
            names.append(Array(ascii: name))
        }
        transmit("CAP", [Array(ascii: "REQ")], trailing: .joined(names), isUrgent: true)
        // Registration need not wait for the answer, only for its end.
        endNegotiation()
    }

    private mutating func endNegotiation() {
        guard connection.phase == .registering, !connection.isNegotiated else { return }
        connection.isNegotiated = true
        transmit("CAP", [Array(ascii: "END")], isUrgent: true)
    }

    // MARK: - messages

    private mutating func receiveText(_ message: Message, _ source: Source, isNotice: Bool) {
        guard message.count >= 2 else { return }
        let text = message[1]
        var target = message[0]
        // STATUSMSG: "@#channel" is for the operators of a channel.
        let mark = target.prefix {
            Channel.prefixOrder.contains($0) && $0 != UInt8(ascii: "&") && $0 != UInt8(ascii: "+")
        }
        if !mark.isEmpty, target.dropFirst(mark.count).first.map(Names.isChannelPrefix) ?? false {
            target = target.dropFirst(mark.count)
        }
        let isChannel = target.first.map(Names.isChannelPrefix) ?? false
        guard isChannel ? SafeName.isChannel(target) : true else { return }
        guard !source.nick.isEmpty, source.user != nil || source.host != nil || SafeName.isNick(source.nick) || isNotice
        else {
            return
        }
        if let request = CTCP(text) {
            if request.command.same(as: "ACTION"), !isNotice {
                return receiveAction(request.text, message, source, isChannel ? Array(target) : nil)
            }
            return receiveCTCP(request, message, source, isNotice: isNotice)
        }
        if isNotice { return receiveNotice(text, message, source, isChannel ? target : nil) }
        guard SafeName.isNick(source.nick) else {
            return show(event("$0: $1", [plain(source.nick), coloured(text)]), .snotes)
        }
        if isChannel {
            receivePublic(text, message, source, Array(target), isForSome: !mark.isEmpty)
        } else {
            receivePrivate(text, message, source, target)
        }
    }

    private mutating func receivePublic(
        _ text: ArraySlice<UInt8>, _ message: Message, _ source: Source, _ channel: [UInt8], isForSome: Bool
    ) {
        if isMe(source.nick) { return showOwnText(text, to: channel, isQuery: false) }
        let sender = sender(message, source, in: channel)
        guard !isIgnored(text, from: sender, .public) else { return }
        let catches = catches(text, sender, .public)
        channels[channel.folded]?.noteSpeaker(
            source.nick, isToMe: addresses(connection.nick, text), limit: settings.number(.completionKeepPublics))
        let line = publicLine(source.nick, text, channel, catches, isForSome: isForSome)
        var levels: Levels = .public
        if catches.isHilight { levels.insert(.hilight) }
        show(line.text, levels, in: .item(channel), hang: line.hang)
    }

    private mutating func receivePrivate(
        _ text: ArraySlice<UInt8>, _ message: Message, _ source: Source, _ target: ArraySlice<UInt8>
    ) {
        if isMe(source.nick), !isMe(target) {
            // Our own words, back from the server.
            guard SafeName.isNick(target) else { return }
            return showOwnText(text, to: Array(target), isQuery: true)
        }
        guard !isIgnored(text, from: sender(message, source), .msgs) else { return }
        noteCorrespondent(source.nick)
        let isWanted = settings.levels(.autocreateQueryLevel).contains(.msgs)
        if let index = isWanted ? openQuery(source.nick) : window(of: source.nick) {
            let line = queryLine(source.nick, text, isOwn: false)
            add(line.text, [.msgs, .hilight], to: index, hang: line.hang)
        } else {
            show(format("[%R$0%n] $1", [plain(source.nick), body(text)]), [.msgs, .hilight])
        }
    }

    private mutating func receiveAction(
        _ text: ArraySlice<UInt8>, _ message: Message, _ source: Source, _ channel: [UInt8]?
    ) {
        guard SafeName.isNick(source.nick) else { return }
        if isMe(source.nick) {
            let target = channel ?? Array(message[0])
            guard channel != nil || SafeName.isNick(target[...]) else { return }
            return showOwnAction(text, to: target)
        }
        let sender = sender(message, source, in: channel)
        guard !isIgnored(text, from: sender, [.actions]) else { return }
        guard let channel else {
            noteCorrespondent(source.nick)
            let index = openQuery(source.nick)
            let line = actionLine(source.nick, text, nil)
            return show(
                line.text, [.actions, .msgs, .hilight], in: index.map { .window($0) } ?? .status, hang: line.hang)
        }
        let catches = catches(text, sender, .actions)
        channels[channel.folded]?.noteSpeaker(
            source.nick, isToMe: catches.isHilight, limit: settings.number(.completionKeepPublics))
        let line = actionLine(source.nick, text, isTalkedTo(channel) ? nil : channel)
        show(
            line.text, catches.isHilight ? [.actions, .public, .hilight] : [.actions, .public], in: .item(channel),
            hang: line.hang)
    }

    private mutating func receiveNotice(
        _ text: ArraySlice<UInt8>, _ message: Message, _ source: Source, _ channel: ArraySlice<UInt8>?
    ) {
        let isServer = source.user == nil && source.host == nil && (!SafeName.isNick(source.nick) || !isRegistered)
        if source.nick.isEmpty || isServer {
            return show(
                format(
                    "%g!$0%n $1", [plain(source.nick.isEmpty ? Array(ascii: "local")[...] : source.nick), body(text)]),
                .snotes, in: channel.map { .item(Array($0)) } ?? .status)
        }
        if isMe(source.nick) { return showOwnNotice(text, to: channel.map { Array($0) } ?? Array(message[0])) }
        let sender = sender(message, source, in: channel.map { Array($0) })
        guard !isIgnored(text, from: sender, .notices) else { return }
        if let channel {
            show(
                format("%K-%M$0%K:%m$1%K-%n $2", [plain(source.nick), plain(message[0]), body(text)]), .notices,
                in: .item(Array(channel)))
        } else {
            show(format("%K-%M$0%K-%n $1", [plain(source.nick), body(text)]), .notices, in: .item(Array(source.nick)))
        }
    }

    /// Requests of other clients get no answer: every answer would tell something of this machine. What is asked is
    /// shown, not more than once a minute. Offers of direct connections are not shown at all.
    private mutating func receiveCTCP(_ request: CTCP, _ message: Message, _ source: Source, isNotice: Bool) {
        guard !isNotice, !request.command.same(as: "DCC"), SafeName.isNick(source.nick), !isMe(source.nick),
            !isIgnored(nil, from: sender(message, source), .ctcps), now.uptime - lastCTCP >= 60000
        else { return }
        lastCTCP = now.uptime
        show(
            event(
                "%g%_$0%_ requested CTCP %_$1%_ and got no answer",
                [plain(source.nick), plain(request.command.prefix(20))]),
            .ctcps)
    }
}
