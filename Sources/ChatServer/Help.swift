import IRCProtocol

// HELP (modern.ircdocs.horse, "HELP message"; with RPL_HELPSTART, RPL_HELPTXT, RPL_ENDOFHELP and ERR_HELPNOTFOUND).

extension ChatServer {
    /// Without a subject, or with COMMANDS: which commands there are. With a command: how it is said and what it does.
    mutating func help(_ message: Message, _ slot: Int) {
        let subject = message[0]
        if subject.isEmpty || CaseMapping.ascii.same(subject, [UInt8](ascii: "commands")) {
            var lines: [[UInt8]] = []
            for command in Command.allCases where command.help != nil {
                if let last = lines.last, last.count + command.name.count < 60 {
                    lines[lines.count - 1] += [UInt8(ascii: " ")] + command.name
                } else {
                    lines.append(command.name)
                }
            }
            return help(on: [UInt8(ascii: "*")], "HELP and one of these tells more:", lines, slot)
        }
        guard let command = commands.find(subject), let help = command.help else {
            return reply(slot, .helpNotFound, "\(subject) :No help available on this topic")
        }
        let usage: Text =
            help.parameters.utf8CodeUnitCount == 0
            ? Text(command.name) : "\(command.name) \([UInt8](ascii: help.parameters))"
        self.help(on: command.name, usage, [[UInt8](ascii: help.purpose)], slot)
    }

    private mutating func help(on subject: [UInt8], _ title: Text, _ lines: [[UInt8]], _ slot: Int) {
        reply(slot, .helpStart, "\(subject) :\(title)")
        for line in lines { reply(slot, .helpText, "\(subject) :\(line)") }
        reply(slot, .endOfHelp, "\(subject) :End of HELP")
    }
}

extension Command {
    /// How a command is said and what it does; nil for those that are only known to be refused.
    var help: (parameters: StaticString, purpose: StaticString)? {
        switch self {
        case .admin: ("[server]", "Says who administers the server.")
        case .away: ("[:text]", "Marks you as away; whoever writes to you reads the text. Without one you are back.")
        case .cap: ("LS | LIST | REQ :names | END", "Tells and chooses what your program understands (IRCv3).")
        case .die: ("", "Ends the server. For IRC operators.")
        case .gline: ("mask [seconds :reason]", "Keeps users out, or lets them in again. For IRC operators.")
        case .help: ("[command]", "Tells which commands there are, or how one of them is used.")
        case .info: ("[server]", "Tells about the server.")
        case .invite: ("nick #channel", "Asks somebody into a channel.")
        case .ison: ("nick ...", "Tells which of these users are here.")
        case .join: ("#channel[,...] [key[,...]] | 0", "Enters channels, or leaves all of them.")
        case .kick: ("#channel nick[,...] [:text]", "Takes users out of a channel. For its operators.")
        case .kill: ("nick :reason", "Ends somebody's connection. For IRC operators.")
        case .kline: ("mask [seconds :reason]", "Keeps users out, or lets them in again. For IRC operators.")
        case .links: ("[[server] mask]", "Lists the servers of the network.")
        case .list: ("[#channel[,...] | mask | condition]", "Lists channels with their topics.")
        case .lusers: ("[mask [server]]", "Counts users and channels.")
        case .mode: ("#channel [modes [parameters]] | nick [modes]", "Shows or changes modes of a channel, or yours.")
        case .monitor: ("+ nick[,...] | - nick[,...] | C | L | S", "Has you told when users come and go.")
        case .motd: ("[server]", "Shows the message of the day.")
        case .names: ("[#channel[,...]]", "Lists who is in channels.")
        case .nick: ("nick", "Takes another nick.")
        case .notice: ("target[,...] :text", "Sends a text that no program answers by itself.")
        case .oper: ("name password", "Makes you an IRC operator.")
        case .part: ("#channel[,...] [:text]", "Leaves channels.")
        case .pass: ("password", "Gives the password of the server, before NICK and USER.")
        case .ping: ("text", "Asks for a sign of life.")
        case .pong: ("text", "Gives a sign of life.")
        case .privmsg: ("target[,...] :text", "Sends a text to users or channels.")
        case .quit: ("[:text]", "Ends your connection.")
        case .rehash: ("", "Reads the configuration again. For IRC operators.")
        case .restart: ("", "Ends the server and starts it again. For IRC operators.")
        case .servlist: ("[mask [type]]", "Lists services.")
        case .setname: (":name", "Changes your real name (IRCv3).")
        case .squery: ("service :text", "Sends a text to a service.")
        case .stats: ("[letter [server]]", "Tells numbers about the server.")
        case .summon: ("", "Is not in use.")
        case .tagmsg: ("target[,...]", "Sends tags without a text (IRCv3).")
        case .time: ("[server]", "Tells the time of the server.")
        case .topic: ("#channel [:text]", "Shows or changes what a channel is about.")
        case .trace: ("[server]", "Tells the way to a server.")
        case .user: ("name 0 * :real name", "Introduces you, once, with NICK.")
        case .userhost: ("nick ...", "Tells where up to five users come from.")
        case .users: ("", "Is not in use.")
        case .version: ("[server]", "Tells what the server runs and supports.")
        case .wallops: (":text", "Sends a text to all who want such. For IRC operators.")
        case .who: ("[#channel | nick | mask [o] [%fields]]", "Lists users.")
        case .whois: ("[server] nick[,...]", "Tells about users.")
        case .whowas: ("nick[,...] [count]", "Tells about users who have left.")
        case .chaninfo, .charconv, .connect, .error, .get, .metadata, .njoin, .post, .server, .service, .squit,
            .svsnick, .webirc:
            nil
        }
    }
}
