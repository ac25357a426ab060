import IRCProtocol

/// Bytes written as an interpolated literal: what is put in is appended as it is, with no String in between.
struct Text: ExpressibleByStringInterpolation, ExpressibleByStringLiteral {
    var bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }
    init(_ bytes: ArraySlice<UInt8>) { self.bytes = Array(bytes) }
    init(stringLiteral value: String) { bytes = Array(value.utf8) }
    init(stringInterpolation: Interpolation) { bytes = stringInterpolation.bytes }

    struct Interpolation: StringInterpolationProtocol {
        var bytes: [UInt8] = []

        init(literalCapacity: Int, interpolationCount: Int) {
            bytes.reserveCapacity(literalCapacity + interpolationCount * 16)
        }

        mutating func appendLiteral(_ literal: String) { bytes.append(contentsOf: literal.utf8) }
        mutating func appendInterpolation(_ text: [UInt8]) { bytes.append(contentsOf: text) }
        mutating func appendInterpolation(_ text: ArraySlice<UInt8>) { bytes.append(contentsOf: text) }
        mutating func appendInterpolation(_ text: Text) { bytes.append(contentsOf: text.bytes) }
        mutating func appendInterpolation(_ byte: UInt8) { bytes.append(byte) }
        mutating func appendInterpolation(_ number: Int) { bytes.append(decimal: number) }
        mutating func appendInterpolation(_ number: Int64) { bytes.append(decimal: Int(number)) }
    }
}
