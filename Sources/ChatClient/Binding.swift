import IRCProtocol
import TerminalScreen

/// What a key can do, with irssi's names.
enum Action: UInt8, CaseIterable, Sendable {
    case backwardCharacter, forwardCharacter, backwardWord, forwardWord, beginningOfLine, endOfLine
    case backwardHistory, forwardHistory
    case backspace, deleteCharacter, deleteNextWord, deletePreviousWord, deleteToPreviousSpace, eraseLine
    case eraseToEndOfLine, yankFromCutbuffer, transposeCharacters
    case sendLine, wordCompletion, wordCompletionBackward, eraseCompletion
    case previousWindow, nextWindow, changeWindow, activeWindow, nextWindowItem, previousWindowItem
    case scrollBackward, scrollForward, scrollStart, scrollEnd
    case refreshScreen, command, insertText, nothing

    /// Whether it changes the input line, and never anything else.
    var onlyEdits: Bool {
        switch self {
        case .backwardCharacter, .forwardCharacter, .backwardWord, .forwardWord, .beginningOfLine, .endOfLine,
            .backspace, .deleteCharacter, .deleteNextWord, .deletePreviousWord, .deleteToPreviousSpace, .eraseLine,
            .eraseToEndOfLine, .yankFromCutbuffer, .transposeCharacters, .insertText:
            true
        default: false
        }
    }

    var name: StaticString {
        switch self {
        case .backwardCharacter: "backward_character"
        case .forwardCharacter: "forward_character"
        case .backwardWord: "backward_word"
        case .forwardWord: "forward_word"
        case .beginningOfLine: "beginning_of_line"
        case .endOfLine: "end_of_line"
        case .backwardHistory: "backward_history"
        case .forwardHistory: "forward_history"
        case .backspace: "backspace"
        case .deleteCharacter: "delete_character"
        case .deleteNextWord: "delete_next_word"
        case .deletePreviousWord: "delete_previous_word"
        case .deleteToPreviousSpace: "delete_to_previous_space"
        case .eraseLine: "erase_line"
        case .eraseToEndOfLine: "erase_to_end_of_line"
        case .yankFromCutbuffer: "yank_from_cutbuffer"
        case .transposeCharacters: "transpose_characters"
        case .sendLine: "send_line"
        case .wordCompletion: "word_completion"
        case .wordCompletionBackward: "word_completion_backward"
        case .eraseCompletion: "erase_completion"
        case .previousWindow: "previous_window"
        case .nextWindow: "next_window"
        case .changeWindow: "change_window"
        case .activeWindow: "active_window"
        case .nextWindowItem: "next_window_item"
        case .previousWindowItem: "previous_window_item"
        case .scrollBackward: "scroll_backward"
        case .scrollForward: "scroll_forward"
        case .scrollStart: "scroll_start"
        case .scrollEnd: "scroll_end"
        case .refreshScreen: "refresh_screen"
        case .command: "command"
        case .insertText: "insert_text"
        case .nothing: "nothing"
        }
    }

    static func named(_ name: [UInt8]) -> Action? { allCases.first { name.same(as: $0.name) } }
}

/// A key and what it does.
struct Binding: Sendable, Equatable {
    var key: Key
    var action: Action
    /// The window's number, the command or the text.
    var data: [UInt8] = []
}

extension Binding {
    /// The keys of irssi that are kept.
    static let standard: [Binding] = {
        let plain: [(Key, Action)] = [
            (Key(.enter), .sendLine), (Key(.tab), .wordCompletion), (Key(.tab, .shift), .wordCompletionBackward),
            (.meta(UInt8(ascii: "k")), .eraseCompletion),
            (Key(.left), .backwardCharacter), (Key(.right), .forwardCharacter),
            (Key(.left, .control), .backwardWord), (Key(.right, .control), .forwardWord),
            (.meta(UInt8(ascii: "b")), .backwardWord), (.meta(UInt8(ascii: "f")), .forwardWord),
            (Key(.home), .beginningOfLine), (.control(UInt8(ascii: "a")), .beginningOfLine),
            (Key(.end), .endOfLine), (.control(UInt8(ascii: "e")), .endOfLine),
            (Key(.up), .backwardHistory), (Key(.down), .forwardHistory),
            (Key(.up, .control), .backwardHistory), (Key(.down, .control), .forwardHistory),
            (Key(.backspace), .backspace), (Key(.delete), .deleteCharacter),
            (.control(UInt8(ascii: "d")), .deleteCharacter), (.meta(UInt8(ascii: "d")), .deleteNextWord),
            (Key(.backspace, .meta), .deletePreviousWord), (.control(UInt8(ascii: "w")), .deleteToPreviousSpace),
            (.control(UInt8(ascii: "u")), .eraseLine), (.control(UInt8(ascii: "k")), .eraseToEndOfLine),
            (.control(UInt8(ascii: "y")), .yankFromCutbuffer), (.control(UInt8(ascii: "t")), .transposeCharacters),
            (Key(.pageUp), .scrollBackward), (.meta(UInt8(ascii: "p")), .scrollBackward),
            (Key(.pageDown), .scrollForward), (.meta(UInt8(ascii: "n")), .scrollForward),
            (Key(.home, .control), .scrollStart), (Key(.end, .control), .scrollEnd),
            (.control(UInt8(ascii: "n")), .nextWindow), (.control(UInt8(ascii: "p")), .previousWindow),
            (.meta(UInt8(ascii: "a")), .activeWindow), (.control(UInt8(ascii: "x")), .nextWindowItem),
            (.control(UInt8(ascii: "l")), .refreshScreen),
        ]
        var bindings = plain.map { Binding(key: $0.0, action: $0.1) }
        for (index, letter) in Array(ascii: "1234567890qwertyuio").enumerated() {
            var number: [UInt8] = []
            number.append(decimal: index + 1)
            bindings.append(Binding(key: .meta(letter), action: .changeWindow, data: number))
        }
        return bindings
    }()
}

