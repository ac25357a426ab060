import CChatDaemon
import Glibc

/// Reading of small files, whole.
enum SmallFile {
    /// 4 MiB: a passwd file with 40,000 accounts; a longer one is not what it should be.
    static let limit = 4 << 20

    /// The bytes of a file, or why it cannot be read.
    static func read(_ path: String) -> Result<[UInt8], SystemError> {
        var bytes: UnsafeMutablePointer<UInt8>?
        let count = chatd_read_file(path, limit, &bytes)
        guard count >= 0, let bytes else { return .failure(.last()) }
        defer { free(bytes) }
        return .success(Array(UnsafeBufferPointer(start: bytes, count: count)))
    }

    /// What lies in a directory, sorted by bytes.
    static func names(in directory: String) -> Result<[String], SystemError> {
        guard let names = chatd_list_directory(directory) else { return .failure(.last()) }
        defer { free(names) }
        return .success(String(cString: names).split(separator: "\n").map(String.init).sorted())
    }
}

/// An error of a system call.
struct SystemError: Error, Equatable, CustomStringConvertible {
    let number: Int32

    static func last() -> SystemError { SystemError(number: errno) }

    var description: String { strerror(number).map { String(cString: $0) } ?? "error \(number)" }
}
