// Commands that nobody types every day.

extension Scenes {
    static let offers = [
        Scene(
            "what is offered and what is answered", .key("M-1"), .clear, .forget,
            .server(":bob!~u@host PRIVMSG $ :\u{1}DCC SEND secret.txt 2130706433 9999 100\u{1}"),
            .server(":bob!~u@host PRIVMSG $ :\u{1}DCC CHAT chat 2130706433 9999\u{1}"),
            .server(":bob!~u@host NOTICE $ :\u{1}PING 12345 678\u{1}"),
            .server(":bob!~u@host NOTICE $ :\u{1}VERSION some client\u{1}"),
            .server(":irc.fake NOTICE $ :after the offers"), .shows("after the offers"), .said([]))
    ]

    static let manyWindows = [
        Scene(
            "nineteen windows", .key("M-1"), .all((3...19).map { _ in .enter("/window new hide") }),
            .all(zip("34567890qwertyuio", 3...19).flatMap { [.key("M-\($0)"), .shows("[\($1)")] }),
            .key("M-2"), .shows("[2:local/#test"), .enter("/window close 3 19"), .key("M-9"), .key("M-1"),
            .shows("[1:local"), .clear, .enter("/window close"), .differs("immortal", "stays open"), .clear)
    ]

    static let seldom = [
        Scene(
            "completions", .key("M-1"), .clear, .enter("/completion"), .enter("/completion brb be right back"),
            .enter("/completion"),
            .enter("/echo listed"), .shows("listed"), .key("M-2"), .clear, .type("brb"), .key("Tab"),
            .input("[#test] be right back |"), .key("C-u"), .key("M-1"), .enter("/completion -delete brb"),
            .enter("/completion"), .enter("/echo gone"), .shows("gone"), .key("M-2"), .type("brb"),
            .key("Tab"), .input("[#test] brb|"), .key("C-u"), .input("[#test] |")),
        Scene(
            "what commands say", .key("M-1"), .clear,
            .all(
                [
                    "channel list", "ignore", "hilight", "dehilight nothing", "unalias nothing", "alias zz echo hallo",
                    "unalias zz", "window level +MSGS", "window foo", "bind ^G insert_text x", "bind ^G",
                    "bind -delete ^G", "part", "names", "cycle", "nick", "msg",
                    "msg bob", "invite", "whowas", "ison", "wait", "set indent 4", "set indent 10", "set nosuch",
                    "toggle", "set -foo x", "unquery", "window goto 77",
                ].enumerated().flatMap {
                    [.enter("/\($1)"), .enter("/echo after \($0)."), .shows("after \($0).")]
                        + ($0 % 8 == 7 ? [.clear] : [])
                }), .clear,
            // irssi says nothing, or something else.
            .enter("/topic x"), .differs("[1:local", "Not joined to any channel"), .clear, .enter("/kick bob"),
            .differs("Not enough parameters", "Not joined to any channel"), .clear, .enter("/op bob"),
            .differs("[1:local", "Not joined to any channel"), .clear, .enter("/me x"),
            .differs("[1:local", "Not joined to any channel"), .clear),
        Scene(
            "questions that few servers answer", .key("M-1"), .clear, .forget, .enter("/knock #secret"),
            .enter("/silence"), .enter("/silence +*!*@evil"), .enter("/unsilence *!*@evil"), .enter("/accept bob"),
            .enter("/version"), .enter("/info"), .enter("/ison a b"), .enter("/userhost bob"),
            .all(
                [
                    "KNOCK #secret", "SILENCE", "SILENCE +*!*@evil", "SILENCE -*!*@evil", "ACCEPT bob", "VERSION",
                    "INFO",
                    "ISON :a b", "USERHOST bob",
                ].map { .heard($0) }), .enter("/list #a*"), .heard("LIST #a*"), .clear,
            .server(":irc.fake 351 $ ngircd-26 irc.fake :some notes"), .shows("some notes"),
            .server(":irc.fake 711 $ #secret :Your KNOCK has been delivered"), .shows("delivered"),
            .server(":irc.fake 271 $ alice *!*@evil"), .shows("evil"),
            .server(":irc.fake 272 $ :End of Silence List"),
            .server(":irc.fake 371 $ :what it is"), .shows("what it is"),
            .server(":irc.fake 374 $ :End of INFO list"), .shows("End of INFO")),
    ]

