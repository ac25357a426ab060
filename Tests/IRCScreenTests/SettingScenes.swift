// What each setting changes. Those of irssius alone, and what nobody may set, are in `SettingTests`.

extension Scenes {
    static let settings =
        clocks + attention + talk + activity + windows + [
            Scene(
                "completion's settings", .key("M-2"), .clear, .server(":carol!~u@host PRIVMSG #test :hello"),
                .shows("hello"), .enter("/set completion_char ;"), .type("ca"), .key("Tab"),
                .input("[#test] carol; |"), .key("C-u"), .enter("/set completion_char :"),
                .enter("/set completion_nicks_match_case no"), .type("CA"), .key("Tab"), .input("[#test] carol: |"),
                .key("C-u"), .enter("/set completion_nicks_match_case yes"), .type("ze"), .key("Tab"),
                .input("[#test] ze|"), .key("C-u"), .enter("/set completion_nicks_match_case auto"),
                // Nobody is remembered to have spoken: in the order of the names.
                .enter("/set completion_keep_publics 1"), .server(":bob!~u@host PRIVMSG #test :me"), .shows("> me"),
                .server(":carol!~u@host PRIVMSG #test :too"), .shows("> too"),
                .enter("/set completion_keep_publics 50"), .clear),
            Scene(
                "history's length", .clear, .enter("/set max_command_history 2"), .enter("/echo one"),
                .enter("/echo two"), .enter("/echo three"), .shows("three"), .key("Up"), .key("Up"), .key("Up"),
                .key("Up"), .input("[#test] /echo two|"), .key("C-u"), .enter("/set max_command_history 100"), .clear),
        ]

    private static let clocks = [
        Scene(
            "times", .key("M-2"), .clear, .enter("/set timestamp_format <%H:%M>"),
            .server(":carol!~u@host PRIVMSG #test :in brackets"), .shows("<--:--> < carol> in brackets"),
            .enter("/set timestamp_format %H:%M"), .enter("/set timestamp_level PUBLIC"),
            .server(":carol!~u@host PRIVMSG #test :has a time"), .shows("has a time"),
            .server(":erin!~e@host JOIN :#test"), .shows("-!- erin"), .enter("/set timestamp_level ALL"),
            .server(":erin!~e@host PART #test :bye"), .shows("[bye]"), .clear)
    ]

    private static let attention = [
        Scene(
            "who is meant", .key("M-2"), .clear, .enter("/set hilight_nick_matches OFF"),
            .server(":carol!~u@host PRIVMSG #test :alice: not marked"), .shows("not marked"),
            .enter("/set hilight_nick_matches ON"), .enter("/set hilight_nick_matches_everywhere ON"),
            .server(":carol!~u@host PRIVMSG #test :is alice there"), .shows("is alice there"),
            .enter("/set hilight_nick_matches_everywhere OFF"), .enter("/set hilight_color %G"),
            .enter("/hilight pear"), .server(":carol!~u@host PRIVMSG #test :a pear in green"), .shows("in green"),
            .enter("/set hilight_color %Y"), .enter("/set hilight_level MSGS"),
            .server(":carol!~u@host PRIVMSG #test :a pear unmarked"), .shows("pear unmarked"),
            .enter("/set hilight_level PUBLIC ACTIONS"), .enter("/dehilight pear"), .clear)
    ]

    private static let talk = [
        Scene(
            "colours and emphasis", .key("M-2"), .clear, .enter("/set hide_colors ON"),
            .server(":carol!~u@host PRIVMSG #test :\u{3}4red\u{3} and \u{2}bold\u{2} off"), .shows("bold off"),
            .enter("/set hide_colors OFF"),
            .server(":carol!~u@host PRIVMSG #test :\u{3}4red\u{3} and \u{2}bold\u{2} on"), .shows("bold on"),
            .enter("/set indent 20"), .server(":bob!~u@host TOPIC #test :\(String(repeating: "words ", count: 25))"),
            .shows("words words"), .enter("/set indent 10"), .clear),
        Scene(
            "private messages without a window", .key("M-1"), .clear, .enter("/set autocreate_query_level "),
            .enter("/set -clear autocreate_query_level"), .server(":hugo!~u@host PRIVMSG $ :without a window"),
            .shows("without a window"), .enter("/set autocreate_own_query OFF"), .enter("/msg hugo and back"),
            .shows("and back"), .enter("/set autocreate_own_query ON"),
            .enter("/set -default autocreate_query_level"), .enter("/echo set"), .shows("set"), .clear),
    ]

