/// Which letters are the same in names (ISUPPORT CASEMAPPING; RFC 2812, section 2.2).
public enum CaseMapping: Sendable, Equatable {
    /// A–Z and a–z. What ngircd announces.
    case ascii
    /// And `[]\~` are the capitals of `{}|^`.
    case rfc1459

    /// One byte in its small form.
    @inlinable
    public func fold(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
        case UInt8(ascii: "[")...UInt8(ascii: "]"): self == .rfc1459 ? byte | 0x20 : byte
        case UInt8(ascii: "~"): self == .rfc1459 ? UInt8(ascii: "^") : byte
        default: byte
        }
    }

    /// A name in the form in which names are compared.
    @inlinable
    public func fold(_ name: some Collection<UInt8>) -> [UInt8] {
        var folded: [UInt8] = []
        folded.reserveCapacity(name.count)
        for byte in name { folded.append(fold(byte)) }
        return folded
    }

    /// Whether two names are one.
    @inlinable
    public func same(_ one: some Collection<UInt8>, _ other: some Collection<UInt8>) -> Bool {
        one.elementsEqual(other) { fold($0) == fold($1) }
    }
}
