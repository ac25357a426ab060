import IRCProtocol

// RFC 2812, section 3.3: messages from users to users and channels; IRCv3 TAGMSG.

extension ChatServer {
    enum Speech {
        case privmsg, notice, tagmsg

        var name: StaticString {
            switch self {
            case .privmsg: "PRIVMSG"
            case .notice: "NOTICE"
            case .tagmsg: "TAGMSG"
            }
        }
    }

    /// What is being said.
    private struct Utterance {
        let kind: Speech
        let text: ArraySlice<UInt8>
        let clientTags: [UInt8]
        /// Errors are for messages that expect an answer; a notice gets none (section 3.3.2).
        var isAnswered: Bool { kind == .privmsg }
    }

    /// PRIVMSG (section 3.3.1), NOTICE (section 3.3.2), TAGMSG (IRCv3 Message Tags).
    mutating func speak(_ kind: Speech, _ message: Message, _ slot: Int) {
        let name = [UInt8](ascii: kind.name)
        if message.count < 1 {
            if kind != .notice { reply(slot, .noRecipient, ":No recipient given (\(name))") }
            return
        }
        if message[1].isEmpty, kind != .tagmsg {
            if kind == .privmsg { reply(slot, .noTextToSend, ":No text to send") }
            return
        }
        if kind == .tagmsg, !clients[slot].capabilities.contains(.messageTags) { return }
        guard !configuration.options.utf8Only || message[1].isWellFormedUTF8 else { return notUTF8(kind.name, slot) }
        if configuration.options.scrubCTCP, let ctcp = CTCP(message[1]), !ctcp.command.equals(ascii: "ACTION") {
            return
        }
        clients[slot].lastSpoken = now.uptime
        let canTag = clients[slot].capabilities.contains(.messageTags)
        let utterance = Utterance(
            kind: kind, text: message[1], clientTags: canTag ? ChatServer.clientTags(message.tags) : [])
        if kind == .tagmsg, utterance.clientTags.isEmpty { return }
        var seen: [[UInt8]] = []
        for target in message[0].split(separator: UInt8(ascii: ",")) {
            // Named twice, told once (ngircd).
            let folded = CaseMapping.ascii.fold(target)
            if seen.contains(folded) { continue }
            if seen.count == ChatServer.targetLimit {
                if utterance.isAnswered { reply(slot, .tooManyTargets, "\(target) :Too many recipients") }
                return
            }
            seen.append(folded)
            speak(utterance, to: target, slot)
        }
        // What reaches many costs more.
        if seen.count > 1 { penalize(slot, milliseconds: Int64(seen.count - 1) * 1000) }
    }

    private mutating func speak(_ utterance: Utterance, to target: ArraySlice<UInt8>, _ slot: Int) {
        let status = target.prefix { byte in MemberFlags.table.contains { $0.prefix == byte } }
        if let first = target.first, Names.isChannelPrefix(first), let channel = findChannel(target, for: slot) {
            return speak(utterance, toChannel: channel, status: nil, slot)
        }
        if isTargetMask(target) { return speak(utterance, toMask: target, slot) }
        if let prefix = status.last, let start = target[status.endIndex...].first, Names.isChannelPrefix(start) {
            if let channel = findChannel(target[status.endIndex...], for: slot) {
                return speak(utterance, toChannel: channel, status: prefix, slot)
            }
        } else if let peer = recipient(target, slot) {
            return speak(utterance, toUser: peer, named: target, slot)
        } else if isAnonymous, target.first.map({ !Names.isChannelPrefix($0) }) ?? true {
            // As if it had been delivered: the sender must not learn who is here.
            return echo(utterance, to: target, slot)
        }
        if utterance.isAnswered || utterance.kind == .tagmsg {
            reply(slot, .noSuchNick, "\(target) :No such nick or channel name")
        }
    }

