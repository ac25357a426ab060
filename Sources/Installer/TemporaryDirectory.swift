import CInstaller
import Glibc

/// Folders for what must not stay, such as the volume with the passphrase.
enum TemporaryDirectory {
    /// Runs `body` with a new folder beside `path`, where there is room for what becomes it, and removes the folder.
    static func with<Value>(beside path: String, _ body: (String) throws -> Value) throws -> Value {
        var template = Array("\(path).untochat-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemError("\(path): no folder can be made beside it") }
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { remove(folder) }
        return try body(folder)
    }

    /// Makes a folder for its owner alone.
    static func make(_ path: String) throws(SystemError) {
        guard mkdir(path, 0o700) == 0 else { throw SystemError(path) }
    }

    /// Removes `path` and everything below it.
    static func remove(_ path: String) {
        _ = cinstaller_remove_tree(path)
    }
}
