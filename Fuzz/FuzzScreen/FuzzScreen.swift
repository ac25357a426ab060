import ChatClient
import TerminalScreen
import TerminalText

/// A client that has just connected, on a small terminal.
public func makeClient() -> Client {
    let user = User(name: Array("ann".utf8), realName: Array("Ann".utf8))
    let now = Moment(uptime: 0, unix: 1_795_423_320_000)
    var client = Client(user: user, configuration: Configuration(system: nil, personal: nil, user: user), at: now)
    client.resize(columns: 60, rows: 12)
    _ = client.start(at: now)
    _ = client.connected(at: now)
    return client
}

/// Fails on anything but text and the sequences of the painter.
public func check(_ bytes: [UInt8]) {
    var index = 0
    while index < bytes.count {
        guard bytes[index] == 0x1B else {
            guard let (scalar, length) = UTF8Decoding.scalar(in: bytes[...], at: index) else { fatalError("not UTF-8") }
            switch CharacterClass(scalar) {
            case .printable, .combining: index += length
            default: fatalError("a character that cannot be seen")
            }
            continue
        }
        precondition(bytes[index + 1] == UInt8(ascii: "["))
        index += 2
        while bytes[index] >= 0x30, bytes[index] < 0x3C { index += 1 }
        precondition(
            [UInt8(ascii: "m"), UInt8(ascii: "H"), UInt8(ascii: "K"), UInt8(ascii: "J")].contains(bytes[index]))
        index += 1
    }
}
