import IRCProtocol
import TerminalScreen
import TerminalText

// How the client is set up, and help.

extension Command {
    static let own: [Command] = [
        Command("help", "[<command>]", "Lists the commands, or explains one.", .command) { client, arguments in
            client.help(arguments.word())
        },
        Command(
            "set", "[-clear|-default] [<name> [<value>]]", "Shows settings, or changes one until you leave.", .setting,
            options: ["clear", "default"]
        ) { client, arguments in
            client.set(&arguments)
        },
        Command("toggle", "<name> [on|off|toggle]", "Switches a setting that is on or off.", .setting) {
            client, arguments in
            guard let name = arguments.word() else { return client.notEnough() }
            guard let setting = Setting.named(name) else { return client.say("Unknown setting $0", [plain(name)]) }
            guard setting.definition.kind == .boolean else {
                return client.say("Setting %_$0%n isn't boolean, use /SET", [plain(name)])
            }
            let wanted = arguments.word() ?? []
            let isOn = Settings.boolean(wanted[...]) ?? !client.settings.isOn(setting)
            client.set(setting, Array(ascii: isOn ? "ON" : "OFF"))
        },
        Command(
            "alias", "[<name> [<command>]]",
            "Makes a short name for the beginning of a command; what is typed after the short name follows. Without a command, lists.",
            .command
        ) { client, arguments in
            client.alias(&arguments)
        },
        Command("unalias", "<name>", "Removes a short name.") { client, arguments in
            guard let name = arguments.word() else { return client.notEnough() }
            guard client.aliases.contains(where: { sameName($0.name, name) }) else {
                return client.say("No such alias: $0", [plain(name)])
            }
            client.aliases.removeAll { sameName($0.name, name) }
            client.say("Alias $0 removed", [plain(name)])
        },
        Command(
            "bind", "[-list|-delete] [<key> [<action> [<data>]]]",
            "Shows what keys do, or changes it. Keys are written like ^A, meta-a, up, f1. -list: what they can do.",
            options: ["list", "delete"]
        ) { client, arguments in
            client.bind(&arguments)
        },
        Command(
            "completion", "[-delete] [<word> [<text>]]", "Makes Tab put a text in place of a word; without one, lists.",
            options: ["delete"]
        ) { client, arguments in
            client.completionCommand(&arguments)
        },
        Command("format", "", "Lists how kinds of lines look. They cannot be changed here.") { client, _ in
            client.say(
                "Lines look as in irssi's default theme. Settings: nick_column_width, indent, timestamp_format, emphasis, hide_colors"
            )
        },
        Command("echo", "<text>", "Shows a text in this window; nobody else sees it.") { client, arguments in
            client.show(event("$0", [plain(arguments.rest)]), [.clientCrap, .noActivity], in: .active)
        },
        Command("beep", "", "Sounds the bell.") { client, _ in client.ring() },
        Command("uptime", "", "Tells for about how many hours you have been here.") { client, _ in
            client.say("About $0 hours", [number(Int((client.now.uptime - client.startedAt) / 3_600_000))])
        },
    ]
}

extension Client {
    fileprivate mutating func help(_ name: [UInt8]?) {
        guard let name else {
            say("Commands (%_/help name%n explains one; what is typed without a slash is said in the window):")
            let unsorted = Command.all.map { Array(ascii: $0.name) }
            let names = order(of: unsorted).map { unsorted[$0] }
            let width = 12
            let count = max(1, (columns - 8) / width)
            var line = StyledText()
            for (index, command) in names.enumerated() {
                line.append(untrusted: command)
                line.append(spaces: max(1, width - command.count))
                if (index + 1) % count == 0 || index + 1 == names.count {
                    show(line, [.clientCrap, .noActivity], in: .active)
                    line = StyledText()
                }
            }
            return
        }
        let bare = name.first == UInt8(ascii: "/") ? Array(name.dropFirst()) : name
        guard let command = command(named: bare[...]) else { return say("No help for $0", [plain(bare)]) }
        show(
            format("%_/$0%n $1", [StyledText(command.name), StyledText(command.usage)]), [.clientCrap, .noActivity],
            in: .active)
        show(format("$0", [StyledText(command.help)]), [.clientCrap, .noActivity], in: .active)
        let short = aliases.filter { alias in alias.body[...].words.first?.same(as: command.name) ?? false }
        if !short.isEmpty { list("Also: $0", [plain([UInt8].joined(short.map { [UInt8(ascii: "/")] + $0.name }))]) }
    }

    fileprivate mutating func set(_ arguments: inout Arguments) {
        if let unknown = arguments.takeOptions(["clear", "default"]) { return unknownOption(unknown) }
        let name = arguments.word() ?? []
        guard let setting = Setting.named(name) else {
            let found = Setting.allCases.filter {
                name.isEmpty || Array(ascii: $0.definition.name)[...].find(name) != nil
            }
            if found.isEmpty { return say("Unknown setting $0", [plain(name)]) }
            for setting in found { showSetting(setting) }
            return
        }
        if arguments.has("clear") { return set(setting, []) }
        if arguments.has("default") { return set(setting, Array(ascii: setting.definition.standard)) }
        if arguments.isEmpty { return showSetting(setting) }
        set(setting, arguments.everything())
    }

