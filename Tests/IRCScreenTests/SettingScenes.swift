// What each setting changes. Those of irssius alone, and what cannot be seen on a screen, are in `SettingTests`.

extension Scenes {
    static let settings =
        start + [
            Scene(
                "times", set("timestamp_format <%H:%M>"), .clear,
                .server(":carol!~u@host PRIVMSG #test :in brackets"), .shows("<--:--> < carol> in brackets"),
                set("timestamp_format %H:%M", "timestamp_level PUBLIC"),
                .server(":carol!~u@host PRIVMSG #test :has a time"), .shows("has a time"),
                .server(":carol!~e@host NICK :caroline"), .shows("known as caroline"), set("timestamp_level ALL"),
                .server(":caroline!~e@host NICK :carol"), .shows("known as carol"), .clear),
            Scene(
                "who is meant", .key("M-1"), .clear, set("hilight_nick_matches OFF"),
                .server(":carol!~u@host PRIVMSG #test :alice: not marked"), .shows("not marked"),
                set("hilight_nick_matches ON", "hilight_nick_matches_everywhere ON"),
                .server(":carol!~u@host PRIVMSG #test :is alice there"), .shows("is alice there"),
                set("hilight_nick_matches_everywhere OFF", "hilight_color %G"), .key("M-1"), .enter("/hilight pear"),
                .shows("1 pear"), .key("M-2"), .shows("[2:local"),
                .server(":carol!~u@host PRIVMSG #test :a pear in green"), .shows("in green"),
                set("hilight_color %Y", "hilight_level MSGS"),
                .server(":carol!~u@host PRIVMSG #test :a pear unmarked"), .shows("pear unmarked"),
                set("hilight_level PUBLIC ACTIONS"), .key("M-1"), .enter("/dehilight pear"), .key("M-2"), .clear),
            Scene(
                "colours and wrapping", set("hide_colors ON"),
                .server(":carol!~u@host PRIVMSG #test :\u{3}4red\u{3} and \u{2}bold\u{2} off"), .shows("bold off"),
                .server(":bob!~u@host PART #test :\u{3}3green\u{3} and \u{1F}under\u{1F}"), .shows("and under"),
                .server(":bob!~u@host JOIN #test"), .shows("-!- bob"), set("hide_colors OFF"),
                .server(":carol!~u@host PRIVMSG #test :\u{3}4red\u{3} and \u{2}bold\u{2} on"), .shows("bold on"),
                set("indent 20"), .server(":bob!~u@host TOPIC #test :\(String(repeating: "words ", count: 25))"),
                .shows("words words"), set("indent 10"), .server(":bob!~u@host TOPIC #test :"), .shows("unset"),
                .clear),
            Scene(
                "private messages without a window", .key("M-1"), .clear, .shows("[1:local"),
                .enter("/set -clear autocreate_query_level"), .enter("/echo none"), .shows("none"),
                .server(":hugo!~u@host PRIVMSG $ :without a window"), .shows("without a window"),
                .enter("/set autocreate_own_query OFF"), .enter("/msg hugo and back"), .shows("and back"),
                .enter("/set autocreate_own_query ON"), .enter("/set autocreate_query_level MSGS"),
                .server(":hugo!~u@host PRIVMSG $ :with a window"), .shows("[Act: 3"), .key("M-3"),
                .shows("with a window"), .enter("/window close"), .key("M-1"), .clear),
        ] + activity + windows + shared + typing

    /// Sets something in the first window, where irssi says that it has done so.
    private static func set(_ words: String...) -> Step {
        .all([.key("M-1")] + words.map { .enter("/set \($0)") } + [.key("M-2")])
    }

    private static let activity = [
        Scene(
            "what counts as news", .key("M-1"), .shows("[1:local"), .clear,
            .enter("/set activity_hide_level JOINS PARTS"), .server(":erin!~e@host JOIN :#test"),
            .server(":irc.fake NOTICE $ :joined quietly"), .shows("joined quietly"),
            .server(":erin!~e@host NICK :erina"), .shows("[Act: 2"), .key("M-2"), .shows("[2:local"), .key("M-1"),
            .enter("/set -clear activity_hide_level"), .enter("/set activity_hide_targets #test"),
            .server(":carol!~u@host PRIVMSG #test :is not news"), .server(":irc.fake NOTICE $ :said quietly"),
            .shows("said quietly"), .enter("/set -clear activity_hide_targets"),
            .enter("/set activity_msg_level JOINS"), .server(":erina!~e@host PART #test"),
            .server(":erina!~e@host JOIN :#test"), .shows("[Act: 2"), .key("M-2"), .shows("[2:local"), .key("M-1"),
            .enter("/set activity_msg_level PUBLIC"), .enter("/set activity_hilight_level PUBLIC"),
            .server(":carol!~u@host PRIVMSG #test :is great news"), .shows("[Act: 2"), .key("M-2"),
            .shows("great news"), .key("M-1"), .enter("/set activity_hilight_level MSGS"), .clear)
    ]

