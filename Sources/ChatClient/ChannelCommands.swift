import IRCProtocol
import TerminalText

// Channels and what is done in them.

extension Command {
    static let channelCommands: [Command] = [
        Command(
            "join", "[-window] <#channel>[,…] [<key>]",
            "Enters a channel, or opens a new one. -window: shown in the window you are in.", .channel,
            options: ["window"], server: true
        ) {
            client, arguments in
            client.join(&arguments)
        },
        Command("part", "[<#channel>] [<text>]", "Leaves a channel and closes its window.", .channel, server: true) {
            client, arguments in
            guard client.activeChannel != nil || !arguments.isEmpty else { return client.notEnough() }
            guard let channel = client.channelArgument(&arguments) else { return }
            client.sendPart(channel, arguments.everything())
        },
        Command("cycle", "[<#channel>] [<text>]", "Leaves a channel and enters it again.", .channel, server: true) {
            client, arguments in
            guard client.activeChannel != nil || !arguments.isEmpty else { return client.notEnough() }
            guard let name = client.channelArgument(&arguments) else { return }
            let key = client.channels[name.folded]?.key ?? []
            client.sendPart(name, arguments.everything())
            client.wantedChannels.append(name.folded)
            client.transmit("JOIN", key.isEmpty ? [name] : [name, key])
        },
        Command("names", "[<#channel>]", "Lists who is in a channel.", .channel, server: true) { client, arguments in
            guard let name = client.channelArgument(&arguments) else { return }
            client.channels[name.folded]?.isListing = true
            if client.channels[name.folded] == nil { client.listing = Listing(kind: .names, count: 0) }
            client.transmit("NAMES", [name])
        },
        Command(
            "topic", "[-delete] [<#channel>] [<text>]",
            "Shows what a channel is about, or changes it. -delete: takes it away.", .topic, options: ["delete"],
            server: true
        ) {
            client, arguments in
            if let unknown = arguments.takeOptions(["delete"]) { return client.unknownOption(unknown) }
            guard let name = client.channelArgument(&arguments) else { return }
            let text = arguments.everything()
            client.transmit("TOPIC", [name], trailing: arguments.has("delete") ? [] : text.isEmpty ? nil : text)
        },
        Command("invite", "<nick> [<#channel>]", "Asks somebody to come into a channel.", server: true) {
            client, arguments in
            guard let nick = arguments.word() else { return client.notEnough() }
            guard let name = client.channelArgument(&arguments) else { return }
            client.transmit("INVITE", [nick, name])
        },
        Command("list", "[-yes] [<mask>]", "Lists channels. -yes: all of them.", options: ["yes"], server: true) {
            client, arguments in
            if let unknown = arguments.takeOptions(["yes"]) { return client.unknownOption(unknown) }
            let mask = arguments.word()
            guard mask != nil || arguments.has("yes") else {
                return client.say("Say /list -yes for all channels, or name some: /list #a*")
            }
            client.transmit("LIST", mask.map { [$0] } ?? [])
        },
        Command(
            "mode", "[<#channel>|<your nick>] [<modes> [<parameter> …]]",
            "Shows or changes the modes of a channel, or your own.", .channel, server: true
        ) {
            client, arguments in
            client.mode(&arguments)
        },
        Command("op", "<nick> …", "Makes people operators of this channel.", server: true) { client, arguments in
            client.changeMembers("+", UInt8(ascii: "o"), &arguments)
        },
        Command("deop", "<nick> …", "Takes operators their rights.", server: true) { client, arguments in
            client.changeMembers("-", UInt8(ascii: "o"), &arguments)
        },
        Command("voice", "<nick> …", "Lets people speak in this channel while it is moderated.", server: true) {
            client, arguments in
            client.changeMembers("+", UInt8(ascii: "v"), &arguments)
        },
        Command("devoice", "<nick> …", "Takes people their voice.", server: true) { client, arguments in
            client.changeMembers("-", UInt8(ascii: "v"), &arguments)
        },
        Command("kick", "[<#channel>] <nick>[,…] [<reason>]", "Throws somebody out of a channel.", server: true) {
            client, arguments in
            guard let name = client.channelArgument(&arguments) else { return }
            guard let nicks = arguments.word() else { return client.notEnough() }
            let reason = arguments.everything()
            for nick in nicks[...].parts(UInt8(ascii: ",")).prefix(4) {
                client.transmit("KICK", [name, Array(nick)], trailing: reason.isEmpty ? nil : reason)
            }
        },
        Command(
            "ban", "[<#channel>] [<nick|mask> …]", "Keeps people out of a channel; without a name, lists who is.",
            server: true
        ) {
            client, arguments in
            client.ban(&arguments)
        },
        Command("unban", "[<#channel>] <mask|number> …", "Lets people into a channel again.", server: true) {
            client, arguments in
            guard let name = client.channelArgument(&arguments) else { return }
            guard !arguments.isEmpty else { return client.notEnough() }
            while let mask = arguments.word() {
                client.transmit("MODE", [name, Array(ascii: "-b"), client.banMask(mask)])
            }
        },
        Command(
            "kickban", "[<#channel>] <nick> [<reason>]", "Throws somebody out of a channel and keeps them out.",
            server: true
        ) {
            client, arguments in
            client.kickBan(&arguments, isForSomeTime: false)
        },
        Command(
            "knockout", "[<#channel>] [<time>] <nick> [<reason>]",
            "Throws somebody out of a channel and keeps them out for some time, or for five minutes.", server: true
        ) {
            client, arguments in
            client.kickBan(&arguments, isForSomeTime: true)
        },
        Command(
            "knock", "<#channel>", "Asks to be let into a channel. Not every server passes it on.", .channel,
            server: true
        ) { client, arguments in
            guard let name = arguments.word() else { return client.notEnough() }
            client.transmit("KNOCK", [name])
        },
        Command("channel", "list", "Lists the channels that your configuration names.", .subcommand(["list"])) {
            client, _ in
            client.list("Channel         Network    Password   Settings")
            for channel in client.configuration.channels {
                var line = format("%_$0%n", [plain(channel.name)])
                line.append(spaces: max(1, 16 - line.width))
                line.append("local                 ")
                if channel.isJoined { line.append("autojoin") }
                client.show(line, [.clientCrap, .noActivity], in: .active)
            }
        },
    ]
}

