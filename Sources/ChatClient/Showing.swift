import IRCProtocol
import TerminalText

/// Where a line belongs.
enum Target {
    /// The first window with the line's level.
    case status
    case active
    /// The window of a channel or a query; the status window where there is none.
    case item([UInt8])
    case window(Int)
}

extension Client {
    var activeWindow: Window {
        get { windows[active] }
        set { windows[active] = newValue }
    }

    /// The item that is talked to.
    var activeItem: Item? { windows[active].item }

    /// The joined channel that is talked to.
    var activeChannel: Channel? {
        guard case .channel(let name) = activeItem else { return nil }
        return channels[name.folded]
    }

    func isMe(_ nick: ArraySlice<UInt8>) -> Bool { sameName(nick, connection.nick) }

    /// The window that holds an item.
    func window(of name: [UInt8]) -> Int? { window(of: name[...]) }

    /// The window that holds an item.
    @inline(never)
    func window(of name: ArraySlice<UInt8>) -> Int? {
        for index in windows.indices {
            for item in windows[index].items where item.isNamed(name) { return index }
        }
        return nil
    }

    /// Shows a line where it belongs. `hang` is where wrapped rows go on, counted without the time.
    mutating func show(_ text: StyledText, _ levels: Levels, in target: Target = .status, hang: Int? = nil) {
        switch target {
        case .active: add(text, levels, to: active, hang: hang)
        case .window(let index): add(text, levels, to: windows.indices.contains(index) ? index : 0, hang: hang)
        case .item(let name): add(text, levels, to: window(of: name) ?? window(for: levels), hang: hang)
        case .status: add(text, levels, to: window(for: levels), hang: hang)
        }
    }

    /// By level, rather a window that is about nothing else.
    private func window(for levels: Levels) -> Int {
        let kind = levels.intersection(.all)
        if let index = windows.firstIndex(where: { !$0.levels.isDisjoint(with: kind) && $0.items.isEmpty }) {
            return index
        }
        return windows.firstIndex { !$0.levels.isDisjoint(with: kind) } ?? active
    }

    /// Adds a line to a window.
    mutating func add(_ text: StyledText, _ levels: Levels, to index: Int, hang: Int? = nil, hasTime: Bool = true) {
        var line = StyledText()
        if hasTime, settings.isOn(.timestamps), !settings.levels(.timestampLevel).isDisjoint(with: levels) {
            line.append(untrusted: calendar.format(settings[.timestampFormat], stamp ?? now.unix))
            line.append(spaces: 1)
        }
        let timeWidth = line.width
        line.append(text)
        if line.bytes.count > Limit.entryBytes { line = line.prefix(cells: Limit.entryBytes / 4) }
        let indent = hang.map { $0 + timeWidth } ?? settings.number(.indent)
        windows[index].scrollback.append(Entry(text: line, indent: indent, levels: levels.intersection(.all)))
        if windows[index].anchor != nil { windows[index].hasMore = true }
        raiseActivity(levels, of: index)
    }

    private mutating func raiseActivity(_ levels: Levels, of index: Int) {
        if !levels.contains(.noActivity), !settings.levels(.beepMessageLevel).isDisjoint(with: levels),
            index != active || settings.isOn(.beepWhenWindowActive)
        {
            ring()
        }
        guard index != active, !levels.contains(.noActivity),
            settings.levels(.activityHideLevel).isDisjoint(with: levels) || levels.contains(.hilight)
        else { return }
        let hidden = settings[.activityHideTargets]
        if let item = windows[index].item, hidden[...].words.contains(where: { item.isNamed($0) }) { return }
        var activity = Activity.text
        if !settings.levels(.activityMessageLevel).isDisjoint(with: levels) { activity = .message }
        if levels.contains(.hilight) || !settings.levels(.activityHilightLevel).isDisjoint(with: levels) {
            activity = .hilight
        }
        windows[index].activity = max(windows[index].activity, activity)
    }

    /// At most once a second, whatever is said how often.
    mutating func ring() {
        guard now.uptime - lastBell >= 1000 else { return }
        lastBell = now.uptime
        effects.append(.bell)
    }

    // MARK: - windows

    /// A new window at the end; its place, or nil when there are too many.
    mutating func makeWindow() -> Int? {
        guard windows.count < Limit.windows else { return nil }
        windows.append(Window(id: nextWindowID, limit: settings.number(.scrollbackLines)))
        nextWindowID += 1
        return windows.count - 1
    }

    /// Brings a window to the front.
    mutating func focus(_ index: Int) {
        guard windows.indices.contains(index), index != active else { return }
        previousWindow = windows[active].id
        // What comes from now on has not been seen here.
        windows[active].unread = windows[active].scrollback.numbers.upperBound
        active = index
        windows[index].activity = .none
        completion = nil
    }

    /// Closes a window, with what is in it.
    mutating func close(_ index: Int) {
        guard index > 0, windows.indices.contains(index) else { return }
        let closed = windows.remove(at: index)
        if active == index {
            active = windows.firstIndex { $0.id == previousWindow } ?? min(index, windows.count - 1)
            windows[active].activity = .none
        } else if active > index {
            active -= 1
        }
        for item in closed.items where item.isChannel {
            if let channel = channels[item.name.folded], channel.isJoined { sendPart(channel.name, []) }
            channels[item.name.folded] = nil
        }
        completion = nil
    }

    /// Puts an item into a window: a new one, or the active one when it shall be shared.
    @discardableResult
    mutating func open(_ item: Item, isShared: Bool = false) -> Int? {
        if let index = window(of: item.name) { return index }
        // An empty window that is looked at is there to be used.
        let isFree = activeWindow.items.isEmpty && active > 0 && activeWindow.name.isEmpty
        guard let index = isShared || isFree ? active : makeWindow() else { return nil }
        windows[index].items.append(item)
        windows[index].activeItem = windows[index].items.count - 1
        return index
    }

    /// The query with somebody, made if need be; nil when there are too many.
    mutating func openQuery(_ nick: ArraySlice<UInt8>, isShared: Bool = false) -> Int? {
        if let index = window(of: nick) { return index }
        let count = windows.reduce(0) { $0 + $1.items.count { !$0.isChannel } }
        guard count < Limit.queries, let index = open(.query(Array(nick)), isShared: isShared) else { return nil }
        if windows[index].items.count > 1 { tellItem(of: index) }
        add(notice("Starting query in %_local%n with %_$0%n", [plain(nick)]), .clientNotice, to: index)
        return index
    }

    /// The most recent partner first.
    mutating func noteCorrespondent(_ nick: ArraySlice<UInt8>) {
        correspondents.removeAll { sameName($0, nick) }
        correspondents.insert(Array(nick), at: 0)
        if correspondents.count > 20 { correspondents.removeLast() }
    }

    // MARK: - rules

    /// Whether the user does not want to see this.
    func isIgnored(_ message: ArraySlice<UInt8>?, from sender: Sender, _ level: Levels) -> Bool {
        var isIgnored = false
        for rule in ignores where rule.covers(message, from: sender, level: level) {
            if rule.isException { return false }
            isIgnored = true
        }
        return isIgnored
    }
}
