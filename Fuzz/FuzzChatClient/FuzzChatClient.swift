import ChatClient
import FuzzScreen
import IRCProtocol
import TerminalScreen
import TerminalText

/// Whatever a server says, the screen shows text and nothing is sent that is more than a line.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzChatClient(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    var client = makeClient()
    var painter = Painter(Dialect(colours: 256, hasItalic: true, isXtermLike: true))
    var time: Int64 = 0
    for piece in [Array(":irc 001 ann :x\r\n:ann!a@h JOIN #a\r\n".utf8), bytes] {
        for line in piece.split(separator: 10) {
            time += 100
            for effect in client.receive(Array(line) + [10], at: Moment(uptime: time, unix: time)) {
                guard case .send(let sent) = effect else { continue }
                precondition(sent.count <= 512 && sent.suffix(2).elementsEqual([13, 10]))
                precondition(!sent.dropLast(2).contains { $0 == 10 || $0 == 13 || $0 == 0 })
            }
        }
        let frame = client.frame()
        check(painter.paint(frame), on: frame)
    }
    return 0
}
