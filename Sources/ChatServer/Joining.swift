import IRCProtocol

// RFC 2812, sections 3.2.1, 3.2.2, 3.2.7 and 3.2.8: coming to channels and going.

extension ChatServer {
    /// JOIN (section 3.2.1).
    mutating func join(_ message: Message, _ slot: Int) {
        if message.count == 1, message[0].equals(ascii: "0") { return partAll(slot) }
        let names = message[0].split(separator: UInt8(ascii: ","))
        let keys = message[1].split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        for (place, name) in names.prefix(ChatServer.targetLimit).enumerated() {
            join(name, key: place < keys.count ? keys[place] : [], slot)
        }
    }

    private mutating func join(_ name: ArraySlice<UInt8>, key: ArraySlice<UInt8>, _ slot: Int) {
        guard let first = name.first, Names.isChannelPrefix(first) else { return refuse(name, slot) }
        let existing = findChannel(name)
        if let existing, position(of: slot, in: existing) != nil { return }
        let limit = configuration.limits.maxJoins
        guard limit == 0 || clients[slot].memberships.count < limit else {
            return reply(slot, .tooManyChannels, "\(name) :You have joined too many channels")
        }
        guard Names.isChannel(name, limit: ChatServer.channelNameLimit) else { return refuse(name, slot) }
        let channel: Int
        var modes: MemberFlags = []
        if let existing {
            guard mayJoin(slot, existing, key: key) else { return }
            channel = existing
            let isAutoOp = configuration.options.operChannelPAutoOp && isVisiblyOper(slot)
            if isAutoOp, channels[channel].modes.contains(.persistent), !channels[channel].isModeless { modes = .op }
        } else {
            guard configuration.options.allowedChannelTypes.contains(first) else { return refuse(name, slot) }
            channel = createChannel(Array(name))
            if !channels[channel].isModeless { modes = .op }
        }
        let own = identifier(slot)
        channels[channel].invited.removeAll { $0 == own }
        enter(slot, channel, modes)
        announceJoin(slot, channel, isOpped: existing != nil && modes == .op)
        watchersMeet(slot, channel)
        sendTopic(slot, channel, isAsked: false)
        sendNames(slot, channel)
        reply(slot, .endOfNames, "\(channels[channel].name) :End of NAMES list")
    }

    private mutating func refuse(_ name: ArraySlice<UInt8>, _ slot: Int) {
        reply(slot, .noSuchChannel, "\(name) :No such channel")
    }

    private mutating func announceJoin(_ slot: Int, _ channel: Int, isOpped: Bool) {
        let name = channels[channel].name
        let source = clients[slot].source
        var plain = Outgoing(":\(source) JOIN :\(name)")
        // There are no accounts, which is what "*" says (IRCv3 extended-join).
        var extended = Outgoing(":\(source) JOIN \(name) * :\(clients[slot].realName)")
        plain.isFromBot = clients[slot].modes.contains(.bot)
        extended.isFromBot = plain.isFromBot
        send(extended, toChannel: channel, having: .extendedJoin, otherwise: plain, except: nil)
        if isOpped {
            send(Outgoing(":\(source) MODE \(name) +o \(clients[slot].nick)"), toChannel: channel, except: slot)
        }
        // Who comes in while away is seen to be away (IRCv3 away-notify).
        if clients[slot].modes.contains(.away) {
            let away = Outgoing(":\(clients[slot].source) AWAY :\(clients[slot].awayText)")
            send(away, toChannel: channel, having: .awayNotify, otherwise: nil, except: slot)
        }
    }

