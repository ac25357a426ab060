import Testing

@testable import ChatClient
@testable import TerminalScreen

/// That nothing is left out of the comparison: whatever the client can do is done in some scene.
struct CoverageTests {
    private static var steps: [Step] {
        Scenes.all.flatMap { $0.steps }.flatMap { step -> [Step] in
            if case .all(let parts) = step { return parts }
            return [step]
        }
    }

    @Test("every command is typed in some scene")
    func commands() {
        let typed = Set(
            CoverageTests.steps.compactMap { step -> String? in
                guard case .enter(let line) = step, line.hasPrefix("/") else { return nil }
                return String(line.dropFirst().prefix { $0 != " " }).lowercased()
            })
        // `Step.clear` is a command as well. Of /quit the program ends.
        let kept = Command.all.map { "\($0.name)" }.filter { !["quit", "clear"].contains($0) }
        #expect(kept.count > 60)
        #expect(kept.filter { !typed.contains($0) } == [])
    }

    /// irssi has them not, or a screen does not show what they do: in `ChatClientTests`.
    private static let elsewhere: Set = [
        "time_offset", "nick_column_width", "unread_marker", "beep_msg_level", "beep_when_window_active",
        "max_command_history", "scrollback_lines", "lag_check_time", "lag_max_before_disconnect",
        "server_reconnect_time",
        // By /nick, and in every configuration.
        "nick",
    ]

    @Test("every setting is set in some scene")
    func settings() {
        let set = CoverageTests.steps.compactMap { step -> String? in
            guard case .enter(let line) = step else { return nil }
            let words = line.split(separator: " ").filter { !$0.hasPrefix("-") }
            return words.count > 1 && ["/set", "/toggle"].contains(words[0]) ? String(words[1]) : nil
        }
        let changeable = Setting.allCases.filter { $0.definition.kind != .fixed }.map { "\($0.definition.name)" }
        #expect(changeable.count > 30)
        #expect(changeable.filter { !set.contains($0) && !CoverageTests.elsewhere.contains($0) } == [])
        #expect(CoverageTests.elsewhere.isSubset(of: changeable))
    }

    @Test("every key that is bound is pressed in some scene")
    func keys() throws {
        var pressed = [Key(.enter)]
        for case .key(let name) in CoverageTests.steps { pressed.append(try #require(Key(tmux: name), "\(name)")) }
        #expect(Binding.standard.count > 50)
        #expect(
            Binding.standard.map { $0.key }.filter { !pressed.contains($0) }.map {
                String(decoding: $0.name, as: UTF8.self)
            } == [])
    }
}

extension Key {
    /// A key by tmux's name of it.
    fileprivate init?(tmux name: String) {
        var modifiers: Modifiers = []
        var rest = name[...]
        while rest.count > 2, rest.dropFirst().first == "-" {
            switch rest.first {
            case "C": modifiers.insert(.control)
            case "M": modifiers.insert(.meta)
            default: return nil
            }
            rest = rest.dropFirst(2)
        }
        let codes: [Substring: Code] = [
            "Enter": .enter, "Tab": .tab, "BSpace": .backspace, "DC": .delete, "Home": .home, "End": .end,
            "PageUp": .pageUp, "PageDown": .pageDown, "Up": .up, "Down": .down, "Left": .left, "Right": .right,
        ]
        if rest == "BTab" {
            self.init(.tab, .shift)
        } else if rest == "h", modifiers == .control {
            self.init(.backspace)
        } else if let code = codes[rest] {
            self.init(code, modifiers)
        } else if rest.unicodeScalars.count == 1, let scalar = rest.unicodeScalars.first {
            self.init(.character(scalar.value), modifiers)
        } else {
            return nil
        }
    }
}
