import IRCProtocol

// Who may know of whom. While `Anonymous` is on nobody is found from outside a shared channel, whatever the command:
// every command looks users and channels up here, and what it may not see does not exist for it.

extension ChatServer {
    /// The place of a user by nick, whoever asks.
    func find(nick: some Collection<UInt8>) -> Int? {
        guard let slot = nicks[CaseMapping.ascii.fold(nick)], clients[Int(slot)].state == .registered else {
            return nil
        }
        return Int(slot)
    }

    /// The place of a user that the asker may know of.
    func find(nick: some Collection<UInt8>, for asker: Int) -> Int? {
        guard let slot = find(nick: nick), canSee(slot, from: asker) else { return nil }
        return slot
    }

    /// Whether somebody may know that a user is here.
    func canSee(_ slot: Int, from asker: Int) -> Bool {
        guard isAnonymous else { return true }
        return slot == asker || clients[asker].isOper || sharesChannel(slot, asker)
    }

    /// Whether a user turns up in a search by mask: also in ngircd the invisible do not, outside a shared channel.
    func isListed(_ slot: Int, for asker: Int) -> Bool {
        if slot == asker || clients[asker].isOper { return true }
        if !isAnonymous, !clients[slot].modes.contains(.invisible) { return true }
        return sharesChannel(slot, asker)
    }

    /// Whether two users are in one channel.
    func sharesChannel(_ one: Int, _ other: Int) -> Bool {
        let (few, many) =
            clients[one].memberships.count <= clients[other].memberships.count ? (one, other) : (other, one)
        return clients[few].memberships.contains { position(of: many, in: Int($0.channel)) != nil }
    }

    /// The place of a channel by name, whoever asks.
    func findChannel(_ name: some Collection<UInt8>) -> Int? {
        channelNames[CaseMapping.ascii.fold(name)].map(Int.init)
    }

    /// The place of a channel that the asker may know of.
    func findChannel(_ name: some Collection<UInt8>, for asker: Int) -> Int? {
        guard let channel = findChannel(name) else { return nil }
        return isAnonymous && !clients[asker].isOper && position(of: asker, in: channel) == nil ? nil : channel
    }

    /// Whether being an IRC operator lifts limits that others can see to hold. While `Anonymous` is on it does not: who is
    /// heard where nobody can be, or keeps a channel's operators out of nothing, would be known for an operator.
    func isVisiblyOper(_ slot: Int) -> Bool { clients[slot].isOper && !isAnonymous }

    /// The source under which an operator acts in a channel where only being an operator gave the right: the server, so
    /// that nobody learns who administers it.
    func actingSource(_ slot: Int, byOperatorRight: Bool) -> [UInt8] {
        byOperatorRight && isAnonymous ? configuration.global.name : clients[slot].source
    }
}
