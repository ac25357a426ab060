import Confinement
import RestrictedShell

/// Compares the reader and the commands with the shortest description of what they should do.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzLineReader(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let bytes = Bytes(UnsafeBufferPointer(start: data, count: size))
    var reader = LineReader()
    let events = bytes.compactMap { reader.receive($0) }
    let lines = bytes.split(separator: 10, omittingEmptySubsequences: false).dropLast()
    precondition(events.count == lines.count)

    for (event, line) in zip(events, lines) {
        let isControl = { (byte: UInt8) in byte < 32 || byte == 127 }
        switch event {
        case .line(let got):
            precondition(got.elementsEqual(line) && got.count <= 128 && !got.contains(where: isControl))
            let words = got.split(separator: 32)
            let expected = words.count == 1 ? Command.allCases.first { Bytes($0.name).elementsEqual(words[0]) } : nil
            precondition(Command(exactly: got) == expected)
        case .refused(.tooLong):
            precondition(line.count > 128 && !line.prefix(128).contains(where: isControl))
        case .refused(.controlCharacter):
            precondition(line.prefix(129).contains(where: isControl))
        }
    }
    return 0
}
