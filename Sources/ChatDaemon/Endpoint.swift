import CChatDaemon
import Glibc

/// One end of a connection.
struct Endpoint: Sendable, Equatable {
    enum Address: Sendable, Equatable {
        /// Four bytes.
        case ipv4([UInt8])
        /// Sixteen bytes.
        case ipv6([UInt8])
        /// A unix socket.
        case local
    }

    let address: Address
    let port: UInt16

    init(address: Address, port: UInt16) {
        self.address = address
        self.port = port
    }

    /// An IPv4 address in IPv6's clothes (::ffff:a.b.c.d) becomes what it is: the other end may be of either family.
    init?(_ found: chatd_endpoint) {
        let bytes = withUnsafeBytes(of: found.address) { Array($0) }
        port = found.port
        switch found.family {
        case Int32(CHATD_IPV4.rawValue): address = .ipv4(Array(bytes.prefix(4)))
        case Int32(CHATD_IPV6.rawValue):
            let isMapped = bytes.starts(with: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF])
            address = isMapped ? .ipv4(Array(bytes.suffix(4))) : .ipv6(bytes)
        case Int32(CHATD_LOCAL.rawValue): address = .local
        default: return nil
        }
    }

    /// Numbers only: no name is looked up.
    init?(text: String, port: UInt16) {
        var found = chatd_endpoint()
        guard chatd_parse_address(text, &found) == 0 else { return nil }
        found.port = port
        self.init(found)
    }

    static func local(of socket: Int32) -> Endpoint? {
        var found = chatd_endpoint()
        return chatd_local_endpoint(socket, &found) == 0 ? Endpoint(found) : nil
    }

    static func remote(of socket: Int32) -> Endpoint? {
        var found = chatd_endpoint()
        return chatd_remote_endpoint(socket, &found) == 0 ? Endpoint(found) : nil
    }

    /// Whether it can be reached from this machine only.
    var isLoopback: Bool {
        switch address {
        case .local: true
        case .ipv4(let bytes): bytes.first == 127
        case .ipv6(let bytes): bytes == Endpoint.ipv6Loopback
        }
    }

    private static let ipv6Loopback: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]

    /// As C wants it.
    var raw: chatd_endpoint {
        var raw = chatd_endpoint()
        raw.port = port
        let bytes: [UInt8]
        switch address {
        case .local:
            raw.family = Int32(CHATD_LOCAL.rawValue)
            bytes = []
        case .ipv4(let found):
            raw.family = Int32(CHATD_IPV4.rawValue)
            bytes = found
        case .ipv6(let found):
            raw.family = Int32(CHATD_IPV6.rawValue)
            bytes = found
        }
        withUnsafeMutableBytes(of: &raw.address) { $0.copyBytes(from: bytes.prefix(16)) }
        return raw
    }

    /// How a host is written in IRC, where a parameter must not begin with a colon.
    var host: [UInt8] {
        switch address {
        case .local: return Array("localhost".utf8)
        case .ipv4(let bytes): return Array(bytes.map(String.init).joined(separator: ".").utf8)
        case .ipv6(let bytes):
            var raw = in6_addr()
            withUnsafeMutableBytes(of: &raw) { $0.copyBytes(from: bytes.prefix(16)) }
            var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
            guard inet_ntop(AF_INET6, &raw, &text, socklen_t(text.count)) != nil else { return Array("0::1".utf8) }
            let written = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            return written.first == UInt8(ascii: ":") ? [UInt8(ascii: "0")] + written : written
        }
    }
}
