import CChatDaemon
import ChatServer
import Foundation
import IRCProtocol
import Testing

@testable import ChatDaemon

@Suite("What needs no kernel")
struct PureTests {
    @Test(
        "ngircd's ways of writing options are understood",
        arguments: [
            ["-n", "-f", "/a"], ["-nf", "/a"], ["--nodaemon", "--config", "/a"], ["-np", "--config=/a"],
        ])
    func options(arguments: [String]) throws {
        let invocation = try Invocation(arguments: arguments)
        #expect(invocation.staysInForeground && invocation.configurationFile == "/a" && invocation.action == .serve)
    }

    @Test("a command line that cannot be followed is refused", arguments: [["-x"], ["--what"], ["-f"], ["file"]])
    func misuse(arguments: [String]) {
        #expect(throws: Invocation.Misuse.self) { try Invocation(arguments: arguments) }
    }

    @Test("every variable of the runtime goes, and no other")
    func scrub() {
        let environment = ProcessEnvironment(
            entries: ["A=1", "SWIFT_BACKTRACE=x", "SWIFTNIO_STRICT=1", "LIBDISPATCH_LOG=file", "MY_SWIFT_=2"].map {
                Array($0.utf8)
            })
        #expect(environment.withoutRuntimeSwitches().entries == [Array("A=1".utf8), Array("MY_SWIFT_=2".utf8)])
        #expect(environment["A"] == "1" && environment["B"] == nil)
    }

    // From /proc/net/tcp and tcp6 of a real machine, 127.0.0.1:6667 and clients of it.
    private let ipv4Table = """
          sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
           0: 0100007F:1A0B 00000000:0000 0A 00000000:00000000 00:00000000 00000000  990        0 11 1 0 100 0 0 10 0
           1: 0100007F:C350 0100007F:1A0B 01 00000000:00000000 00:00000000 00000000  1001        0 12 1 0 20 4 0 10 -1
           2: 0100007F:C351 0100007F:1A0B 04 00000000:00000000 00:00000000 00000000     0        0 0 1 0 20 4 0 10 -1
           3: 0100007F:C352 0100007F:1A0B 01 00000000:00000000 00:00000000 00000000     0        0 0 1 0 20 4 0 10 -1

        """
    private let ipv6Table = """
          sl  local_address rem_address st tx_queue rx_queue tr tm->when retrnsmt uid timeout inode
           0: 00000000000000000000000001000000:C353 00000000000000000000000001000000:1A0B 01 00000000:00000000 \
        00:00000000 00000000  1002        0 13 1 0 20 4 0 10 -1
           1: 0000000000000000FFFF00000100007F:C354 0000000000000000FFFF00000100007F:1A0B 01 00000000:00000000 \
        00:00000000 00000000  1003        0 14 1 0 20 4 0 10 -1

        """

    @Test(
        "the kernel's tables tell who owns the other end",
        arguments: [(0xC350, 1001), (0xC354, 1003)] as [(UInt16, UInt32)])
    func ipv4Owner(port: UInt16, uid: UInt32) throws {
        let own = try #require(Endpoint(text: "127.0.0.1", port: port))
        let server = try #require(Endpoint(text: "127.0.0.1", port: 6667))
        let found = [ipv4Table, ipv6Table].lazy.compactMap {
            SocketTable.owner(of: own, connectedTo: server, in: Array($0.utf8))
        }
        #expect(found.first == uid)
    }

    @Test("IPv6's too")
    func ipv6Owner() throws {
        let own = try #require(Endpoint(text: "::1", port: 0xC353))
        let server = try #require(Endpoint(text: "::1", port: 6667))
        #expect(SocketTable.owner(of: own, connectedTo: server, in: Array(ipv6Table.utf8)) == 1002)
    }

    @Test("a socket that no process holds is nobody's, not root's", arguments: [0xC351, 0xC352, 0xC399] as [UInt16])
    func orphan(port: UInt16) throws {
        let own = try #require(Endpoint(text: "127.0.0.1", port: port))
        let server = try #require(Endpoint(text: "127.0.0.1", port: 6667))
        #expect(SocketTable.owner(of: own, connectedTo: server, in: Array(ipv4Table.utf8)) == nil)
    }

    @Test("a socket that listens is found as such, and not as a connection")
    func listener() throws {
        let own = try #require(Endpoint(text: "127.0.0.1", port: 6667))
        let nobody = try #require(Endpoint(text: "0.0.0.0", port: 0))
        let table = Array(ipv4Table.utf8)
        #expect(SocketTable.owner(of: own, connectedTo: nobody, .listening, in: table) == 990)
        #expect(SocketTable.owner(of: own, connectedTo: nobody, in: table) == nil)
    }

