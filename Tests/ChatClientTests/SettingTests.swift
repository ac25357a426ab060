import Testing

@testable import ChatClient

/// Settings that cannot be seen beside irssi: those that it lacks, those that nobody may change, and the bell. What the others
/// do is compared on screens.
struct SettingTests {
    @Test(
        "what is the same for everybody is shown and cannot be set",
        arguments: Setting.allCases.filter { $0.definition.kind == .fixed })
    func fixed(_ setting: Setting) {
        let name = "\(setting.definition.name)"
        let talk = Talk(
            system: "settings = { core = { \(name) = \"mine\"; }; };",
            personal: "settings = { core = { \(name) = \"mine\"; }; };"
        ).registered()
        let before = talk.inspect { $0.settings[setting] }
        #expect(before != Array("mine".utf8))
        talk.type("/set \(name) mine\n")
        #expect(talk.last.hasSuffix("is fixed here"), "\(talk.last)")
        #expect(talk.inspect { $0.settings[setting] } == before)
    }

    @Test("quitting and leaving say the same for everybody, unless something is typed")
    func farewell() {
        let talk = Talk().registered().inChannel()
        talk.type("/part\n")
        #expect(talk.takeSent() == ["PART #test"])
        talk.inChannel()
        talk.type("/part bye\n")
        #expect(talk.takeSent() == ["PART #test :bye"])
        talk.type("/quit\n")
        #expect(talk.takeSent() == ["QUIT :leaving"])
    }

    @Test("the bell sounds for beep_msg_level, at most once a second, and, if one likes, not where one looks")
    func bell() {
        let talk = Talk().registered().inChannel()
        func rings(_ line: String) -> Bool {
            talk.server(line)
            return talk.takeEffects().contains { if case .bell = $0 { true } else { false } }
        }
        #expect(!rings(":bob!u@h PRIVMSG #test :nobody asked for it"))
        talk.type("/set beep_msg_level PUBLIC\n")
        #expect(!rings(":bob!u@h JOIN #test"))
        #expect(rings(":bob!u@h PRIVMSG #test :ring"))
        #expect(!rings(":bob!u@h PRIVMSG #test :within a second"))
        talk.pass(milliseconds: 1000)
        #expect(rings(":bob!u@h PRIVMSG #test :after it"))
        talk.pass(milliseconds: 1000)
        talk.type("/set beep_when_window_active OFF\n")
        #expect(!rings(":bob!u@h PRIVMSG #test :seen anyway"))
        talk.type("\u{1B}1")
        #expect(rings(":bob!u@h PRIVMSG #test :not seen"))
    }

    @Test("the next attempt to connect is never further away than server_reconnect_time")
    func reconnecting() {
        for (words, most) in [("30sec", 30), ("3sec", 3)] {
            let talk = Talk().registered()
            talk.type("/set server_reconnect_time \(words)\n")
            var waits: [Int] = []
            for _ in 0..<8 {
                talk.disconnect()
                let before = talk.now.uptime
                _ = talk.takeEffects()
                while !talk.takeEffects().contains(where: { if case .connect = $0 { true } else { false } }) {
                    talk.pass(milliseconds: 100)
                    guard talk.now.uptime - before < 600_000 else { break }
                }
                waits.append(Int(talk.now.uptime - before) / 1000)
            }
            #expect(waits.first == 1 && waits.last == most && waits == waits.sorted(), "\(waits)")
        }
    }

    @Test("the server is asked whether it is there as often as is set, and given up after as long as is set")
    func lag() {
        let talk = Talk().registered()
        talk.type("/set lag_check_time 2min\n/set lag_max_before_disconnect 40sec\n")
        talk.pass(milliseconds: 119_000)
        #expect(talk.takeSent() == [])
        talk.pass(milliseconds: 2000)
        #expect(talk.takeSent() == ["PING :lag"])
        talk.pass(milliseconds: 38_000)
        #expect(talk.bar.contains("[Lag: 3"))
        talk.pass(milliseconds: 2000)
        #expect(talk.lines.contains { $0.hasSuffix("No answer from the chat server") }, "\(talk.lines)")
    }

    @Test("as many lines are kept to be taken again as is set")
    func history() {
        let talk = Talk().registered().inChannel()
        talk.type("/set max_command_history 2\n")
        for word in ["one", "two", "three"] { talk.type("/echo \(word)\n") }
        for _ in 0..<4 { talk.type("\u{1B}[A") }
        #expect(talk.prompt == "[#test] /echo two")
    }

    @Test("fewer lines than the guard is set to are sent, each as a message; a single one is never sent by itself")
    func paste() {
        let talk = Talk().registered().inChannel()
        talk.type("/set paste_verify_line_count 3\n")
        talk.type("\u{1B}[200~one\ntwo\n\u{1B}[201~")
        #expect(talk.takeSent() == ["PRIVMSG #test :one", "PRIVMSG #test :two"])
        talk.type("\u{1B}[200~three\nfour\u{1B}[201~")
        #expect(talk.takeSent() == ["PRIVMSG #test :three"])
        #expect(talk.prompt == "[#test] four")
        talk.type("\u{15}\u{1B}[200~single\n\u{1B}[201~")
        #expect(talk.takeSent() == [] && talk.prompt == "[#test] single")
    }
}
