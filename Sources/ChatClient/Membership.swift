import IRCProtocol
import TerminalText

// Who is where, and what they are called.

extension Client {
    mutating func receiveJoin(_ message: Message, _ source: Source) {
        let name = message[0]
        guard SafeName.isChannel(name), SafeName.isNick(source.nick) else { return }
        if isMe(source.nick) { return joined(Array(name)) }
        guard let channel = channels[name.folded], channel.isJoined else { return }
        if channel.members.count < Limit.members {
            channels[name.folded]?.members[source.nick.folded] = Member(nick: Array(source.nick))
        }
        guard !isIgnored(nil, from: sender(message, source, in: Array(name)), .joins) else { return }
        show(event("%C$0%n has joined %_$1%n", [plain(source.nick), plain(name)]), .joins, in: .item(Array(name)))
    }

    private mutating func joined(_ name: [UInt8]) {
        let key = name.folded
        guard channels[key] != nil || channels.count < Limit.channels else {
            transmit("PART", [name])
            return show(notice("Too many channels"), .clientError)
        }
        var channel = channels[key] ?? Channel(name: name)
        (channel.isJoined, channel.hasNames, channel.members) = (true, false, NameTable())
        (channel.topic, channel.modes, channel.joinedAt) = ([], [], now.uptime)
        channel.members[connection.nick.folded] = Member(nick: connection.nick)
        channels[key] = channel
        let isShared = sharedJoins.contains(key)
        sharedJoins.removeAll { $0 == key }
        guard let index = open(.channel(name), isShared: isShared) else {
            channels[key] = nil
            return transmit("PART", [name])
        }
        if wantedChannels.contains(key) {
            wantedChannels.removeAll { $0 == key }
            focus(index)
        }
        if windows[index].items.count > 1 { tellItem(of: index) }
        show(
            event("%C$0%n has joined %_$1%n", [plain(connection.nick), plain(name)]), .joins, in: .item(name))
        transmit("MODE", [name], isUrgent: true)
    }

    mutating func receivePart(_ message: Message, _ source: Source) {
        let name = message[0]
        guard SafeName.isChannel(name), SafeName.isNick(source.nick), let channel = channels[name.folded] else {
            return
        }
        let line = event("%c$0%n has left %_$1%n [$2]", [plain(source.nick), plain(name), coloured(message[1])])
        if isMe(source.nick) {
            if wantedChannels.contains(name.folded) {
                // On the way out and in again.
                channels[name.folded]?.isJoined = false
                channels[name.folded]?.isCreationShown = false
                channels[name.folded]?.members.removeAll()
                return show(line, .parts, in: .item(channel.name))
            }
            channels[name.folded] = nil
            guard let index = window(of: name) else { return }
            windows[index].remove(.channel(channel.name))
            if let other = windows[index].item { return show(line, .parts, in: .item(other.name)) }
            return close(index)
        }
        channels[name.folded]?.forget(source.nick)
        guard !isIgnored(nil, from: sender(message, source, in: Array(name)), .parts) else { return }
        show(line, .parts, in: .item(Array(name)))
    }

    mutating func receiveQuit(_ message: Message, _ source: Source) {
        guard SafeName.isNick(source.nick), !isMe(source.nick) else { return }
        let key = source.nick.folded
        let line = event("%c$0%n has quit [$1]", [plain(source.nick), coloured(message[0])])
        let isHidden = isIgnored(nil, from: sender(message, source), .quits)
        var shownIn: [Int] = []
        for name in channels.keys where channels[name]?.members[key] != nil {
            channels[name]?.forget(source.nick)
            guard !isHidden, let index = window(of: name), !shownIn.contains(index) else { continue }
            shownIn.append(index)
            add(line, .quits, to: index)
        }
        if !isHidden, let index = window(of: source.nick), !shownIn.contains(index) { add(line, .quits, to: index) }
        shownAways[key] = nil
    }

    mutating func receiveKick(_ message: Message, _ source: Source) {
        let (name, victim) = (message[0], message[1])
        guard SafeName.isChannel(name), SafeName.isNick(victim), channels[name.folded] != nil else { return }
        let line = event(
            "%c$0%n was kicked from %_$1%n by %_$2%n [$3]",
            [plain(victim), plain(name), plain(source.nick), coloured(message[2])])
        show(line, isMe(victim) ? [.kicks, .hilight] : .kicks, in: .item(Array(name)))
        guard isMe(victim) else {
            channels[name.folded]?.forget(victim)
            return
        }
        if let index = window(of: name), let channel = channels[name.folded] {
            windows[index].remove(.channel(channel.name))
        }
        channels[name.folded] = nil
    }

    mutating func receiveNick(_ message: Message, _ source: Source) {
        let new = message[0]
        guard SafeName.isNick(source.nick), SafeName.isNick(new) else { return }
        let isOwn = isMe(source.nick)
        let oldKey = source.nick.folded
        let line =
            isOwn
            ? event("You're now known as %_$0%n", [plain(new)])
            : event("%c$0%n is now known as %C$1%n", [plain(source.nick), plain(new)])
        if isOwn {
            connection.nick = Array(new)
            connection.wantedNick = Array(new)
        }
        let isHidden = !isOwn && isIgnored(nil, from: sender(message, source), .nicks)
        var shownIn: [Int] = []
        for name in channels.keys where channels[name]?.members[oldKey] != nil {
            channels[name]?.rename(source.nick, to: new)
            if let index = window(of: name), !shownIn.contains(index) { shownIn.append(index) }
        }
        // A private talk goes on under the new name.
        if let index = window(of: source.nick), !isOwn, window(of: new) == nil {
            for place in windows[index].items.indices where windows[index].items[place].isNamed(source.nick) {
                windows[index].items[place] = .query(Array(new))
            }
            if !shownIn.contains(index) { shownIn.append(index) }
        }
        for place in correspondents.indices where sameName(correspondents[place], source.nick) {
            correspondents[place] = Array(new)
        }
        if isOwn, shownIn.isEmpty { shownIn = [active] }
        guard !isHidden else { return }
        for index in shownIn { add(line, isOwn ? [.nicks, .noActivity] : .nicks, to: index) }
    }

