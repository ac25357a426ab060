import Foundation
import TestNumbers

/// Makes dialogues: mostly what people's programs send, at times what an attacker would.
///
/// DIE and RESTART are never said, since a server that is gone shows nothing more, nor OPER with a wrong password, after
/// which ngircd listens to nothing for ten seconds.
struct DialogueGenerator {
    private var random: SeededNumbers
    private let clients: [Character]

    private static let nicks = ["alice", "bob", "carol", "dave"]
    // No text ends in a space, which ngircd cuts off.
    private static let words = [
        "hello", ":hello world", ":", ":  two  spaces", "::colon", ":grüße aus köln ✓", ":\u{1}ACTION waves\u{1}",
        ":\u{1}VERSION\u{1}", ":\u{2}bold\u{f}", ":a:b", "x",
    ]

    init(seed: UInt64) {
        random = SeededNumbers(scattering: seed)
        clients = Array("abcd".prefix(random.number(2...4)))
    }

    static func dialogue(seed: UInt64, length: Int = 60) -> Dialogue {
        var generator = DialogueGenerator(seed: seed)
        var steps: [Dialogue.Step] = []
        if !generator.random.happens(1, in: 8) { steps = generator.welcome() }
        while steps.count < length { steps.append(generator.step()) }
        return Dialogue(steps: steps)
    }

    /// All register, most join one channel, and often one becomes an IRC operator.
    private mutating func welcome() -> [Dialogue.Step] {
        var steps: [Dialogue.Step] = []
        for (client, nick) in zip(clients, DialogueGenerator.nicks) {
            steps.append(say(client, "NICK \(nick)"))
            steps.append(say(client, "USER \(nick.prefix(2)) 0 * :\(nick) Real"))
            if random.happens(3, in: 4) { steps.append(say(client, "JOIN #c")) }
        }
        if random.happens(1, in: 3) { steps.append(say(random.pick(clients), "OPER op pw")) }
        return steps
    }

    private func say(_ client: Character, _ line: String) -> Dialogue.Step {
        Dialogue.Step(client: client, action: .say([UInt8]((line + "\r\n").utf8)))
    }

    private mutating func step() -> Dialogue.Step {
        let client = random.pick(clients)
        if random.happens(1, in: 80) { return Dialogue.Step(client: client, action: .vanish) }
        if random.happens(1, in: 12) { return Dialogue.Step(client: client, action: .say(hostile())) }
        var line = command()
        if random.happens(1, in: 25) {
            let command = line.prefix { $0 != " " }
            line = command.lowercased() + line[command.endIndex...]
        }
        if random.happens(1, in: 25) { line = damaged(line) }
        return say(client, line)
    }

    // MARK: Plausible

