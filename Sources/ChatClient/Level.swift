import IRCProtocol

/// What a line on the screen is about: irssi's message levels.
struct Levels: OptionSet, Sendable, Equatable {
    let rawValue: UInt32

    static let crap = Levels(rawValue: 1 << 0)
    static let msgs = Levels(rawValue: 1 << 1)
    static let `public` = Levels(rawValue: 1 << 2)
    static let notices = Levels(rawValue: 1 << 3)
    static let snotes = Levels(rawValue: 1 << 4)
    static let ctcps = Levels(rawValue: 1 << 5)
    static let actions = Levels(rawValue: 1 << 6)
    static let joins = Levels(rawValue: 1 << 7)
    static let parts = Levels(rawValue: 1 << 8)
    static let quits = Levels(rawValue: 1 << 9)
    static let kicks = Levels(rawValue: 1 << 10)
    static let modes = Levels(rawValue: 1 << 11)
    static let topics = Levels(rawValue: 1 << 12)
    static let wallops = Levels(rawValue: 1 << 13)
    static let invites = Levels(rawValue: 1 << 14)
    static let nicks = Levels(rawValue: 1 << 15)
    static let clientNotice = Levels(rawValue: 1 << 18)
    static let clientCrap = Levels(rawValue: 1 << 19)
    static let clientError = Levels(rawValue: 1 << 20)
    static let hilight = Levels(rawValue: 1 << 21)
    /// Raises no activity.
    static let noActivity = Levels(rawValue: 1 << 22)
    static let all = Levels(rawValue: (1 << 21) - 1)

    static let names: [(name: StaticString, level: Levels)] = [
        ("CRAP", .crap), ("MSGS", .msgs), ("PUBLICS", .public), ("NOTICES", .notices), ("SNOTES", .snotes),
        ("CTCPS", .ctcps), ("ACTIONS", .actions), ("JOINS", .joins), ("PARTS", .parts), ("QUITS", .quits),
        ("KICKS", .kicks), ("MODES", .modes), ("TOPICS", .topics), ("WALLOPS", .wallops), ("INVITES", .invites),
        ("NICKS", .nicks), ("CLIENTNOTICES", .clientNotice), ("CLIENTCRAP", .clientCrap),
        ("CLIENTERRORS", .clientError), ("HILIGHT", .hilight), ("ALL", .all),
    ]

    /// Levels from words such as `PUBLIC MSGS -JOINS`, the start of a word being enough, which add to what there is or take
    /// from it. Nil where a word is none.
    init?(_ text: ArraySlice<UInt8>, changing before: Levels = []) {
        var levels = before
        for word in text.words {
            let isRemoved = word.first == UInt8(ascii: "-")
            let name = word.first == UInt8(ascii: "-") || word.first == UInt8(ascii: "+") ? word.dropFirst() : word
            if name.same(as: "NONE") {
                levels = []
            } else if let found = Levels.names.first(where: { name.isStart(of: $0.name) }) {
                if isRemoved { levels.subtract(found.level) } else { levels.formUnion(found.level) }
            } else {
                return nil
            }
        }
        self = levels
    }

    init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The words again.
    var words: [UInt8] {
        if isSuperset(of: .all) { return Array(ascii: "ALL") }
        var text: [UInt8] = []
        for (name, level) in Levels.names where level != .all && isSuperset(of: level) {
            if !text.isEmpty { text.append(0x20) }
            text.append(ascii: name)
        }
        return text
    }
}

/// How much a window wants to be looked at.
enum Activity: Int, Comparable, Sendable {
    case none, text, message, hilight

    static func < (one: Activity, other: Activity) -> Bool { one.rawValue < other.rawValue }
}
