extension StyledText {
    /// Makes `*word*` bold and `_word_` underlined from a byte on; the marks stay. One word only, and nothing else may
    /// touch it.
    public mutating func emphasise(from start: Int) {
        var index = start
        while index < bytes.count {
            let mark = bytes[index]
            let isBold = mark == UInt8(ascii: "*")
            guard isBold || mark == UInt8(ascii: "_"), index == start || !isWord(bytes[index - 1]),
                let end = endOfWord(after: index, mark)
            else {
                index += 1
                continue
            }
            add(isBold ? .bold : .underline, to: index..<(end + 1))
            index = end + 1
        }
    }

    /// Where the closing mark is.
    private func endOfWord(after start: Int, _ mark: UInt8) -> Int? {
        var index = start + 1
        while index < bytes.count, isWord(bytes[index]) && bytes[index] != mark { index += 1 }
        guard index < bytes.count, bytes[index] == mark, index > start + 1 else { return nil }
        let next = index + 1
        return next == bytes.count || !isWord(bytes[next]) && bytes[next] != mark ? index : nil
    }

    private func isWord(_ byte: UInt8) -> Bool {
        let small = byte | 0x20
        return byte >= 0x80 || byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
            || small >= UInt8(ascii: "a")
                && small <= UInt8(ascii: "z")
            || byte == UInt8(ascii: "_")
    }
}