    private static let activity = [
        Scene(
            "what counts as news", .key("M-1"), .clear, .enter("/set activity_hide_level JOINS PARTS"),
            .server(":erin!~e@host JOIN :#test"), .server(":irc.fake NOTICE $ :joined quietly"),
            .shows("joined quietly"), .server(":erin!~e@host NICK :erina"), .shows("[Act: 2"), .key("M-2"),
            .key("M-1"), .enter("/set -clear activity_hide_level"), .enter("/set activity_hide_targets #test"),
            .server(":carol!~u@host PRIVMSG #test :is not news"), .server(":irc.fake NOTICE $ :said quietly"),
            .shows("said quietly"), .enter("/set -clear activity_hide_targets"),
            .enter("/set activity_msg_level JOINS"), .server(":erina!~e@host PART #test"),
            .server(":erina!~e@host JOIN :#test"), .shows("[Act: 2"), .key("M-2"), .key("M-1"),
            .enter("/set activity_msg_level PUBLIC"), .enter("/set activity_hilight_level PUBLIC"),
            .server(":carol!~u@host PRIVMSG #test :is great news"), .shows("[Act: 2"), .key("M-2"), .key("M-1"),
            .enter("/set activity_hilight_level MSGS"), .clear)
    ]

    private static let windows = [
        Scene(
            "names and new windows", .key("M-2"), .clear, .enter("/set show_names_on_join OFF"),
            .enter("/join #quiet"), .shows("3:local/#quiet"), .shows("synced"), .enter("/part #quiet"),
            .shows("[2:local/#test"), .enter("/set show_names_on_join ON"),
            .enter("/set show_names_on_join_limit 2"), .enter("/join #few"), .shows("Total of 3 nicks"),
            .shows("synced"), .enter("/part #few"), .shows("[2:local/#test"),
            .enter("/set show_names_on_join_limit 18"), .enter("/set autofocus_new_items OFF"),
            .enter("/join #behind"), .shows("3"), .enter("/set autofocus_new_items ON"), .key("M-3"),
            .shows("3:local/#behind"), .shows("synced"), .enter("/part #behind"), .shows("[2:local/#test"), .clear),
        Scene(
            "scrolling by a quarter", .clear, .enter("/set scroll_page_count /4"),
            .all((1...120).map { .server(":carol!~u@host PRIVMSG #test :piece \($0).") }), .shows("piece 120."),
            .key("PageUp"), .shows("piece 80."), .key("C-End"), .shows("piece 120."),
            .enter("/set scroll_page_count /2"), .clear),
    ]

    /// With clocks that can be set: answers that take their time.
    static let lag = [
        Scene(
            "a slow server", .shows("[Act: 2]"), .key("M-2"), .shows("synced"), .clear, .deaf(true),
            .enter("/set lag_check_time 2min"), .later(61), .type("x"), .key("C-u"), .input("[#test] |"),
            .enter("/echo not asked"), .shows("not asked"), .later(60), .type("x"), .key("C-u"),
            .input("[#test] |"), .later(12), .type("x"), .key("C-u"), .shows("[Lag: N (??)]"), .deaf(false),
            .type("x"), .key("C-u"), .shows("[Lag: N]"), .enter("/set lag_min_show 1min"), .clear,
            .enter("/set lag_min_show 1sec"), .enter("/set lag_check_time 1min"), .later(70), .type("x"), .key("C-u"),
            .enter("/echo quick"), .shows("quick"), .deaf(true), .enter("/set lag_max_before_disconnect 40sec"),
            .later(61), .type("x"), .key("C-u"), .input("[#test] |"), .later(41), .type("x"), .key("C-u"),
            .differs("Lag", "No answer from the chat server"))
    ]
}
