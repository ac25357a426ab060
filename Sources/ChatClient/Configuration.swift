import IRCProtocol
import TerminalScreen
import TerminalText

/// A channel that the configuration names.
struct ConfiguredChannel: Sendable, Equatable {
    var name: [UInt8]
    var key: [UInt8]
    var isJoined: Bool
}

/// A short name for the beginning of a command.
struct Alias: Sendable, Equatable {
    var name: [UInt8]
    var body: [UInt8]
}

/// How the client is set up: what is built in, then what the system's file says, then what the user's own file says,
/// less what the system has locked. Never fails: what is wrong is a fault with its line, and the standard holds.
public struct Configuration: Sendable {
    /// Which file a fault is in.
    enum File: Sendable { case system, personal }

    var settings = Settings()
    var lockedSettings: [Setting] = []
    var channels: [ConfiguredChannel] = []
    var aliases: [Alias] = Alias.standard
    var hilights: [Hilight] = []
    var ignores: [IgnoreRule] = []
    var bindings: [Binding] = Binding.standard
    var completions: [Alias] = []
    private(set) var faults: [(file: File, fault: ConfigurationFault)] = []
    private var lockedSections: [[UInt8]] = []

    /// From the two files; nil for a file that is not there or cannot be read.
    /// `isPersonalUnreadable`: the user's file is there, but is not one to be read.
    public init(system: [UInt8]?, personal: [UInt8]?, user: User, isPersonalUnreadable: Bool = false) {
        settings.fix(.userName, user.name)
        settings.fix(.realName, user.realName)
        settings.fix(.nick, user.nick)
        if let system { take(Configuration.fill(system, for: user), .system) }
        if let personal { take(personal, .personal) }
        if isPersonalUnreadable {
            report(ConfigurationFault(1, "not your own file, or longer than 64 KiB; it is left out"), .personal)
        }
    }

    /// The system's file as a user's own, made at the first start.
    public static func personal(from system: [UInt8], for user: User) -> [UInt8] { fill(system, for: user) }

    /// `@NICK@` and `@USER@` stand for the user's nick and login name.
    private static func fill(_ text: [UInt8], for user: User) -> [UInt8] {
        replace("@USER@", by: user.name, in: replace("@NICK@", by: user.nick, in: text))
    }

    private static func replace(_ mark: StaticString, by value: [UInt8], in text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var rest = text[...]
        while let found = rest.find(Array(ascii: mark), isCaseSensitive: true) {
            result.append(contentsOf: rest[..<found.lowerBound])
            result.append(contentsOf: value)
            rest = rest[found.upperBound...]
        }
        result.append(contentsOf: rest)
        return result
    }

    private mutating func take(_ text: [UInt8], _ file: File) {
        let (pairs, faults) = ConfigurationReader.read(text)
        for fault in faults { report(fault, file) }
        var lockedNow: [[UInt8]] = []
        for (key, value) in pairs {
            if file == .personal, lockedSections.contains(where: { sameName($0, key) }) {
                report(ConfigurationFault(value.line, key, "is locked by the administrator"), file)
                continue
            }
            if key.same(as: "locked") {
                for entry in value.values { if let name = entry.text { lockedNow.append(name) } }
            } else {
                take(key, value, file)
            }
        }
        guard file == .system else { return }
        for name in lockedNow {
            if let setting = Setting.named(name) { lockedSettings.append(setting) } else { lockedSections.append(name) }
        }
    }

    private mutating func report(_ fault: ConfigurationFault, _ file: File) {
        if faults.count < Limit.rules { faults.append((file, fault)) }
    }

    private mutating func take(_ key: [UInt8], _ value: ConfigurationNode, _ file: File) {
        if key.same(as: "settings") {
            // "core", "irc/core" and the like are only headings.
            for (_, section) in value.pairs { for (name, value) in section.pairs { set(name, value, file) } }
        } else if key.same(as: "servers") {
            for server in value.values { checkServer(server, file) }
        } else if key.same(as: "channels") {
            channels = value.values.prefix(Limit.channels).compactMap { channel($0, file) }
        } else if key.same(as: "aliases") {
            for (name, body) in value.pairs { define(name, body, file) }
        } else if key.same(as: "hilights") {
            hilights = value.values.prefix(Limit.rules).compactMap { hilight($0) }
        } else if key.same(as: "ignores") {
            ignores = value.values.prefix(Limit.rules).compactMap { ignore($0, file) }
        } else if key.same(as: "keyboard") {
            for entry in value.values.prefix(Limit.rules) { bind(entry, file) }
        } else if key.same(as: "completions") {
            for (name, body) in value.pairs.prefix(Limit.rules) {
                if let text = body.text ?? body["value"]?.text { completions.append(Alias(name: name, body: text)) }
            }
        }
        // Other keys of irssi's mean nothing here.
    }

    private mutating func set(_ name: [UInt8], _ value: ConfigurationNode, _ file: File) {
        guard let setting = Setting.named(name) else { return }
        guard let text = value.text else {
            return report(ConfigurationFault(value.line, name, "isn't a plain value"), file)
        }
        if file == .personal, lockedSettings.contains(setting) {
            return report(ConfigurationFault(value.line, name, "is locked by the administrator"), file)
        }
        // The account says who the user is; files made from the system's file repeat it.
        if setting.definition.kind == .fixed { return }
        if setting == .nick, text.isEmpty { return }
        if let wrong = settings.set(setting, to: text[...]) {
            report(ConfigurationFault(value.line, name, wrong), file)
        }
    }

    private mutating func checkServer(_ server: ConfigurationNode, _ file: File) {
        let address = server["address"]?.text ?? []
        let port = server["port"]?.text ?? Array(ascii: "6667")
        let isOurs = address.equals(ascii: "127.0.0.1") || address.same(as: "localhost")
        if !isOurs || !port.equals(ascii: "6667") {
            report(ConfigurationFault(server.line, "there is no server but this machine's"), file)
        }
    }

