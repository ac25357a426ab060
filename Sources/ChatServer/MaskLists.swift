import IRCProtocol

// Bans, exceptions and invitations (RFC 2811, section 4.3).

extension ChatServer {
    private func list(_ letter: UInt8) -> WritableKeyPath<Channel, [ListEntry]> {
        switch letter {
        case UInt8(ascii: "b"): \.bans
        case UInt8(ascii: "e"): \.exceptions
        default: \.invitations
        }
    }

    mutating func changeList(
        _ letter: UInt8, _ isAdded: Bool, _ argument: ArraySlice<UInt8>, _ channel: Int, _ slot: Int,
        _ changes: inout ModeChanges
    ) {
        let mask = Mask.complete(argument, limit: ChatServer.maskLimit)
        // A space would end the mask where it is shown.
        guard !argument.isEmpty, mask.allSatisfy({ $0 > 32 && $0 != 127 }) else { return }
        let path = list(letter)
        let known = channels[channel][keyPath: path].firstIndex { CaseMapping.ascii.same($0.mask, mask) }
        if isAdded {
            guard known == nil else { return }
            guard channels[channel][keyPath: path].count < ChatServer.maskListLimit else {
                return reply(slot, .listFull, "\(channels[channel].name) \(letter) :Channel list is full")
            }
            let isMember = position(of: slot, in: channel) != nil
            addToList(letter, mask, isMember || !isAnonymous ? clients[slot].nick : configuration.global.name, channel)
            changes.add(letter, isAdded: true, argument: mask)
        } else if let known {
            let removed = channels[channel][keyPath: path].remove(at: known)
            changes.add(letter, isAdded: false, argument: removed.mask)
        }
    }

    mutating func addToList(_ letter: UInt8, _ mask: [UInt8], _ setBy: [UInt8], _ channel: Int) {
        let entry = ListEntry(mask: mask, setBy: setBy, setAt: unixSeconds)
        channels[channel][keyPath: list(letter)].append(entry)
    }

    /// The newest first, as ngircd lists them. Without times who set a mask is not said either: the two go together.
    mutating func sendList(_ letter: UInt8, _ channel: Int, _ slot: Int) {
        let about = channels[channel]
        let (entry, end, kind): (Numeric, Numeric, Text) =
            switch letter {
            case UInt8(ascii: "b"): (.banList, .endOfBanList, "ban")
            case UInt8(ascii: "e"): (.exceptionList, .endOfExceptionList, "exception")
            default: (.inviteList, .endOfInviteList, "invite")
            }
        let isMember = position(of: slot, in: channel) != nil || clients[slot].isOper
        for mask in isMember || !isAnonymous ? about[keyPath: list(letter)].reversed() : [] {
            if showsTimes {
                reply(slot, entry, "\(about.name) \(mask.mask) \(mask.setBy) \(shown(mask.setAt))")
            } else {
                reply(slot, entry, "\(about.name) \(mask.mask)")
            }
        }
        reply(slot, end, "\(about.name) :End of channel \(kind) list")
    }
}
