/// What is done to both programs. Every text that a step waits for is new on the screen.
enum Scenes {
    static let start = [
        Scene(
            "start", .shows("[Act: 2]"), .key("M-2"), .shows("synced"), .clear,
            .server(":dave!~d@host JOIN :#test"), .shows("dave"))
    ]

    static let messages = [
        Scene(
            "what is said",
            .server(":bob!~u@host PRIVMSG #test :hello everyone"), .shows("<+bob> hello everyone"),
            .server(":carol!~u@host PRIVMSG #test :without a sign"), .shows("< carol> without a sign"),
            .enter("hi bob, how are you"), .shows("<@alice> hi bob"),
            .server(":$!~u@host MODE #test +o dave"), .shows("+o dave"),
            .server(":dave!~d@host PRIVMSG #test :by an operator"), .shows("<@dave> by an operator"),
            .server(":$!~u@host MODE #test -o dave"), .shows("-o dave"),
            .server(":carol!~u@host PRIVMSG #test :alice: fine thanks"), .shows("alice: fine"),
            .server(":carol!~u@host PRIVMSG #test :bob,alice: several"), .shows("several"),
            .server(":carol!~u@host PRIVMSG #test :hi alice: not at the start"), .shows("not at the start"),
            .server(":bob!~u@host PRIVMSG #test :\u{1}ACTION waves\u{1}"), .shows("* bob waves"),
            .server(":bob!~u@host PRIVMSG #test :\u{1}ACTION meets alice\u{1}"), .shows("* bob meets"),
            .enter("/me bows"), .shows("* alice bows"),
            .server(":bob!~u@host NOTICE #test :for all"), .shows("-bob:#test- for all"),
            .enter("/notice #test from me"), .shows("from me"),
            .server(":bob!~u@host NOTICE @#test :for operators"), .shows("for operators"),
            .server(":bob!~u@host PRIVMSG @#test :only operators"), .shows("only operators"),
            .server(":carol!~u@host PRIVMSG #test :a *bold* and _underlined_ /it/ word"), .shows("/it/"),
            .server(
                ":carol!~u@host PRIVMSG #test :\u{2}bold\u{2} \u{1F}under\u{1F} \u{16}reverse\u{16} \u{3}4red\u{3} \u{3}3,8on yellow\u{F} plain"
            ), .shows("on yellow plain"),
            .server(":carol!~u@host PRIVMSG #test :\u{3}52deep \u{3}99none \u{3}12,1blue\u{3} end"), .shows("blue end"),
            .server(":carol!~u@host PRIVMSG #test :漢字 wide e\u{301} combining"), .shows("combining"),
            .server(":carol!~u@host PRIVMSG #test :caf\u{F7E9} latin"), .shows("café latin"),
            .server(":carol!~u@host PRIVMSG #test :a\u{7}b\u{8}c control"), .shows("c control"),
            .server(
                ":carol!~u@host PRIVMSG #test :A long line that must wrap at word boundaries because it is well over one hundred columns wide, so the continuation goes under the start of the message, and on"
            ), .shows("and on"),
            .server(
                ":carol!~u@host PRIVMSG #test :\(String(repeating: "nospaces", count: 20))"), .shows("nospacesnospaces")
        ),
        Scene(
            "who comes and goes", .clear,
            .server(":erin!~e@host JOIN :#test"), .shows("erin"),
            .server(":erin!~e@host PART #test :goodbye all"), .shows("goodbye all"),
            .server(":frank!~f@host JOIN :#test"), .shows("frank"),
            .server(":frank!~f@host PART #test"), .shows("has left #test []"),
            .server(":dave!~d@host QUIT :Ping timeout: 120 seconds"), .shows("Ping timeout"),
            .server(":dave!~d@host JOIN :#test"), .shows("-!- dave"),
            .server(":alice!~u@host KICK #test dave :being a test"), .shows("being a test"),
            .server(":carol!~u@host NICK :caroline"), .shows("caroline"),
            .server(":caroline!~u@host NICK :carol"), .shows("known as carol"),
            .server(":$!~u@host MODE #test +v carol"), .shows("+v carol"),
            .server(":$!~u@host MODE #test -v carol"), .shows("-v carol"),
            .server(":irc.fake MODE #test +s"), .shows("ServerMode/#test [+s]"),
            .server(":bob!~u@host MODE #test -s"), .shows("-s"),
            .server(":bob!~u@host MODE #test +b *!*@evil"), .shows("*!*@evil"),
            .server(":bob!~u@host TOPIC #test :A new topic"), .shows("to: A new topic"),
            .server(":bob!~u@host TOPIC #test :with \u{2}bold\u{2} and \u{3}4colour\u{3} in it"),
            .shows("colour in it"),
            .server(":bob!~u@host TOPIC #test :"), .shows("Topic unset by bob"),
            .server(":bob!~u@host INVITE $ #secret"), .shows("[Act: 1]"), .key("M-1"),
            .shows("bob invites you to #secret"), .key("M-2"), .shows("[2:local"),
            .server(":hub.net NOTICE #test :by a server"), .shows("by a server")),
        Scene(
            "netsplit", .clear,
            .server(":gina!~g@host JOIN :#test"), .shows("gina"),
            .server(":gina!~g@host QUIT :hub.net leaf.net"), .server(":dave!~d@host JOIN :#test"), .shows("dave")),
    ]

