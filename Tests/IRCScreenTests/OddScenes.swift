// What happens seldom.

extension Scenes {
    static let odd = [
        Scene(
            "many names", .key("M-2"), .enter("/join #many"), .shows("Total of 11 nicks"), .shows("synced"),
            .enter("/part #many"), .shows("[2:local/#test"), .clear),
        Scene(
            "dropped completion", .type("ca"), .key("Tab"), .input("[#test] carol: |"), .key("M-k"), .key("C-u"),
            .input("[#test] |")),
        Scene(
            "paste", .clear, .bytes([UInt8]("\u{1B}[200~one\ntwo\nthree\nfour\nfive\nsix\n\u{1B}[201~".utf8)),
            .shows("Hit Ctrl-K to paste, Ctrl-C to abort?"), .key("C-c"), .input("[#test] |"),
            .bytes([UInt8]("\u{1B}[200~a single line\u{1B}[201~".utf8)), .input("[#test] a single line|"), .key("C-u"),
            .input("[#test] |")),
        Scene(
            "paste that is looked at", .clear,
            .bytes([UInt8]("\u{1B}[200~one\ntwo\nthree\nfour\nfive\nsix\u{1B}[201~".utf8)),
            .shows("Hit Ctrl-K to paste, Ctrl-C to abort?"), .key("C-p"), .shows("six"), .key("C-e"),
            .input("[#test] one\\ntwo\\nthree\\nfour\\nfive\\nsix|"), .key("C-u"), .input("[#test] |"), .clear,
            .bytes([UInt8]("\u{1B}[200~seven\neight\nnine\nten\neleven\n\u{1B}[201~".utf8)),
            .shows("Hit Ctrl-K"), .key("C-k"), .shows("> eleven"), .input("[#test] |")),
        Scene(
            "repainting", .enter("/echo before"), .shows("before"), .key("C-l"), .enter("/echo after it"),
            .shows("after it")),
        Scene(
            "kicked", .server(":bob!~u@host KICK #test $ :out with you"), .shows("out with you"), .shows("[alice("),
            .enter("/join #test"), .shows("[2:local/#test"), .shows("synced")),
    ]
}
