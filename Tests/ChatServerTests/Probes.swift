/// Everything that an ordinary user can say, for tests that walk all replies. `SELF` is the asker, `PEER` somebody in a
/// shared channel, `HIDDEN` somebody who is not, `#SHARED` and `#HIDDEN` channels likewise.
enum Probes {
    static let all: [String] = [
        "ADMIN", "ADMIN irc.test.net", "ADMIN nosuch", "ADMIN HIDDEN", "AWAY :text", "AWAY", "CAP LS 302", "CAP LIST",
        "CAP REQ :server-time", "CAP REQ :away-notify message-tags", "CAP REQ :nosuch", "CAP NOSUCH", "CAP END", "CAP",
        "CONNECT a", "DIE", "ERROR x", "HELP", "HELP COMMANDS", "HELP JOIN", "HELP nosuch", "INFO", "INFO HIDDEN",
        "INVITE HIDDEN #SHARED", "INVITE PEER #SHARED", "INVITE HIDDEN #HIDDEN", "INVITE PEER #nosuch",
        "INVITE HIDDEN", "ISON HIDDEN PEER SELF", "ISON", "KICK #HIDDEN HIDDEN", "KICK #SHARED HIDDEN",
        "KICK #SHARED PEER", "KICK #HIDDEN PEER", "KICK #nosuch HIDDEN", "KILL HIDDEN :x", "KLINE *!*@* 1 :x",
        "GLINE x", "LINKS", "LINKS *", "LIST",
        "LIST #HIDDEN",
        "LIST >0", "LIST C<10", "LIST T>0", "LIST *", "LUSERS", "LUSERS *", "LUSERS * x", "METADATA x", "MODE HIDDEN",
        "MODE SELF", "MODE SELF +iwsBbCIx", "MODE SELF -iwsBbCIx", "MODE SELF +ocFqRaz", "MODE PEER", "MODE #HIDDEN",
        "MODE #HIDDEN +b", "MODE #HIDDEN +e", "MODE #HIDDEN -I", "MODE #HIDDEN b", "MODE #HIDDEN +k x", "MODE #SHARED",
        "MODE #SHARED +b", "MODE #SHARED +o HIDDEN",
        "MODE #SHARED +e", "MODE #SHARED +I", "MODE #nosuch", "MODE", "MONITOR + HIDDEN,PEER", "MONITOR L", "MONITOR S",
        "MONITOR - HIDDEN", "MONITOR C", "MONITOR x", "MOTD", "MOTD HIDDEN", "NAMES", "NAMES #HIDDEN", "NAMES #SHARED",
        "NAMES #HIDDEN,#SHARED", "NICK 1", "NICK", "NICK PEER", "NJOIN x", "NOTICE HIDDEN :x", "NOTICE #HIDDEN :x",
        "OPER a b", "OPER", "PART #HIDDEN", "PART #nosuch :x", "PASS x", "PING x", "PING", "PING x y", "PING x HIDDEN",
        "PONG", "PONG x", "PRIVMSG HIDDEN :x", "PRIVMSG HIDDEN!*@* :x", "PRIVMSG HIDDEN@irc.test.net :x",
        "PRIVMSG #HIDDEN :x", "PRIVMSG +lair :x", "NOTICE +lair :x",
        "TOPIC +lair :x", "PRIVMSG HIDDEN :", "PRIVMSG HIDDEN%untochat :x", "PRIVMSG $*.net :x", "PRIVMSG #*.net :x",
        "PRIVMSG @#HIDDEN :x", "PRIVMSG nosuch :x", "PRIVMSG #nosuch :x", "PRIVMSG $* :x",
        "PRIVMSG #* :x", "PRIVMSG PEER :x", "PRIVMSG #SHARED :x", "PRIVMSG @#SHARED :x", "PRIVMSG HIDDEN", "PRIVMSG",
        "PRIVMSG HIDDEN,PEER,#HIDDEN,nosuch :x", "REHASH", "RESTART", "SERVER x", "SERVICE x", "SERVLIST",
        "SQUERY HIDDEN :x",
        "SQUIT x", "SETNAME :New Name", "STATS", "STATS l", "STATS L", "STATS m", "STATS u", "STATS g", "STATS k",
        "STATS o",
        "STATS c", "STATS l HIDDEN", "SUMMON HIDDEN", "TAGMSG HIDDEN", "TIME", "TIME HIDDEN", "TOPIC #HIDDEN",
        "TOPIC #HIDDEN :x", "TOPIC #SHARED", "TOPIC #nosuch", "TRACE", "TRACE HIDDEN", "USER a b c d",
        "USERHOST HIDDEN PEER SELF", "USERHOST", "USERS", "VERSION", "VERSION HIDDEN", "WALLOPS x", "WEBIRC x", "WHO",
        "WHO *", "WHO 0", "WHO HIDDEN", "WHO #HIDDEN", "WHO #SHARED", "WHO *hidden*", "WHO * o", "WHO PEER o",
        "WHO * %tcuihsnfdlaor,42", "WHO #HIDDEN %n", "WHO #SHARED %nfl", "WHO HIDDEN %nuhr", "WHO Hidden*",
        "WHOIS HIDDEN", "WHOIS PEER", "WHOIS SELF", "WHOIS irc.test.net HIDDEN", "WHOIS HIDDEN HIDDEN", "WHOIS *",
        "WHOIS hid*", "WHOIS nosuch", "WHOIS", "WHOWAS HIDDEN", "WHOWAS gone", "WHOWAS PEER", "WHOWAS", "NOSUCH x",
        "401 x",
        "CHARCONV x", "CHANINFO x", "SVSNICK x", "JOIN", "JOIN nosuch", "JOIN #SHARED",
    ]

