import ChatServer
import Testing

/// What variables of the configuration do to replies, as ngircd 26.1 was seen to do with the same ones.
struct OptionTests {
    @Test("CloakHost is everybody's host and is told; +x is the other cloak, and -x this one again")
    func cloakHost() {
        let world = World.open {
            $0.options.cloakHost = Array("cloak.host".utf8)
            $0.options.cloakHostModeX = Array("x.host".utf8)
        }
        world.connect("alice")
        world.send("alice", "NICK alice")
        world.send("alice", "USER al 0 * :Alice")
        #expect(world.lines("alice").last == ":irc.test.net 396 alice cloak.host :is your displayed hostname now")
        for (modes, host) in [("+x", "x.host"), ("-x", "cloak.host")] {
            #expect(
                world.ask("alice", "MODE alice \(modes)") == [
                    ":irc.test.net 396 alice \(host) :is your displayed hostname now",
                    ":alice!~al@\(host) MODE alice :\(modes)",
                ])
        }
        #expect(
            world.ask("alice", "WHOIS alice").contains(
                ":irc.test.net 378 alice alice :is connecting from *@cloak.host 127.0.0.1"))
    }

    @Test("without CloakHostModeX nobody but an IRC operator hides")
    func noCloak() {
        let world = World.open()
        world.join("alice")
        #expect(world.ask("alice", "MODE alice +x") == [":irc.test.net 481 alice :Permission denied"])
    }

    @Test("CloakUserToNick puts the nick in the place of the user name and of the real name; a login name stays")
    func cloakUser() {
        let world = World.open { $0.options.cloakUserToNick = true }
        world.join("alice")
        #expect(
            world.ask("alice", "WHOIS alice").first == ":irc.test.net 311 alice alice alice 127.0.0.1 * :alice")
        let anonymous = World.anonymous { $0.options.cloakUserToNick = true }
        anonymous.join("alice", login: "al")
        #expect(anonymous.ask("alice", "WHOIS alice").first == ":irc.test.net 311 alice alice al untochat * :alice")
    }

    @Test("a mask finds 25 users in WHO and ten in WHOIS, and says that there are more", arguments: [false, true])
    func limits(isAnonymous: Bool) {
        let world = isAnonymous ? World.anonymous() : World.open()
        for number in 0..<30 {
            world.join("n\(number)", uid: UInt32(number))
            for channel in ["#a", "#\(number)"] { world.send("n\(number)", "JOIN \(channel)") }
        }
        for question in ["WHO", "WHO *", "WHO n*"] {
            let lines = world.ask("n0", question)
            #expect(lines.count { $0.contains(" 352 ") } == 25)
            #expect(lines.contains(":irc.test.net NOTICE n0 :WHO list limit (25) reached!"))
        }
        #expect(world.ask("n0", "WHO #a").count == 31)
        let lines = world.ask("n0", "WHOIS n*")
        #expect(lines.count { $0.contains(" 311 ") } == 10)
        #expect(lines.contains(":irc.test.net NOTICE n0 :WHOIS list limit (10) reached!"))
    }

    @Test("MaxListSize limits LIST, and 0 does not")
    func listSize() {
        for (limit, count) in [(3, 3), (0, 6)] {
            let world = World.open {
                $0.limits.maxListSize = limit
                $0.limits.maxJoins = 0
            }
            world.join("alice")
            for number in 0..<5 { world.send("alice", "JOIN #\(number)") }
            let lines = world.ask("alice", "LIST")
            #expect(lines.count { $0.contains(" 322 ") } == count)
            #expect(lines.contains(":irc.test.net NOTICE alice :LIST list limit (3) reached!") == (limit == 3))
        }
    }

    @Test("CHANTYPES names every kind, for channels of the configuration may be joined, and CHANLIMIT counts them all")
    func channelTypes() {
        let world = World.open {
            $0.options.allowedChannelTypes = Array("#".utf8)
            $0.limits.maxJoins = 7
        }
        world.join("alice")
        let supported = world.ask("alice", "VERSION").joined(separator: "\n")
        #expect(supported.contains(" CHANTYPES=#&+ ") && supported.contains(" CHANLIMIT=#&+:7 "))
        #expect(world.ask("alice", "JOIN &x") == [":irc.test.net 403 alice &x :No such channel"])
        #expect(world.ask("alice", "JOIN &SERVER").first?.contains(" JOIN ") == true)
    }
}
