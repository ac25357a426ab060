import IRCProtocol

// Commands, names and settings are bytes; comparing them as Swift strings would need the Unicode tables.

/// Whether two names are one.
@inline(never)
func sameName(_ one: ArraySlice<UInt8>, _ other: ArraySlice<UInt8>) -> Bool { CaseMapping.ascii.same(one, other) }
func sameName(_ one: [UInt8], _ other: ArraySlice<UInt8>) -> Bool { sameName(one[...], other) }
func sameName(_ one: ArraySlice<UInt8>, _ other: [UInt8]) -> Bool { sameName(one, other[...]) }
func sameName(_ one: [UInt8], _ other: [UInt8]) -> Bool { sameName(one[...], other[...]) }

extension Array where Element == UInt8 {
    func same(as literal: StaticString) -> Bool { self[...].same(as: literal) }
    func isStart(of literal: StaticString) -> Bool { self[...].isStart(of: literal) }
    var folded: [UInt8] { self[...].folded }
}

extension ArraySlice where Element == UInt8 {
    /// Whether this is a literal, small and capital letters being the same.
    @inline(never)
    func same(as literal: StaticString) -> Bool {
        guard count == literal.utf8CodeUnitCount else { return false }
        return isStart(of: literal) || isEmpty
    }

    /// Whether this is the start of a literal, or all of it; not empty.
    @inline(never)
    func isStart(of literal: StaticString) -> Bool {
        guard !isEmpty, count <= literal.utf8CodeUnitCount else { return false }
        return literal.withUTF8Buffer { bytes in
            for place in 0..<count
            where CaseMapping.ascii.fold(self[startIndex + place]) != CaseMapping.ascii.fold(bytes[place]) {
                return false
            }
            return true
        }
    }

    /// In small letters.
    var folded: [UInt8] {
        @inline(never) get { CaseMapping.ascii.fold(self) }
    }
}

extension ArraySlice where Element == UInt8 {
    /// The parts between spaces and tabs.
    var words: [ArraySlice<UInt8>] {
        contains(0x09) ? map { $0 == 0x09 ? 0x20 : $0 }[...].parts(0x20) : parts(0x20)
    }

    /// The parts between separators.
    func parts(_ separator: UInt8, keepsEmpty: Bool = false) -> [ArraySlice<UInt8>] {
        var parts: [ArraySlice<UInt8>] = []
        var start = startIndex
        var index = startIndex
        while index <= endIndex {
            if index == endIndex || self[index] == separator {
                if index > start || keepsEmpty { parts.append(self[start..<index]) }
                start = index + 1
            }
            index += 1
        }
        return parts
    }

    /// Without spaces at both ends.
    var trimmed: ArraySlice<UInt8> {
        var slice = self
        while slice.first == 0x20 || slice.first == 0x09 { slice = slice.dropFirst() }
        while slice.last == 0x20 || slice.last == 0x09 { slice = slice.dropLast() }
        return slice
    }

    /// Whether a text occurs in this one, small and capital letters being the same; where.
    @inline(never)
    func find(_ text: [UInt8], isCaseSensitive: Bool = false, from start: Int? = nil) -> Range<Int>? {
        let wanted = isCaseSensitive ? text : text.folded
        guard !wanted.isEmpty, wanted.count <= count else { return nil }
        var index = start ?? startIndex
        while index + wanted.count <= endIndex {
            let part = self[index..<(index + wanted.count)]
            if isCaseSensitive ? part.elementsEqual(wanted) : sameName(part, wanted) {
                return index..<(index + wanted.count)
            }
            index += 1
        }
        return nil
    }

    /// The same, where neither side goes on with a letter or a digit.
    func findWord(_ text: [UInt8], isCaseSensitive: Bool = false) -> Range<Int>? {
        var from = startIndex
        while let found = find(text, isCaseSensitive: isCaseSensitive, from: from) {
            let isStart = found.lowerBound == startIndex || !self[found.lowerBound - 1].isWordByte
            let isEnd = found.upperBound == endIndex || !self[found.upperBound].isWordByte
            if isStart && isEnd { return found }
            from = found.lowerBound + 1
        }
        return nil
    }
}

extension UInt8 {
    var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }
    var isLetter: Bool { (self | 0x20) >= UInt8(ascii: "a") && (self | 0x20) <= UInt8(ascii: "z") }
    var isUpper: Bool { self >= UInt8(ascii: "A") && self <= UInt8(ascii: "Z") }
    /// A letter, a digit, or part of a character outside ASCII.
    var isWordByte: Bool { isLetter || isDigit || self >= 0x80 }
}

extension Array where Element == UInt8 {
    /// Several texts in a row.
    static func joined(_ parts: [[UInt8]], separator: UInt8 = 0x20) -> [UInt8] {
        var text: [UInt8] = []
        for (index, part) in parts.enumerated() {
            if index > 0 { text.append(separator) }
            text.append(contentsOf: part)
        }
        return text
    }

    /// A number of two digits.
    mutating func append(twoDigits number: Int) {
        append(UInt8(ascii: "0") + UInt8(number / 10 % 10))
        append(UInt8(ascii: "0") + UInt8(number % 10))
    }
}
