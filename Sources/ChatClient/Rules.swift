import IRCProtocol
import TerminalText

/// Who a message is from and where it was said: what the rules of hilight and ignore look at.
struct Sender {
    var nick: ArraySlice<UInt8>
    /// `nick!user@host`.
    var mask: ArraySlice<UInt8>
    /// Nil for what was said to this user alone.
    var channel: [UInt8]?
}

/// A word or a nick that is to catch the eye.
struct Hilight: Sendable, Equatable {
    enum Part: Sendable, Equatable { case line, word, nick }

    var text: [UInt8]
    /// A nick's mask instead of a text.
    var isMask = false
    /// The whole word and not a part of one.
    var isFullWord = true
    var part = Part.line
    /// Only in these; everywhere when empty.
    var channels: [[UInt8]] = []
    var colour: UInt8?
    var levels: Levels?

    /// Whether a message is one to see.
    func matches(_ message: ArraySlice<UInt8>, from sender: Sender, level: Levels, standard: Levels) -> Bool {
        guard !(levels ?? standard).isDisjoint(with: level) else { return false }
        if !channels.isEmpty {
            guard let channel = sender.channel, channels.contains(where: { sameName($0, channel) }) else {
                return false
            }
        }
        if isMask { return Mask.matches(Mask.complete(text[...]), sender.mask) }
        return isFullWord ? message.findWord(text) != nil : message.find(text) != nil
    }
}

/// What is not to be shown.
struct IgnoreRule: Sendable, Equatable {
    /// `*` or `nick!user@host` with wildcards; nil for everybody.
    var mask: [UInt8]?
    var channels: [[UInt8]] = []
    var pattern: [UInt8]?
    var isFullWord = false
    var isException = false
    var levels: Levels
    /// Milliseconds of uptime.
    var end: Int64?

    func covers(_ message: ArraySlice<UInt8>?, from sender: Sender, level: Levels) -> Bool {
        guard !levels.isDisjoint(with: level) else { return false }
        if let mask, !Mask.matches(Mask.complete(mask[...]), sender.mask) { return false }
        if !channels.isEmpty {
            guard let channel = sender.channel, channels.contains(where: { sameName($0, channel) }) else {
                return false
            }
        }
        if let pattern {
            guard let message else { return false }
            return isFullWord ? message.findWord(pattern) != nil : message.find(pattern) != nil
        }
        return true
    }

    /// What the rule names, for a listing.
    var subject: [UInt8] {
        var parts: [[UInt8]] = []
        if let mask { parts.append(mask) }
        parts.append(contentsOf: channels)
        return parts.isEmpty ? Array(ascii: "*") : .joined(parts, separator: UInt8(ascii: ","))
    }
}

/// Whether a message speaks to a nick at its start: `nick`, `nick:`, `nick,`, `other,nick: …`. Comparison is in ASCII;
/// what follows must not be a letter or a digit.
func addresses(_ nick: [UInt8], _ message: ArraySlice<UInt8>) -> Bool {
    guard !nick.isEmpty else { return false }
    var rest = message
    while true {
        if rest.count >= nick.count, sameName(rest.prefix(nick.count), nick) {
            guard let after = rest.dropFirst(nick.count).first, after.isNickByte else { return true }
        }
        // "one,two: …": the next of several.
        let word = rest.prefix { $0.isNickByte }
        guard !word.isEmpty, rest.dropFirst(word.count).first == UInt8(ascii: ",") else { return false }
        rest = rest.dropFirst(word.count + 1)
        if rest.first == 0x20 { return false }
    }
}

extension UInt8 {
    /// A letter, a digit or one of ``-[]\`_^{|}``.
    var isNickByte: Bool {
        self >= UInt8(ascii: "A") && self <= UInt8(ascii: "}") || isDigit || self == UInt8(ascii: "-")
    }
}

/// A colour written as irssi writes it, `%Y`, or by its name.
func namedColour(_ text: ArraySlice<UInt8>) -> UInt8? {
    if text.count == 2, text.first == UInt8(ascii: "%"), let letter = text.last { return formatColour(letter) }
    let names: [StaticString] = [
        "black", "red", "green", "yellow", "blue", "magenta", "cyan", "white", "brightblack", "brightred",
        "brightgreen",
        "brightyellow", "brightblue", "brightmagenta", "brightcyan", "brightwhite",
    ]
    return names.firstIndex { text.same(as: $0) }.map { UInt8($0) }
}

/// The colours of irssi's format letters: small ones dark, capitals bright.
func formatColour(_ letter: UInt8) -> UInt8? {
    switch letter {
    case UInt8(ascii: "k"): 0
    case UInt8(ascii: "r"): 1
    case UInt8(ascii: "g"): 2
    case UInt8(ascii: "y"): 3
    case UInt8(ascii: "b"): 4
    case UInt8(ascii: "m"): 5
    case UInt8(ascii: "c"): 6
    case UInt8(ascii: "w"): 7
    case UInt8(ascii: "K"): 8
    case UInt8(ascii: "R"): 9
    case UInt8(ascii: "G"): 10
    case UInt8(ascii: "Y"): 11
    case UInt8(ascii: "B"): 12
    case UInt8(ascii: "M"): 13
    case UInt8(ascii: "C"): 14
    case UInt8(ascii: "W"): 15
    default: nil
    }
}