    static let errors = [
        Scene(
            "what goes wrong in a channel", .clear,
            .server(":irc.fake 482 $ #test :You're not channel operator"), .shows("not channel operator"),
            .server(":irc.fake 404 $ #test :Cannot send to channel"), .differs("Cannot send", "not delivered"),
            .server(":irc.fake 442 $ #test :You're not on that channel"), .shows("not on that channel"),
            .server(":irc.fake 441 $ bob #test :They aren't on that channel"), .differs("[Act: 1", "aren't on that"),
            .key("M-1"), .key("M-2"))
    ]

    static let status = [
        Scene(
            "what the first window gets", .key("M-1"), .clear, .shows("[1"),
            .server(":bob!~u@host NOTICE $ :a private notice"), .shows("a private notice"),
            .server(":irc.fake NOTICE $ :a server notice"), .shows("a server notice"),
            .server(":$!~u@host MODE $ :+i"), .shows("[+i] for user alice"),
            .enter("/away lunch"), .server(":irc.fake 306 $ :You have been marked as being away"), .shows("(zZzZ)"),
            .enter("/away"), .server(":irc.fake 305 $ :You are no longer marked as being away"),
            .shows("no longer marked"), .server(":bob!~u@host WALLOPS :to all"), .shows("WALLOP"),
            .server("ERROR :some error text"), .shows("some error text"),
            .server(":irc.fake 555 $ foo :an unknown numeric"), .shows("an unknown numeric"),
            .server(":irc.fake 265 $ 1 1 :Current local users"), .shows("Current local users"),
            .server(":irc.fake 401 $ nobody :No such nick"), .shows("nobody: No such nick/channel"),
            .server(":irc.fake 403 $ #x :No such channel"), .shows("#x: No such channel"),
            .server(":irc.fake 472 $ Z :is unknown mode char to me"), .shows("Unknown mode character Z"),
            .server(":irc.fake 473 $ #full :Cannot join"), .shows("You must be invited"),
            .server(":irc.fake 471 $ #limit :Cannot join"), .shows("#limit"),
            .server(":irc.fake 474 $ #banned :Cannot join"), .shows("#banned"),
            .server(":irc.fake 475 $ #key :Cannot join"), .shows("#key"),
            .server(":irc.fake 433 $ bob :Nickname is already in use"), .shows("Nick bob is already in use"),
            .server(":irc.fake 432 $ 1bad :Erroneous nickname"), .shows("1bad"),
            .server(":irc.fake 443 $ bob #test :is already on channel"), .shows("is already on channel"),
            .server(":irc.fake 421 $ NS :Unknown command"), .shows("NS Unknown command"),
            .server(":irc.fake 461 $ JOIN :Not enough parameters"), .shows("Not enough"),
            .server(":irc.fake 263 $ LIST :Please wait"), .shows("Please wait")),
        Scene(
            "whois", .clear, .enter("/whois bob"),
            .server(":irc.fake 311 $ bob ~u host * :R bob"), .shows("ircname  : R bob"),
            .server(":irc.fake 312 $ bob irc.example.test :Example test server"), .shows("Example test server"),
            .server(":irc.fake 319 $ bob :@#test +#more "), .shows("channels : @#test"),
            .server(":irc.fake 301 $ bob :is out"), .shows("is out"),
            .server(":irc.fake 313 $ bob :is an IRC operator"), .shows("IRC operator"),
            .server(":irc.fake 330 $ bob account :is logged in as"), .shows("account  : account"),
            .server(":irc.fake 671 $ bob :is using a secure connection"), .shows("secure connection"),
            .server(":irc.fake 378 $ bob :is connecting from *@host"), .shows("hostname"),
            .server(":irc.fake 317 $ bob 93784 1700000000 :seconds idle, signon time"),
            .shows("idle     : 1 days 2 hours"),
            .server(":irc.fake 318 $ bob :End of WHOIS"), .shows("End of WHOIS"),
            .enter("/whowas gone"), .server(":irc.fake 314 $ gone ~u host * :R gone"), .shows("was"),
            .server(":irc.fake 369 $ gone :End of WHOWAS"), .shows("End of WHOWAS"),
            .server(":irc.fake 401 $ nosuch :No such nick/channel"), .shows("nosuch"),
            .server(":irc.fake 301 $ bob :gone fishing"), .shows("gone fishing")),
        Scene(
            "queries", .server(":dan!~u@host JOIN :#test"), .server(":dan!~u@host PRIVMSG $ :psst"), .shows("3]"),
            .key("M-3"), .shows("psst"),
            .enter("yo"), .shows("<alice> yo"),
            .server(":dan!~u@host PRIVMSG $ :\u{1}ACTION smiles\u{1}"), .shows("* dan smiles"),
            .enter("/me smiles back"), .shows("* alice smiles back"),
            .server(":dan!~u@host NOTICE $ :noted in private"), .shows("noted in private"),
            .server(":irc.fake 301 $ dan :away text"), .shows("away text"),
            .server(":dan!~u@host NICK :daniel"), .shows("3:local/daniel"),
            .server(":daniel!~u@host QUIT :gone"), .shows("gone"),
            .server(":irc.fake 401 $ daniel :No such nick"), .shows("No such nick"),
            .enter("/unquery"), .shows("[1:local"), .key("M-2"), .shows("2:local/#test")),
        Scene(
            "CTCP", .key("M-1"), .clear,
            .server(":bob!~u@host PRIVMSG $ :\u{1}PING 12345 678\u{1}"),
            .differs("requested CTCP PING from alice: 12345 678", "bob requested CTCP PING and got no answer")),
    ]
}
