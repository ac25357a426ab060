import Foundation
public import SystemPackage

/// A folder of mode 0700 under a name nobody can guess, gone when the work in it is done.
public enum TemporaryFolder {
    /// Makes the folder, runs `body` with its path, and removes it, however `body` ends.
    ///
    /// - Parameter parent: where to make it; by default TMPDIR, or /tmp where that is not set.
    public static func with<Value>(
        in parent: FilePath? = nil, isolation: isolated (any Actor)? = #isolation,
        _ body: (FilePath) async throws -> Value
    ) async throws -> Value {
        let folder = try make(in: parent ?? FilePath(ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"))
        defer { try? Files.remove(folder) }
        return try await body(folder)
    }

    private static func make(in parent: FilePath) throws -> FilePath {
        var template = Array(parent.appending("untochat-XXXXXX").string.utf8CString)
        guard mkdtemp(&template) != nil else { throw Errno(rawValue: errno) }
        return FilePath(String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }
}
