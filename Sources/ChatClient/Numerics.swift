import IRCProtocol
import TerminalText

/// A long answer that the user has asked for.
struct Listing: Sendable {
    enum Kind: Sendable { case none, names, list, bans, who }
    var kind = Kind.none
    /// How many lines have been shown.
    var count = 0
}

extension Client {
    /// A reply of three digits.
    mutating func handleNumeric(_ code: Int, _ message: Message, _ source: Source) {
        // The first parameter is this user's own name.
        let (first, second) = (message[1], message[2])
        switch code {
        case 1: welcome(message)
        case 5: takeSupport(message)
        case 221: connection.userModes = first.filter { $0.isLetter }
        case 301 where isInWhois: showWhois(code, message)
        case 301: showAway(first, message.trailing, in: .item(Array(first)))
        case 302: showWords(message)
        case 303: show(event("Users online: %_$0%n", [plain(message.trailing)]), .crap, in: .active)
        case 271: show(event("%_$0%n: silence %c$1%n", [plain(first), plain(second)]), .crap)
        case 305, 306:
            connection.isAway = code == 306
            show(
                code == 306
                    ? event("You have been marked as being away") : event("You are no longer marked as being away"),
                .crap)
        case 311, 312, 313, 314, 317, 318, 319, 330, 335, 338, 369, 378, 379, 671: showWhois(code, message)
        case 315: endListing(.who)
        case 321:
            listing = Listing(kind: .list, count: 0)
            show(event("Channel Users  Name"), .crap, in: .active)
        case 322: showListed(.list, event("$0 $1 $2", [plain(first), plain(second), coloured(message.trailing)]))
        case 323: endListing(.list)
        case 324: channelModes(message)
        case 329:
            guard let channel = channels[first.folded] else { return }
            guard let time = second.decimalValue, !channel.isCreationShown else { return }
            channels[first.folded]?.isCreationShown = true
            show(
                event("Channel %c$0%n created $1", [plain(channel.name), plain(calendar.date(time))]), .crap,
                in: .item(channel.name))
        case 331: show(event("No topic set for %c$0%n", [plain(first)]), .crap, in: .item(Array(first)))
        case 332:
            channels[first.folded]?.topic = Array(message.trailing.prefix(Limit.topicBytes))
            show(
                event("Topic for %c$0%n: $1", [plain(first), coloured(message.trailing)]), .crap,
                in: .item(Array(first)))
        case 333:
            let who = second.prefix { $0 != UInt8(ascii: "!") }
            let line = message[3].decimalValue.map {
                event("Topic set by %_$0%n [$1]", [plain(who), plain(calendar.date($0))])
            }
            show(line ?? event("Topic set by %_$0%n", [plain(who)]), .crap, in: .item(Array(first)))
        case 341:
            show(event("Inviting %_$0%n to %c$1%n", [plain(first), plain(second)]), .crap, in: .item(Array(second)))
        case 346, 348, 367: showMask(code, message)
        case 347, 349, 368: endOfMasks(first, code)
        case 352:
            let flags = message[6]
            let marks = flags.filter { Channel.prefixOrder.contains($0) }
            let isAway = flags.first == UInt8(ascii: "G")
            showListed(
                .who,
                event(
                    "%c$0%n: %_$1$2%n $3 $4",
                    [
                        plain(first), plain(marks), plain(message[5]), StyledText(isAway ? "away" : "here"),
                        coloured(message.trailing.drop { $0 != 0x20 }.trimmed),
                    ]))
        case 353: receiveNames(message[message.count - 2], message.trailing)
        case 366: endOfNames(first)
        case 372: show(event("$0", [coloured(message.trailing)]), .crap)
        // What the greeting tells of the server.
        case 2, 3, 4, 375, 272: return
        case 376: show(event("End of MOTD command"), .crap)
        case 422: return
        case 364: show(event("$0", [words(of: message)]), .crap, in: .active)
        case 391: return
        case 433, 432: nickRefused(code, message)
        case 451: return
        default: code >= 400 && code < 600 ? showError(code, message) : showText(message)
        }
    }

