import CLinux
import Foundation
public import SystemPackage

/// What the system said about a file.
public struct FileError: Error, CustomStringConvertible {
    /// The file or folder that it is about.
    public let path: FilePath
    /// Why not: "No space left on device".
    public let reason: String

    public var description: String { "\(path): \(reason)" }

    /// Runs `body`, whose errors are about `path`.
    static func naming<Value>(_ path: FilePath, _ body: () throws -> Value) throws -> Value {
        do { return try body() } catch let error as Errno {
            throw FileError(path: path, reason: error.description)
        } catch let error as CocoaError {
            // Foundation wraps what the system said, and describes it at length.
            let cause = error.underlying as? POSIXError
            throw FileError(
                path: path,
                reason: cause.map { Errno(rawValue: $0.code.rawValue).description } ?? error.localizedDescription)
        }
    }
}

/// File operations that never leave a half-made file under its final name. Their errors name the file.
public enum Files {
    /// Writes `bytes` to `path`: to a temporary file beside it, fsync, rename, fsync of the folder.
    public static func write(_ bytes: some Sequence<UInt8>, to path: FilePath, mode: FilePermissions = .publicFile)
        throws
    {
        try replace(path, mode: mode) { temporary in
            let file = try FileDescriptor.open(temporary, .writeOnly, options: [.truncate])
            try file.closeAfter { _ = try file.writeAll(bytes) }
        }
    }

    /// Writes `text` to `path` as `write(_:to:mode:)` does.
    public static func write(_ text: String, to path: FilePath, mode: FilePermissions = .publicFile) throws {
        try write(text.utf8, to: path, mode: mode)
    }

    /// Lets `make` fill a temporary file beside `path`, then puts it at `path` in one step. On an error nothing is left.
    public static func replace(
        _ path: FilePath, mode: FilePermissions = .publicFile, _ make: (FilePath) throws -> Void
    ) throws {
        let temporary = temporaryName(beside: path)
        try FileError.naming(path) {
            let created = try FileDescriptor.open(
                temporary, .writeOnly, options: [.create, .exclusiveCreate], permissions: mode)
            try created.close()
            do {
                try make(temporary)
                try commit(temporary, to: path)
            } catch {
                unlink(temporary.string)
                throw error
            }
        }
    }

    /// A name for a temporary file in the folder of `path`; dnf, globs and `make clean` do not mistake it for a result.
    public static func temporaryName(beside path: FilePath) -> FilePath {
        let name = path.lastComponent?.string ?? "file"
        return path.removingLastComponent().appending(".\(name).\(UInt32.random(in: 0 ... .max))~")
    }

    /// Makes the finished file `temporary` durable and renames it to `path`.
    public static func commit(_ temporary: FilePath, to path: FilePath) throws {
        try FileError.naming(path) {
            try sync(temporary)
            guard rename(temporary.string, path.string) == 0 else { throw Errno(rawValue: errno) }
            try sync(path.removingLastComponent())
        }
    }

    /// The whole file `path`.
    public static func read(_ path: FilePath) throws -> [UInt8] {
        try FileError.naming(path) {
            let file = try FileDescriptor.open(path, .readOnly)
            return try file.closeAfter {
                var bytes: [UInt8] = []
                let chunk = 1 << 18
                while true {
                    let count = try withUnsafeTemporaryAllocation(byteCount: chunk, alignment: 16) { buffer in
                        let read = try file.read(into: buffer)
                        bytes.append(contentsOf: buffer.prefix(read))
                        return read
                    }
                    if count == 0 { return bytes }
                }
            }
        }
    }

    /// The whole file `path` as UTF-8.
    public static func text(_ path: FilePath) throws -> String { String(decoding: try read(path), as: UTF8.self) }

    /// Whether something is at `path`.
    public static func exists(_ path: FilePath) -> Bool { access(path.string, F_OK) == 0 }

