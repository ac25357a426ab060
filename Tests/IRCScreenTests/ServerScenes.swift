// Commands whose answers come from a real server.

extension Scenes {
    static let server = [
        Scene(
            "a channel", .differs("[Act: 2]", "[Act: 2]"), .key("M-2"), .shows("synced"), .clear,
            .peer("bob", "JOIN #test"), .shows("bob"), .enter("/topic first topic"), .shows("first topic"),
            .enter("/topic"), .shows("Topic for #test"), .peer("bob", "PRIVMSG #test :good morning"),
            .shows("good morning"), .enter("good morning bob"), .shows("> good morning bob"), .enter("/me nods"),
            .shows("* alice nods"), .peer("bob", "PRIVMSG #test :\u{1}ACTION nods too\u{1}"), .shows("nods too"),
            .enter("/say said"), .shows("> said"), .enter("/mode +m"), .shows("[+m]"), .enter("/voice bob"),
            .shows("[+v bob]"), .enter("/devoice bob"),
            .shows("[-v bob]"), .enter("/op bob"), .shows("[+o bob]"), .enter("/deop bob"), .shows("[-o bob]"),
            .enter("/mode -m"), .shows("[-m]"), .enter("/mode +k secret"), .shows("+k secret"),
            .enter("/mode -k secret"), .shows("[-k *]"), .enter("/mode +l 10"), .shows("+l 10"),
            .enter("/mode -l"), .shows("[-l]"),
            .enter("/ban *!*@evil"), .shows("+b *!*@evil"), .enter("/unban *!*@evil"), .shows("-b *!*@evil"),
            .enter("/topic -delete"), .shows("Topic unset"), .enter("/names"), .shows("Total of 2 nicks")),
        Scene(
            "people in a channel", .clear, .enter("/kick bob enough"), .shows("enough"),
            .peer("bob", "JOIN #test"), .shows("-!- bob"), .peer("bob", "NICK bobo"), .shows("bobo"),
            .peer("bob", "NICK bob"), .shows("known as bob"), .enter("/nick alicia"), .shows("alicia"),
            .enter("/nick alice"), .shows("known as alice"), .enter("/notice #test heed"), .shows("heed"), .key("M-1"),
            .key("M-2"),
            .peer("carol", "JOIN #test"), .shows("carol"), .peer("carol", "QUIT :tired"), .shows("tired"),
            .peer("bob", "PART #test :bye now"), .shows("bye now"), .peer("bob", "JOIN #test"),
            .enter("/away at lunch"), .shows("(zZzZ)"), .enter("/away"), .shows("[@alice] "), .key("M-1"),
            .key("M-2"), .enter("/cycle"),
            .shows("[alice] [2:local/#test"), .clear),
        Scene(
            "private talk", .enter("/msg bob hello there"), .shows("[Act: 3]"),
            .peer("bob", "PRIVMSG alice :hi yourself"),
            .key("M-3"), .shows("hi yourself"), .enter("still here"), .shows("> still here"),
            .enter("/notice bob noted"), .shows("noted"), .enter("/query"), .shows("[2:local/#test"),
            .enter("/query bob"), .shows("[3:local/bob"), .enter("/unquery bob"), .shows("[2:local/#test")),
        Scene(
            "other channels", .enter("/join #two"), .shows("[3:local/#two"), .shows("synced"), .enter("text in two"),
            .shows("text in two"), .enter("/part done here"), .shows("[2:local/#test"), .enter("/join #locked"),
            .differs("[Act: 1", "Cannot join"), .key("M-1"),
            .differs("Cannot join to channel #locked", "[1:local"), .key("M-2"), .enter("/j #pre"),
            .shows("[3:local/#pre"), .shows("synced"),
            .enter("/wc"),
            // irssi tells in the first window that one has left.
            .differs("[Act: 1]", "[2:local/#test"), .key("M-1"), .differs("has left #pre", "[1:local"), .key("M-2"),
            .shows("[2:local/#test"),
            .enter("/join -window #extra"), .shows("local/#extra"), .shows("Join to #extra"), .key("C-x"),
            .shows("local/#test"), .shows("talking in #test"), .enter("/part #extra"), .shows("has left #extra"),
            .enter("/echo parted"),
            .shows("parted"), .key("M-1")),
        Scene(
            "questions", .key("M-1"), .differs("[1:local", "[1:local"), .clear, .enter("/whois bob"),
            .shows("End of WHOIS"), .enter("/whois nosuch"), .shows("There is no such nick nosuch"),
            .enter("/whowas carol"), .enter("/ison bob nosuch"), .shows("bob"),
            .enter("/userhost bob"), .shows("bob=+"), .enter("/admin"), .shows("admin@test.net"),
            .enter("/lusers"), .shows("There are"), .enter("/motd"), .shows("to all"), .enter("/links"),
            .shows("End of"), .enter("/list -yes"), .shows("#pre"), .enter("/who #test"), .shows("End of /WHO list")),
    ]
}