    private mutating func welcome(_ message: Message) {
        if SafeName.isNick(message[0]) { connection.nick = Array(message[0]) }
        connection.phase = .registered
        connection.failures = 0
        connection.lastPing = now.uptime
        // Joining waits for nothing, neither for the rest of the greeting nor for the brake on sending.
        let isAgain = connection.hasBeenRegistered
        connection.hasBeenRegistered = true
        show(notice("Connected as %_$0%n", [plain(connection.nick)]), .clientNotice)
        if !sameName(connection.nick, connection.wantedNick) {
            show(
                notice(
                    "%_$0%n is taken or not allowed; you are %_$1%n",
                    [plain(connection.wantedNick), plain(connection.nick)]),
                .clientNotice)
        }
        var names: [([UInt8], [UInt8])] = []
        if isAgain {
            for channel in channels.values { names.append((channel.name, channel.key)) }
        } else {
            for channel in configuration.channels where channel.isJoined { names.append((channel.name, channel.key)) }
        }
        for (name, key) in names { transmit("JOIN", key.isEmpty ? [name] : [name, key], isUrgent: true) }
    }

    /// ISUPPORT. Only what is needed, and only what makes sense.
    private mutating func takeSupport(_ message: Message) {
        for index in 1..<max(message.count - 1, 1) {
            let word = message[index]
            let name = word.prefix { $0 != UInt8(ascii: "=") }
            let value = word[name.endIndex...].dropFirst()
            if name.equals(ascii: "NICKLEN"), let limit = value.decimalValue, (1...SafeName.limit).contains(limit) {
                connection.nickLimit = limit
            } else if name.equals(ascii: "CHANMODES") {
                let groups = value.parts(UInt8(ascii: ","), keepsEmpty: true)
                guard groups.count >= 3 else { continue }
                connection.listModes = Array(groups[0].prefix(26))
                connection.parameterModes = Array(groups[1].prefix(26))
                connection.settingModes = Array(groups[2].prefix(26))
            }
        }
    }

    private mutating func channelModes(_ message: Message) {
        let name = message[1]
        guard channels[name.folded] != nil else {
            return show(event("mode/%c$0%n [$1]", [plain(name), plain(message[2])]), .modes, in: .active)
        }
        channels[name.folded]?.modes = []
        applyChannelModes(message, from: 2)
        guard let channel = channels[name.folded] else { return }
        if channel.joinedAt > 0 || now.uptime == 0 {
            let seconds = Int(max(now.uptime - channel.joinedAt, 0) / 1000)
            channels[name.folded]?.joinedAt = 0
            show(
                notice("Join to %_$0%n was synced in %_$1%n secs", [plain(name), number(seconds)]),
                [.clientNotice, .noActivity], in: .item(Array(name)))
        } else {
            show(event("mode/%c$0%n [$1]", [plain(name), plain(message[2])]), .modes, in: .item(Array(name)))
        }
    }

    /// While registering another name is tried at once; later the user is told.
    private mutating func nickRefused(_ code: Int, _ message: Message) {
        let refused = message[1]
        guard connection.phase == .registering else {
            return show(
                code == 433
                    ? event("Nick %_$0%n is already in use", [plain(refused)])
                    : event("$0 $1", [plain(refused), plain(message.trailing)]), .clientError, in: .active)
        }
        connection.nickAttempts += 1
        guard connection.nickAttempts < 50 else {
            show(notice("No nick was free"), .clientError)
            effects.append(.disconnect)
            return connectionLost()
        }
        connection.nick = nickToTry(connection.nickAttempts, isTooLong: code == 432)
        transmit("NICK", [connection.nick], isUrgent: true)
    }

    /// `nick_`, `nick__`, then `nick2`, `nick3` …, within the length that the server takes.
    private func nickToTry(_ attempt: Int, isTooLong: Bool) -> [UInt8] {
        let base = connection.wantedNick.prefix(connection.nickLimit)
        if isTooLong, attempt == 1, connection.wantedNick.count > base.count { return Array(base) }
        var suffix: [UInt8] = []
        if attempt <= 2 {
            suffix = Array(repeating: UInt8(ascii: "_"), count: attempt)
        } else {
            suffix.append(decimal: attempt - 1)
        }
        return Array(base.prefix(max(1, connection.nickLimit - suffix.count))) + suffix
    }

