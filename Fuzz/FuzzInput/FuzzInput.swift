import ChatClient
import TerminalScreen
import TerminalText

/// Whatever is typed, the screen shows text, the cursor is on it, and nothing is sent that is more than a line.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    var client = makeClient()
    let now = Moment(uptime: 1000, unix: 0)
    _ = client.receive(Array(":irc 001 ann :x\r\n:ann!a@h JOIN #a\r\n:irc 353 ann = #a :@bob +c\r\n".utf8), at: now)
    var keys = KeyDecoder()
    var painter = Painter(Dialect(colours: 256, hasItalic: true, isXtermLike: true))
    for input in keys.receive(Array("\u{1B}2".utf8) + bytes) {
        for effect in client.receive(input, at: now) {
            guard case .send(let sent) = effect else { continue }
            precondition(sent.count <= 512 && !sent.dropLast(2).contains { $0 == 10 || $0 == 13 || $0 == 0 })
        }
    }
    let frame = client.frame()
    precondition(frame.cursor.row < frame.rows && frame.cursor.column < frame.columns)
    check(painter.paint(frame))
    return 0
}

private func makeClient() -> Client {
    let user = User(name: Array("ann".utf8), realName: Array("Ann".utf8))
    let now = Moment(uptime: 0, unix: 1_795_423_320_000)
    var client = Client(user: user, configuration: Configuration(system: nil, personal: nil, user: user), at: now)
    client.resize(columns: 60, rows: 12)
    _ = client.start(at: now)
    _ = client.connected(at: now)
    return client
}

/// Fails on anything but text and the sequences of the painter.
private func check(_ bytes: [UInt8]) {
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
