import IRCProtocol
import TerminalText

// People, and questions to the server.

extension Command {
    static let people: [Command] = [
        Command(
            "who", "[<nick|#channel>]", "Lists people, of a channel or all that may be seen.", .channel, server: true
        ) { client, arguments in
            client.listing = Listing(kind: .who, count: 0)
            let mask = arguments.word() ?? client.activeChannel?.name
            client.transmit("WHO", mask.map { [$0] } ?? [])
        },
        Command(
            "whois", "[<nick>]", "Shows what is known of somebody, in the first window.", .correspondent, server: true
        ) { client, arguments in
            var nick = arguments.word()
            if nick == nil, case .query(let partner) = client.activeItem { nick = partner }
            client.askedAbout = nick ?? client.connection.nick
            client.transmit("WHOIS", [client.askedAbout])
        },
        Command(
            "whowas", "[<nick>] [<count>]", "Shows what was known of somebody who has left.", .correspondent,
            server: true
        ) { client, arguments in
            let nick = arguments.word() ?? client.connection.nick
            client.transmit("WHOWAS", [nick] + (arguments.word().map { [$0] } ?? []))
        },
        Command("ison", "<nick> …", "Tells which of some people are here.", server: true) { client, arguments in
            guard !arguments.isEmpty else { return client.notEnough() }
            client.transmit("ISON", [], trailing: .joined(arguments.rest.words.prefix(10).map { Array($0) }))
        },
        Command("userhost", "<nick> …", "Shows the addresses that the server shows of some people.", server: true) {
            client, arguments in
            guard !arguments.isEmpty else { return client.notEnough() }
            client.transmit("USERHOST", arguments.rest.words.prefix(5).map { Array($0) })
        },
        Command("motd", "", "Shows the server's message of the day.", server: true) { client, _ in
            client.transmit("MOTD", [])
        },
        Command("admin", "", "Shows who runs the server, as far as it tells.", server: true) { client, _ in
            client.transmit("ADMIN", [])
        },
        Command("info", "", "Shows what the server tells about itself.", server: true) { client, _ in
            client.transmit("INFO", [])
        },
        Command("lusers", "", "Shows how many are here, as far as the server tells.", server: true) { client, _ in
            client.transmit("LUSERS", [])
        },
        Command("links", "", "Lists the servers of the network.", server: true) { client, _ in
            client.transmit("LINKS", [])
        },
        Command("time", "", "Shows the time as this client knows it, in the zone that is set (/help set).") {
            client, _ in
            client.say(
                "$0 ($1)",
                [
                    plain(client.calendar.format(Array(ascii: "%a %d %b %Y %H:%M"), client.now.unix)),
                    plain(client.settings[.timeOffset]),
                ])
        },
        Command("version", "", "Asks the server what it calls itself.", server: true) { client, _ in
            client.transmit("VERSION", [])
        },
        Command("ping", "", "Measures how fast the server answers.", server: true) { client, _ in
            client.connection.isPingAsked = true
            client.sendPing()
        },
        Command(
            "silence", "[<mask>]",
            "Asks the server to keep somebody's messages from you. Not every server can; /ignore always works.",
            server: true
        ) { client, arguments in
            let mask = arguments.word()
            let isSigned = mask?.first == UInt8(ascii: "+") || mask?.first == UInt8(ascii: "-")
            client.transmit("SILENCE", mask.map { [(isSigned ? [] : [UInt8(ascii: "+")]) + $0] } ?? [])
        },
        Command("unsilence", "<mask>", "Takes a /silence back.", server: true) { client, arguments in
            guard let mask = arguments.word() else { return client.notEnough() }
            client.transmit("SILENCE", [[UInt8(ascii: "-")] + mask])
        },
        Command(
            "accept", "<nick>", "Lets somebody speak to you when the server lets only some. Not every server can.",
            server: true
        ) { client, arguments in
            guard let nick = arguments.word() else { return client.notEnough() }
            client.transmit("ACCEPT", [nick])
        },
        Command(
            "ignore", "[-except] [-full] [-pattern <text>] [-time <time>] [-channels <#a,…>] [<mask> [<level> …]]",
            "Shows nothing more of somebody; without a name, lists who is ignored. Levels such as PUBLIC MSGS JOINS say what is not shown; without them nothing is.",
            options: ["except", "full", "pattern", "time", "channels"]
        ) { client, arguments in
            client.ignore(&arguments)
        },
        Command("unignore", "<mask|number>", "Takes an /ignore back.") { client, arguments in
            guard let what = arguments.word() else { return client.notEnough() }
            client.removeRule(what, count: client.ignores.count, find: { $0.subject }) { client, index in
                client.ignores.remove(at: index)
            }
        },
        Command(
            "hilight",
            "[-nick|-word|-line] [-full] [-mask] [-color <colour>] [-level <level>] [-channels <#a,…>] [<text>]",
            "Marks lines in which a text occurs; without one, lists what is marked. -full: whole words only. -mask: lines of somebody.",
            options: ["nick", "word", "line", "full", "mask", "color", "level", "channels"]
        ) { client, arguments in
            client.hilight(&arguments)
        },
        Command("dehilight", "<text|number>", "Takes a /hilight back.") { client, arguments in
            let what = arguments.everything()
            guard !what.isEmpty else { return client.notEnough() }
            if let index = what.decimalValue, client.hilights.indices.contains(index - 1) {
                client.hilights.remove(at: index - 1)
            } else if let index = client.hilights.firstIndex(where: { sameName($0.text, what) }) {
                client.hilights.remove(at: index)
            } else {
                return client.say("Highlight not found: $0", [plain(what)])
            }
            client.say("Highlight removed: $0", [plain(what)])
        },
        Command(
            "netsplit", "",
            "Lists people who were parted from here by a break of the network: nobody, there is one server."
        ) { client, _ in
            client.say("There are no net splits")
        },
    ]
}