    // MARK: - lists

    /// A line of a list that may be long.
    private mutating func showListed(_ kind: Listing.Kind, _ line: StyledText) {
        if listing.kind != kind { listing = Listing(kind: kind, count: 0) }
        listing.count += 1
        if listing.count <= Limit.listReplies { show(line, .crap, in: .active) }
    }

    private mutating func endListing(_ kind: Listing.Kind) {
        if listing.kind == kind, listing.count > Limit.listReplies {
            show(notice("$0 more are not shown", [number(listing.count - Limit.listReplies)]), .clientCrap, in: .active)
        }
        listing = Listing()
        show(kind == .list ? event("End of LIST") : event("End of /WHO list"), .crap, in: .active)
    }

    private mutating func showMask(_ code: Int, _ message: Message) {
        if listing.kind != .bans { listing = Listing(kind: .bans, count: 0) }
        listing.count += 1
        guard listing.count <= Limit.listReplies else { return }
        let kind: StaticString = code == 367 ? "ban" : code == 348 ? "ban exception" : "invitation"
        let who = message[3].prefix { $0 != UInt8(ascii: "!") }
        var line = event(
            "$0 - $1: $2 %c$3%n", [number(listing.count), plain(message[1]), StyledText(kind), plain(message[2])])
        if !who.isEmpty { line.append(format(" [by %_$0%n]", [plain(who)])) }
        show(line, .crap, in: .item(Array(message[1])))
    }

    private mutating func endOfMasks(_ channel: ArraySlice<UInt8>, _ code: Int) {
        if listing.kind != .bans || listing.count == 0, code == 368 {
            show(notice("No bans in channel %_$0%n", [plain(channel)]), .clientNotice, in: .item(Array(channel)))
        }
        listing = Listing()
    }

    // MARK: - errors and the rest

    /// What could not be done, with its reason, where the user was when asking.
    private mutating func showError(_ code: Int, _ message: Message) {
        let subject = message[1]
        let isChannel = subject.first.map(Names.isChannelPrefix) ?? false
        let target: Target = window(of: subject).map { .window($0) } ?? (isRegistered ? .active : .status)
        if code == 401, sameName(subject, askedAbout) {
            askedAbout = []
            return show(event("There is no such nick $0", [plain(subject)]), .crap)
        }
        let reason: StaticString?
        switch code {
        case 471: reason = "Channel is full"
        case 473: reason = "You must be invited"
        case 474: reason = "You are banned"
        case 475: reason = "Bad channel key"
        case 405: reason = "You have joined too many channels"
        default: reason = nil
        }
        if let reason {
            wantedChannels.removeAll { $0 == subject.folded }
            return show(
                event("Cannot join to channel %_$0%n ($1)", [plain(subject), StyledText(reason)]), .clientError,
                in: target)
        }
        let line: StyledText
        switch code {
        case 401: line = event("%_$0%n: No such nick/channel", [plain(subject)])
        case 403: line = event("%_$0%n: No such channel", [plain(subject)])
        case 404:
            line = event("Your message to %_$0%n was not delivered: $1", [plain(subject), coloured(message.trailing)])
        case 421: line = event("$0 Unknown command", [plain(subject)])
        case 443: line = event("$0 $1 is already on channel", [plain(subject), plain(message[2])])
        case 472: line = event("Unknown mode character $0", [plain(subject)])
        case 482 where isChannel: line = event("$0 You're not channel operator", [plain(subject)])
        default:
            line = event("$0", [words(of: message)])
        }
        show(line, .clientError, in: target)
    }

    private mutating func showWords(_ message: Message) {
        show(event("$0", [plain(message.trailing)]), .crap, in: .active)
    }

    /// Everything after one's own name.
    private mutating func showText(_ message: Message) { show(event("$0", [words(of: message)]), .crap) }

    private func words(of message: Message) -> StyledText {
        var text = StyledText()
        for index in 1..<max(message.count, 1) {
            if index > 1 { text.append(spaces: 1) }
            text.append(coloured(message[index]))
        }
        return text
    }
}
