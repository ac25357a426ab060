import Foundation
import Testing

@testable import EscapeMatrix

/// The probe on this machine, where no policy is: that it does what its plan says, and what the walls of irssius leave.
@Suite
struct ProbeTests {
    static let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appendingPathComponent("escape-probe")

    /// Runs the probe under `name` with a plan, as an ordinary user.
    static func run(_ name: String, _ plan: String, lists: String = "") throws -> ProbeTranscript {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("escape-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let probe = try Data(contentsOf: program)
        let middle = probe.count + plan.utf8.count
        let trailer = [probe.count, middle].map { String(repeating: "0", count: 16 - "\($0)".count) + "\($0)" }.joined()
        let file = folder.appendingPathComponent(name)
        try (probe + Data((plan + lists + trailer).utf8)).write(to: file)
        for path in [folder.path, file.path] {
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        }
        let process = Process()
        let isRoot = geteuid() == 0
        process.executableURL = isRoot ? URL(fileURLWithPath: "/usr/bin/setpriv") : file
        process.arguments =
            isRoot ? ["--reuid", "65534", "--regid", "65534", "--clear-groups", file.path] : []
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let text = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return ProbeTranscript(String(decoding: text, as: UTF8.self))
    }

    @Test("steps follow each other, and the first that fails is told")
    func steps() throws {
        let transcript = try ProbeTests.run(
            "untosh",
            """
            bare
            attempt file\topenat AT_FDCWD /etc/passwd O_RDONLY ; read $1 &64 64
            attempt shadow\topenat AT_FDCWD /etc/shadow O_RDWR
            attempt program\texecute /bin/true
            attempt dies\tabort
            attempt nonsense\topenat AT_FDCWD /etc/passwd NO_SUCH_FLAG
            attempt late-nonsense\tgetpid ; no_such_call
            attempt walk\twalk read etc

            """, lists: "etc\tgood_t\tf\t/etc/passwd\netc\tbad_t\tf\t/etc/shadow\nusr\tother_t\tf\t/etc/group\n")
        #expect(transcript.isComplete && transcript.faults.isEmpty)
        #expect(transcript.end(of: "file") == .done)
        #expect(transcript.end(of: "shadow") == .failed("EACCES"))
        #expect(transcript.end(of: "program") == .replaced)
        #expect(transcript.end(of: "dies") == .killed(signal: 6, dumped: false))
        #expect(transcript.end(of: "nonsense") == .failed("EBADRQC"))
        #expect(transcript.end(of: "late-nonsense") == .failed("EBADRQC"))
        #expect(transcript.types(of: "walk") == ["good_t"])
        #expect(transcript.files(of: "walk") == 2)
    }

    @Test("behind the walls of irssius nearly nothing of the whole matrix is left, and every attempt is understood")
    func walls() throws {
        let matrix = try MatrixTests.committed()
        let names = ["home", "own-file", "other", "program", "root-device"].map { ($0, "/nowhere") }
        let numbers = ["uid", "other-uid", "shm", "queue", "semaphores"].map { ($0, "65533") }
        let surroundings = Surroundings(Dictionary(uniqueKeysWithValues: names + numbers + [("policy", "targeted")]))
        let transcript = try ProbeTests.run("irssius", try matrix.plan(.walled, in: surroundings))
        #expect(transcript.isComplete && transcript.faults.isEmpty)
        for attempt in matrix.attempts {
            #expect(transcript.end(of: attempt.id) != .failed("EBADRQC"), "\(attempt.id) is not understood")
        }
        let open = matrix.attempts.filter { !$0.isWalk && Verdict($0, transcript).isAllowed }.map(\.id)
        // Answered without the kernel, or asked by the client itself.
        #expect(
            Set(open).isSubset(of: ["boot-clock", "environment", "inherited", "terminal-tiocgwinsz", "terminal-tcgets"])
        )
    }
}
