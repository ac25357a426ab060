import ChatClient
import TerminalScreen
import TerminalText

/// Any two files make a configuration with which the client starts.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzClientConfiguration(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    let user = User(name: Array("ann".utf8), realName: Array("Ann".utf8))
    let now = Moment(uptime: 0, unix: 0)
    let half = bytes.firstIndex(of: 0) ?? bytes.count
    let configuration = Configuration(
        system: Array(bytes[..<half]), personal: Array(bytes[half...].dropFirst()), user: user)
    var client = Client(user: user, configuration: configuration, at: now)
    _ = client.start(at: now)
    var painter = Painter(Dialect(colours: 8, hasItalic: false, isXtermLike: false))
    check(painter.paint(client.frame()))
    return 0
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
