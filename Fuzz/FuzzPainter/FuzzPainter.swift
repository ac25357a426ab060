import FuzzScreen
import TerminalScreen
import TerminalText

/// Any text anywhere after any other is painted by text and the painter's sequences alone, and a second painting of the
/// same frame is nothing.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzPainter(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    var painter = Painter(Dialect(colours: 256, hasItalic: true, isXtermLike: true))
    for part in bytes.split(separator: 10, omittingEmptySubsequences: false) {
        var frame = Frame(columns: 30, rows: 6)
        let text = StyledText(untrusted: Array(part), codes: true)
        for (row, extent) in text.wrapped(width: 30, indent: Int(part.first ?? 0) % 40).enumerated() {
            frame.put(text, extent.range, row: row, column: extent.indent)
        }
        check(painter.paint(frame), on: frame)
        precondition(painter.paint(frame).isEmpty)
    }
    return 0
}
