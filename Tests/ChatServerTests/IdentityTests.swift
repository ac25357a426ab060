import ChatServer
import Testing

struct IdentityTests {
    @Test("KernelIdent: the user name is the login name, whatever USER says")
    func userName() {
        let world = World.anonymous()
        world.connect("a", login: "alice")
        world.send("a", "NICK nick")
        world.send("a", "USER root 0 * :Real")
        #expect(
            world.lines("a").first
                == ":irc.test.net 001 nick :Welcome to the Internet Relay Network nick!alice@untochat")
    }

    @Test("KernelIdent: who has no login, or one that could not stand in a source, is refused without a word of why")
    func refused() {
        for login in [nil, "", "a b", "a@b", "a!b", String(repeating: "a", count: 33)] {
            let world = World.anonymous()
            world.connect("a", login: login)
            #expect(world.lines("a") == ["ERROR :Connection refused"] && world.closed == ["a"])
        }
    }

    @Test("a nick that is another account's login name is refused in the words of a nick in use; the own is free")
    func nicks() {
        let world = World.anonymous()
        world.server.setAccounts(Accounts(names: [Array("Alice".utf8), Array("bob".utf8)]))
        world.connect("a", login: "bob", uid: 1)
        #expect(world.ask("a", "NICK aLICE") == [":irc.test.net 433 * aLICE :Nickname already in use"])
        #expect(world.ask("a", "NICK Bob").isEmpty)
    }

    @Test("without KernelIdent any nick goes, so the test above can fail")
    func anyNick() {
        let world = World.open()
        world.server.setAccounts(Accounts(names: [Array("alice".utf8)]))
        world.connect("a")
        #expect(world.ask("a", "NICK alice").isEmpty)
    }

    @Test("one account has so many connections and no more, however often it comes and goes")
    func connections() {
        let world = World.anonymous { $0.limits.maxConnectionsPerUser = 2 }
        for round in 0..<5 {
            world.connect("a\(round)", login: "u", uid: 7)
            world.connect("b\(round)", login: "u", uid: 7)
            world.connect("c\(round)", login: "u", uid: 7)
            #expect(world.lines("c\(round)") == ["ERROR :Too many connections"])
            world.connect("d\(round)", login: "v", uid: 8)
            #expect(world.lines("d\(round)").isEmpty)
            for name in ["a", "b", "d"] { world.lose("\(name)\(round)") }
        }
    }

    @Test("without KernelIdent connections are counted by address, and in all")
    func addresses() {
        let world = World.open {
            $0.limits.maxConnectionsPerAddress = 2
            $0.limits.maxConnections = 3
        }
        for name in ["a", "b", "c"] { world.connect(name, address: "10.0.0.1") }
        #expect(world.closed == ["c"])
        world.connect("d", address: "10.0.0.2")
        world.connect("e", address: "10.0.0.3")
        #expect(world.closed == ["c", "e"])
    }

    @Test("Password and RequireAuthPing: without the one and the other nobody is registered")
    func passwords() {
        let world = World.open {
            $0.global.password = Array("secret".utf8)
            $0.options.requireAuthPing = true
        }
        world.connect("a")
        world.send("a", "PASS wrong")
        world.send("a", "NICK a")
        #expect(world.ask("a", "USER a 0 * :A") == ["PING :4711"])
        #expect(world.ask("a", "PONG 4712").isEmpty)
        #expect(
            world.ask("a", "PONG :4711") == [
                ":irc.test.net 464 a :Invalid password", "ERROR :Access denied: Bad password?",
            ])
        #expect(world.closed == ["a"])
        world.connect("b")
        world.send("b", "PASS secret")
        world.send("b", "NICK b")
        world.send("b", "USER b 0 * :B")
        #expect(world.ask("b", "PONG 4711").first?.contains(" 001 b ") == true)
    }

    @Test("an identifier that is kept too long names nobody")
    func generations() {
        let world = World.open()
        world.join("a")
        let old = world.clients["a"]
        world.lose("a")
        world.join("b")
        #expect(world.clients["b"]?.slot == old?.slot && world.clients["b"] != old)
        if let old { #expect(world.server.receive(Array("QUIT\r\n".utf8), from: old, at: world.now).isEmpty) }
    }

    @Test("a rehash changes limits and texts, and neither anonymity nor anybody's connection")
    func rehash() {
        let world = World.anonymous()
        world.join("a")
        var configuration = Configuration()
        configuration.global.name = Array("other.name".utf8)
        configuration.options.anonymous = false
        configuration.options.kernelIdent = false
        configuration.options.timeStamps = .minute
        configuration.limits.maxNickLength = 20
        configuration.limits.maxPenaltySeconds = 0
        configuration.channels = [.init()]
        configuration.channels[0].name = Array("#new".utf8)
        world.rehash(configuration)
        #expect(world.ask("a", "NICK averylongnick") == [":a!a@untochat NICK :averylongnick"])
        #expect(world.ask("a", "VERSION").first == ":irc.test.net 351 averylongnick ircd irc.test.net :")
        #expect(world.ask("a", "JOIN #new").contains(":irc.test.net 353 averylongnick = #new :averylongnick"))
    }
}
