/// Finds the owner of a connection in the text of /proc/net/tcp or /proc/net/tcp6. Pure.
///
/// Source: Linux, Documentation/networking/proc_net_tcp.rst. Addresses are words of 32 bits in the machine's order.
enum SocketTable {
    /// As the table writes it.
    enum State: String {
        case established = "01"
        case listening = "0A"
    }

    /// The uid of the socket whose own end is `own` and whose other end is `other`; nil where there is none, or where
    /// no process holds it any more: such a socket is listed as root's.
    static func owner(
        of own: Endpoint, connectedTo other: Endpoint, _ state: State = .established,
        in table: some Collection<UInt8>
    ) -> UInt32? {
        let (shortOwn, longOwn) = forms(own)
        let (shortOther, longOther) = forms(other)
        for line in table.split(separator: 10).dropFirst() {
            let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 10)
            guard fields.count > 10 else { continue }
            let isOurs =
                fields[1].elementsEqual(shortOwn) && fields[2].elementsEqual(shortOther)
                || fields[1].elementsEqual(longOwn) && fields[2].elementsEqual(longOther)
            guard isOurs, fields[3].elementsEqual(state.rawValue.utf8) else { continue }
            let inode = fields[9]
            guard !inode.elementsEqual("0".utf8) else { return nil }
            return UInt32(String(decoding: fields[7], as: UTF8.self))
        }
        return nil
    }

    /// As in the table of the address's own family, and as an IPv4 address stands in the table of IPv6.
    private static func forms(_ endpoint: Endpoint) -> (own: [UInt8], mapped: [UInt8]) {
        let port = ":" + hexadecimal(endpoint.port.bigEndianBytes)
        switch endpoint.address {
        case .local: return ([], [])
        case .ipv6(let bytes):
            let text = Array((words(bytes) + port).utf8)
            return (text, text)
        case .ipv4(let bytes):
            let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF] + bytes
            return (Array((words(bytes) + port).utf8), Array((words(mapped) + port).utf8))
        }
    }

    private static func words(_ bytes: [UInt8]) -> String {
        stride(from: 0, to: bytes.count, by: 4).map { start in
            // What the kernel prints is the word as a number: on a little-endian machine its last byte comes first.
            let word = Array(bytes[start..<min(start + 4, bytes.count)])
            return hexadecimal(UInt16(1).littleEndian == 1 ? word.reversed() : word)
        }.joined()
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined()
    }
}

extension UInt16 {
    fileprivate var bigEndianBytes: [UInt8] { [UInt8(self >> 8), UInt8(self & 0xFF)] }
}
