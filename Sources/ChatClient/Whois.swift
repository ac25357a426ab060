import IRCProtocol
import TerminalText

extension Client {
    /// A line about somebody, in the status window.
    mutating func showWhois(_ code: Int, _ message: Message) {
        let nick = message[1]
        switch code {
        case 311, 314:
            isInWhois = true
            show(event("%_$0%n [$1@$2]", [plain(nick), plain(message[2]), plain(message[3])]), .crap)
            showWhois(code == 311 ? "ircname" : "was", coloured(message.trailing))
        case 312:
            var text = plain(message[2])
            text.append(format(" [$0]", [coloured(message.trailing)]))
            showWhois("server", text)
        case 317:
            guard let seconds = message[2].decimalValue else { return }
            var text = format(
                "$0 days $1 hours $2 mins",
                [number(seconds / 86400), number(seconds / 3600 % 24), number(seconds / 60 % 60)])
            if message.count > 4, let signedOn = message[3].decimalValue {
                text.append(format(" [signon: $0]", [plain(calendar.date(signedOn))]))
            }
            showWhois("idle", text)
        case 318, 369:
            // Nothing was told.
            guard isInWhois else { return }
            isInWhois = false
            show(code == 318 ? event("End of WHOIS") : event("End of WHOWAS"), .crap)
        case 301: showWhois("away", coloured(message.trailing))
        case 313: showWhois("", format("%_IRC operator"))
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
        line.append(" : ")
        let hang = line.width
        line.append(text)
        show(line, .crap, hang: hang)
    }
}