    mutating func receiveInvite(_ message: Message, _ source: Source) {
        let (nick, name) = (message[0], message[1])
        guard SafeName.isChannel(name), SafeName.isNick(source.nick) else { return }
        guard !isIgnored(nil, from: sender(message, source), .invites) else { return }
        if isMe(nick) {
            return show(
                event("%_$0%n invites you to %_$1%n", [plain(source.nick), plain(name)]), .invites)
        }
        guard SafeName.isNick(nick) else { return }
        show(
            event("%_$0%n invites %_$1%n to %_$2%n", [plain(source.nick), plain(nick), plain(name)]), .invites,
            in: .item(Array(name)))
    }

    mutating func receiveAway(_ message: Message, _ source: Source) {
        guard SafeName.isNick(source.nick) else { return }
        let isAway = message.count > 0 && !message[0].isEmpty
        for name in channels.keys { channels[name]?.members[source.nick.folded]?.isAway = isAway }
        guard let index = window(of: source.nick), !isMe(source.nick) else { return }
        if isAway {
            showAway(source.nick, message[0], in: .window(index))
        } else {
            shownAways[source.nick.folded] = nil
            add(event("%_$0%n is back", [plain(source.nick)]), [.crap, .noActivity], to: index)
        }
    }

    /// Once for each text.
    mutating func showAway(_ nick: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>, in target: Target) {
        guard shownAways[nick.folded].map({ !$0.elementsEqual(text) }) ?? true else { return }
        if shownAways.count > Limit.members { shownAways.removeAll() }
        shownAways[nick.folded] = Array(text)
        show(event("%_$0%n is away: $1", [plain(nick), coloured(text)]), .crap, in: target)
    }

    // MARK: - names

    /// A part of the list of a channel's members (353).
    mutating func receiveNames(_ name: ArraySlice<UInt8>, _ list: ArraySlice<UInt8>) {
        guard let channel = channels[name.folded] else {
            // Not ours: only shown.
            if listing.kind == .names { show(event("$0: $1", [plain(name), plain(list)]), .crap, in: .active) }
            return
        }
        var room = Limit.members - channel.members.count
        for word in list.words where room > 0 {
            let prefixes = word.prefix { Channel.prefixOrder.contains($0) }
            let nick = word[prefixes.endIndex...].prefix { $0 != UInt8(ascii: "!") }
            guard SafeName.isNick(nick) else { continue }
            channels[name.folded]?.members[nick.folded] = Member(nick: Array(nick), prefixes: Array(prefixes))
            room -= 1
        }
    }

    mutating func endOfNames(_ name: ArraySlice<UInt8>) {
        guard let channel = channels[name.folded] else { return }
        let isFirst = !channel.hasNames
        let isAsked = channel.isListing
        channels[name.folded]?.hasNames = true
        channels[name.folded]?.isListing = false
        guard isAsked || isFirst && settings.isOn(.showNamesOnJoin) else { return }
        let isShort = !isAsked && channel.members.count > settings.number(.showNamesOnJoinLimit)
        showNames(channel, isShort: isShort)
    }

    /// `[@op    ] [ carol]`: at most six columns, filled from top to bottom, each as wide as its widest nick.
    func nameRows(_ members: [Member], width: Int) -> [StyledText] {
        guard !members.isEmpty else { return [] }
        var count = min(6, members.count)
        var perColumn = 0
        var widths: [Int] = []
        while true {
            perColumn = (members.count + count - 1) / count
            widths = (0..<count).map { column in
                members[min(column * perColumn, members.count)..<min((column + 1) * perColumn, members.count)]
                    .reduce(0) { max($0, $1.nick.count) }
            }
            if count == 1 || widths.reduce(0, { $0 + $1 + 4 }) <= width { break }
            count -= 1
        }
        return (0..<perColumn).map { row in
            var text = StyledText()
            for column in 0..<count where column * perColumn + row < members.count {
                let member = members[column * perColumn + row]
                text.append("[", Style(8))
                text.append(untrusted: [member.prefixes.first ?? 0x20], .bold)
                text.append(untrusted: member.nick)
                text.append(spaces: widths[column] - member.nick.count)
                text.append("]", Style(8))
                text.append(spaces: 1)
            }
            return text
        }
    }

    mutating func showNames(_ channel: Channel, isShort: Bool) {
        let members = channel.sorted
        let target = Target.item(channel.name)
        if !isShort {
            show(format("[%gUsers%n %G$0%n]", [plain(channel.name)]), [.clientCrap, .noActivity], in: target)
            for row in nameRows(members, width: max(columns - 7, 20)) {
                show(row, [.clientCrap, .noActivity], in: target)
            }
        }
        let count = { (rank: Int) in members.reduce(0) { $0 + (Channel.rank($1) == rank ? 1 : 0) } }
        let ops = count(0) + count(1) + count(2)
        show(
            notice(
                "%_$0%n: Total of %_$1%n nicks [%_$2%n ops, %_$3%n halfops, %_$4%n voices, %_$5%n normal]",
                [
                    plain(channel.name), number(members.count), number(ops), number(count(3)), number(count(4)),
                    number(members.count - ops - count(3) - count(4)),
                ]), [.clientCrap, .noActivity], in: target)
    }
}