extension Key {
    /// The names of keys that are not characters.
    private static let names: [(StaticString, Code)] = [
        ("return", .enter), ("enter", .enter), ("tab", .tab), ("backspace", .backspace), ("delete", .delete),
        ("insert", .insert), ("home", .home), ("end", .end), ("prior", .pageUp), ("pgup", .pageUp),
        ("next", .pageDown), ("pgdn", .pageDown), ("up", .up), ("down", .down), ("left", .left), ("right", .right),
        ("space", .character(0x20)),
    ]

    /// A key from irssi's writing of it: `^A`, `^[a`, `meta-a`, `meta-^A`, `ctrl-left`, `cleft`, `stab`, `up`, `f1`.
    init?(named text: ArraySlice<UInt8>) {
        var rest = text
        var modifiers: Modifiers = []
        let prefixes: [(StaticString, Modifiers)] = [
            ("meta-", .meta), ("ctrl-", .control), ("shift-", .shift), ("^[", .meta),
        ]
        var isFound = true
        while isFound {
            isFound = false
            for (prefix, modifier) in prefixes where rest.count > prefix.utf8CodeUnitCount {
                guard rest.prefix(prefix.utf8CodeUnitCount).same(as: prefix) else { continue }
                rest = rest.dropFirst(prefix.utf8CodeUnitCount)
                modifiers.insert(modifier)
                isFound = true
            }
        }
        if rest.count == 2, rest.first == UInt8(ascii: "^"), let letter = rest.last {
            switch letter {
            case UInt8(ascii: "?"), UInt8(ascii: "H"), UInt8(ascii: "h"): self.init(.backspace, modifiers)
            case UInt8(ascii: "I"), UInt8(ascii: "i"): self.init(.tab, modifiers)
            case UInt8(ascii: "M"), UInt8(ascii: "m"), UInt8(ascii: "J"), UInt8(ascii: "j"):
                self.init(.enter, modifiers)
            default:
                guard letter >= 0x40, letter < 0x7F else { return nil }
                self.init(.character(UInt32(letter.isUpper ? letter | 0x20 : letter)), modifiers.union(.control))
            }
            return
        }
        if rest.count == 1, let letter = rest.first, letter > 0x20, letter < 0x7F {
            self.init(.character(UInt32(letter)), modifiers)
            return
        }
        if rest.count > 1, rest.first == UInt8(ascii: "f"), let number = rest.dropFirst().decimalValue,
            (1...12).contains(number)
        {
            self.init(.function(UInt8(number)), modifiers)
            return
        }
        for (name, code) in Key.names {
            if rest.same(as: name) {
                self.init(code, modifiers)
                return
            }
            if rest.count == name.utf8CodeUnitCount + 1, rest.dropFirst().same(as: name) {
                if rest.first == UInt8(ascii: "c") {
                    modifiers.insert(.control)
                } else if rest.first == UInt8(ascii: "s") {
                    modifiers.insert(.shift)
                } else {
                    continue
                }
                self.init(code, modifiers)
                return
            }
        }
        return nil
    }

    /// The writing that `init(named:)` reads.
    var name: [UInt8] {
        var text: [UInt8] = []
        if modifiers.contains(.meta) { text.append(ascii: "meta-") }
        switch code {
        case .character(let scalar):
            if modifiers.contains(.control) {
                text.append(UInt8(ascii: "^"))
                text.append(UInt8(scalar & 0x7F).isLetter ? UInt8(scalar & 0x5F) : UInt8(scalar & 0x7F))
            } else if scalar == 0x20 {
                text.append(ascii: "space")
            } else {
                text.append(scalar < 0x7F ? UInt8(scalar) : UInt8(ascii: "?"))
            }
            return text
        case .function(let number):
            text.append(UInt8(ascii: "f"))
            text.append(decimal: Int(number))
            return text
        default: break
        }
        if modifiers.contains(.control) { text.append(ascii: "ctrl-") }
        if modifiers.contains(.shift) { text.append(ascii: "shift-") }
        if let found = Key.names.first(where: { $0.1 == code }) { text.append(ascii: found.0) }
        return text
    }
}