    private static let windows = [
        Scene(
            "names of a new channel", set("show_names_on_join OFF"), .clear, .enter("/join #quiet"),
            .shows("3:local/#quiet"), .shows("synced"), .enter("/part #quiet"), .shows("[2:local/#test"),
            set("show_names_on_join ON", "show_names_on_join_limit 2"), .clear, .enter("/join #few"),
            .shows("Total of 3 nicks"), .shows("synced"), .enter("/part #few"), .shows("[2:local/#test"),
            set("show_names_on_join_limit 18"), .clear),
        Scene(
            "scrolling by a quarter", set("scroll_page_count /4"), .clear,
            .all((1...120).map { .server(":carol!~u@host PRIVMSG #test :piece \($0).") }), .shows("piece 120."),
            .key("PageUp"), .shows("piece 108."), .key("C-End"), .shows("piece 120."), set("scroll_page_count /2"),
            .clear),
    ]

    private static let shared = [
        Scene(
            "two items in a window", .key("M-2"), .clear, .enter("/ban"), .shows("No bans in channel"),
            .enter("/join -window #side"), .shows("local/#side"),
            .shows("synced"), .key("C-x"), .shows("talking in #test"),
            .server(":carol!~u@host PRIVMSG #side :to the other item"), .shows("< carol:#side> to the other item"),
            .enter("/part #side"), .shows("has left #side"), .enter("/query -window hugo"), .shows("local/hugo"),
            .enter("/unquery hugo"), .shows("Closing query with hugo"), .clear)
    ]

    private static let typing = [
        Scene(
            "completion's settings", set("completion_char ;"), .clear,
            .server(":carol!~u@host PRIVMSG #test :hello"), .shows("hello"), .type("ca"), .key("Tab"),
            .input("[#test] carol; |"), .key("C-u"),
            set("completion_char :", "completion_nicks_match_case never"), .type("CA"), .key("Tab"),
            .input("[#test] carol: |"), .key("C-u"), set("completion_nicks_match_case always"),
            .server(":Zed!~z@host JOIN #test"), .shows("Zed"), .type("ze"), .key("Tab"), .input("[#test] ze|"),
            .key("C-u"), set("completion_nicks_match_case auto"), .type("ze"), .key("Tab"), .input("[#test] Zed: |"),
            .key("C-u"), .input("[#test] |"), set("completion_keep_publics 1"),
            .server(":cora!~c@host JOIN #test"), .shows("cora"), .server(":carol!~u@host PRIVMSG #test :first"),
            .shows("> first"), .server(":cora!~u@host PRIVMSG #test :second"), .shows("> second"), .type("c"),
            .key("Tab"), .input("[#test] cora: |"), .key("C-u"), .input("[#test] |"),
            set("completion_keep_publics 50"), .clear),
        Scene(
            "a guard against few lines", set("paste_verify_line_count 3"),
            .bytes([UInt8]("\u{1B}[200~one\ntwo\n\u{1B}[201~".utf8)), .shows("> two"),
            .bytes([UInt8]("\u{1B}[200~three\nfour\nfive\nsix\u{1B}[201~".utf8)),
            .shows("Hit Ctrl-K to paste, Ctrl-C to abort?"), .key("C-c"), .input("[#test] |"), .clear),
    ]

    /// With clocks that can be set: an answer that takes its time.
    static let lag = [
        Scene(
            "a slow server", .shows("[Act: 2]"), .key("M-2"), .shows("synced"), .clear, .deaf(true), .later(61),
            .type("x"), .key("C-u"), .asked, .later(12), .type("x"), .key("C-u"), .shows("[Lag: N (??)]"),
            .deaf(false), .type("x"), .key("C-u"), .shows("[Lag: N]"),
            set("lag_min_show 5min"), .clear, set("lag_min_show 1sec"), .shows("[Lag: N]"))
    ]
}
