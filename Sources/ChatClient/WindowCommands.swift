import IRCProtocol
import TerminalText

// Windows and what is in them.

extension Command {
    static let windowCommands: [Command] = [
        Command(
            "window",
            "[new|close|goto <number|name>|next|prev|last|list|move <number>|name <name>|level <levels>|item <prev|next>|size]",
            "Does something with windows: opens or closes one, goes to one, lists them, moves this one to another number, names it, or says which kinds of lines come to it.",
            .subcommand([
                "close", "goto", "item", "last", "level", "list", "move", "name", "new", "next", "prev", "size",
            ])
        ) { client, arguments in
            client.windowCommand(&arguments)
        },
        Command("layout", "list", "Lists the windows.", .subcommand(["list"])) { client, _ in client.listWindows() },
        Command(
            "scrollback", "[home|end|goto <lines>|clear|status]",
            "Moves through the text of this window, forgets it, or tells how much there is.",
            .subcommand(["clear", "end", "goto", "home", "status"])
        ) { client, arguments in
            client.scrollbackCommand(&arguments)
        },
        Command(
            "lastlog", "[-clear] [-case] [-word] [-new] [-<count>] [-<level>] [<text>]",
            "Lists lines of this window in which a text occurs. -clear takes such lists away again.",
            options: ["clear", "case", "word", "new"]
        ) { client, arguments in
            client.lastlog(&arguments)
        },
        Command("clear", "[-all]", "Empties the screen; the text is still there when you scroll up.", options: ["all"])
        { client, arguments in
            if let unknown = arguments.takeOptions(["all"]) { return client.unknownOption(unknown) }
            for index in client.windows.indices where arguments.has("all") || index == client.active {
                client.windows[index].clearedBefore = client.windows[index].scrollback.numbers.upperBound
                client.windows[index].anchor = nil
                client.windows[index].hasMore = false
                client.windows[index].unread = nil
            }
        },
        Command("redraw", "", "Paints the screen anew.") { client, _ in client.effects.append(.redraw) },
        Command("statusbar", "", "Lists what the bar above the input line shows.") { client, _ in
            client.say("time, you, window, lag, windows with news (Act), more text below")
        },
    ]
}

extension Client {
    fileprivate mutating func windowCommand(_ arguments: inout Arguments) {
        guard let name = arguments.word() else { return listWindows() }
        if let index = name.decimalValue { return goTo(index) }
        let known: [StaticString] = [
            "new", "close", "kill", "goto", "next", "previous", "last", "list", "move", "name", "level", "item", "size",
            "show",
            "hide",
        ]
        let found = known.filter { name.isStart(of: $0) }
        let exact = found.first { name.same(as: $0) } ?? (found.count == 1 ? found.first : nil)
        guard let exact else {
            // "prev" and the like are short for one, even where another begins alike.
            return say(found.isEmpty ? "Unknown command: window $0" : "Ambiguous command: window $0", [plain(name)])
        }
        let which = Array(ascii: exact)
        if which.equals(ascii: "new") || which.equals(ascii: "show") || which.equals(ascii: "hide") {
            let word = arguments.word() ?? []
            if word.same(as: "split") || !which.equals(ascii: "new") {
                return say("One window is shown at a time here")
            }
            guard let index = makeWindow() else { return say("Too many windows") }
            focus(index)
        } else if which.equals(ascii: "close") || which.equals(ascii: "kill") {
            let first = arguments.word()?.decimalValue ?? active + 1
            let last = min(arguments.word()?.decimalValue ?? first, windows.count)
            guard first > 1, first <= last else { return say("The first window stays open") }
            for place in (first...last).reversed() { close(place - 1) }
        } else if which.equals(ascii: "goto") {
            let what = arguments.everything()
            if what.same(as: "active") { return goToActive() }
            if let index = what.decimalValue { return goTo(index) }
            if let index = windows.firstIndex(where: { window in
                sameName(window.name, what) || window.items.contains { $0.isNamed(what) }
            }) {
                focus(index)
            } else {
                say("There is no window %_$0%n", [plain(what)])
            }
        } else if which.equals(ascii: "next") {
            focus((active + 1) % windows.count)
        } else if which.equals(ascii: "previous") {
            focus((active + windows.count - 1) % windows.count)
        } else if which.equals(ascii: "last") {
            if let index = windows.firstIndex(where: { $0.id == previousWindow }) { focus(index) }
        } else if which.equals(ascii: "list") {
            listWindows()
        } else if which.equals(ascii: "move") {
            move(arguments.word() ?? [])
        } else if which.equals(ascii: "name") {
            let name = Array(arguments.everything().prefix(30))
            guard SafeName.isFaithful(name[...]) else { return say("That cannot be a name") }
            windows[active].name = name
        } else if which.equals(ascii: "level") {
            guard let levels = Levels(arguments.rest, changing: windows[active].levels) else {
                return say("Unknown level: $0", [plain(arguments.rest)])
            }
            windows[active].levels = levels
            say("Window level is now $0", [plain(windows[active].levels.words)])
        } else if which.equals(ascii: "item") {
            changeItem(by: (arguments.word() ?? []).isStart(of: "prev") ? -1 : 1)
        } else {
            say("This window has $0 rows", [number(max(rows - 3, 0))])
        }
    }

    private mutating func goTo(_ refnum: Int) {
        guard windows.indices.contains(refnum - 1) else { return say("There is no window $0", [number(refnum)]) }
        focus(refnum - 1)
    }

