import IRCProtocol
public import TerminalScreen
import TerminalText

// What the screen shows: the topic, the text, the status bar and the input line, from above to below.

extension Client {
    private static let bar = Style(7, on: 4)
    private static let barBracket = Style(6, on: 4)

    /// The screen as it is now.
    public mutating func frame() -> Frame {
        defer { change = .nothing }
        // Most frames are for a key, and what is typed has to be seen at once.
        if change == .inputLine, var frame = lastFrame, frame.hasOnlyPlainCharacters {
            lastFrame = nil
            frame.fill(row: rows - 1, .plain)
            drawInput(&frame, row: rows - 1)
            lastFrame = frame
            return frame
        }
        let frame = wholeFrame()
        lastFrame = frame
        return frame
    }

    private mutating func wholeFrame() -> Frame {
        var frame = Frame(columns: columns, rows: rows)
        // There is no room for more than the input line.
        if columns < 20 || rows < 4 {
            drawInput(&frame, row: frame.rows - 1)
            return frame
        }
        drawTopic(&frame)
        drawText(&frame)
        drawStatusBar(&frame, row: rows - 2)
        drawInput(&frame, row: rows - 1)
        return frame
    }

    private func drawTopic(_ frame: inout Frame) {
        frame.fill(row: 0, Client.bar)
        var text = StyledText()
        switch activeItem {
        case .channel(let name): text = coloured(channels[name.folded]?.topic ?? []).uncoloured
        case .query(let nick): text = plain(nick)
        case nil: text = StyledText("irssius")
        }
        frame.put(text.over(Client.bar), row: 0, column: 1)
    }

    private func drawText(_ frame: inout Frame) {
        for (place, seen) in seenRows(activeWindow, height: textRows).enumerated() {
            let row = 1 + place
            guard let extent = seen.extent else {
                var rule = StyledText()
                for _ in 0..<columns { rule.append("-", Style(8)) }
                frame.put(rule, row: row, column: 0)
                continue
            }
            frame.put(activeWindow.scrollback[seen.line].text, extent.range, row: row, column: extent.indent)
        }
    }

    // MARK: - status bar

    private func item(_ parts: StyledText) -> StyledText {
        var text = StyledText("[", Client.barBracket)
        text.append(parts)
        text.append("]", Client.barBracket)
        return text
    }

    private func drawStatusBar(_ frame: inout Frame, row: Int) {
        frame.fill(row: row, Client.bar)
        // The most important first: what does not fit beside it is left out.
        let time = item(StyledText(untrusted: calendar.format(settings[.timestampFormat], now.unix), Client.bar))
        var items = [(time, 3), (userItem(), 5), (windowItem(), 1)]
        if let connection = connectionItem() { items.append((connection, 2)) }
        if let lag = lagItem() { items.append((lag, 4)) }
        if let activity = activityItem() { items.append((activity, 2)) }
        let more = activeWindow.hasMore ? StyledText("-- more --", Client.bar) : StyledText()
        let width = { (items: [(StyledText, Int)]) in items.reduce(1) { $0 + $1.0.width + 1 } }
        var room = columns
        if !more.isEmpty, columns >= 40 { room -= more.width + 1 }
        while items.count > 1, width(items) > room + 1 {
            guard let least = items.indices.max(by: { items[$0].1 < items[$1].1 }), items[least].1 > 1 else { break }
            items.remove(at: least)
        }
        var column = 1
        for (text, _) in items { column = frame.put(text, row: row, column: column, limit: max(0, room - column)) + 1 }
        if !more.isEmpty, columns >= 40 { frame.put(more, row: row, column: columns - more.width - 1) }
    }

    private func userItem() -> StyledText {
        var text = StyledText()
        guard isRegistered else { return item(text) }
        if case .channel(let name) = activeItem,
            let prefix = channels[name.folded]?.member(connection.nick)?.prefixes.first
        {
            text.append(untrusted: [prefix], Client.bar)
        }
        text.append(untrusted: connection.nick, Client.bar)
        if !connection.userModes.isEmpty {
            appendModes(connection.userModes, to: &text)
        }
        if connection.isAway {
            text.append(" (", Client.bar)
            text.append("zZzZ", Style(10, on: 4))
            text.append(")", Client.bar)
        }
        return item(text)
    }

    private func appendModes(_ modes: [UInt8], to text: inout StyledText) {
        text.append("(", Client.bar)
        text.append("+", Client.barBracket)
        text.append(untrusted: modes, Client.bar)
        text.append(")", Client.bar)
    }

    private func windowItem() -> StyledText {
        var text = StyledText()
        text.append(number: active + 1, Client.bar)
        if let current = activeItem {
            text.append(":local/", Client.bar)
            text.append(untrusted: current.name, Client.bar)
            if current.isChannel, let modes = channels[current.name.folded]?.modes, !modes.isEmpty {
                appendModes(modes, to: &text)
            }
        } else if isRegistered {
            text.append(":local", Client.bar)
        }
        return item(text)
    }

    private func connectionItem() -> StyledText? {
        guard case .waiting(let until) = connection.phase else { return nil }
        var text = StyledText("Connecting in ", Style(15, on: 4))
        text.append(number: Int(max(0, until - now.uptime + 999) / 1000), Style(15, on: 4))
        text.append(" s", Style(15, on: 4))
        return item(text)
    }

    private func lagItem() -> StyledText? {
        let unanswered = connection.pingSentAt.map { now.uptime - $0 } ?? 0
        let least = Int64(max(settings.seconds(.lagMinShow), 1)) * 1000
        guard max(unanswered, connection.lag) >= least else { return nil }
        var text = StyledText("Lag: ", Client.bar)
        text.append(number: Int(max(unanswered, connection.lag) / 1000), Client.bar)
        if unanswered > connection.lag { text.append(" (??)", Client.bar) }
        return item(text)
    }

    private func activityItem() -> StyledText? {
        var text = StyledText()
        for (index, window) in windows.enumerated() where window.activity > .none {
            text.append(text.isEmpty ? "Act: " : ",", text.isEmpty ? Client.bar : Client.barBracket)
            let colour: UInt8 =
                switch window.activity {
                case .none, .text: 6
                case .message: 15
                case .hilight: 13
                }
            text.append(number: index + 1, Style(colour, on: 4))
        }
        return text.isEmpty ? nil : item(text)
    }

    // MARK: - input line

    private func prompt() -> StyledText {
        let name = activeItem?.name ?? activeWindow.name
        var text = StyledText()
        if !name.isEmpty {
            text.append("[")
            text.append(plain(name).prefix(cells: 15))
            text.append("] ")
        }
        if isConfirmingPaste { text.append("Hit Ctrl-K to paste, Ctrl-C to abort?") }
        return text
    }

    private mutating func drawInput(_ frame: inout Frame, row: Int) {
        let prompt = prompt().prefix(cells: max(0, frame.columns - 5))
        let start = frame.put(prompt, row: row, column: 0)
        let (text, cursor) = input.view(cells: frame.columns - start)
        frame.put(text, row: row, column: start)
        frame.cursor = (row, min(start + cursor, frame.columns - 1))
    }
}