    /// Whether a user may come in, with the reply where not (RFC 2811, section 4.2 and 4.3).
    private mutating func mayJoin(_ slot: Int, _ channel: Int, key: ArraySlice<UInt8>) -> Bool {
        if clients[slot].isOper { return true }
        let about = channels[channel]
        let isInvited =
            about.invited.contains(identifier(slot)) || matches(about.invitations, slot)
        let isBanned = !isInvited && matches(about.bans, slot) && !matches(about.exceptions, slot)
        let problem: (Numeric, Text)? =
            if isBanned {
                (.bannedFromChannel, "(+b) -- You are banned")
            } else if about.modes.contains(.inviteOnly), !isInvited {
                (.inviteOnlyChannel, "(+i) -- Invited users only")
            } else if !about.key.isEmpty, !isEqual(key, about.key) {
                (.badChannelKey, "(+k) -- Wrong channel key")
            } else if about.limit > 0, about.members.count >= about.limit {
                (.channelIsFull, "(+l) -- Channel is full, try later")
            } else if about.modes.contains(.secureOnly) {
                (.channelIsFull, "(+z) -- SSL connections only")
            } else if about.modes.contains(.operOnly) {
                (.channelIsFull, "(+O) -- IRC opers only")
            } else if about.modes.contains(.registeredOnly), !clients[slot].modes.contains(.registered) {
                (.channelIsFull, "(+R) -- Registered users only")
            } else {
                nil
            }
        guard let (numeric, text) = problem else { return true }
        reply(slot, numeric, "\(about.name) :Cannot join channel \(text)")
        return false
    }

    func matches(_ list: [ListEntry], _ slot: Int) -> Bool {
        list.contains { Mask.matches($0.mask, clients[slot].source) }
    }

    /// PART (section 3.2.2).
    mutating func part(_ message: Message, _ slot: Int) {
        let text = configuration.blanksReasons ? [] : message[1].prefix(message[1].countKept(within: 400))
        for name in message[0].split(separator: UInt8(ascii: ",")).prefix(ChatServer.targetLimit) {
            guard let channel = findChannel(name, for: slot) else {
                reply(slot, .noSuchChannel, "\(name) :No such channel")
                continue
            }
            guard position(of: slot, in: channel) != nil else {
                reply(slot, .notOnChannel, "\(name) :You are not on that channel")
                continue
            }
            depart(slot, channel, Array(text))
        }
    }

    private mutating func partAll(_ slot: Int) {
        let text = configuration.blanksReasons ? [] : clients[slot].nick
        for membership in clients[slot].memberships.reversed() { depart(slot, Int(membership.channel), text) }
    }

    private mutating func depart(_ slot: Int, _ channel: Int, _ text: [UInt8]) {
        var message = Outgoing(":\(clients[slot].source) PART \(channels[channel].name) :\(text)")
        message.isFromBot = clients[slot].modes.contains(.bot)
        send(message, toChannel: channel, except: nil)
        leave(slot, channel)
        watchersPart(slot)
    }

    /// KICK (section 3.2.8): one channel and many users, or as many channels as users.
    mutating func kick(_ message: Message, _ slot: Int) {
        let names = message[0].split(separator: UInt8(ascii: ","))
        let nicks = message[1].split(separator: UInt8(ascii: ",")).prefix(ChatServer.targetLimit)
        guard names.count == 1 || names.count == nicks.count else {
            return syntaxError(message, slot)
        }
        let text = message.count < 3 ? clients[slot].nick[...] : message[2].prefix(ChatServer.kickLimit)
        let kept = Array(text.prefix(text.countKept(within: ChatServer.kickLimit)))
        for (place, nick) in nicks.enumerated() {
            kick(nick, from: names.count == 1 ? names[0] : names[place], kept, slot)
        }
    }

