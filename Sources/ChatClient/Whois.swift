import IRCProtocol
import TerminalText

extension Client {
    /// A line about somebody, in the status window.
    mutating func showWhois(_ code: Int, _ message: Message) {
        let nick = message[1]
        switch code {
        case 311, 314:
            let line: StaticString = code == 311 ? "%_$0%n [$1@$2]" : "%_$0%n [$1@$2] was here"
            show(event(line, [plain(nick), plain(message[2]), plain(message[3])]), .crap)
            showWhois("ircname", coloured(message.trailing))
        case 312:
            var text = plain(message[2])
            text.append(format(" [$0]", [coloured(message.trailing)]))
            showWhois("server", text)
        case 317:
            guard let seconds = message[2].decimalValue else { return }
            var text = format(
                "%_$0%n days %_$1%n hours %_$2%n mins",
                [number(seconds / 86400), number(seconds / 3600 % 24), number(seconds / 60 % 60)])
            if message.count > 4, let signedOn = message[3].decimalValue {
                text.append(format(" [signon: $0]", [plain(calendar.date(signedOn))]))
            }
            showWhois("idle", text)
        case 318: show(event("End of WHOIS"), .crap)
        case 369: show(event("End of WHOWAS"), .crap)
        case 319: showWhois("channels", plain(message.trailing))
        case 330: showWhois("account", plain(message[2]))
        case 338, 378: showWhois("hostname", coloured(message.trailing))
        case 379: showWhois("modes", coloured(message.trailing))
        default: showWhois("", coloured(message.trailing))
        }
    }

    private mutating func showWhois(_ label: StaticString, _ text: StyledText) {
        var line = event(" ")
        line.append(label)
        line.append(spaces: max(0, 8 - label.utf8CodeUnitCount))
        line.append(label.utf8CodeUnitCount > 0 ? " : " : "   ")
        let hang = line.width
        line.append(text)
        show(line, .crap, hang: hang)
    }
}
