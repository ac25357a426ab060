// The same at other sizes.

extension Scenes {
    static let sizes = [
        Scene(
            "sizes", .key("M-2"), .clear, .enter("/scrollback clear"),
            .server(
                ":carol!~u@host PRIVMSG #test :A line of some length that has to be wrapped at most sizes, and more"),
            .shows("and more"), .enter("mine, which is wrapped as well, if the window is as narrow as that"),
            .shows("as that"),
            .server(":bob!~u@host PRIVMSG #test :\u{1}ACTION does something that takes many words\u{1}"),
            .shows("many words"),
            .server(":bob!~u@host TOPIC #test :a topic that is longer than forty columns are wide"),
            .shows("are wide"), .server(":carol!~u@host PRIVMSG #test :漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字 wide"),
            .shows("字 wide"), .resize(80, 24), .enter("/echo at 80x24"), .shows("at 80x24"), .resize(40, 10),
            .enter("/echo at 40x10"), .shows("at 40x10"), .type("an input line that is longer than the window is wide"),
            .shows("is wide"), .key("C-a"), .shows("] an input"), .key("C-u"), .resize(100, 30),
            .enter("/echo at 100x30"), .shows("at 100x30"), .resize(60, 16), .enter("/echo at 60x16"),
            .shows("at 60x16"), .resize(100, 50), .clear),
        Scene(
            "four rows of twenty", .resize(20, 4), .shows("[#test]"), .enter("/echo at 20x4"), .shows("at 20x4"),
            .server(":carol!~u@host PRIVMSG #test :one two three four"), .shows("four"),
            .type("a line too long for it"),
            .shows("for it"), .key("C-a"), .shows("a line"), .key("C-u"), .enter("mine"), .shows("mine"),
            .resize(100, 50),
            .clear),
    ]
}
