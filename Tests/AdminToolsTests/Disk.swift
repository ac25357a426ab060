import Foundation
import Testing

let oldPassphrase = "correct horse battery"
let newPassphrase = "staple of Grüße 2026"
let thirdPassphrase = "a third one for the road"

/// A plain file with a LUKS header, made by the real cryptsetup. Its PBKDF is as cheap as it can be.
struct Disk {
    enum Format: String, CaseIterable {
        case luks1, luks2

        /// With a key derivation that takes so much memory, in KiB.
        func options(memory: Int) -> [String] {
            switch self {
            case .luks1: ["--type", "luks1", "--pbkdf-force-iterations", "1000"]
            // A small header, so that a test can try hundreds of copies.
            case .luks2:
                [
                    "--type", "luks2", "--pbkdf", "argon2id", "--pbkdf-force-iterations", "5", "--pbkdf-memory",
                    "\(memory)",
                    "--pbkdf-parallel", "1", "--luks2-metadata-size", "16k", "--luks2-keyslots-size", "1m", "--offset",
                    "4096",
                ]
            }
        }
    }

    static let areThere = Program.path("cryptsetup") != nil && FileManager.default.fileExists(atPath: "/dev/shm")
    static let why: Comment = "needs cryptsetup and /dev/shm"

    let format: Format
    let path: String
    let folder: Folder
    /// Of the key derivation, in KiB.
    let memory: Int

    /// Opens by these passphrases, each in a key slot of its own.
    init(
        _ name: String, _ format: Format = .luks2, in folder: Folder, passphrases: [String] = [oldPassphrase],
        memory: Int = 64
    ) throws {
        self.format = format
        self.memory = memory
        self.folder = folder
        path = folder.path(name)
        guard FileManager.default.createFile(atPath: path, contents: nil) else { throw HarnessError(what: path) }
        guard truncate(path, 3 << 20) == 0 else { throw HarnessError(what: path) }
        try cryptsetup(
            ["luksFormat", "-q", "--use-urandom"] + format.options(memory: memory) + [path, "-"], input: passphrases[0])
        for passphrase in passphrases.dropFirst() { try add(passphrase, by: passphrases[0]) }
    }

    @discardableResult
    func cryptsetup(_ arguments: [String], input: String? = nil) throws -> String {
        let result = try Program("cryptsetup", arguments, input: input).run(in: folder)
        guard result.exit == .code(0) else { throw HarnessError(what: "\(arguments): \(result.output)") }
        return result.output
    }

    func add(_ passphrase: String, by old: String) throws {
        let key = folder.path("key")
        try Data(passphrase.utf8).write(to: URL(fileURLWithPath: key))
        let cost = format.options(memory: memory).prefix(format == .luks1 ? 4 : 10).dropFirst(2)
        try cryptsetup(["luksAddKey", "-q"] + cost + ["--key-file", "-", path, key], input: old)
    }

    /// What the real cryptsetup says.
    func opens(_ passphrase: String) throws -> Bool {
        let found = try Program("cryptsetup", ["open", "--test-passphrase", path, "-"], input: passphrase)
            .run(in: folder)
        guard [.code(0), .code(2)].contains(found.exit) || found.output.contains("No usable keyslot") else {
            throw HarnessError(what: found.output)
        }
        return found.exit == .code(0)
    }

    func dump() throws -> String { try cryptsetup(["luksDump", path]) }

    /// As the tools show it.
    var name: String {
        get throws {
            "/dev/disk/by-uuid/"
                + (try cryptsetup(["luksUUID", path])).trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }

    var bytes: Data {
        get throws { try Data(contentsOf: URL(fileURLWithPath: path)) }
    }

    func put(_ bytes: Data) throws { try bytes.write(to: URL(fileURLWithPath: path)) }

    func overwrite(_ range: Range<Int>) throws {
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try file.seek(toOffset: UInt64(range.lowerBound))
        try file.write(contentsOf: Data(repeating: 0x5A, count: range.count))
        try file.close()
    }
}

/// The two tools, on these disks.
func adding(_ new: String = newPassphrase, by old: String = oldPassphrase, to disks: [Disk]) throws -> Program {
    Program(
        "untochat-add-passphrase-to-luks-disks",
        disks.flatMap { ["--device", $0.path] } + [try disks[0].folder.secret("\(old)\n\(new)\n\(new)\n")])
}

func removing(_ passphrase: String = oldPassphrase, from disks: [Disk], _ options: [String] = []) throws -> Program {
    Program(
        "untochat-remove-passphrase-from-luks-disks",
        options + disks.flatMap { ["--device", $0.path] } + [try disks[0].folder.secret(passphrase + "\n")])
}
