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

    @Test("the bell sounds for the levels of beep_msg_level, at most once a second, and not where one looks if one likes")
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
}
