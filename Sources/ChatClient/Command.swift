import IRCProtocol
import TerminalText

/// A command that can be typed.
struct Command: Sendable {
    /// What completion offers after it.
    enum Argument: Sendable {
        case other, setting, command, channel, correspondent, topic
        case subcommand([StaticString])
    }

    let name: StaticString
    /// What follows the name, in the notation of manual pages.
    let usage: StaticString
    /// What it does, in plain words.
    let help: StaticString
    let argument: Argument
    let options: [StaticString]
    /// Whether it needs the server.
    let isForServer: Bool
    let run: @Sendable (inout Client, inout Arguments) -> Void

    init(
        _ name: StaticString, _ usage: StaticString, _ help: StaticString, _ argument: Argument = .other,
        options: [StaticString] = [], server: Bool = false,
        _ run: @escaping @Sendable (inout Client, inout Arguments) -> Void
    ) {
        self.name = name
        self.usage = usage
        self.help = help
        self.argument = argument
        self.options = options
        isForServer = server
        self.run = run
    }

    static let all: [Command] = talking + channelCommands + people + windowCommands + own
}

/// What follows a command's name.
struct Arguments {
    private(set) var rest: ArraySlice<UInt8>
    /// The options that were given, in small letters, and the value of each that takes one.
    private(set) var options: [(name: [UInt8], value: [UInt8])] = []

    init(_ text: ArraySlice<UInt8>) { rest = text.trimmed }

    var isEmpty: Bool { rest.isEmpty }

    /// The next word; nil at the end.
    mutating func word() -> [UInt8]? {
        let word = rest.prefix { $0 != 0x20 }
        guard !word.isEmpty else { return nil }
        rest = rest[word.endIndex...].drop { $0 == 0x20 }
        return Array(word)
    }

    /// Everything that is left.
    mutating func everything() -> [UInt8] {
        defer { rest = rest[rest.endIndex...] }
        return Array(rest)
    }

    /// Takes the options at the front. The name of one that is not known is given back.
    mutating func takeOptions(_ known: [StaticString], withValue: [StaticString] = []) -> [UInt8]? {
        while rest.first == UInt8(ascii: "-"), rest.count > 1 {
            guard let word = word() else { return nil }
            let name = word[1...]
            if name.equals(ascii: "-") { return nil }
            if let exact = withValue.first(where: { name.same(as: $0) }) {
                options.append((Array(ascii: exact), self.word() ?? []))
            } else if let exact = known.first(where: { name.same(as: $0) }) {
                options.append((Array(ascii: exact), []))
            } else if name.decimalValue != nil, known.contains(where: { Array(ascii: $0).isEmpty }) {
                options.append(([], Array(name)))
            } else {
                return Array(name)
            }
        }
        return nil
    }

    func has(_ option: StaticString) -> Bool { options.contains { $0.name.equals(ascii: option) } }
    func value(_ option: StaticString) -> [UInt8]? { options.first { $0.name.equals(ascii: option) }?.value }
}

extension Client {
    /// The command or the beginning of just one command.
    func command(named name: ArraySlice<UInt8>) -> Command? {
        if let exact = Command.all.first(where: { name.same(as: $0.name) }) { return exact }
        if let alias = aliases.first(where: { sameName($0.name, name) }),
            let first = alias.body[...].words.first
        {
            return Command.all.first { first.same(as: $0.name) }
        }
        let found = Command.all.filter { name.isStart(of: $0.name) }
        return found.count == 1 ? found[0] : nil
    }

    /// Runs what was typed after "/".
    mutating func runCommand(_ line: ArraySlice<UInt8>) {
        var arguments = Arguments(line.first == UInt8(ascii: "/") ? line.dropFirst() : line)
        guard let typed = arguments.word() else { return }
        let name = typed[...]
        if !Command.all.contains(where: { name.same(as: $0.name) }),
            let alias = aliases.first(where: { sameName($0.name, name) })
        {
            // An alias may name another, but not without end.
            guard aliasDepth < Limit.aliasDepth else { return }
            aliasDepth += 1
            let rest = arguments.isEmpty ? [] : [0x20] + arguments.rest
            runCommand((alias.body + rest)[...])
            aliasDepth -= 1
            return
        }
        let found = Command.all.filter { name.isStart(of: $0.name) }
        guard
            let command = Command.all.first(where: { name.same(as: $0.name) }) ?? (found.count == 1 ? found.first : nil)
        else {
            let template: StaticString = found.isEmpty ? "Unknown command: $0" : "Ambiguous command: $0"
            return show(notice(template, [plain(name)]), .clientError, in: .active)
        }
        if command.isForServer, !requireConnection() { return }
        command.run(&self, &arguments)
    }

    mutating func notEnough() { show(notice("Not enough parameters given"), .clientError, in: .active) }
    mutating func notJoined() { show(notice("Not joined to any channel"), .clientError, in: .active) }

    mutating func unknownOption(_ name: [UInt8]) {
        show(notice("Unknown option: $0", [plain(name)]), .clientError, in: .active)
    }

    mutating func say(_ template: StaticString, _ arguments: [StyledText] = []) {
        show(notice(template, arguments), [.clientCrap, .noActivity], in: .active)
    }

    mutating func list(_ template: StaticString, _ arguments: [StyledText] = []) {
        show(format(template, arguments), [.clientCrap, .noActivity], in: .active)
    }

    /// A channel named first, or the one that is talked to; nil, and the user is told, where there is none.
    mutating func channelArgument(_ arguments: inout Arguments) -> [UInt8]? {
        if let first = arguments.rest.first, Names.isChannelPrefix(first) || first == UInt8(ascii: "*") {
            if first == UInt8(ascii: "*"),
                arguments.rest.dropFirst().first == nil || arguments.rest.dropFirst().first == 0x20
            {
                _ = arguments.word()
            } else if first != UInt8(ascii: "*"), let name = arguments.word() {
                return name
            }
        }
        if let channel = activeChannel { return channel.name }
        notJoined()
        return nil
    }
}
