// What keys do: to the input line, and to what is seen.

extension Scenes {
    static let keys = [
        Scene(
            "editing", .key("M-2"), .clear, .type("one two three"), .input("[#test] one two three|"),
            .key("Left"), .input("[#test] one two thre|e"), .key("C-Left"), .input("[#test] one two |three"),
            .key("M-b"), .input("[#test] one |two three"), .key("M-f"), .input("[#test] one two| three"),
            .key("C-Right"), .input("[#test] one two three|"), .key("Home"), .input("[#test] |one two three"),
            .key("Right"), .input("[#test] o|ne two three"), .key("End"), .input("[#test] one two three|"),
            .key("C-a"), .input("[#test] |one two three"), .key("C-e"), .input("[#test] one two three|"),
            .key("BSpace"), .input("[#test] one two thre|"), .key("C-h"), .input("[#test] one two thr|"),
            .key("C-t"), .input("[#test] one two trh|"), .key("Left"), .key("C-t"), .input("[#test] one two thr|"),
            .key("C-a"), .key("DC"), .input("[#test] |ne two thr"), .key("C-d"), .input("[#test] |e two thr"),
            .key("M-d"), .input("[#test] | two thr"), .key("C-y"), .input("[#test] e| two thr"),
            .key("C-e"), .key("M-BSpace"), .input("[#test] e two |"), .key("C-w"), .input("[#test] e |"),
            .key("C-y"), .input("[#test] e two thr|"), .key("C-a"), .key("Right"), .key("C-k"), .input("[#test] e|"),
            .key("C-u"), .input("[#test] |"), .key("C-y"), .input("[#test] e|"), .key("C-u"),
            .input("[#test] |"), .type("path/to a.word here"), .key("M-BSpace"), .input("[#test] path/to a.word |"),
            .key("M-BSpace"), .input("[#test] path/to a.|"), .key("C-w"), .input("[#test] path/to |"),
            .key("C-w"), .input("[#test] |"), .key("BSpace"), .input("[#test] |")),
        Scene(
            "what is cut and put back", .type("one two three four"), .key("C-a"), .key("M-d"), .key("M-d"), .key("C-y"),
            .input("[#test] one two| three four"), .key("C-a"), .key("M-d"), .key("Right"), .key("M-d"), .key("C-y"),
            .input("[#test]  two| three four"), .key("C-k"), .key("C-u"), .key("C-y"), .input("[#test]  two|"),
            .key("C-u"),
            .type("one two"), .key("C-w"), .key("C-u"), .key("C-y"), .input("[#test] one |"), .key("C-u"),
            .type("a b c"), .key("C-w"), .key("C-w"), .type("d"), .key("C-y"), .input("[#test] a db c|"), .key("C-u"),
            .input("[#test] |")),
        Scene(
            "wide and combining", .type("a漢字b"), .input("[#test] a漢字b|"), .key("Left"), .key("Left"),
            .input("[#test] a漢|字b"), .key("BSpace"), .input("[#test] a|字b"), .key("C-u"), .input("[#test] |"),
            .type("xe\u{301}"), .input("[#test] xe\u{301}|"), .key("BSpace"), .input("[#test] xe|"),
            .key("C-u"), .input("[#test] |")),
        Scene(
            "codes", .key("C-b"), .input("[#test] B|"), .type("fat"), .key("C-b"), .input("[#test] BfatB|"),
            .key("C-c"), .type("4"), .key("C-o"), .key("C-v"), .key("C-_"), .input("[#test] BfatBC4OV_|"),
            .key("C-u"), .input("[#test] |")),
        Scene(
            "history", .enter("first line"), .shows("first line"), .enter("second line"), .shows("second line"),
            .enter("second line"), .enter("third"), .shows("third"),
            .key("Up"), .input("[#test] third|"), .key("Up"), .input("[#test] second line|"),
            .key("Up"), .input("[#test] first line|"), .key("Down"), .input("[#test] second line|"),
            .key("C-Up"), .input("[#test] first line|"), .key("C-Down"), .input("[#test] second line|"),
            .key("Down"), .input("[#test] third|"), .key("Down"), .input("[#test] |"),
            .type("draft"), .key("Up"), .input("[#test] third|"), .key("Down"), .input("[#test] draft|"),
            .key("Down"), .input("[#test] |"), .type("another"), .key("Down"), .input("[#test] |"),
            .key("Up"), .input("[#test] another|"), .key("C-u"), .input("[#test] |")),
        Scene(
            "completion", .clear, .server(":bobby!~b@host JOIN :#test"), .shows("bobby"),
            .server(":_under_!~b@host JOIN :#test"), .shows("_under_"),
            .server(":carol!~u@host PRIVMSG #test :I am here"), .shows("I am here"),
            .server(":bob!~u@host PRIVMSG #test :me too"), .shows("me too"),
            .type("bo"), .key("Tab"), .input("[#test] bob: |"), .key("Tab"), .input("[#test] bobby: |"),
            .key("Tab"), .input("[#test] bo |"), .key("Tab"), .input("[#test] bob: |"),
            .key("BTab"), .input("[#test] bo |"), .key("C-u"),
            .input("[#test] |"), .type("ca"), .key("Tab"), .input("[#test] carol: |"), .type("bo"), .key("Tab"),
            .input("[#test] carol: bob: |"), .key("C-u"), .type("say ca"), .key("Tab"),
            .input("[#test] say carol |"), .key("C-u"), .type("CA"), .key("Tab"), .input("[#test] CA|"),
            .key("C-u"), .type("und"), .key("Tab"), .input("[#test] _under_: |"), .key("C-u"), .input("[#test] |"),
            .type("/inv"), .key("Tab"), .input("[#test] /invite |"), .key("C-u"), .type("/join #te"), .key("Tab"),
            .input("[#test] /join #test |"), .key("C-u"), .type("/window g"), .key("Tab"),
            .input("[#test] /window goto |"), .key("C-u"), .type("/set scrollback_l"), .key("Tab"),
            .input("[#test] /set scrollback_lines |"), .key("C-u"), .type("zz"), .key("Tab"), .input("[#test] zz|"),
            .key("C-u"), .server(":bob!~u@host TOPIC #test :short topic"), .shows("short topic"),
            .type("/topic "), .key("Tab"), .input("[#test] /topic short topic |"), .key("C-u"),
            .input("[#test] |")),
        Scene(
            "long input", .type(String(repeating: "0123456789 ", count: 8)),
            .input("[#test] \(String(repeating: "0123456789 ", count: 8))|"),
            .type("abcdefghijkl"), .shows("abcdefghijkl"), .key("C-a"), .shows("[#test] 0123"), .key("C-u"),
            .input("[#test] |")),
    ]

    static let scrolling = [
        Scene(
            "scrolling", .key("M-1"), .key("M-2"), .clear,
            .all((1...120).map { .server(":carol!~u@host PRIVMSG #test :number \($0).") }), .shows("number 120."),
            .key("PageUp"), .shows("number 60."), .key("M-p"), .shows("number 30."), .key("PageDown"),
            .shows("number 90."), .key("M-p"), .server(":carol!~u@host PRIVMSG #test :below."), .shows("-- more --"),
            .key("C-Home"), .shows("[Users #test]"), .key("C-End"), .shows("below."), .key("M-p"), .key("M-n"),
            .shows("below."), .clear)
    ]
}