    private mutating func kick(_ nick: ArraySlice<UInt8>, from name: ArraySlice<UInt8>, _ text: [UInt8], _ slot: Int) {
        // ngircd looks for the user first. Who may not be known of is not found.
        guard let target = find(nick: nick, for: slot) else {
            return reply(slot, .noSuchNick, "\(nick) :No such nick or channel name")
        }
        guard let channel = findChannel(name, for: slot) else {
            return reply(slot, .noSuchChannel, "\(name) :No such channel")
        }
        // Being an IRC operator opens no way in from outside (ngircd).
        guard let own = flags(of: slot, in: channel) else {
            return reply(slot, .notOnChannel, "\(name) :You are not on that channel")
        }
        guard let theirs = flags(of: target, in: channel) else {
            return reply(slot, .userNotInChannel, "\(clients[target].nick) \(name) :They aren't on that channel")
        }
        // Neither an owner nor anybody else but IRC operators takes those out who are protected (ngircd).
        let isProtected = channels[channel].modes.contains(.noKicks) || clients[target].modes.contains(.protected)
        guard !isProtected || clients[slot].isOper else {
            let nick = clients[target].nick
            return reply(slot, .channelOperatorNeeded, "\(name) :Cannot kick, \(nick) is protected")
        }
        let hasRight = own.rank >= 2 && own.rank >= theirs.rank
        guard hasRight || (clients[slot].isOper && configuration.options.operCanUseMode) else {
            return reply(slot, .channelOperatorNeeded, "\(name) :Your privileges are too low")
        }
        let source = actingSource(slot, byOperatorRight: !hasRight || isProtected)
        send(
            Outgoing(":\(source) KICK \(channels[channel].name) \(clients[target].nick) :\(text)"), toChannel: channel,
            except: nil)
        leave(target, channel)
        watchersPart(target)
    }

    /// INVITE (section 3.2.7). While `Anonymous` is on the answer is the same whether there is such a user or not.
    mutating func invite(_ message: Message, _ slot: Int) {
        let name = message[1]
        let existing = findChannel(name)
        let target = find(nick: message[0])
        if target == nil, !isAnonymous {
            return reply(slot, .noSuchNick, "\(message[0]) :No such nick or channel name")
        }
        if let channel = existing {
            guard let own = flags(of: slot, in: channel) else {
                return isAnonymous
                    ? reply(slot, .noSuchChannel, "\(name) :No such channel")
                    : reply(slot, .notOnChannel, "\(name) :You are not on that channel")
            }
            if channels[channel].modes.contains(.noInvites) {
                return reply(slot, .noInvite, ":Cannot invite to \(name) (+V)")
            }
            if channels[channel].modes.contains(.inviteOnly), own.isDisjoint(with: .atLeastHalfOp) {
                return reply(slot, .channelOperatorNeeded, "\(name) :You are not channel operator")
            }
            if let target, position(of: target, in: channel) != nil {
                return reply(slot, .userOnChannel, "\(clients[target].nick) \(name) :is already on channel")
            }
            if let target { noteInvitation(target, channel) }
        } else if isAnonymous {
            return reply(slot, .noSuchChannel, "\(name) :No such channel")
        }
        // "There is no requirement that the channel [...] must exist or be a valid channel" (section 3.2.7).
        let shown: Text = name.contains(UInt8(ascii: " ")) || name.isEmpty ? ":\(name)" : Text(name)
        let nick = target.map { isAnonymous ? Array(message[0]) : clients[$0].nick } ?? Array(message[0])
        reply(slot, .inviting, "\(nick) \(shown)")
        guard let target else { return }
        let invitation = Outgoing(":\(clients[slot].source) INVITE \(clients[target].nick) \(shown)")
        send(invitation, to: target)
        if let channel = existing {
            send(invitation, toChannel: channel, having: .inviteNotify, otherwise: nil, except: slot)
        }
        if clients[target].modes.contains(.away), canSee(target, from: slot) {
            reply(slot, .away, "\(clients[target].nick) :\(clients[target].awayText)")
        }
    }

    private mutating func noteInvitation(_ target: Int, _ channel: Int) {
        let client = identifier(target)
        channels[channel].invited = channels[channel].invited.filter { $0 != client && self.slot(of: $0) != nil }
        // Bounded like the other lists; the oldest invitation gives way.
        if channels[channel].invited.count >= ChatServer.maskListLimit { channels[channel].invited.removeFirst() }
        channels[channel].invited.append(client)
    }
}
