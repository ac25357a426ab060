import IRCProtocol

// What a new user is told (RFC 2812, section 5.1; modern.ircdocs.horse, "Connection Registration").

extension ChatServer {
    /// The name and version that ngircd clients know; nothing while `Anonymous` is on.
    var software: Text { isAnonymous ? "ircd" : "ngircdus" }

    mutating func welcome(_ slot: Int) {
        let server = configuration.global.name
        reply(slot, .welcome, ":Welcome to the Internet Relay Network \(clients[slot].source)")
        if isAnonymous {
            reply(slot, .yourHost, ":Your host is \(server)")
            reply(slot, .created, ":This server has been started")
        } else {
            reply(slot, .yourHost, ":Your host is \(server), running version \(software)")
            reply(slot, .created, ":This server has been started \(longDate(startedAt.unix / 1000))")
        }
        reply(
            slot, .myInfo,
            "\(server) \(software) \(UserModes(rawValue: .max).letters) abehiIklmMnoOPqQrRstvVz")
        supported(slot)
        countsOfUsers(slot)
        messageOfTheDay(slot)
    }

    /// ISUPPORT (modern.ircdocs.horse, "RPL_ISUPPORT Parameters"), at most thirteen tokens a line.
    mutating func supported(_ slot: Int) {
        let limits = configuration.limits
        if !configuration.global.network.isEmpty {
            reply(slot, .isSupport, "NETWORK=\(configuration.global.network) :is my network name")
        }
        let joins: Text = limits.maxJoins > 0 ? "\(limits.maxJoins)" : ""
        let software: Text = isAnonymous ? "" : "IRCD=ngIRCd "
        reply(
            slot, .isSupport,
            """
            RFC2812 \(software)CHARSET=UTF-8 CASEMAPPING=ascii PREFIX=(qaohv)~&@%+ CHANTYPES=#&+ \
            CHANMODES=beI,k,l,imMnOPQRstVz CHANLIMIT=#&+:\(joins) \
            :are supported on this server
            """)
        reply(
            slot, .isSupport,
            """
            CHANNELLEN=\(ChatServer.channelNameLimit) NICKLEN=\(limits.maxNickLength) \
            TOPICLEN=\(ChatServer.topicLimit) AWAYLEN=\(ChatServer.awayLimit) KICKLEN=\(ChatServer.kickLimit) MODES=5 \
            MAXLIST=beI:\(ChatServer.maskListLimit) EXCEPTS=e INVEX=I PENALTY FNC :are supported on this server
            """)
        let filters: Text = isAnonymous ? "MN" : "CMNTU"
        let utf8: Text = configuration.options.utf8Only ? " UTF8ONLY" : ""
        reply(
            slot, .isSupport,
            """
            STATUSMSG=~&@%+ ELIST=\(filters) MAXTARGETS=\(ChatServer.targetLimit) \
            MONITOR=\(ChatServer.monitorLimit) WHOX BOT=B USERLEN=\(configuration.options.kernelIdent ? 32 : 10) \
            CLIENTTAGDENY=*,-typing,-draft/react,-draft/reply\(utf8) :are supported on this server
            """)
    }

    /// LUSERS (RFC 2812, section 3.4.2).
    mutating func countsOfUsers(_ slot: Int) {
        if isAnonymous {
            reply(slot, .lusersClients, ":There are 0 users and 0 services on 1 servers")
            reply(slot, .lusersChannels, "0 :channels formed")
            reply(slot, .lusersMe, ":I have 0 users, 0 services and 0 servers")
            reply(slot, .localUsers, "0 0 :Current local users: 0, Max: 0")
            reply(slot, .globalUsers, "0 0 :Current global users: 0, Max: 0")
            reply(slot, .statsConnections, ":Highest connection count: 0 (0 connections received)")
            return
        }
        let users = registeredCount
        let unknown = connectionCount - registeredCount
        reply(slot, .lusersClients, ":There are \(users) users and 0 services on 1 servers")
        if !operators.isEmpty { reply(slot, .lusersOperators, "\(operators.count) :operator(s) online") }
        if unknown > 0 { reply(slot, .lusersUnknown, "\(unknown) :unknown connection(s)") }
        // Secret channels are counted for those inside (ngircd).
        let own = clients[slot].memberships.count { channels[Int($0.channel)].modes.contains(.secret) }
        reply(slot, .lusersChannels, "\(channelCount - secretChannelCount + own) :channels formed")
        reply(slot, .lusersMe, ":I have \(users) users, 0 services and 0 servers")
        reply(slot, .localUsers, "\(users) \(peakUsers) :Current local users: \(users), Max: \(peakUsers)")
        reply(slot, .globalUsers, "\(users) \(peakUsers) :Current global users: \(users), Max: \(peakUsers)")
        reply(
            slot, .statsConnections,
            ":Highest connection count: \(peakConnections) (\(connectionsEver) connections received)")
    }

    /// MOTD (RFC 2812, section 3.4.1).
    mutating func messageOfTheDay(_ slot: Int) {
        var lines = texts.messageOfTheDay
        if lines.isEmpty, !configuration.global.motdPhrase.isEmpty { lines = [configuration.global.motdPhrase] }
        guard !lines.isEmpty else { return reply(slot, .noMotd, ":MOTD file is missing") }
        reply(slot, .motdStart, ":- \(configuration.global.name) message of the day")
        for line in lines { reply(slot, .motd, ":- \(line)") }
        reply(slot, .endOfMotd, ":End of MOTD command")
    }

    /// `Mon Nov 23 2026 at 10:57:25 (UTC)`.
    func longDate(_ seconds: Int64) -> Text {
        let date = CalendarDate(unixSeconds: seconds)
        var clock: [UInt8] = []
        ChatServer.append(twoDigits: date.hour, to: &clock)
        clock.append(UInt8(ascii: ":"))
        ChatServer.append(twoDigits: date.minute, to: &clock)
        clock.append(UInt8(ascii: ":"))
        ChatServer.append(twoDigits: date.second, to: &clock)
        var day: [UInt8] = []
        ChatServer.append(twoDigits: date.day, to: &day)
        return "\(date.weekdayName.prefix(3)) \(date.monthName.prefix(3)) \(day) \(date.year) at \(clock) (UTC)"
    }
}

extension ChatServer {
    // Limits that are not configured, as ngircd has them.
    static let channelNameLimit = 50
    static let topicLimit = 490
    static let awayLimit = 127
    static let kickLimit = 400
    static let keyLimit = 63
    static let maskListLimit = 50
    /// The longest mask of a ban, an exception or an invitation, in bytes.
    static let maskLimit = 127
    /// Users whom a mask of WHO finds, and one of WHOIS.
    static let whoLimit = 25
    static let whoisLimit = 10
    /// Targets of one command (ISUPPORT MAXTARGETS).
    static let targetLimit = 25
    static let monitorLimit = 100
}