    private mutating func goToActive() {
        guard let most = windows.map({ $0.activity }).max(), most > .none,
            let index = windows.firstIndex(where: { $0.activity == most })
        else { return }
        focus(index)
    }

    /// To a number, the others moving up; or left, right, first, last.
    private mutating func move(_ to: [UInt8]) {
        var place = active
        if let refnum = to.decimalValue {
            place = refnum - 1
        } else if to.same(as: "left") || to.same(as: "prev") {
            place = active - 1
        } else if to.same(as: "right") || to.same(as: "next") {
            place = active + 1
        } else if to.same(as: "first") {
            place = 1
        } else if to.same(as: "last") {
            place = windows.count - 1
        } else {
            return notEnough()
        }
        guard active > 0, place > 0 else { return say("The first window stays where it is") }
        place = min(place, windows.count - 1)
        let window = windows.remove(at: active)
        windows.insert(window, at: place)
        active = place
    }

    mutating func listWindows() {
        list("Ref  Name                 Active item     Server          Level")
        for (index, window) in windows.enumerated() {
            var line = StyledText()
            line.append(number: index + 1)
            line.append(spaces: 5 - line.width)
            line.append(plain(window.name).prefix(cells: 20))
            line.append(spaces: 26 - line.width)
            line.append(plain(window.item?.name ?? []).prefix(cells: 15))
            line.append(spaces: 42 - line.width)
            line.append("local")
            // No spaces at the end: in a narrow window they would be a row of their own.
            let levels = plain(window.levels.words)
            if !levels.isEmpty { line.append(spaces: 58 - line.width) }
            line.append(levels)
            show(line, [.clientCrap, .noActivity], in: .active, hang: 58)
        }
    }

    fileprivate mutating func scrollbackCommand(_ arguments: inout Arguments) {
        let name = arguments.word() ?? []
        if name.isEmpty || name.isStart(of: "status") {
            let bytes = windows.reduce(0) { $0 + $1.scrollback.bytes }
            say(
                "Lines here: $0 of $1; all windows: about $2 kB",
                [number(activeWindow.scrollback.count), number(activeWindow.scrollback.limit), number(bytes / 1000)])
        } else if name.isStart(of: "end") {
            scrollToEnd()
        } else if name.isStart(of: "home") {
            scrollToStart()
        } else if name.isStart(of: "clear") {
            windows[active].scrollback.removeAll()
            scrollToEnd()
        } else if name.isStart(of: "goto") {
            let word = arguments.word() ?? []
            let isBack = word.first == UInt8(ascii: "-")
            let digits = word.filter({ $0.isDigit })
            guard let lines = digits.decimalValue else { return notEnough() }
            if isBack {
                scroll(rows: -lines)
            } else if word.first == UInt8(ascii: "+") {
                scroll(rows: lines)
            } else {
                let numbers = activeWindow.scrollback.numbers
                windows[active].anchor = (min(numbers.lowerBound + lines, numbers.upperBound - 1), 0)
            }
        } else {
            say("Unknown command: scrollback $0", [plain(name)])
        }
    }

    fileprivate mutating func lastlog(_ arguments: inout Arguments) {
        var levels: Levels = []
        var count = Int.max
        var isClear = false
        var (isExact, isWord, isNew) = (false, false, false)
        while arguments.rest.first == UInt8(ascii: "-"), arguments.rest.count > 1, let option = arguments.word() {
            let name = option[1...]
            if name.same(as: "clear") {
                isClear = true
            } else if name.same(as: "case") {
                isExact = true
            } else if name.same(as: "word") {
                isWord = true
            } else if name.same(as: "new") {
                isNew = true
            } else if let number = name.decimalValue {
                count = number
            } else if let level = Levels(name), level != [] {
                levels.formUnion(level)
            } else if name.equals(ascii: "-") {
                break
            } else {
                return unknownOption(Array(name))
            }
        }
        if isClear {
            // What a listing before has added; it is marked by its level.
            windows[active].removeLines { $0.levels == .clientCrap && $0.indent == Client.lastlogIndent }
            if arguments.isEmpty { return }
        }
        let text = arguments.everything()
        let scrollback = activeWindow.scrollback
        let start = isNew ? activeWindow.unread ?? scrollback.numbers.upperBound : scrollback.numbers.lowerBound
        var found: [StyledText] = []
        for number in scrollback.numbers where number >= start {
            let entry = scrollback[number]
            if entry.levels == .clientCrap && entry.indent == Client.lastlogIndent { continue }
            if levels != [], levels.isDisjoint(with: entry.levels) { continue }
            let bytes = entry.text.bytes[...]
            let isFound =
                text.isEmpty
                || (isWord
                    ? bytes.findWord(text, isCaseSensitive: isExact) : bytes.find(text, isCaseSensitive: isExact))
                    != nil
            if isFound { found.append(entry.text) }
        }
        addToLastlog(format("%_Lastlog%n:"))
        for line in found.suffix(min(count, 1000)) { addToLastlog(line) }
        addToLastlog(format("%_End of Lastlog%n"))
    }

    /// No other line has it, so a list of old lines is known again.
    private static let lastlogIndent = 11

    private mutating func addToLastlog(_ line: StyledText) {
        windows[active].scrollback.append(Entry(text: line, indent: Client.lastlogIndent, levels: .clientCrap))
    }
}