    private mutating func speak(_ utterance: Utterance, toChannel channel: Int, status: UInt8?, _ slot: Int) {
        if let (numeric, text) = silence(of: slot, in: channel) {
            if utterance.isAnswered || utterance.kind == .tagmsg {
                reply(slot, numeric, "\(channels[channel].name) :\(text)")
            }
            return
        }
        let isEchoing = clients[slot].capabilities.contains(.echoMessage)
        let target: Text = status.map { "\($0)\(channels[channel].name)" } ?? Text(channels[channel].name)
        let message = outgoing(utterance, to: target, slot)
        let modes = status.flatMap(MemberFlags.atLeast(prefix:))
        if utterance.kind == .tagmsg {
            let (others, exception) = (channels[channel], isEchoing ? nil : slot)
            guard modes == nil else {
                for (position, flag) in others.flags.enumerated()
                where !flag.isDisjoint(with: modes ?? []) && flag.capabilities.contains(.messageTags)
                    && Int(others.members[position].slot) != exception
                {
                    send(message, to: Int(others.members[position].slot))
                }
                return
            }
            return send(message, toChannel: channel, having: .messageTags, otherwise: nil, except: exception)
        }
        let isIncluded = position(of: slot, in: channel) != nil
        send(message, toChannel: channel, with: modes, except: isEchoing && modes == nil ? nil : slot)
        if isEchoing, !isIncluded || modes != nil { send(message, to: slot) }
    }

    /// Why a user may not speak in a channel; nil where the user may.
    private func silence(of slot: Int, in channel: Int) -> (Numeric, Text)? {
        let about = channels[channel]
        if about.foldedName == [UInt8](ascii: "&server") { return (.cannotSendToChannel, "Cannot send to channel") }
        guard !maySpeak(slot, in: channel) else { return nil }
        // As ngircd: where registered users alone may speak, that is what everybody is told, whatever the reason was.
        guard about.modes.contains(.moderatedUnregistered) else {
            return (.cannotSendToChannel, "Cannot send to channel")
        }
        return (
            .noChannelModes,
            "Cannot send to channel (+M) -- You need to be identified to a registered account to message this channel"
        )
    }

    private func maySpeak(_ slot: Int, in channel: Int) -> Bool {
        let about = channels[channel]
        if about.modes.contains(.moderatedUnregistered),
            !clients[slot].modes.contains(.registered), !isVisiblyOper(slot)
        {
            return false
        }
        let own = flags(of: slot, in: channel)
        if own == nil, isAnonymous || about.isModeless || about.modes.contains(.noExternal) { return false }
        if let own, !own.isDisjoint(with: .modes) { return true }
        if about.modes.contains(.moderated) { return false }
        return !matches(about.bans, slot) || matches(about.exceptions, slot)
    }

    private mutating func speak(
        _ utterance: Utterance, toUser peer: Int, named target: ArraySlice<UInt8>, _ slot: Int
    ) {
        let nick = clients[peer].nick
        // What a user has set against strangers is not told to strangers while `Anonymous` is on.
        let isTold = utterance.isAnswered && canSee(peer, from: slot)
        if clients[peer].modes.contains(.blockMessages), !isVisiblyOper(slot),
            !clients[slot].modes.contains(.registered)
        {
            if isTold {
                reply(
                    slot, .nonRegistered,
                    ":Cannot send to user (+b) -- You must identify to a registered nick to private message \(nick)")
            } else if isAnonymous {
                echo(utterance, to: target, slot)
            }
            return
        }
        if clients[peer].modes.contains(.commonChannelOnly), !isVisiblyOper(slot),
            !sharesChannel(slot, peer)
        {
            if isTold {
                reply(slot, .noSharedChannel, ":You must share a common channel with \(nick)")
            } else if isAnonymous {
                echo(utterance, to: target, slot)
            }
            return
        }
        if utterance.isAnswered, clients[peer].modes.contains(.away), canSee(peer, from: slot) {
            reply(slot, .away, "\(nick) :\(clients[peer].awayText)")
        }
        let message = outgoing(utterance, to: Text(nick), slot)
        if utterance.kind != .tagmsg || clients[peer].capabilities.contains(.messageTags) { send(message, to: peer) }
        // The nick as it was typed, where its real capitals would betray that somebody has it.
        if peer != slot { echo(utterance, to: canSee(peer, from: slot) ? nick[...] : target, slot) }
    }

    /// The sender's own copy (IRCv3 echo-message).
    private mutating func echo(_ utterance: Utterance, to target: ArraySlice<UInt8>, _ slot: Int) {
        guard clients[slot].capabilities.contains(.echoMessage) else { return }
        send(outgoing(utterance, to: Text(target), slot), to: slot)
    }

