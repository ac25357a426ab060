/// Matches names against masks in which `*` stands for any bytes and `?` for one (RFC 2812, section 2.5).
public enum Mask {
    /// Whether a mask covers the whole of a text.
    ///
    /// Goes back to the last `*` only, which is enough: an earlier one could not cover more than the last can. So the
    /// cost is at most the product of the two lengths, whoever wrote the mask.
    @inlinable
    public static func matches(
        _ mask: some RandomAccessCollection<UInt8>, _ text: some RandomAccessCollection<UInt8>,
        mapping: CaseMapping = .ascii
    ) -> Bool {
        var maskIndex = mask.startIndex
        var textIndex = text.startIndex
        var afterStar = mask.endIndex
        var retry = text.startIndex
        var hasStar = false
        while textIndex < text.endIndex {
            if maskIndex < mask.endIndex, mask[maskIndex] == UInt8(ascii: "*") {
                hasStar = true
                maskIndex = mask.index(after: maskIndex)
                afterStar = maskIndex
                retry = textIndex
            } else if maskIndex < mask.endIndex,
                mask[maskIndex] == UInt8(ascii: "?") || mapping.fold(mask[maskIndex]) == mapping.fold(text[textIndex])
            {
                maskIndex = mask.index(after: maskIndex)
                textIndex = text.index(after: textIndex)
            } else if hasStar {
                retry = text.index(after: retry)
                textIndex = retry
                maskIndex = afterStar
            } else {
                return false
            }
        }
        while maskIndex < mask.endIndex, mask[maskIndex] == UInt8(ascii: "*") {
            maskIndex = mask.index(after: maskIndex)
        }
        return maskIndex == mask.endIndex
    }

    /// Whether a text is a mask and not a plain name.
    public static func hasWildcard(_ text: some Collection<UInt8>) -> Bool {
        text.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") }
    }

    /// A mask with all three parts, `nick!user@host`, from one with some: `nick`, `nick!user`, `user@host`. Each run of
    /// stars is one star. What is longer than the limit loses bytes at its end, before what is completed.
    public static func complete(_ given: ArraySlice<UInt8>, limit: Int = .max) -> [UInt8] {
        let star = UInt8(ascii: "*")
        let hasUser = given.contains(UInt8(ascii: "!"))
        let hasHost = given.contains(UInt8(ascii: "@"))
        // ngircd keeps a byte more free than "!*@*" and "@*" need.
        let added = hasUser ? (hasHost ? 0 : 3) : hasHost ? 2 : 5
        let mask = given.prefix(given.countKept(within: limit - added))
        var whole: [UInt8] = []
        if !hasUser, hasHost { whole.append(ascii: "*!") }
        whole.append(contentsOf: mask)
        if !hasUser, !hasHost { whole.append(ascii: "!*@*") }
        if hasUser, !hasHost { whole.append(ascii: "@*") }
        var complete: [UInt8] = []
        for byte in whole where byte != star || complete.last != star { complete.append(byte) }
        return complete
    }
}
