/// Which bytes make a name.
public enum Names {
    /// A nickname: a letter or one of ``[]\`_^{|}`` first, then also digits and "-" (RFC 2812, section 2.3.1).
    public static func isNick(_ name: some Collection<UInt8>, limit: Int) -> Bool {
        guard let first = name.first, name.count <= limit, isNickStart(first) else { return false }
        return name.allSatisfy { isNickStart($0) || isDigit($0) || $0 == UInt8(ascii: "-") }
    }

    /// A channel: one of `#&+`, then neither space, comma, colon nor a control character (RFC 2812, section 1.3), and
    /// well-formed UTF-8, since every client has to show it.
    public static func isChannel(_ name: some Collection<UInt8>, limit: Int) -> Bool {
        guard let first = name.first, name.count <= limit, isChannelPrefix(first) else { return false }
        return name.allSatisfy { $0 > 32 && $0 != 127 && $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: ":") }
            && name.isWellFormedUTF8
    }

    /// Whether a name that starts with this byte is a channel's (ISUPPORT CHANTYPES).
    @inlinable
    public static func isChannelPrefix(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "#") || byte == UInt8(ascii: "&") || byte == UInt8(ascii: "+")
    }

    /// Letters, digits, dots and hyphens, with a dot in it (RFC 2812, section 2.3.1, servername).
    public static func isServer(_ name: some Collection<UInt8>) -> Bool {
        guard name.count <= 63, name.contains(UInt8(ascii: ".")) else { return false }
        return name.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
    }

    /// What may stand in a user name without breaking `nick!user@host`.
    public static func isUserByte(_ byte: UInt8) -> Bool {
        isLetter(byte) || isDigit(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
            || byte == UInt8(ascii: ".")
    }

    private static func isNickStart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "}"): true
        default: false
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        let small = byte | 0x20
        return small >= UInt8(ascii: "a") && small <= UInt8(ascii: "z")
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }
}