    private func outgoing(
        _ utterance: Utterance, to target: Text, _ slot: Int, as source: [UInt8]? = nil
    ) -> Outgoing {
        let name = [UInt8](ascii: utterance.kind.name)
        let source = source ?? clients[slot].source
        var message =
            utterance.kind == .tagmsg
            ? Outgoing(":\(source) \(name) \(target)")
            : Outgoing(":\(source) \(name) \(target) :\(utterance.text)")
        message.clientTags = utterance.clientTags
        message.isFromBot = clients[slot].modes.contains(.bot)
        return message
    }

    /// A user by nick, `nick!user@host`, `user@server`, `user%host` or `user%host@server` (section 3.3.1).
    private mutating func recipient(_ target: ArraySlice<UInt8>, _ slot: Int) -> Int? {
        let at = target.lastIndex(of: UInt8(ascii: "@"))
        if target.contains(UInt8(ascii: "!")) {
            let named = find(nick: Source(target).nick)
            return named.flatMap { CaseMapping.ascii.same(clients[$0].source, target) ? $0 : nil }
        }
        let percent = target[..<(at ?? target.endIndex)].firstIndex(of: UInt8(ascii: "%"))
        if at == nil, percent == nil { return find(nick: target) }
        // The name of an account is no way to a user whom one does not see. Elsewhere this is a walk, and costs.
        guard !isAnonymous else { return nil }
        penalize(slot, milliseconds: 500)
        if let at, !CaseMapping.ascii.same(target[(at + 1)...], configuration.global.name) { return nil }
        let user = target[..<(percent ?? at ?? target.endIndex)]
        let host = percent.map { target[($0 + 1)..<(at ?? target.endIndex)] }
        let found = clients.indices.filter { peer in
            clients[peer].state == .registered && CaseMapping.ascii.same(clients[peer].user, user)
                && (host.map { CaseMapping.ascii.same(clients[peer].host, $0) } ?? true)
        }
        // Of several who call themselves that, ngircd takes the last to have come.
        return found.max { clients[$0].connectedAt < clients[$1].connectedAt }
    }

    /// Whether a target is a mask of servers ("$") or of hosts ("#"), which have a dot (section 3.3.1).
    private func isTargetMask(_ target: ArraySlice<UInt8>) -> Bool {
        guard let first = target.first, first == UInt8(ascii: "$") || first == UInt8(ascii: "#") else { return false }
        return target.contains(UInt8(ascii: "."))
    }

    /// To everybody here, or whose host fits: for operators (section 3.3.1).
    private mutating func speak(_ utterance: Utterance, toMask target: ArraySlice<UInt8>, _ slot: Int) {
        guard clients[slot].isOper else {
            if utterance.isAnswered { reply(slot, .noPrivileges, ":Permission denied") }
            return
        }
        if let dot = target.lastIndex(of: UInt8(ascii: ".")), Mask.hasWildcard(target[dot...]) {
            if utterance.isAnswered { reply(slot, .wildTopLevel, "\(target) :Wildcard in toplevel domain") }
            return
        }
        let mask = target.dropFirst()
        let isOfServers = target.first == UInt8(ascii: "$")
        if isOfServers, !Mask.matches(mask, configuration.global.name) { return }
        for peer in clients.indices where clients[peer].state == .registered {
            guard isOfServers || Mask.matches(mask, clients[peer].host) else { continue }
            send(
                outgoing(
                    utterance, to: Text(clients[peer].nick), slot, as: actingSource(slot, byOperatorRight: true)),
                to: peer)
        }
    }

    mutating func notUTF8(_ command: StaticString, _ slot: Int) {
        // IRCv3 UTF8ONLY: refused, not repaired.
        fail(
            slot, command, "INVALID_UTF8", "Message rejected, your IRC software MUST use UTF-8 encoding on this network"
        )
    }

    /// The tags of a client that are passed on: a few that are known not to carry anything but the course of a talk, and
    /// 512 bytes at most.
    static func clientTags(_ tags: ArraySlice<UInt8>) -> [UInt8] {
        var kept: [UInt8] = []
        for tag in tags.split(separator: UInt8(ascii: ";")) {
            let key = tag.prefix { $0 != UInt8(ascii: "=") }
            let isKnown =
                key.equals(ascii: "+typing") || key.equals(ascii: "+draft/reply") || key.equals(ascii: "+draft/react")
            guard isKnown, tag.isWellFormedUTF8, kept.count + tag.count < 512 else { continue }
            if !kept.isEmpty { kept.append(UInt8(ascii: ";")) }
            kept.append(contentsOf: tag)
        }
        return kept
    }
}