    /// With clocks that can be set.
    static let outForAWhile = [
        Scene(
            "out for a while", .shows("[Act: 2]"), .key("M-2"), .shows("synced"), .clear,
            .server(":bob!~u@host PRIVMSG #test :here"), .shows("here"), .forget,
            .enter("/kickban bob enough"),
            .said(
                ["MODE #test +b *!*u@host", "KICK #test bob :enough"],
                irssius: ["MODE #test +b bob!*@*", "KICK #test bob :enough"]),
            .enter("/knockout 60 carol for a minute"),
            .said(["MODE #test +b carol!*@*", "KICK #test carol :for a minute"]),
            // irssi tells there that it does not know her host.
            .key("M-1"), .differs("using nick ban for carol", "[1:local"), .key("M-2"),
            .server(":$!~u@host MODE #test +b carol!*@*"), .shows("+b carol!*@*"),
            .later(61), .type("x"), .key("C-u"), .heard("MODE #test -b carol!*@*"),
            .server(":$!~u@host MODE #test -b carol!*@*"), .shows("-b carol!*@*"), .forget,
            .enter("/knockout carol for longer"), .said(["MODE #test +b carol!*@*", "KICK #test carol :for longer"]),
            .key("M-1"), .key("M-2"),
            .server(":$!~u@host MODE #test +b carol!*@*"), .shows("+b carol!*@*"),
            .later(280), .type("x"), .key("C-u"), .said([]), .later(30), .type("x"), .key("C-u"),
            .heard("MODE #test -b carol!*@*"))
    ]

    static let ownWords = [
        Scene(
            "what the client says of itself", .key("M-1"), .clear, .enter("/help"), .differs("window", "dehilight"),
            .clear, .enter("/help join"), .differs("Syntax", "opens a new one"), .clear, .enter("/format"),
            .differs("script_loaded", "default theme"),
            .clear, .enter("/time"), .differs("[1:local", "(+00:00)"), .clear, .enter("/ping"),
            .differs("Not enough", "answered within"),
            .clear, .enter("/uptime"), .differs("Uptime", "About 0 hours"), .clear,
            .enter("/netsplit"), .differs("gina", "net splits"), .clear, .enter("/beep"), .enter("/flushbuffer"),
            .enter("/wait 10"), .enter("/redraw"),
            .enter("/echo on"), .shows("on"), .clear, .enter("/layout list"), .differs("[1:local", "(status)"), .clear,
            .enter("/statusbar"), .differs("[1:local", "windows with news"), .clear, .enter("/scrollback status"),
            .differs("lines,", "Lines here"), .clear),
        Scene(
            "scrollback", .key("M-2"), .clear,
            .all((1...120).map { .server(":carol!~u@host PRIVMSG #test :line \($0).") }),
            .shows("line 120."), .enter("/scrollback home"), .shows("[Users #test]"), .enter("/scrollback end"),
            .shows("line 120."), .enter("/scrollback clear"), .enter("/echo nothing above"), .shows("nothing above"),
            .enter("/action #test bows low"), .shows("bows low"), .clear),
    ]

    /// irssi does it in another order.
    static let again = [
        Scene("connecting again", .key("M-2"), .clear, .enter("/reconnect"), .differs("[Act: 1", "synced")),
        Scene(
            "a server that is gone", .key("M-1"), .differs("[1:local", "[1:local"), .down,
            .differs("Connection lost to", "Connection lost to local"), .enter("/names"),
            .differs("Not connected to server", "Not connected to server")),
    ]
}