extension Client {
    fileprivate mutating func removeRule(
        _ what: [UInt8], count: Int, find: (IgnoreRule) -> [UInt8], remove: (inout Client, Int) -> Void
    ) {
        let index = what.decimalValue.map { $0 - 1 } ?? ignores.firstIndex { sameName(find($0), what) }
        guard let index, index >= 0, index < count else { return say("%_$0%n is not being ignored", [plain(what)]) }
        remove(&self, index)
        say("Unignored %_$0%n", [plain(what)])
    }

    fileprivate mutating func ignore(_ arguments: inout Arguments) {
        if let unknown = arguments.takeOptions(
            ["except", "full", "replies"], withValue: ["pattern", "time", "channels"])
        {
            return unknownOption(unknown)
        }
        guard let mask = arguments.word() else {
            if ignores.isEmpty { return list("There are no ignores") }
            list("Ignore List:")
            for (index, rule) in ignores.enumerated() {
                list(
                    "$0 $1: $2 $3$4",
                    [
                        numberInList(index + 1), plain(rule.subject), plain(rule.levels.words),
                        StyledText(rule.isException ? "-except " : ""),
                        plain(rule.pattern.map { Array(ascii: "-pattern ") + $0 } ?? []),
                    ])
            }
            return
        }
        guard ignores.count < Limit.rules else { return say("Too many are ignored") }
        var rule = IgnoreRule(mask: mask.equals(ascii: "*") ? nil : mask, levels: .all)
        if !arguments.isEmpty {
            guard let levels = Levels(arguments.rest), levels != [] else {
                return say("Unknown level: $0", [plain(arguments.rest)])
            }
            rule.levels = levels
        }
        if let first = mask.first, Names.isChannelPrefix(first) { (rule.mask, rule.channels) = (nil, [mask]) }
        if let names = arguments.value("channels") {
            rule.channels = names[...].parts(UInt8(ascii: ",")).map { Array($0) }
        }
        rule.pattern = arguments.value("pattern")
        rule.isFullWord = arguments.has("full")
        rule.isException = arguments.has("except")
        if let time = arguments.value("time") {
            guard let seconds = Settings.seconds(time[...]) else { return say("$0 is no time", [plain(time)]) }
            rule.end = now.uptime + Int64(seconds) * 1000
        }
        ignores.append(rule)
        list(
            rule.isException ? "Not ignoring %_$0%n from %_$1%n" : "Ignoring %_$0%n from %_$1%n",
            [plain(rule.levels.words), plain(rule.subject)])
    }

    fileprivate mutating func hilight(_ arguments: inout Arguments) {
        if let unknown = arguments.takeOptions(
            ["nick", "word", "line", "full", "mask"], withValue: ["color", "level", "channels"])
        {
            if unknown.same(as: "regexp") || unknown.same(as: "matchcase") {
                return say("Patterns are plain texts here: -$0 is not there", [plain(unknown)])
            }
            return unknownOption(unknown)
        }
        let text = arguments.everything()
        guard !text.isEmpty else {
            list("Highlights:")
            for index in hilights.indices { showHilight(index) }
            return
        }
        guard hilights.count < Limit.rules, text.count <= 64 else { return say("Too much is marked") }
        var rule = Hilight(text: text)
        rule.isFullWord = arguments.has("full")
        rule.isMask = arguments.has("mask")
        rule.part = arguments.has("line") ? .line : arguments.has("word") ? .word : .nick
        if let colour = arguments.value("color") {
            guard let number = namedColour(colour[...]) else { return say("$0 is no colour", [plain(colour)]) }
            rule.colour = number
        }
        if let level = arguments.value("level") {
            guard let levels = Levels(level[...]) else { return say("Unknown level: $0", [plain(level)]) }
            rule.levels = levels
        }
        if let names = arguments.value("channels") {
            rule.channels = names[...].parts(UInt8(ascii: ",")).map { Array($0) }
        }
        hilights.removeAll { sameName($0.text, text) }
        hilights.append(rule)
        showHilight(hilights.count - 1)
    }

    private mutating func showHilight(_ index: Int) {
        let rule = hilights[index]
        list(
            "$0 $1  $2$3$4",
            [
                numberInList(index + 1), plain(rule.text), StyledText(rule.isMask ? "-mask " : ""),
                StyledText(rule.isFullWord ? "-full " : ""),
                StyledText(rule.part == .word ? "-word" : rule.part == .line ? "-line" : ""),
            ])
    }

    /// A number in a column of four.
    private func numberInList(_ value: Int) -> StyledText {
        let digits = number(value)
        var text = StyledText()
        text.append(spaces: 4 - digits.width)
        text.append(digits)
        return text
    }
}