    /// Makes `path` and the folders above it.
    public static func makeFolder(_ path: FilePath) throws {
        try FileError.naming(path) {
            try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: true)
        }
    }

    /// Removes `path` and all below it; nothing there is not an error, nor is somebody else who removes it at the same
    /// time. A symbolic link goes, what it names stays.
    public static func remove(_ path: FilePath) throws {
        var status = stat()
        guard lstat(path.string, &status) == 0 else { return }
        do {
            try FileError.naming(path) { try FileManager.default.removeItem(atPath: path.string) }
        } catch {
            guard lstat(path.string, &status) != 0, errno == ENOENT else { throw error }
        }
    }

    /// The names in the folder `path`, sorted.
    public static func names(in path: FilePath) throws -> [String] {
        try FileError.naming(path) { try FileManager.default.contentsOfDirectory(atPath: path.string).sorted() }
    }

    /// Every regular file below `path`, relative to it, sorted; symbolic links are not followed.
    public static func files(below path: FilePath) throws -> [String] {
        guard let walker = FileManager.default.enumerator(atPath: path.string) else { return [] }
        var found: [String] = []
        while let name = walker.nextObject() as? String {
            if walker.fileAttributes?[.type] as? FileAttributeType == .typeRegular { found.append(name) }
        }
        return found.sorted()
    }

    /// Copies the file `from` to `path`, which gets mode 0644 and is complete or not there.
    public static func copy(_ from: FilePath, to path: FilePath) throws {
        try replace(path) { temporary in
            try FileManager.default.removeItem(atPath: temporary.string)
            try FileManager.default.copyItem(atPath: from.string, toPath: temporary.string)
            guard chmod(temporary.string, FilePermissions.publicFile.rawValue) == 0 else {
                throw Errno(rawValue: errno)
            }
        }
    }

    /// Renames the file or folder `from` to `path`, replacing a file but not a folder that is there.
    public static func move(_ from: FilePath, to path: FilePath) throws {
        guard rename(from.string, path.string) == 0 else { throw lastError(path) }
    }

    /// Puts the folder `new` at `path`, in one step where the file system can exchange names, and removes what was there.
    public static func replaceFolder(_ path: FilePath, by new: FilePath) throws {
        guard exists(path) else { return try move(new, to: path) }
        guard clinux_exchange(new.string, path.string) == 0 else {
            guard [EINVAL, ENOSYS].contains(errno) else { throw lastError(path) }
            let old = temporaryName(beside: path)
            try move(path, to: old)
            do { try move(new, to: path) } catch {
                try? move(old, to: path)
                throw error
            }
            return try remove(old)
        }
        try sync(path.removingLastComponent())
        try remove(new)
    }

    /// Removes what a run that was killed left in `folder` under temporary names, only that of `name` if it is given.
    public static func removeTemporary(in folder: FilePath, of name: String? = nil) throws {
        guard exists(folder) else { return }
        for entry in try names(in: folder) {
            guard let final = finalName(ofTemporary: entry), name == nil || name == final else { continue }
            try remove(folder.appending(entry))
        }
    }

    /// The name for which `temporaryName` made the name `entry`, or nil if it did not.
    private static func finalName(ofTemporary entry: String) -> String? {
        guard entry.hasPrefix("."), entry.hasSuffix("~"), let dot = entry.lastIndex(of: "."), dot > entry.startIndex
        else {
            return nil
        }
        let number = entry[entry.index(after: dot)...].dropLast()
        guard !number.isEmpty, number.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        return String(entry[..<dot].dropFirst())
    }

    /// What to say when a program failed to write below `folder` and less than 1 MiB is left there: few programs tell why.
    public static func fullDiskHint(_ folder: FilePath) -> String? {
        var status = statvfs()
        guard statvfs(folder.string, &status) == 0, UInt(status.f_bavail) * status.f_frsize < 1 << 20 else {
            return nil
        }
        return
            "the file system of \(folder.removingLastComponent()) is full: make room, then run the same command again"
    }

    /// The size of the file `path` in bytes.
    public static func size(_ path: FilePath) throws -> Int {
        var status = stat()
        guard lstat(path.string, &status) == 0 else { throw lastError(path) }
        return Int(status.st_size)
    }

    /// When `path` was last changed, in seconds since 1970.
    public static func modified(_ path: FilePath) throws -> Int {
        var status = stat()
        guard lstat(path.string, &status) == 0 else { throw lastError(path) }
        return status.st_mtim.tv_sec
    }

    /// Sets the access and modification time of `path`, in seconds since 1970.
    public static func setTime(_ path: FilePath, _ seconds: Int) throws {
        let times = [timespec(tv_sec: seconds, tv_nsec: 0), timespec(tv_sec: seconds, tv_nsec: 0)]
        guard utimensat(AT_FDCWD, path.string, times, 0) == 0 else { throw lastError(path) }
    }

    private static func lastError(_ path: FilePath) -> FileError {
        FileError(path: path, reason: Errno(rawValue: errno).description)
    }

    private static func sync(_ path: FilePath) throws {
        let file = try FileDescriptor.open(path, .readOnly)
        defer { try? file.close() }
        guard fsync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
    }
}

extension FilePermissions {
    /// 0644: what may be published.
    public static let publicFile: FilePermissions = [.ownerReadWrite, .groupRead, .otherRead]
    /// 0600: what only its owner may read.
    public static let privateFile: FilePermissions = [.ownerReadWrite]
}

/// A lock on a tree that ends with its process, however that ends.
public final class TreeLock: Sendable {
    private let file: FileDescriptor

    private init(_ file: FileDescriptor) { self.file = file }

    /// Locks `path`, making the file where it is missing.
    ///
    /// - Parameter shared: a lock that others may hold too, as long as all of them share it.
    /// - Returns: nil when another process holds the lock.
    public static func acquire(_ path: FilePath, shared: Bool = false) throws -> TreeLock? {
        let file = try FileError.naming(path) {
            try FileDescriptor.open(
                path, .readWrite, options: [.create, .closeOnExec], permissions: .publicFile)
        }
        guard flock(file.rawValue, (shared ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0 else {
            let reason = errno
            try? file.close()
            if reason == EWOULDBLOCK { return nil }
            throw Errno(rawValue: reason)
        }
        return TreeLock(file)
    }

    deinit { try? file.close() }
}