    private mutating func showSetting(_ setting: Setting) {
        var line = StyledText()
        line.append(spaces: max(0, 32 - setting.definition.name.utf8CodeUnitCount))
        line.append(setting.definition.name)
        line.append(format(" %_$0", [plain(settings[setting])]))
        show(line, [.clientCrap, .noActivity], in: .active)
    }

    fileprivate mutating func set(_ setting: Setting, _ value: [UInt8]) {
        let name = StyledText(setting.definition.name)
        if configuration.lockedSettings.contains(setting) {
            return say("%_$0%n is locked by the administrator", [name])
        }
        if let wrong = settings.set(setting, to: value[...]) {
            return say("%_$0%n $1", [name, StyledText(wrong)])
        }
        calendar.offset = Calendar.offset(settings[.timeOffset][...]) ?? 0
        if setting == .timeOffset { lastDay = calendar.day(now.unix) }
        for index in windows.indices { windows[index].scrollback.limit = settings.number(.scrollbackLines) }
        showSetting(setting)
    }

    fileprivate mutating func alias(_ arguments: inout Arguments) {
        guard let name = arguments.word() else {
            say("Aliases:")
            for place in order(of: aliases.map({ $0.name })) { listPair(aliases[place]) }
            return
        }
        guard !arguments.isEmpty else {
            guard let alias = aliases.first(where: { sameName($0.name, name) }) else {
                return say("No such alias: $0", [plain(name)])
            }
            return listPair(alias)
        }
        guard let alias = Alias(name: name[...], body: arguments.rest), aliases.count < Limit.rules * 2 else {
            return say("An alias is the beginning of one command; the dollar sign and ; mean nothing in it")
        }
        aliases.removeAll { $0.name == alias.name }
        aliases.append(alias)
        say("Alias $0 added", [plain(alias.name)])
    }

    fileprivate mutating func bind(_ arguments: inout Arguments) {
        if let unknown = arguments.takeOptions(["list", "delete"]) { return unknownOption(unknown) }
        if arguments.has("list") {
            for action in Action.allCases { list("$0", [StyledText(action.name)]) }
            return
        }
        guard let name = arguments.word() else { return listBindings(nil) }
        guard let key = Key(named: name[...]) else { return say("There is no key %_$0%n", [plain(name)]) }
        if arguments.has("delete") {
            bindings.removeAll { $0.key == key }
            return
        }
        guard let id = arguments.word() else { return listBindings(key) }
        let isCommand = id.first == UInt8(ascii: "/")
        guard let action = isCommand ? .command : Action.named(id) else {
            return say("Unknown bind action: $0; /bind -list tells what there is", [plain(id)])
        }
        guard bindings.count < 200 else { return say("Too many keys are bound") }
        let data = isCommand ? id + (arguments.isEmpty ? [] : [0x20] + arguments.everything()) : arguments.everything()
        bindings.removeAll { $0.key == key }
        bindings.append(Binding(key: key, action: action, data: Array(data.prefix(400))))
        listBindings(key)
    }

    private mutating func listBindings(_ only: Key?) {
        list("Key                  Action")
        let wanted = bindings.filter { only == nil || $0.key == only }
        for place in order(of: wanted.map({ $0.key.name })) {
            let binding = wanted[place]
            var line = plain(binding.key.name)
            line.append(spaces: max(1, 21 - line.width))
            line.append(binding.action.name)
            line.append(spaces: 1)
            line.append(untrusted: binding.data)
            show(line, [.clientCrap, .noActivity], in: .active)
        }
    }

    fileprivate mutating func completionCommand(_ arguments: inout Arguments) {
        if let unknown = arguments.takeOptions(["delete"]) { return unknownOption(unknown) }
        guard let word = arguments.word() else {
            if completions.isEmpty { return say("There are no completions") }
            list("Key        Value                                    Auto")
            for entry in completions { listCompletion(entry) }
            return
        }
        let text = arguments.everything()
        completions.removeAll { sameName($0.name, word) }
        if arguments.has("delete") || text.isEmpty { return say("Removed completion $0", [plain(word)]) }
        guard completions.count < Limit.rules, text.count <= 400, SafeName.isFaithful(text[...]) else {
            return say("That cannot be completed")
        }
        completions.append(Alias(name: word, body: text))
        listCompletion(completions[completions.count - 1])
    }

    /// What a word stands for. It never takes the word's place by itself.
    private mutating func listCompletion(_ entry: Alias) {
        var line = pair(entry)
        line.append(spaces: max(1, 52 - line.width))
        line.append("no")
        show(line, [.clientCrap, .noActivity], in: .active)
    }

    private mutating func listPair(_ entry: Alias) { show(pair(entry), [.clientCrap, .noActivity], in: .active) }

    private func pair(_ entry: Alias) -> StyledText {
        var line = plain(entry.name)
        line.append(spaces: max(1, 11 - line.width))
        line.append(plain(entry.body))
        return line
    }
}
