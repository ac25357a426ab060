// What time brings. For these the programs have clocks that can be set; a line of the server wakes them.

extension Scenes {
    static let time = [
        Scene(
            "day change", .shows("[Act: 2]"), .key("M-2"), .shows("synced"), .clear,
            .server(":bob!~u@host PRIVMSG #test :the day before"), .shows("the day before"),
            .later(60), .server(":bob!~u@host PRIVMSG #test :a minute later"), .shows("a minute later"),
            .later(60), .type("a"), .input("[#test] a|"), .later(60), .type("b"), .shows("Day changed to 01 Jan 2030"),
            .key("C-u"), .server(":bob!~u@host PRIVMSG #test :happy new year"), .shows("happy new year"), .key("M-1"),
            .shows("Day changed to 01 Jan 2030"), .key("M-2"))
    ]
}
