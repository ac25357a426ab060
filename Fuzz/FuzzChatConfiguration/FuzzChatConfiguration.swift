import ChatServer
import IRCProtocol

/// Feeds the reader of ngircdus.conf what libFuzzer makes up: files, one after the other, with 0xFF between them. What it
/// makes of them is used: a server is built from it, a user registers, joins, and the server reads the same again.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzChatConfiguration(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = UnsafeBufferPointer(start: start, count: count)
    var reader = ConfigurationReader()
    for (number, file) in input.split(separator: 0xFF).enumerated() {
        reader.read(file, file: [UInt8(truncatingIfNeeded: number)])
    }
    let (configuration, problems) = reader.finish()
    for problem in problems { precondition(!problem.text.isEmpty && problem.line >= 0) }
    var now = Moment(uptime: 1_000_000, unix: 1_700_000_000_000)
    var server = ChatServer(configuration: configuration, at: now)
    let peer = Peer(login: Login(uid: 1, name: [0x61]), address: [0x31], nonce: 1)
    let (client, _) = server.connected(peer, at: now)
    var lines = "NICK a\r\nUSER a 0 * :a\r\nPONG 1\r\nLIST\r\nVERSION\r\nADMIN\r\nMOTD\r\nWHOIS a\r\n"
    for channel in configuration.channels { lines += "JOIN \(String(decoding: channel.name, as: UTF8.self))\r\n" }
    _ = server.receive(Array(lines.utf8), from: client, at: now)
    now.uptime += 600_000
    _ = server.tick(at: now)
    _ = server.rehash(configuration, texts: ServerTexts(), at: now)
    _ = server.shutDown(at: now)
    return 0
}