    @Test("members of a group are found by their entry and by the group's")
    func group() {
        let passwd = Array("a:x:1:10::/:\nb:x:2:20::/:\nc:x:3:30::/:\nroot2:x:1:0::/:\n+:x:+4:10::/:\nbad\n".utf8)
        let group = Array("chat:x:10:b,nobody\nchat2:x:30:c\n".utf8)
        let found = AccountDirectory.parse(passwd: passwd, group: group, permittedGroup: "chat")
        #expect(found.permitted == [1, 2] && found.names[1] == Array("a".utf8) && found.names[4] == nil)
        let none = AccountDirectory.parse(passwd: passwd, group: group, permittedGroup: "absent")
        #expect(none.permitted.isEmpty && none.names.count == 3)
    }

    @Test("a turn gives each client its bytes in order, and joins neighbours")
    func turn() {
        let server = TurnClients()
        let (a, b, c) = (server.ids[0], server.ids[1], server.ids[2])
        var turn = Turn()
        turn.add([1, 2], to: [a, b, c], except: b)
        turn.add([3], to: [a, b], except: nil)
        turn.add([4], to: b)
        func bytes(_ id: ClientID) -> [UInt8] {
            var all: [UInt8] = []
            turn.forEachPiece(of: id.slot) { all += turn.bytes[$0] }
            return all
        }
        #expect(bytes(a) == [1, 2, 3] && bytes(b) == [3, 4] && bytes(c) == [1, 2])
        var pieces = 0
        turn.forEachPiece(of: a.slot) { _ in pieces += 1 }
        #expect(pieces == 1 && Set(turn.touched) == [a.slot, b.slot, c.slot])
        turn.forget(a.slot)
        #expect(bytes(a).isEmpty && turn.size(of: a.slot) == 0)
        turn.add([5], to: a)
        #expect(bytes(a) == [5] && turn.touched.count { $0 == a.slot } == 1, "it would be written twice")
        turn.clear()
        #expect(turn.touched.isEmpty && turn.bytes.isEmpty && bytes(b).isEmpty)
    }

    @Test("a turn ends at once after a little, goes on while much is coming, and not for ever")
    func pace() {
        var pace = TurnPace()
        func goesOn(reads: Int, at time: Int64) -> Bool {
            for _ in 0..<reads { pace.read() }
            return pace.goesOn(at: time)
        }
        #expect(!goesOn(reads: TurnPace.manyReads - 1, at: 0))
        #expect(goesOn(reads: TurnPace.manyReads, at: 1000))
        #expect(goesOn(reads: TurnPace.manyReads, at: 4999))
        #expect(!goesOn(reads: 1000, at: 5000), "four milliseconds after it began to wait")
        #expect(goesOn(reads: 1000, at: 5001))
        #expect(!goesOn(reads: 0, at: 5002), "nothing more came")
    }

    @Test("what is accepted sends every line at once, because the listening socket was told to")
    func noDelay() throws {
        var configuration = Configuration()
        configuration.global.listen = [Array("127.0.0.1".utf8)]
        configuration.global.ports = [try RunningDaemon.freePort()]
        let listener = try #require(try Listeners(configuration, handedOver: []).sockets.first)
        defer { chatd_close(listener) }
        var place = try #require(Endpoint.local(of: listener)).raw
        let client = chatd_connect(&place)
        defer { chatd_close(client) }
        let accepted = chatd_accept(listener)
        defer { chatd_close(accepted) }
        func isAtOnce(_ socket: Int32) -> Bool {
            var value: Int32 = 0
            var size = socklen_t(MemoryLayout<Int32>.size)
            return getsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &value, &size) == 0 && value != 0
        }
        #expect(isAtOnce(accepted) && !isAtOnce(client))
    }

    @Test("the dump of a configuration shows no password")
    func dump() {
        var configuration = Configuration()
        configuration.global.password = Array("secret".utf8)
        var account = Configuration.OperatorAccount()
        account.name = Array("admin".utf8)
        account.password = Array("secret".utf8)
        configuration.operators = [account]
        let text = ConfigurationTest.dump(configuration)
        #expect(text.contains("Password = ********") && !text.contains("secret") && text.contains("[OPERATOR]"))
    }

    @Test("what could break a line or a terminal is taken out of the message of the day")
    func messageOfTheDay() {
        let lines = ConfigurationLoader.lines(of: Array("one\r\n\u{1B}[2Jtwo\u{07}\n\n\u{02}bold\n".utf8))
        #expect(lines == ["one", "[2Jtwo", "", "\u{02}bold"].map { Array($0.utf8) })
    }
}

/// Identifiers can only be had from a server.
private struct TurnClients {
    let ids: [ClientID]

    init() {
        var configuration = Configuration()
        configuration.options.kernelIdent = false
        var server = ChatServer(configuration: configuration, at: Moment(uptime: 0, unix: 0))
        ids = (0..<3).map { _ in
            server.connected(
                Peer(login: nil, address: [], nonce: 0), at: Moment(uptime: 0, unix: 0)
            ).client
        }
    }
}
