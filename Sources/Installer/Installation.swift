import Glibc

/// Where the installer lies: the folder above bin.
enum Installation {
    /// The key that signed our packages.
    static func key() throws(SystemError) -> String { try folder() + "/RPM-GPG-KEY-untochat" }

    static func folder() throws(SystemError) -> String {
        try program().split(separator: "/").dropLast(2).map { "/\($0)" }.joined()
    }

    /// This program.
    static func program() throws(SystemError) -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let length = readlink("/proc/self/exe", &buffer, Int(PATH_MAX))
        guard length > 0 else { throw SystemError("/proc/self/exe") }
        return String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