extension Client {
    fileprivate mutating func join(_ arguments: inout Arguments) {
        if let unknown = arguments.takeOptions(["window"]) { return unknownOption(unknown) }
        guard let names = arguments.word() else { return notEnough() }
        let keys = (arguments.word() ?? [])[...].parts(UInt8(ascii: ","), keepsEmpty: true).map { Array($0) }
        for (index, part) in names[...].parts(UInt8(ascii: ",")).prefix(10).enumerated() {
            var name = Array(part)
            if let first = name.first, !Names.isChannelPrefix(first) { name.insert(UInt8(ascii: "#"), at: 0) }
            guard SafeName.isChannel(name[...]) else {
                say("%_$0%n cannot be a channel", [plain(name)])
                continue
            }
            if channels[name.folded]?.isJoined ?? false, let place = window(of: name) {
                focus(place)
                continue
            }
            let key = keys.indices.contains(index) ? keys[index] : []
            if wantedChannels.count < Limit.channels { wantedChannels.append(name.folded) }
            if arguments.has("window") { sharedJoins.append(name.folded) }
            transmit("JOIN", key.isEmpty ? [name] : [name, key])
        }
    }

    mutating func sendPart(_ channel: [UInt8], _ text: [UInt8]) {
        if !(channels[channel.folded]?.isJoined ?? true), let index = window(of: channel) {
            // Not in it any more: only the window is left.
            channels[channel.folded] = nil
            windows[index].items.removeAll { $0.isNamed(channel) }
            windows[index].activeItem = 0
            if windows[index].items.isEmpty { close(index) }
            return
        }
        transmit("PART", [channel], trailing: text.isEmpty ? nil : text)
    }

