// Bytes are what IRC carries: nothing here needs Foundation, reflection or existentials, because the client that uses
// it is built as Embedded Swift.

extension Array where Element == UInt8 {
    /// The bytes of a literal.
    public init(ascii text: StaticString) {
        self = text.withUTF8Buffer { Array($0) }
    }

    /// Adds the bytes of a literal.
    public mutating func append(ascii text: StaticString) {
        text.withUTF8Buffer { append(contentsOf: $0) }
    }

    /// Adds a number in decimal.
    public mutating func append(decimal number: Int) {
        if number < 0 { append(UInt8(ascii: "-")) }
        var rest = number.magnitude
        var start = count
        repeat {
            append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
        // Within the array: to reverse a slice of it copies them.
        var end = count - 1
        while start < end {
            swapAt(start, end)
            start += 1
            end -= 1
        }
    }
}

extension Collection where Element == UInt8 {
    /// Whether these are the bytes of a literal.
    @inlinable
    public func equals(ascii text: StaticString) -> Bool {
        text.withUTF8Buffer { elementsEqual($0) }
    }

    /// The number that the bytes write in decimal digits; nil for anything else, and for what does not fit.
    @inlinable
    public var decimalValue: Int? {
        guard !isEmpty else { return nil }
        var value = 0
        for byte in self {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            let (scaled, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = scaled.addingReportingOverflow(Int(byte - UInt8(ascii: "0")))
            guard !overflow, !carry else { return nil }
            value = sum
        }
        return value
    }

    /// Whether the bytes are well-formed UTF-8 (RFC 3629, section 4: no surrogates, no overlong forms).
    @inlinable
    public var isWellFormedUTF8: Bool {
        var following = 0
        var lower: UInt8 = 0x80
        var upper: UInt8 = 0xBF
        for byte in self {
            if following > 0 {
                guard byte >= lower, byte <= upper else { return false }
                following -= 1
                lower = 0x80
                upper = 0xBF
                continue
            }
            switch byte {
            case 0x00...0x7F: break
            case 0xC2...0xDF: following = 1
            case 0xE0: (following, lower) = (2, 0xA0)
            case 0xED: (following, upper) = (2, 0x9F)
            case 0xE1...0xEF: following = 2
            case 0xF0: (following, lower) = (3, 0x90)
            case 0xF1...0xF3: following = 3
            case 0xF4: (following, upper) = (3, 0x8F)
            default: return false
            }
        }
        return following == 0
    }
}

extension RandomAccessCollection where Element == UInt8, Index == Int {
    /// How many bytes of a text can be kept within a limit without cutting a UTF-8 sequence in two.
    @inlinable
    public func countKept(within limit: Int) -> Int {
        guard count > limit else { return count }
        var kept = limit
        // A sequence is at most four bytes long, so what is not UTF-8 at all loses at most three bytes.
        while kept > 0, limit - kept < 3, self[startIndex + kept] & 0xC0 == 0x80 { kept -= 1 }
        return self[startIndex + kept] & 0xC0 == 0x80 ? limit : kept
    }
}
