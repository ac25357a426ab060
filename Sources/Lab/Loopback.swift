import Glibc
import ReleaseSupport
import SystemPackage

/// Ports of 127.0.0.1.
package enum Loopback {
    /// One that nobody uses now.
    package static func freePort() throws -> Int {
        guard let port = bound(0) else { throw ReleaseError(.setup, "127.0.0.1 has no free port") }
        return port
    }

    /// Whether nobody uses `port` now.
    package static func isFree(_ port: Int) -> Bool { bound(port) != nil }

    /// Binds to `port`, or to any for 0, and lets go of it again.
    private static func bound(_ port: Int) -> Int? {
        let file = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(file, address, size) == 0 && getsockname(file, address, &size) == 0
            }
        }
        return result ? Int(UInt16(bigEndian: address.sin_port)) : nil
    }
}
