import Foundation
import Testing
import TorService

@Suite("Keys and addresses are written as Tor writes them")
struct KeyTests {
    // RFC 4648, section 10, without the padding.
    @Test(
        "base 32 gives the examples of its standard",
        arguments: [
            ("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("foobar", "MZXW6YTBOI"),
        ])
    func base32(_ example: (text: String, expected: String)) {
        #expect(Base32.text(Array(example.text.utf8)) == example.expected)
        #expect(Base32.text(Array(example.text.utf8), isLower: true) == example.expected.lowercased())
    }

    @Test("every length of text has as many characters as are announced", arguments: 0...64)
    func lengths(_ count: Int) {
        #expect(Base32.text([UInt8](repeating: 0xff, count: count)).count == Base32.length(of: count))
    }

    @Test("an address is the key, two bytes of the checksum and the version")
    func address() {
        let key = [UInt8](repeating: 0, count: 32)
        let address = OnionService.address(ofKey: key, digest: [0xff, 0x01] + [UInt8](repeating: 9, count: 30))
        #expect(address.count == 56)
        #expect(address.hasPrefix(String(repeating: "a", count: 51)))
        #expect(OnionService.checksumInput(for: key).count == 15 + 32 + 1)
        #expect(OnionService.checksumInput(for: key).last == 3)
    }

    @Test("tor's key files begin with 32 bytes that say what follows")
    func files() {
        #expect(OnionService.secretKeyHeader.count == 32)
        #expect(OnionService.publicKeyFile([7]).count == 33)
        #expect(
            String(decoding: OnionService.secretKeyHeader.prefix(29), as: UTF8.self) == "== ed25519v1-secret: type0 ==")
    }

    @Test("a client's file holds one line with the public key")
    func authorization() {
        let text = OnionService.authorization(ofKey: [UInt8](repeating: 0, count: 32))
        #expect(text == "descriptor:x25519:" + String(repeating: "A", count: 52) + "\n")
    }
}

@Suite("untochat-onion understands its commands and nothing else")
struct OnionRequestTests {
    @Test("each command is understood")
    func understood() throws {
        let silver = try #require(ClientName("silver"))
        #expect(OnionRequest(["status"]) == .status(asJSON: false))
        #expect(OnionRequest(["status", "--json"]) == .status(asJSON: true))
        #expect(OnionRequest(["enable"]) == .enable(withoutClients: false))
        #expect(OnionRequest(["enable", "--without-clients"]) == .enable(withoutClients: true))
        #expect(OnionRequest(["disable"]) == .disable)
        #expect(OnionRequest(["add-client", "silver"]) == .addClient(silver))
        #expect(OnionRequest(["remove-client", "silver"]) == .removeClient(silver))
        #expect(OnionRequest(["rotate"]) == .rotate)
        #expect(OnionRequest(["--help"]) == .help)
    }

