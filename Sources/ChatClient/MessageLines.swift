import IRCProtocol
import TerminalText

/// A line, and where its wrapped rows go on.
struct MessageLine {
    var text: StyledText
    var hang: Int
}

/// Whether something catches the eye, and how.
struct Catch {
    var isHilight = false
    /// The message speaks to this user.
    var isToMe = false
    /// Of a rule.
    var colour: UInt8?
    var part = Hilight.Part.nick
    var word: [UInt8] = []
}

extension Client {
    /// Text with its colours and emphasis.
    func body(_ text: ArraySlice<UInt8>) -> StyledText {
        var body = coloured(text)
        if settings.isOn(.emphasis) { body.emphasise(from: 0) }
        return body
    }

    /// Whether a channel is what its window is about now; if not, lines of it say which channel they are of.
    func isTalkedTo(_ channel: [UInt8]) -> Bool {
        guard let index = window(of: channel) else { return true }
        return windows[index].item?.isNamed(channel) ?? true
    }

    /// By the nick, then by the rules.
    func catches(_ text: ArraySlice<UInt8>, _ sender: Sender, _ level: Levels) -> Catch {
        if settings.isOn(.hilightNickMatches), level == .public || level == .actions {
            let isMet =
                settings.isOn(.hilightNickMatchesEverywhere)
                ? text.findWord(connection.nick) != nil : level == .public && addresses(connection.nick, text)
            if isMet { return Catch(isHilight: true, isToMe: true, colour: nil, part: .nick, word: []) }
        }
        for rule in hilights
        where rule.matches(text, from: sender, level: level, standard: settings.levels(.hilightLevel)) {
            let colour = rule.colour ?? namedColour(settings[.hilightColour][...]) ?? 11
            return Catch(
                isHilight: true, isToMe: false, colour: colour, part: rule.part, word: rule.isMask ? [] : rule.text)
        }
        return Catch()
    }

    /// The character before a nick: a space for a member without modes.
    private func prefix(_ nick: ArraySlice<UInt8>, in channel: [UInt8]) -> UInt8 {
        channels[channel.folded]?.member(nick)?.prefixes.first ?? 0x20
    }

    /// `<@nick> `, with the nick in a column where one is set.
    private func opening(
        _ nick: ArraySlice<UInt8>, _ style: Style, prefix: UInt8?, suffix: [UInt8]? = nil
    ) -> StyledText {
        var text = StyledText()
        let width = settings.number(.nickColumnWidth)
        var shown = Array(nick)
        if width > 0, shown.count > width { shown = Array(shown.prefix(width - 1)) + [UInt8(ascii: "+")] }
        if width > 0 { text.append(spaces: width - shown.count) }
        text.append("<", Style(8))
        if let prefix { text.append(untrusted: [prefix]) }
        text.append(untrusted: shown, style)
        if let suffix {
            text.append(":", Style(8))
            text.append(untrusted: suffix, Style(6))
        }
        text.append(">", Style(8))
        text.append(spaces: 1)
        return text
    }

    func publicLine(
        _ nick: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>, _ channel: [UInt8], _ catches: Catch,
        isForSome: Bool = false
    ) -> MessageLine {
        var style = Style.plain
        if catches.isToMe { style = Style(11) }
        if let colour = catches.colour, catches.part == .nick || catches.part == .line { style = Style(colour) }
        var suffix = isTalkedTo(channel) ? nil : channel
        if isForSome { suffix = [UInt8(ascii: "@")] + channel }
        var line = opening(nick, style, prefix: prefix(nick, in: channel), suffix: suffix)
        let hang = line.width
        var said = body(text)
        if let colour = catches.colour {
            if catches.part == .word, let found = said.bytes[...].find(catches.word) {
                said.change(found) { $0.foreground = colour }
            }
        }
        line.append(said)
        // The whole line has the one colour.
        if let colour = catches.colour, catches.part == .line { line = line.uncoloured.over(Style(colour)) }
        return MessageLine(text: line, hang: hang)
    }

    func queryLine(_ nick: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>, isOwn: Bool) -> MessageLine {
        var line = opening(nick, isOwn ? .bold : Style(9), prefix: nil)
        let hang = line.width
        line.append(body(text))
        return MessageLine(text: line, hang: hang)
    }

    func actionLine(_ nick: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>, _ channel: [UInt8]?) -> MessageLine {
        var line = StyledText(" * ", .bold)
        line.append(untrusted: nick, .bold)
        if let channel {
            line.append(":", Style(8))
            line.append(untrusted: channel, Style(6))
        }
        line.append(spaces: 1)
        let hang = line.width
        line.append(body(text))
        return MessageLine(text: line, hang: hang)
    }

    // MARK: - one's own words

    mutating func showOwnText(_ text: ArraySlice<UInt8>, to target: [UInt8], isQuery: Bool) {
        let own = connection.nick[...]
        if !isQuery {
            var line = opening(
                own, .bold, prefix: prefix(own, in: target), suffix: isTalkedTo(target) ? nil : target)
            let hang = line.width
            line.append(body(text))
            return show(line, [.public, .noActivity], in: .item(target), hang: hang)
        }
        if let index = settings.isOn(.autocreateOwnQuery) ? openQuery(target[...]) : window(of: target) {
            let line = queryLine(own, text, isOwn: true)
            add(line.text, [.msgs, .noActivity], to: index, hang: line.hang)
        } else {
            show(format("[%rmsg%K(%R$0%K)]%n $1", [plain(target), body(text)]), [.msgs, .noActivity])
        }
    }

    mutating func showOwnAction(_ text: ArraySlice<UInt8>, to target: [UInt8]) {
        let isChannel = target.first.map(Names.isChannelPrefix) ?? false
        let line = actionLine(connection.nick[...], text, isChannel && !isTalkedTo(target) ? target : nil)
        var index = window(of: target)
        if !isChannel, index == nil, settings.isOn(.autocreateOwnQuery) { index = openQuery(target[...]) }
        show(line.text, [.actions, .noActivity], in: index.map { .window($0) } ?? .status, hang: line.hang)
    }

    mutating func showOwnNotice(_ text: ArraySlice<UInt8>, to target: [UInt8]) {
        show(
            format("[%rnotice%K(%R$0%K)]%n $1", [plain(target), body(text)]), [.notices, .noActivity], in: .item(target)
        )
    }
}
