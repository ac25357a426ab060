import IRCProtocol
import TerminalText

// What lines look like: irssi's default theme. Templates are texts of the program; what comes from elsewhere is put in
// as text that has passed the gate, and is never read for codes.

// Not inlined: they are called in hundreds of places, and none of these is reached often.

/// A template filled in. `%` and a letter is a colour (`%n` none, `%_` bold), `$` and a digit an argument. Brackets and
/// "=" of the template are grey.
@inline(never)
func format(_ template: StaticString, _ arguments: [StyledText] = []) -> StyledText {
    var text = StyledText()
    append(template, arguments, to: &text)
    return text
}

/// An event: `-!-` and a template.
@inline(never)
func event(_ template: StaticString, _ arguments: [StyledText] = []) -> StyledText {
    var text = StyledText()
    appendMarker(to: &text)
    append(template, arguments, to: &text)
    return text
}

/// Something that the client itself says.
@inline(never)
func notice(_ template: StaticString, _ arguments: [StyledText] = []) -> StyledText {
    var text = StyledText()
    appendMarker(to: &text)
    text.append("Irssius:", .bold)
    text.append(" ")
    append(template, arguments, to: &text)
    return text
}

/// Text from the network as it is, control characters shown.
@inline(never) func plain(_ text: ArraySlice<UInt8>) -> StyledText { StyledText(untrusted: text) }
@inline(never) func plain(_ text: [UInt8]) -> StyledText { StyledText(untrusted: text) }
/// A number.
@inline(never)
func number(_ value: Int) -> StyledText {
    var text = StyledText()
    text.append(number: value)
    return text
}

private let grey = Style(8)

private func appendMarker(to text: inout StyledText) {
    let blue = Style(12)
    text.append("-", blue)
    text.append("!")
    text.append("-", blue)
    text.append(" ")
}

private func append(_ template: StaticString, _ arguments: [StyledText], to text: inout StyledText) {
    template.withUTF8Buffer { bytes in
        var style = Style.plain
        var index = 0
        var start = 0
        func flush(_ end: Int, _ text: inout StyledText) {
            if end > start { text.append(untrusted: ArraySlice(bytes[start..<end]), style) }
        }
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "%") where index + 1 < bytes.count:
                flush(index, &text)
                style.apply(bytes[index + 1])
                index += 2
                start = index
            case UInt8(ascii: "$") where index + 1 < bytes.count:
                flush(index, &text)
                let place = Int(bytes[index + 1]) - 0x30
                if arguments.indices.contains(place) { text.append(arguments[place].over(style)) }
                index += 2
                start = index
            case UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "="):
                flush(index, &text)
                text.append(untrusted: [byte], grey)
                index += 1
                start = index
            default: index += 1
            }
        }
        flush(index, &text)
    }
}

extension Style {
    fileprivate mutating func apply(_ code: UInt8) {
        if let colour = formatColour(code) {
            foreground = colour
        } else if code == UInt8(ascii: "_") {
            attributes.formSymmetricDifference(.bold)
        } else if code == UInt8(ascii: "U") {
            attributes.formSymmetricDifference(.underline)
        } else if code == UInt8(ascii: "n") {
            self = .plain
        }
    }
}

extension StyledText {
    /// With what a style adds where the text has no look of its own.
    func over(_ style: Style) -> StyledText {
        guard style != .plain else { return self }
        var text = self
        text.change(0..<bytes.count) { own in
            own.foreground = own.foreground ?? style.foreground
            own.background = own.background ?? style.background
            own.attributes.formUnion(style.attributes)
        }
        return text
    }

    /// The text in the terminal's own colours, bold and the like as they are.
    fileprivate var withoutColours: StyledText {
        var text = self
        text.change(0..<bytes.count) { ($0.foreground, $0.background) = (nil, nil) }
        return text
    }

    /// The text without colours and the like.
    var uncoloured: StyledText {
        var text = self
        text.change(0..<bytes.count) { $0 = .plain }
        return text
    }
}

extension Client {
    /// Text from the network with its colours, unless the user does not want them.
    @inline(never) func coloured(_ text: ArraySlice<UInt8>) -> StyledText {
        let text = StyledText(untrusted: text, codes: true)
        return settings.isOn(.hideColours) ? text.withoutColours : text
    }

    func coloured(_ text: [UInt8]) -> StyledText { coloured(text[...]) }
}
