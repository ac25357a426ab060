import IRCProtocol
import TerminalText

/// What a window is about.
enum Item: Sendable, Equatable {
    case channel([UInt8])
    case query([UInt8])

    var name: [UInt8] {
        switch self {
        case .channel(let name), .query(let name): name
        }
    }

    var isChannel: Bool {
        if case .channel = self { return true }
        return false
    }

    func isNamed(_ name: ArraySlice<UInt8>) -> Bool { sameName(self.name, name) }
    func isNamed(_ name: [UInt8]) -> Bool { sameName(self.name, name) }
}

/// A window: what is in it and what of it is shown.
struct Window: Sendable {
    /// Stays the same when windows move.
    let id: Int
    var name: [UInt8] = []
    var items: [Item] = []
    var activeItem = 0
    var scrollback: Scrollback
    /// What comes here though no item asks for it.
    var levels: Levels = []
    var activity = Activity.none
    /// The last row that is shown when the view is scrolled up: a line's number and which of its rows.
    var anchor: (line: Int, row: Int)?
    /// Lines that have come while the view is scrolled up.
    var hasMore = false
    /// Lines before this number are out of view until one scrolls up.
    var clearedBefore = 0
    /// The first line that came after the window was left.
    var unread: Int?

    init(id: Int, limit: Int) {
        self.id = id
        scrollback = Scrollback(limit: limit)
    }

    /// The item that is talked to.
    var item: Item? { items.indices.contains(activeItem) ? items[activeItem] : nil }

    /// Removes some lines. What is said by line numbers goes on to mean the same lines.
    mutating func removeLines(where isRemoved: (Entry) -> Bool) {
        let old = scrollback
        scrollback.removeAll(where: isRemoved)
        let start = scrollback.numbers.lowerBound
        func moved(_ line: Int) -> Int {
            var kept = 0
            for number in old.numbers where number < line && !isRemoved(old[number]) { kept += 1 }
            return start + kept
        }
        clearedBefore = moved(clearedBefore)
        unread = unread.map(moved)
        anchor = nil
        hasMore = false
    }

    mutating func remove(_ item: Item) {
        guard let place = items.firstIndex(of: item) else { return }
        items.remove(at: place)
        if activeItem > place || activeItem >= items.count { activeItem = max(0, activeItem - 1) }
    }
}

/// Somebody in a channel.
struct Member: Sendable {
    /// As it is written.
    var nick: [UInt8]
    /// Mode characters such as `@` and `+`, the highest first.
    var prefixes: [UInt8] = []
    var isAway = false
}

/// A channel that one is in.
struct Channel: Sendable {
    var name: [UInt8]
    var topic: [UInt8] = []
    /// Mode letters; nil until the server has told.
    var modes: [UInt8] = []
    /// The key it was joined with, to join again.
    var key: [UInt8] = []
    var members = NameTable<Member>()
    /// Who has spoken, the last first; those who spoke to this user are marked.
    var speakers: [(nick: [UInt8], isToMe: Bool)] = []
    /// Whether NAMES has ended.
    var hasNames = false
    /// Whether this user is in it: a window stays when the connection is lost or a channel is left by force.
    var isJoined = true
    /// Whether names are being shown because the user asked.
    var isListing = false
    var joinedAt: Int64 = 0
    /// Whether the user has been told when it was made.
    var isCreationShown = false

    init(name: [UInt8]) { self.name = name }

    /// Somebody has left.
    mutating func forget(_ nick: ArraySlice<UInt8>) {
        members[nick.folded] = nil
        speakers.removeAll { sameName($0.nick, nick) }
    }

    mutating func rename(_ old: ArraySlice<UInt8>, to new: ArraySlice<UInt8>) {
        guard var member = members[old.folded] else { return }
        members[old.folded] = nil
        member.nick = Array(new)
        members[new.folded] = member
        for index in speakers.indices where sameName(speakers[index].nick, old) {
            speakers[index].nick = Array(new)
        }
    }

    func member(_ nick: [UInt8]) -> Member? { members[nick.folded] }
    func member(_ nick: ArraySlice<UInt8>) -> Member? { members[nick.folded] }

    /// Members in the order of a list: by rank, then by name.
    var sorted: [Member] {
        // The table has them in the order of their names.
        let all = members.values
        var sorted: [Member] = []
        sorted.reserveCapacity(all.count)
        for rank in 0...9 { for member in all where Channel.rank(member) == rank { sorted.append(member) } }
        return sorted
    }

    static func rank(_ member: Member) -> Int {
        guard let prefix = member.prefixes.first else { return 9 }
        return prefixOrder.firstIndex(of: prefix) ?? 8
    }

    /// ISUPPORT PREFIX as ngircd has it; others come after.
    static let prefixOrder: [UInt8] = Array(ascii: "~&@%+")
    static let prefixModes: [UInt8] = Array(ascii: "qaohv")

    mutating func noteSpeaker(_ nick: ArraySlice<UInt8>, isToMe: Bool, limit: Int) {
        speakers.removeAll { sameName($0.nick, nick) }
        speakers.insert((Array(nick), isToMe), at: 0)
        if speakers.count > limit { speakers.removeLast(speakers.count - limit) }
    }
}
