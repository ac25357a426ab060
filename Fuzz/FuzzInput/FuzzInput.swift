import ChatClient
import FuzzScreen
import IRCProtocol
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
    check(painter.paint(frame), on: frame)
    return 0
}