    private mutating func channel(_ entry: ConfigurationNode, _ file: File) -> ConfiguredChannel? {
        let name = entry["name"]?.text ?? []
        guard SafeName.isChannel(name[...]) else {
            report(ConfigurationFault(entry.line, "here should be a channel's name"), file)
            return nil
        }
        let key = entry["password"]?.text ?? []
        guard key.allSatisfy({ $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: ",") }) else {
            report(ConfigurationFault(entry.line, "here should be a channel's key"), file)
            return nil
        }
        let isJoined = entry["autojoin"]?.text.flatMap { Settings.boolean($0[...]) } ?? false
        return ConfiguredChannel(name: name, key: key, isJoined: isJoined)
    }

    private mutating func define(_ name: [UInt8], _ value: ConfigurationNode, _ file: File) {
        guard let body = value.text, let alias = Alias(name: name[...], body: body[...]) else {
            return report(ConfigurationFault(value.line, name, "needs $, which is not understood in aliases"), file)
        }
        guard aliases.count < Limit.rules * 2 else { return }
        aliases.removeAll { sameName($0.name, name) }
        aliases.append(alias)
    }

    private func hilight(_ entry: ConfigurationNode) -> Hilight? {
        guard let text = entry["text"]?.text, !text.isEmpty, text.count <= 64 else { return nil }
        var rule = Hilight(text: text)
        rule.isMask = entry["nickmask"]?.text.flatMap { Settings.boolean($0[...]) } ?? false
        rule.isFullWord = entry["fullword"]?.text.flatMap { Settings.boolean($0[...]) } ?? false
        if entry["nick"]?.text.flatMap({ Settings.boolean($0[...]) }) ?? false { rule.part = .nick }
        if entry["word"]?.text.flatMap({ Settings.boolean($0[...]) }) ?? false { rule.part = .word }
        rule.colour = entry["color"]?.text.flatMap { namedColour($0[...]) }
        rule.levels = entry["level"]?.text.flatMap { Levels($0[...]) }
        rule.channels = entry["channels"]?.values.compactMap({ $0.text }) ?? []
        return rule
    }

    private mutating func ignore(_ entry: ConfigurationNode, _ file: File) -> IgnoreRule? {
        guard let levels = Levels((entry["level"]?.text ?? Array(ascii: "ALL"))[...]) else {
            report(ConfigurationFault(entry.line, "a word here is no level"), file)
            return nil
        }
        var rule = IgnoreRule(mask: entry["mask"]?.text, levels: levels)
        rule.pattern = entry["pattern"]?.text
        rule.isFullWord = entry["fullword"]?.text.flatMap { Settings.boolean($0[...]) } ?? false
        rule.isException = entry["exception"]?.text.flatMap { Settings.boolean($0[...]) } ?? false
        rule.channels = entry["channels"]?.values.compactMap({ $0.text }) ?? []
        return rule
    }

    private mutating func bind(_ entry: ConfigurationNode, _ file: File) {
        guard let name = entry["key"]?.text, let key = Key(named: name[...]), let id = entry["id"]?.text,
            let action = Action.named(id)
        else { return report(ConfigurationFault(entry.line, "no such key, or nothing that a key can do"), file) }
        bindings.removeAll { $0.key == key }
        bindings.append(Binding(key: key, action: action, data: entry["data"]?.text ?? []))
    }
}

extension Alias {
    /// Nil where the body needs `$`: only the arguments as a whole, which follow the body in any case, may be asked for
    /// (`$*`, `$-` or `$0-` at its end).
    init?(name: ArraySlice<UInt8>, body: ArraySlice<UInt8>) {
        var body = body.trimmed
        if body.first == UInt8(ascii: "/") { body = body.dropFirst() }
        for tail in ["$*", "$-", "$0-"] as [StaticString]
        where body.count >= tail.utf8CodeUnitCount && body.suffix(tail.utf8CodeUnitCount).equals(ascii: tail) {
            body = body.dropLast(tail.utf8CodeUnitCount).trimmed
            break
        }
        guard !name.isEmpty, name.count <= 32, name.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !body.isEmpty,
            body.count <= 400, !body.contains(UInt8(ascii: "$")), !body.contains(UInt8(ascii: ";")),
            SafeName.isFaithful(body)
        else { return nil }
        self.init(name: name.folded, body: Array(body))
    }

    /// irssi's own, as far as they mean something here.
    static let standard: [Alias] = {
        let pairs: [(StaticString, StaticString)] = [
            ("b", "ban"), ("bye", "quit"), ("c", "clear"), ("cl", "clear"), ("date", "time"), ("exit", "quit"),
            ("host", "userhost"), ("i", "invite"), ("ig", "ignore"), ("j", "join"), ("k", "kick"), ("kb", "kickban"),
            ("kn", "knockout"), ("last", "lastlog"), ("leave", "part"), ("m", "msg"), ("n", "names"),
            ("p", "part"), ("q", "query"), ("sb", "scrollback"), ("sbar", "statusbar"), ("signoff", "quit"),
            ("t", "topic"), ("ub", "unban"), ("unig", "unignore"), ("v", "version"), ("w", "who"),
            ("wc", "window close"), ("wg", "window goto"), ("wi", "whois"), ("wii", "whois"), ("wjoin", "join -window"),
            ("wl", "window list"), ("wn", "window new"), ("wquery", "query -window"), ("ww", "whowas"),
        ]
        return pairs.map { Alias(name: Array(ascii: $0.0), body: Array(ascii: $0.1)) }
    }()
}
