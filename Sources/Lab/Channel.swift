import Foundation
import ReleaseSupport
import SystemPackage

/// A descriptor that is written to, and read all the time: into a transcript, and into a file where one is named.
public final class Channel: Sendable {
    /// What came.
    public let transcript: Transcript
    private let file: FileDescriptor
    private let isSocket: Bool
    private let owner: Owner

    /// Closes the descriptor when nobody uses it any more: its number may at once be that of another one.
    private final class Owner: Sendable {
        let file: FileDescriptor

        init(_ file: FileDescriptor) { self.file = file }

        deinit { try? file.close() }
    }

    /// Takes `file` over and reads it into `transcript` until its end.
    init(_ file: FileDescriptor, isSocket: Bool, transcript: Transcript, log: FilePath? = nil) throws {
        self.file = file
        self.isSocket = isSocket
        self.transcript = transcript
        let owner = Owner(file)
        self.owner = owner
        // A terminal is hung up by closing it; a socket is shut down first, and closed by whoever is the last to use it.
        let reader = isSocket ? owner : nil
        let copy = try log.map {
            try FileDescriptor.open(
                $0, .writeOnly, options: [.create, .append, .closeOnExec], permissions: .publicFile)
        }
        // A thread, not a task: the descriptor blocks.
        Thread.detachNewThread {
            var buffer = [UInt8](repeating: 0, count: 1 << 14)
            // A terminal whose other side is closed says EIO.
            while let count = try? buffer.withUnsafeMutableBytes({ try file.read(into: $0) }), count > 0 {
                transcript.append(buffer[..<count])
                _ = try? copy?.writeAll(buffer[..<count])
            }
            transcript.end()
            try? copy?.close()
            withExtendedLifetime(reader) {}
        }
    }

    deinit { shutDown() }

    /// Sends `text` as it is.
    public func send(_ text: String) throws { _ = try file.writeAll(text.utf8) }

    /// Ends a socket, and so the reading.
    func shutDown() { if isSocket { _ = shutdown(file.rawValue, Int32(SHUT_RDWR)) } }

    /// Connects to the Unix socket `path`, where `isAlive` says whether somebody will still make it.
    package static func connect(
        _ path: FilePath, name: String, within limit: Duration, isAlive: () -> Bool
    ) async throws -> Channel {
        let deadline = ContinuousClock.now + limit
        while true {
            if let file = try connected(path) {
                return try Channel(file, isSocket: true, transcript: Transcript(of: name))
            }
            guard isAlive(), ContinuousClock.now < deadline else {
                throw ReleaseError(.setup, "nobody listens at \(path)")
            }
            // There is no event for a socket that comes to be listened at.
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    private static func connected(_ path: FilePath) throws -> FileDescriptor? {
        let file = FileDescriptor(
            rawValue: socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0))
        guard file.rawValue >= 0 else { throw Errno(rawValue: errno) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.string.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            try? file.close()
            throw ReleaseError(
                .setup, "\(path) is too long for a socket", hint: "set XDG_CACHE_HOME to a shorter path")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.connect(file.rawValue, $0, size) }
        }
        if result == 0 { return file }
        let reason = errno
        try? file.close()
        if reason == ENOENT || reason == ECONNREFUSED { return nil }
        throw Errno(rawValue: reason)
    }
}
