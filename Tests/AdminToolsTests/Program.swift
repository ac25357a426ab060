import CStepper
import Foundation

struct HarnessError: Error { let what: String }

/// A program that runs to its end, or to the system call that it is stopped at.
struct Program {
    /// Where the built programs are.
    static let folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .path

    static func path(_ name: String) -> String? {
        [folder, "/usr/sbin", "/usr/bin", "/sbin"].map { $0 + "/" + name }.first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
    }

    enum Exit: Equatable {
        case code(Int32)
        case signal(Int32)
    }

    struct Result {
        var exit: Exit
        var output: String
        var lines: [String] { output.split(separator: "\n").map(String.init) }
        /// System calls that change files, as far as they were counted.
        var calls: Int
    }

    var name: String
    var arguments: [String]
    /// What comes from standard input.
    var input: String?
    var isTraced = false
    var only: String?
    /// Count what starts programs and makes and removes names.
    var countsPrograms = false
    var killBefore = 0
    var killAfter = 0
    var failing: ClosedRange<Int>?
    /// From this call on the system has no memory to give.
    var starveAt = 0
    var log: String?

    init(_ name: String, _ arguments: [String], input: String? = nil) {
        self.name = name
        self.arguments = arguments
        self.input = input
    }

    func run(in folder: Folder) throws -> Result {
        guard let path = Program.path(name) else { throw HarnessError(what: "no " + name) }
        let output = folder.path("output")
        let given = folder.path("input")
        if let input { try Data(input.utf8).write(to: URL(fileURLWithPath: given)) }
        var calls: UInt32 = 0
        let status = withStrings([path] + arguments) { argv in
            withStrings([output, input == nil ? "" : given, only ?? "", log ?? ""]) { paths in
                var run = stepper_run(
                    arguments: argv, input: input == nil ? nil : paths[1], output: paths[0],
                    only: only == nil ? nil : paths[2], traced: isTraced, counts_programs: countsPrograms,
                    kill_before: UInt32(killBefore),
                    kill_after: UInt32(killAfter), fail_from: UInt32(failing?.lowerBound ?? 0),
                    fail_until: UInt32(failing?.upperBound ?? 0), starve_at: UInt32(starveAt),
                    log: log == nil ? nil : paths[3])
                return stepper_run(&run, &calls)
            }
        }
        guard status >= 0 else { throw HarnessError(what: name + " could not be followed") }
        let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: output)), as: UTF8.self)
        let exit: Exit = status & 0x7F == 0 ? .code(status >> 8 & 0xFF) : .signal(status & 0x7F)
        return Result(exit: exit, output: text, calls: Int(calls))
    }
}

func withStrings<Result>(
    _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) throws -> Result
) rethrows -> Result {
    var pointers: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    return try pointers.withUnsafeMutableBufferPointer { buffer in
        guard let start = buffer.baseAddress else { preconditionFailure("no strings") }
        return try body(start)
    }
}

/// A folder of its own for a test, on a real disk: LUKS is written past the cache. Passphrases lie in another, in memory.
final class Folder {
    private let disk: String
    private let memory: String

    init() throws {
        let name = "admin-tools-" + UUID().uuidString
        disk = "/var/tmp/" + name
        memory = "/dev/shm/" + name
        for folder in [disk, memory] {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }
    }

    deinit {
        for folder in [disk, memory] { try? FileManager.default.removeItem(atPath: folder) }
    }

    func path(_ name: String) -> String { disk + "/" + name }

    /// A passphrase file as the tools want it.
    func secret(_ text: String, mode: Int = 0o600) throws -> String {
        let path = memory + "/secret"
        try? FileManager.default.removeItem(atPath: path)
        guard
            FileManager.default.createFile(
                atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: mode])
        else { throw HarnessError(what: path) }
        return path
    }
}
