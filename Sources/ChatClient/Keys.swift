import IRCProtocol
import TerminalScreen
import TerminalText

extension Client {
    /// Does what a key is for. Whether that could only change the input line.
    mutating func press(_ key: Key) -> Bool {
        if isConfirmingPaste {
            decidePaste(key)
            return false
        }
        defer { input.follow() }
        if let binding = bindings.first(where: { $0.key == key }) {
            let isCompletion =
                binding.action == .wordCompletion || binding.action == .wordCompletionBackward
                || binding.action == .eraseCompletion
            if !isCompletion { completion = nil }
            perform(binding)
            return binding.action.onlyEdits
        }
        completion = nil
        guard case .character(let scalar) = key.code else { return true }
        if key.modifiers.isEmpty {
            input.insert(scalar)
        } else if key.modifiers == .control {
            // Ctrl and a letter that has no other use is a formatting code, if it is one.
            let code = scalar & 0x1F
            if InputLine.isCode(code) { input.insert(code) }
        }
        return true
    }

    private mutating func perform(_ binding: Binding) {
        let historyLimit = settings.number(.maxCommandHistory)
        switch binding.action {
        case .backwardCharacter: input.move(by: -1)
        case .forwardCharacter: input.move(by: 1)
        case .backwardWord: input.moveWord(forward: false)
        case .forwardWord: input.moveWord(forward: true)
        case .beginningOfLine: input.moveToStart()
        case .endOfLine: input.moveToEnd()
        case .backwardHistory:
            if let line = history.back(from: input.text, limit: historyLimit) { input.replace(with: line) }
        case .forwardHistory: input.replace(with: history.forward(from: input.text, limit: historyLimit))
        case .backspace: input.backspace()
        case .deleteCharacter: input.delete()
        case .deleteNextWord: input.killWord(forward: true)
        case .deletePreviousWord: input.killWord(forward: false)
        case .deleteToPreviousSpace: input.killToPreviousSpace()
        case .eraseLine: input.killLine()
        case .eraseToEndOfLine: input.killToEnd()
        case .yankFromCutbuffer: input.yank()
        case .transposeCharacters: input.transpose()
        case .sendLine: sendLine()
        case .wordCompletion: complete(forward: true)
        case .wordCompletionBackward: complete(forward: false)
        case .eraseCompletion: eraseCompletion()
        case .previousWindow: focus((active + windows.count - 1) % windows.count)
        case .nextWindow: focus((active + 1) % windows.count)
        case .changeWindow: if let number = binding.data.decimalValue { focus(number - 1) }
        case .activeWindow: focusMostActive()
        case .nextWindowItem: changeItem(by: 1)
        case .previousWindowItem: changeItem(by: -1)
        case .scrollBackward: scroll(byPage: -1)
        case .scrollForward: scroll(byPage: 1)
        case .scrollStart: scrollToStart()
        case .scrollEnd: scrollToEnd()
        case .refreshScreen: effects.append(.redraw)
        case .command: runCommand(binding.data[...])
        case .insertText: input.insert(binding.data)
        case .nothing: return
        }
    }

    private mutating func sendLine() {
        let line = input.text
        guard !line.isEmpty else { return }
        history.add(line, limit: settings.number(.maxCommandHistory))
        input.clear()
        submit(line)
    }

    /// A line as typed: a command after "/", text otherwise.
    mutating func submit(_ line: [UInt8]) {
        guard line.first == UInt8(ascii: "/") else { return say(line[...]) }
        let rest = line.dropFirst()
        // "/ text" is text that may begin with a slash; "//…" is nothing.
        if rest.first == 0x20 { return say(rest.dropFirst()) }
        if rest.isEmpty { return }
        if rest.first == UInt8(ascii: "/") { return say("Unknown command: $0", [plain(rest)]) }
        runCommand(rest)
    }

    /// Says something where the user is.
    mutating func say(_ text: ArraySlice<UInt8>) {
        guard !text.isEmpty else { return }
        guard let item = activeItem else {
            // irssi drops such a line without a word.
            return show(
                notice("Nobody would read this: join a channel or open a query first"), .clientError, in: .active)
        }
        sendText(text, to: item.name)
    }

    /// The window that most wants to be seen, the first of several.
    private mutating func focusMostActive() {
        guard let most = windows.map({ $0.activity }).max(), most > .none,
            let index = windows.firstIndex(where: { $0.activity == most })
        else { return }
        focus(index)
    }

    mutating func changeItem(by step: Int) {
        let count = activeWindow.items.count
        guard count > 1 else { return }
        windows[active].activeItem = (activeWindow.activeItem + count + step) % count
        tellItem(of: active)
    }

    /// Says whom a window with several items is about now.
    mutating func tellItem(of index: Int) {
        guard let item = windows[index].item else { return }
        let template: StaticString =
            item.isChannel ? "You are now talking in %_$0%n" : "You are now talking with %_$0%n"
        add(notice(template, [plain(item.name)]), [.clientNotice, .noActivity], to: index)
    }

    // MARK: - pasted text

    /// Takes text from a clipboard: a single line goes to the cursor; a few lines are sent where the user has set that a paste
    /// may have so many; more lines only on request.
    mutating func pasted(_ text: [UInt8]) {
        guard !isConfirmingPaste else { return }
        completion = nil
        var lines = text.map { $0 == 13 ? 10 : $0 }[...].parts(10).map { line in
            line.filter { $0 >= 0x20 && $0 != 0x7F }
        }
        lines.removeAll { $0.isEmpty }
        guard lines.count >= settings.number(.pasteVerifyLineCount) else {
            let isEnded = text.last == 10 || text.last == 13
            for (index, line) in lines.enumerated() {
                input.insert(line)
                // A single line is never sent unseen.
                if lines.count > 1, isEnded || index + 1 < lines.count { sendLine() }
            }
            return
        }
        let cut = lines.count - Limit.pasteLines
        paste = Array(lines.prefix(Limit.pasteLines))
        show(
            notice(
                "Pasting $0 lines to $1. Press Ctrl-K if you wish to do this or Ctrl-C to cancel.",
                [number(paste.count), plain(activeItem?.name ?? Array(ascii: "nobody"))]), .clientCrap, in: .active)
        show(notice("Ctrl-P shows them, Ctrl-E puts them into the input line."), .clientCrap, in: .active)
        if cut > 0 { show(notice("The last $0 lines are left out.", [number(cut)]), .clientCrap, in: .active) }
    }

    private mutating func decidePaste(_ key: Key) {
        if key == .control(UInt8(ascii: "k")) {
            let lines = paste
            paste = []
            for line in lines { submit(line) }
        } else if key == .control(UInt8(ascii: "c")) {
            paste = []
        } else if key == .control(UInt8(ascii: "p")) {
            for line in paste { show(format("%_>%n $0", [plain(line)]), .clientCrap, in: .active) }
        } else if key == .control(UInt8(ascii: "e")) {
            for (index, line) in paste.enumerated() {
                if index > 0 { input.insert(Array(ascii: "\\n")) }
                input.insert(line)
            }
            paste = []
        }
    }
}