    private mutating func command() -> String {
        switch random.number(0...99) {
        case 0..<12: return "JOIN \(list { $0.channel() })\(random.happens(1, in: 5) ? " key" : "")"
        case 12..<18: return "PART \(list { $0.channel() })\(random.happens(1, in: 3) ? " \(words())" : "")"
        case 18..<34: return channelMode()
        case 34..<39: return userMode()
        // ngircd stops at the first target of a NOTICE that cannot be reached.
        case 39..<46: return "PRIVMSG \(list { $0.target() }) \(words())"
        case 46..<49: return "NOTICE \(target()) \(words())"
        case 49..<54: return "TOPIC \(channel())\(random.happens(2, in: 3) ? " \(words())" : "")"
        case 54..<59:
            return "KICK \(list { $0.channel() }) \(list { $0.nick() })\(random.happens(1, in: 2) ? " \(words())" : "")"
        case 59..<63: return "INVITE \(nick()) \(channel())"
        case 63..<68:
            return
                "NICK \(random.happens(4, in: 5) ? nick() : random.pick(["Alice", "x[]\\`", "a", "toolongnickname"]))"
        case 68..<71: return "AWAY\(random.happens(2, in: 3) ? " \(words())" : "")"
        case 71..<76:
            return random.pick(["WHO", "WHO \(channel())", "WHO \(nick())", "WHO \(mask())", "WHO \(channel()) o"])
        case 76..<80:
            return random.pick(["WHOIS \(nick())", "WHOIS \(list { $0.nick() })", "WHOIS \(nick()) \(nick())", "WHOIS"])
        case 80..<82: return random.pick(["WHOWAS \(nick())", "WHOWAS \(nick()) 1", "WHOWAS \(nick()) -1", "WHOWAS"])
        case 82..<85:
            return random.pick([
                "NAMES", "NAMES \(list { $0.channel() })", "LIST", "LIST \(channel())", "LIST #*",
            ])
        case 85..<87:
            return random.pick(["ISON \(nick()) \(nick())", "USERHOST \(nick()) \(nick())", "ISON", "USERHOST"])
        case 87..<89: return random.pick(["OPER op pw", "OPER op pw more", "OPER op"])
        case 89..<91: return random.pick(["KILL \(nick()) \(words())", "WALLOPS \(words())", "KILL \(nick())"])
        case 91..<93: return random.pick(["QUIT", "QUIT \(words())", "PASS secret", "USER x 0 * :X", "USER x"])
        case 93..<95: return random.pick(["PING", "PING x", "PING x y", "PONG", "PONG x"])
        case 95..<97:
            return random.pick(["CAP LIST", "CAP REQ :multi-prefix", "CAP REQ :-multi-prefix", "CAP END", "CAP REQ :x"])
        default:
            return random.pick([
                "MOTD", "LUSERS", "VERSION", "TIME", "ADMIN", "INFO", "LINKS", "TRACE", "STATS", "USERS", "SUMMON x",
                "SERVLIST", "SQUERY x y", "REHASH", "CONNECT x", "SQUIT x y", "MOTD nowhere", "ADMIN irc.test.net",
                "VERSION *.net", "SERVER x 1 :y", "SERVICE x", "NJOIN #c :alice", "CHARCONV UTF-8", "WEBIRC a b c d",
                "GLINE", "KLINE x!y@z 60 :no", "ERROR :x", "FOO bar",
            ])
        }
    }

    private mutating func channelMode() -> String {
        switch random.number(0...9) {
        case 0: return "MODE \(channel())"
        case 1: return "MODE \(channel()) \(sign())\(random.pick(["b", "e", "I"]))"
        case 2, 3: return "MODE \(channel()) \(sign())\(random.pick(["b", "e", "I"])) \(mask())"
        // One nick a letter: ngircd takes what is left over for more letters.
        case 4, 5:
            let letters = random.pick(["q", "a", "o", "h", "v", "ov", "o", "v"])
            let nicks = letters.map { _ in nick() }.joined(separator: " ")
            return "MODE \(channel()) \(sign())\(letters) \(nicks)"
        case 6:
            return
                "MODE \(channel()) \(random.pick(["+k key", "-k", "+k", "+l 3", "+l 0", "+l x", "-l", "+kl key 5"]))"
        default:
            var modes = ""
            for _ in 0..<random.number(1...4) {
                if modes.isEmpty || random.happens(1, in: 3) { modes += sign() }
                modes += random.pick("imnstMNOPQRVzrbX".map(String.init))
            }
            return "MODE \(channel()) \(modes)"
        }
    }

    private mutating func userMode() -> String {
        guard random.happens(4, in: 5) else { return "MODE \(nick())" }
        var modes = sign()
        for _ in 0..<random.number(1...3) { modes += random.pick("aBbcCFiIoqrRswxZ".map(String.init)) }
        return "MODE \(nick()) \(modes)"
    }

    private mutating func sign() -> String { random.happens(2, in: 3) ? "+" : "-" }

    private mutating func nick() -> String {
        random.happens(19, in: 20)
            ? random.pick(DialogueGenerator.nicks) : random.pick(["nobody", "ALICE", "1x", "a,b"])
    }

    private mutating func channel() -> String {
        random.happens(1, in: 2)
            ? "#c" : random.pick(["#d", "#C", "&local", "+plain", "#pre", "#locked", "#none", "c", "#"])
    }

    private mutating func target() -> String {
        switch random.number(0...9) {
        case 0..<5: channel()
        case 5..<9: nick()
        // "@#c" is none of these: only ours sends to a part of a channel.
        default:
            random.pick([
                "$*", "$*.net", "$*.*", "#*", "#*.0.1", "alice!~al@127.0.0.1", "alice!al@127.0.0.1", "~bo%127.0.0.1",
                "~ca@irc.test.net", "irc.test.net",
            ])
        }
    }

    private mutating func mask() -> String {
        random.pick([
            "*!*@*", "alice", "alice!*@*", "*!~bo@*", "*@127.0.0.1", "c*", "*.net", "a!b", "?ob!*@*", "x@y", "*",
            "*!*@*.*",
        ])
    }

    private mutating func words() -> String { random.pick(DialogueGenerator.words) }

    private mutating func list(_ item: (inout DialogueGenerator) -> String) -> String {
        var items = [item(&self)]
        while random.happens(1, in: 8) { items.append(item(&self)) }
        return items.joined(separator: ",")
    }

    // MARK: Hostile. Lines stay shorter than 512 bytes in every form: where they are cut is tried elsewhere.

    /// The same with a parameter more or less, or a space too many.
    private mutating func damaged(_ line: String) -> String {
        switch random.number(0...5) {
        case 0:
            let kept = line[..<(line.lastIndex(of: " ") ?? line.endIndex)]
            return String(kept.prefix(through: kept.lastIndex { $0 != " " } ?? kept.startIndex))
        // What a MODE has too much, ngircd takes for more modes.
        case 1: return line.uppercased().hasPrefix("MODE ") ? line : line + " more and more :parameters here"
        case 2: return line.replacingOccurrences(of: " ", with: "  ")
        case 3: return line.contains(":") ? line : line + " "
        case 4: return ":\(nick()) \(line)"
        default: return line.replacingOccurrences(of: " ", with: ",")
        }
    }

    private mutating func hostile() -> [UInt8] {
        let line: [UInt8]
        switch random.number(0...7) {
        case 0: line = []
        case 1: line = (0..<random.number(1...60)).map { _ in noise() }
        case 2: line = [UInt8]("PRIVMSG #c :".utf8) + (0..<random.number(1...60)).map { _ in noise() }
        case 3: line = [UInt8]("PRIVMSG #c :".utf8) + [UInt8](repeating: 120, count: random.number(300...420))
        case 4: line = [UInt8]("TOPIC #c :".utf8) + [UInt8](repeating: 116, count: random.number(300...420))
        case 5: line = [UInt8]("MODE #c +b ".utf8) + [UInt8](repeating: 98, count: random.number(50...300))
        case 6: line = [UInt8]("JOIN #".utf8) + [UInt8](repeating: 106, count: random.number(40...60))
        default:
            line = [UInt8](
                String(repeating: random.pick([" ", ":", "a ", ",", "@x "]), count: random.number(1...40)).utf8)
        }
        return line + [13, 10]
    }

    /// Any byte but a line's end, for what a line is must be agreed before two servers can be compared, and NUL, behind
    /// which ngircd finds no line's end any more.
    private mutating func noise() -> UInt8 {
        let byte = UInt8(random.number(1...255))
        return byte == 10 || byte == 13 ? 33 : byte
    }
}
