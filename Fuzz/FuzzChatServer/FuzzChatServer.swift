import ChatServer
import IRCProtocol

/// Feeds the server what libFuzzer makes up. The first byte chooses the mode and how many clients there are; after that
/// each 0xFF switches to the next client, 0xFE lets a minute pass, and everything else is sent as it is. Two registered
/// users share a channel from the start, so that there is something to break.
///
/// `UNTOCHAT_FUZZ=1 swift build --product FuzzChatServer`, then run it with a folder for what it finds.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzChatServer(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = UnsafeBufferPointer(start: start, count: count)
    guard let choice = input.first else { return 0 }
    var configuration = Configuration()
    configuration.global.name = Array("irc.test.net".utf8)
    configuration.options.anonymous = choice & 1 == 0
    configuration.options.kernelIdent = false
    configuration.options.operCanUseMode = true
    configuration.limits.maxConnectionsPerAddress = 0
    configuration.limits.maxPenaltySeconds = choice & 2 == 0 ? 0 : nil
    var account = Configuration.OperatorAccount()
    account.name = Array("o".utf8)
    account.password = Array("p".utf8)
    configuration.operators = [account]
    var now = Moment(uptime: 1_000_000, unix: 1_700_000_000_000)
    var server = ChatServer(configuration: configuration, at: now)
    var clients: [ClientID] = []
    for number in 0...(choice >> 6) {
        let (client, _) = server.connected(Peer(login: nil, address: [0x31], nonce: 1), at: now)
        let hello = "CAP REQ :message-tags server-time labeled-response batch echo-message\r\nNICK n\(number)\r\n"
        if number < 2 {
            _ = server.receive(Array("\(hello)USER u 0 * :r\r\nCAP END\r\nJOIN #a\r\n".utf8), from: client, at: now)
        }
        clients.append(client)
    }
    var current = 0
    for piece in input.dropFirst().split(whereSeparator: { $0 >= 0xFE }) {
        _ = server.receive(piece, from: clients[current], at: now)
        if piece.endIndex < input.endIndex, input[piece.endIndex] == 0xFE {
            now.uptime += 60_000
            now.unix += 60_000
            _ = server.tick(at: now)
        }
        current = (current + 1) % clients.count
    }
    return 0
}