    @Test(
        "anything else is not",
        arguments: [
            [], [""], ["enable", "--force"], ["status", "--json", "x"], ["--json", "status"], ["add-client"],
            ["add-client", "a", "b"], ["remove-client", "../x"],
            ["status", "x"], ["rotate", "silver"], ["--help", "status"], ["Enable"],
        ])
    func refused(_ arguments: [String]) { #expect(OnionRequest(arguments) == nil) }

    @Test(
        "a name that could be a path, an option or a line is none",
        arguments: [
            "", "-x", "_x", ".", "..", "a/b", "a b", "a\n", "A", "é", "a.auth", String(repeating: "a", count: 33),
        ])
    func names(_ text: String) { #expect(ClientName(text) == nil) }

    @Test("a client's file has the client's name, and no other file is a client's")
    func fileNames() {
        #expect(ClientName("x-1_y")?.file == "x-1_y.auth")
        #expect(ClientName(file: "x-1_y.auth") == ClientName("x-1_y"))
        for file in [".auth", "x", "x.auth~", ".x.auth", "X.auth", "x.auth.auth"] {
            #expect(ClientName(file: file) == nil, "\(file)")
        }
    }
}

@Suite("What tor's control socket says is understood")
struct ControlReaderTests {
    private func read(_ text: String) -> (replies: [ControlReply], isBroken: Bool) {
        var reader = ControlReader()
        let replies = text.utf8.compactMap { reader.take($0) }
        return (replies, reader.isBroken)
    }

    @Test("one line is a reply")
    func oneLine() {
        let replies = read("250 OK\r\n").replies
        #expect(replies.count == 1)
        #expect(replies.first?.isSuccess == true)
        #expect(replies.first?.lines == ["OK"])
    }

    @Test("lines that go on and data belong to the reply that they begin")
    func manyLines() throws {
        let text =
            "250-version=0.4.9.11\r\n250+circuit-status=\r\n1 BUILT\r\n..dot\r\n250 no\r\n.\r\n250 OK\r\n650 X\r\n"
        let replies = read(text).replies
        #expect(replies.count == 2)
        let first = try #require(replies.first)
        #expect(first.lines == ["version=0.4.9.11", "circuit-status=", "1 BUILT", ".dot", "250 no", "OK"])
        #expect(first.value(of: "version") == "0.4.9.11")
        #expect(first.value(of: "none") == nil)
        #expect(replies.last?.isEvent == true)
    }

    @Test("a refusal is no success")
    func refusal() { #expect(read("515 Authentication failed\r\n").replies.first?.isSuccess == false) }

    @Test("what is no control protocol is noticed", arguments: ["HTTP/1.1 200\r\n", "\r\n", "250\r\n", "250?x\r\n"])
    func broken(_ text: String) {
        #expect(read(text).isBroken)
        #expect(read(text + "250 OK\r\n").replies.isEmpty)
    }

    @Test("a line without an end is not read for ever")
    func endless() { #expect(read(String(repeating: "a", count: 1 << 17)).isBroken) }
}

@Suite("The status tells whether a client can come in")
struct OnionStatusTests {
    private let address = String(repeating: "a", count: 56)

    private func tells(_ list: [String], circuits: String = "1") -> OnionStatus.Tor? {
        OnionStatus.Tor(
            version: reply(["version=0.4.9.11 (git)", "OK"]),
            circuits: reply(["status/circuit-established=" + circuits, "OK"]), list: reply(list), address: address)
    }

    private func reply(_ lines: [String]) -> ControlReply {
        var reader = ControlReader()
        let text = lines.dropLast().map { "250-\($0)\r\n" }.joined() + "250 \(lines.last ?? "")\r\n"
        return text.utf8.compactMap { reader.take($0) }.first ?? ControlReply(status: 0, lines: [])
    }

    @Test("only introduction points of this service that stand are counted")
    func counts() throws {
        let found = try #require(
            tells([
                "1 BUILT $X PURPOSE=HS_SERVICE_INTRO HS_STATE=HSSI_ESTABLISHED REND_QUERY=\(address)",
                "2 BUILT $X PURPOSE=HS_SERVICE_INTRO HS_STATE=HSSI_CONNECTING REND_QUERY=\(address)",
                "3 BUILT $X PURPOSE=HS_SERVICE_INTRO HS_STATE=HSSI_ESTABLISHED REND_QUERY=other", "OK",
            ]))
        #expect(found == OnionStatus.Tor(version: "0.4.9.11", hasCircuits: true, introductionPoints: 1))
    }

    @Test("it is healthy when all is there, and not when one thing is missing")
    func healthy() {
        let tor = OnionStatus.Tor(version: "1", hasCircuits: true, introductionPoints: 3)
        let whole = OnionStatus(address: address, isEnabled: true, clients: ["silver"], tor: tor)
        #expect(whole.isHealthy)
        #expect(whole.text.contains("\(address).onion"))
        #expect(whole.text.contains("clients:  silver"))
        let lame: [OnionStatus] = [
            OnionStatus(address: nil, isEnabled: true, clients: [], tor: tor),
            OnionStatus(address: address, isEnabled: false, clients: [], tor: tor),
            OnionStatus(address: address, isEnabled: true, clients: [], tor: nil),
            OnionStatus(
                address: address, isEnabled: true, clients: [],
                tor: .init(version: "1", hasCircuits: false, introductionPoints: 3)),
            OnionStatus(
                address: address, isEnabled: true, clients: [],
                tor: .init(version: "1", hasCircuits: true, introductionPoints: 0)),
        ]
        for status in lame { #expect(!status.isHealthy) }
        #expect(lame[2].text.contains("whoever knows the address may connect"))
    }

    @Test("for programs it is JSON with every member always there, whatever tor calls itself")
    func json() throws {
        let tor = OnionStatus.Tor(version: #"0.4\"é"#, hasCircuits: true, introductionPoints: 3)
        let whole = OnionStatus(address: address, isEnabled: true, clients: ["gold", "silver"], tor: tor)
        #expect(
            whole.json == #"{"address":"\#(address).onion","enabled":true,"healthy":true,"clients":["gold","silver"],"#
                + #""tor":{"version":"0.4","circuits":true,"introductionPoints":3}}"# + "\n")
        let empty = OnionStatus(address: nil, isEnabled: false, clients: [], tor: nil)
        let read = try JSONSerialization.jsonObject(with: Data(empty.json.utf8)) as? [String: Any]
        #expect(Set(try #require(read).keys) == ["address", "enabled", "healthy", "clients", "tor"])
        #expect(read?["tor"] is NSNull)
        #expect(read?["healthy"] as? Bool == false)
    }
}
