import ChatClient
import FuzzScreen
import IRCProtocol
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
    let frame = client.frame()
    check(painter.paint(frame), on: frame)
    return 0
}
