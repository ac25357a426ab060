import CPosix
import Glibc

/// Files of the installer's.
public enum SecretFile {
    /// Writes `text` to a new file `path` that its owner alone can read: whole or not at all, and never over another
    /// file. `setting` named it.
    public static func create(_ path: String, _ text: String, setting: String) throws(SystemError) {
        try create(path, Array(text.utf8), setting: setting)
    }

    /// The same with bytes.
    static func create(_ path: String, _ bytes: [UInt8], setting: String) throws(SystemError) {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "./"
        let temporary = "\(folder).untochat-setup.\(getpid())~"
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw SystemError(path) }
        defer { unlink(temporary) }
        try fill(file, bytes, path)
        // Not rename: it would replace what somebody put there meanwhile.
        guard link(temporary, path) == 0 else {
            if errno == EEXIST { throw refusal(path, setting) }
            throw SystemError(path)
        }
        let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw SystemError(folder) }
        defer { close(directory) }
        guard fsync(directory) == 0 else { throw SystemError(folder) }
    }

    /// Refuses a `path` where something lies, which `setting` named: asked before a person waits, or types passphrases, in
    /// vain.
    public static func refuseExisting(_ path: String, setting: String) throws(SystemError) {
        var status = stat()
        if lstat(path, &status) == 0 { throw refusal(path, setting) }
    }

    /// The text of the file `path`.
    public static func text(_ path: String) throws(SystemError) -> String {
        String(decoding: try bytes(path), as: UTF8.self)
    }

    /// The bytes of the file `path`.
    static func bytes(_ path: String) throws(SystemError) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw SystemError(path) }
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(file, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw SystemError(path) }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
        }
    }

    /// Closes `file`, too.
    private static func fill(_ file: Int32, _ bytes: [UInt8], _ path: String) throws(SystemError) {
        defer { close(file) }
        // Whatever the umask said.
        guard fchmod(file, 0o600) == 0 else { throw SystemError(path) }
        guard cposix_write(file, bytes, bytes.count) == 0, fsync(file) == 0 else { throw SystemError(path) }
    }

    private static func refusal(_ path: String, _ setting: String) -> SystemError {
        SystemError(plain: "\(path) exists, and nothing is overwritten: move it away or name another \(setting)")
    }
}