    static func lines(own: String, peer: String, hidden: String, shared: String, hiddenChannel: String) -> [String] {
        all.map { probe in
            probe.replacing("#HIDDEN", with: hiddenChannel).replacing("#SHARED", with: shared)
                .replacing("HIDDEN", with: hidden).replacing("PEER", with: peer).replacing("SELF", with: own)
        }
    }

    /// What needs more than one to say it: who says what, so that the spy gets the replies that no question alone gives.
    static let scenes: [(actor: String, line: String)] = [
        ("peer", "AWAY :out"), ("spy", "PRIVMSG peer :x"), ("peer", "AWAY"), ("peer", "INVITE spy #room2"),
        ("peer", "MODE #room +mt"), ("spy", "PRIVMSG #room :x"), ("spy", "TOPIC #room :x"), ("peer", "MODE #room -mt"),
        ("peer", "MODE #room +M"), ("spy", "PRIVMSG #room :x"), ("peer", "MODE #room -M"), ("peer", "PRIVMSG #room :x"),
        ("peer", "NOTICE spy :x"), ("spy", "JOIN #own"), ("spy", "TOPIC #own"), ("spy", "MODE #own +eI a b"),
        ("spy", "MODE #own +e"), ("spy", "MODE #own +I"), ("spy", "MODE #own +y"), ("spy", "MODE #own +k a,b"),
        ("spy", "KICK #own peer"), ("spy", "MODE #own +N"), ("spy", "NICK spyx"), ("spy", "MODE #own -N+V"),
        ("spy", "INVITE peer #own"), ("spy", "PART #own :reason"), ("spy", "JOIN +m"), ("spy", "MODE +m"),
        ("spy", "PART +m"), ("peer", "JOIN #p2"), ("peer", "MODE #p2 +l 1"), ("spy", "JOIN #p2"),
        ("peer", "MODE #p2 -l+i"), ("spy", "JOIN #p2"), ("spy", "PART #p2"), ("peer", "MODE #p2 -i+k x"),
        ("spy", "JOIN #p2"), ("peer", "MODE #p2 -k+b * spy"), ("spy", "JOIN #p2"), ("peer", "MODE peer +b"),
        ("spy", "PRIVMSG peer :x"), ("peer", "MODE peer -b"), ("hidden", "MODE hidden +C"),
        ("spy", "PRIVMSG hidden :x"),
        ("spy", "PART #nosuch"), ("peer", "MODE #room +v spy"), ("spy", "MODE spy +w"), ("peer", "WALLOPS :x"),
        ("spy", "CAP REQ :away-notify setname labeled-response batch standard-replies"), ("peer", "AWAY :x"),
        ("peer", "SETNAME :Pete"), ("spy", "@label=1 PONG x"), ("spy", "@label=2 WHO peer"), ("spy", "SETNAME :"),
        ("spy", "MONITOR + " + (0..<110).map { "n\($0)" }.joined(separator: ",")),
        ("spy", "PRIVMSG " + (0..<30).map { "n\($0)" }.joined(separator: ",") + " :x"),
        ("spy", "JOIN " + (0..<12).map { "#n\($0)" }.joined(separator: ",")),
        ("spy", "MODE #n0 +bbbbb " + (0..<5).map { "a\($0)" }.joined(separator: " ")),
        ("spy", "PING " + String(repeating: "x", count: 600)), ("spy", "MODE spy +B"), ("peer", "WHOIS spy"),
        ("spy", "WHOIS spy"), ("peer", "NICK peter"), ("peter", "QUIT :reason"), ("spy", "WHOWAS peter"),
        ("boss", "KILL spy :reason"),
    ]
}
