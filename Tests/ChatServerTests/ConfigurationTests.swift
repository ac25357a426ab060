import ChatServer
import TestNumbers
import Testing

struct ConfigurationTests {
    private func read(_ text: String) -> (configuration: Configuration, problems: [ConfigurationProblem]) {
        var reader = ConfigurationReader()
        reader.read(Array(text.utf8), file: Array("test.conf".utf8))
        return reader.finish()
    }

    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test("ngircd.conf(5): every section and variable that means something on one server is read")
    func everything() {
        let (configuration, problems) = read(
            """
            # a comment
            ; another one
            [GLOBAL]
                Name = irc.example.net
                Info=Here
                AdminInfo1 = A1
                AdminInfo2 = A2
                AdminEMail = a@b
                Listen = 127.0.0.1, ::1
                MotdFile = /etc/motd
                MotdPhrase = "Hello world!"
                Network = Net
                Password = secret
                PidFile = /run/x.pid
                Ports = 6667, 6668
                ServerUID = irc
                ServerGID = irc
            [Limits]
                IdleTimeout = 1
                MaxConnections = 2
                MaxConnectionsIP = 3
                MaxConnectionsUser = 4
                MaxJoins = 5
                MaxNickLength = 16
                MaxPenaltyTime = -1
                MaxListSize = 7
                PingTimeout = 30
                PongTimeout = 10
            [Options]
                Anonymous = no
                KernelIdent = False
                TimeStamps = minute
                AllowedChannelTypes = #
                CloakHost = cloaked.host
                CloakHostModeX = cloaked.user
                CloakUserToNick = yes
                DefaultUserModes = i
                OperCanUseMode = yes
                OperChanPAutoOp = no
                MorePrivacy = no
                RequireAuthPing = 1
                ScrubCTCP = true
                NoticeBeforeRegistration = yes
                ChrootDir = /var/empty
                IncludeDir = /etc/conf.d
                SyslogFacility = daemon
                UTF8Only = no
                AnonymousHost = nowhere
                ListenBeyondLoopback = yes
                PermittedGroup = chat
            [Operator]
                Name = TheOper
                Password = ThePwd
                Mask = *!ident@host
            [Channel]
                Name = #one
                Topic = A topic
                Modes = +tnk key
                Modes = +b nick
            [Channel]
                Name = two
            """)
        #expect(problems == [])
        #expect(configuration.global.name == bytes("irc.example.net"))
        #expect(configuration.global.listen == [bytes("127.0.0.1"), bytes("::1")])
        #expect(configuration.global.motdPhrase == bytes("Hello world!"))
        #expect(configuration.global.ports == [6667, 6668])
        #expect(configuration.limits.maxNickLength == 16)
        #expect(configuration.limits.maxPenaltySeconds == nil)
        #expect(configuration.limits.maxConnectionsPerUser == 4)
        #expect(!configuration.options.anonymous && !configuration.options.kernelIdent)
        #expect(configuration.options.timeStamps == .minute)
        #expect(configuration.options.morePrivacy == false)
        #expect(configuration.options.requireAuthPing && configuration.options.scrubCTCP)
        #expect(configuration.options.includeDirectory == bytes("/etc/conf.d"))
        #expect(configuration.operators.map(\.mask) == [bytes("*!ident@host")])
        #expect(configuration.channels.map(\.name) == [bytes("#one"), bytes("#two")])
        #expect(configuration.channels[0].modes == [bytes("+tnk key"), bytes("+b nick")])
    }

    @Test("Anonymous and KernelIdent are on unless they are switched off")
    func defaults() {
        let options = read("[Global]\nName = a.b").configuration.options
        #expect(options.anonymous && options.kernelIdent && options.timeStamps == .absent)
    }

    @Test(
        "what belongs to links, TLS and PAM, and what nobody knows, is a warning with its line, and reading goes on",
        arguments: [
            "[Server]\nName = x", "[SSL]\nPorts = 1", "[Options]\nPAM = yes", "[Options]\nIdent = yes",
            "[Options]\nDNS = yes", "[Options]\nConnectIPv6 = no", "[Limits]\nConnectRetry = 60",
            "[Options]\nAllowRemoteOper = yes", "[Options]\nOperServerMode = yes", "[Options]\nWebircPassword = x",
            "[Global]\nBind = x", "[Server]\nServiceMask = x", "[Nonsense]\nx = y", "[Channel]\nKeyFile = x",
            "[Global]\nHelpFile = x",
        ])
    func warned(text: String) {
        let (configuration, problems) = read(text + "\n[Global]\nName = a.b\n")
        #expect(problems.map(\.severity) == [.warning])
        #expect(problems.first.map { $0.line == 1 || $0.line == 2 } == true)
        #expect(configuration.global.name == bytes("a.b"))
    }

    @Test(
        "what cannot be meant is an error with its line",
        arguments: [
            ("[Limits]\nMaxJoins = many", 2), ("[Limits]\nPingTimeout = 1", 2), ("[Global]\nPorts = 70000", 2),
            ("[Global", 1), ("[Global]\nnonsense", 2), ("Name = a.b", 1), ("[Options]\nTimeStamps = exact", 2),
            ("[Channel]\nName = a b", 2), ("[Global]\nInfo = a\u{7}b", 2), ("[Options]\nAllowedChannelTypes = !", 2),
        ])
    func wrong(text: String, line: Int) {
        let problems = read(text + "\n[Global]\nName = a.b\n").problems
        #expect(problems.map(\.severity) == [.error])
        #expect(problems.map(\.line) == [line])
    }

    @Test("a server without a name is an error")
    func nameless() { #expect(read("").problems.map(\.severity) == [.error]) }

    @Test("the files of IncludeDir add to what was read, each from outside any section")
    func included() {
        var reader = ConfigurationReader()
        reader.read(bytes("[Global]\nName = a.b\n[Options]\nIncludeDir = /x\n"), file: bytes("a.conf"))
        #expect(reader.includeDirectory == bytes("/x"))
        reader.read(bytes("Info = lost\n"), file: bytes("b.conf"))
        reader.read(bytes("[Global]\nInfo = found\n[Channel]\nName = #c"), file: bytes("c.conf"))
        let (configuration, problems) = reader.finish()
        #expect(configuration.global.info == bytes("found"))
        #expect(configuration.channels.count == 1)
        #expect(problems.map(\.file) == [bytes("b.conf")])
    }

    @Test("any bytes are read or complained about")
    func total() {
        var generator = SeededNumbers(seed: 11)
        let words = [
            "[Global]", "[Channel]", "[Options]", "[Limits]", "[Operator]", "Name", "=", "Ports", "Modes", "\n", " ",
            "Listen", "MaxJoins", "-1", "#c", "+k", "\"", "]", "\0", "ä", "\r",
        ]
        for _ in 0..<2000 {
            var text: [UInt8] = []
            for _ in 0..<Int.random(in: 0...30, using: &generator) {
                text += bytes(words.randomElement(using: &generator) ?? "")
                if Int.random(in: 0...9, using: &generator) == 0 {
                    text.append(UInt8.random(in: 0...255, using: &generator))
                }
            }
            var reader = ConfigurationReader()
            reader.read(text, file: [])
            _ = ChatServer(configuration: reader.finish().configuration, at: World.open().now)
        }
    }
}