    fileprivate mutating func mode(_ arguments: inout Arguments) {
        var target: [UInt8]
        if let first = arguments.rest.first, first != UInt8(ascii: "+"), first != UInt8(ascii: "-"),
            let word = arguments.word()
        {
            target = word
            if word.equals(ascii: "*") || word.same(as: "*") { target = activeChannel?.name ?? [] }
        } else if let channel = activeChannel {
            target = channel.name
        } else {
            return notJoined()
        }
        guard !target.isEmpty else { return notJoined() }
        var parameters = [target]
        while parameters.count < 12, let word = arguments.word() { parameters.append(word) }
        transmit("MODE", parameters)
    }

    fileprivate mutating func changeMembers(_ sign: StaticString, _ letter: UInt8, _ arguments: inout Arguments) {
        guard let name = channelArgument(&arguments) else { return }
        guard !arguments.isEmpty else { return notEnough() }
        // As many at once as servers take.
        while !arguments.isEmpty {
            var nicks: [[UInt8]] = []
            while nicks.count < 4, let nick = arguments.word() { nicks.append(nick) }
            transmit("MODE", [name, Array(ascii: sign) + Array(repeating: letter, count: nicks.count)] + nicks)
        }
    }

    fileprivate mutating func ban(_ arguments: inout Arguments) {
        guard let name = channelArgument(&arguments) else { return }
        guard !arguments.isEmpty else {
            listing = Listing(kind: .bans, count: 0)
            return transmit("MODE", [name, Array(ascii: "+b")])
        }
        while let mask = arguments.word() { transmit("MODE", [name, Array(ascii: "+b"), banMask(mask)]) }
    }

    /// Throws somebody out and keeps them out. The time, which is a number first of all, comes before the nick: no nick
    /// begins with a digit.
    fileprivate mutating func kickBan(_ arguments: inout Arguments, isForSomeTime: Bool) {
        guard let name = channelArgument(&arguments) else { return }
        var seconds = Knockout.usualSeconds
        if isForSomeTime, arguments.rest.first?.isDigit ?? false, let time = arguments.word() {
            guard let given = Settings.seconds(time[...]) else { return say("$0 is no time", [plain(time)]) }
            seconds = given
        }
        guard let nick = arguments.word() else { return notEnough() }
        let reason = arguments.everything()
        let mask = banMask(nick)
        if isForSomeTime {
            guard knockouts.count < Limit.rules else { return say("Too many are kept out for some time") }
            knockouts.append(Knockout(channel: name, mask: mask, end: now.uptime + Int64(seconds) * 1000))
        }
        transmit("MODE", [name, Array(ascii: "+b"), mask])
        transmit("KICK", [name, nick], trailing: reason.isEmpty ? nil : reason)
    }

    /// Lets those in whose time is over. What cannot be said now is not said later: the server may have forgotten the
    /// ban, and us.
    mutating func endKnockouts() {
        for knockout in knockouts where knockout.end <= now.uptime {
            transmit("MODE", [knockout.channel, Array(ascii: "-b"), knockout.mask])
        }
        knockouts.removeAll { $0.end <= now.uptime }
    }

    /// A mask as it is, a nick as a mask: hosts are the same for everybody here, so the nick is all there is to go by.
    fileprivate func banMask(_ text: [UInt8]) -> [UInt8] {
        if text.contains(UInt8(ascii: "!")) || text.contains(UInt8(ascii: "@")) || Mask.hasWildcard(text) {
            return text
        }
        return text + Array(ascii: "!*@*")
    }
}

/// A ban that ends by itself.
struct Knockout: Sendable {
    let channel: [UInt8]
    let mask: [UInt8]
    /// Milliseconds of uptime.
    let end: Int64

    /// As irssi's knockout_time.
    static let usualSeconds = 300
}
