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
        check(painter.paint(frame))
        precondition(painter.paint(frame).isEmpty)
    }
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
