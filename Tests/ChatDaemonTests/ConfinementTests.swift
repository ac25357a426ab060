import Foundation
import Testing

@testable import ChatDaemon

@Suite("What the daemon cannot do any more")
struct DaemonConfinementTests {
    @Test("it serves as nobody, with one thread, without new privileges, behind a filter")
    func status() throws {
        let daemon = try RunningDaemon("[Options]\nKernelIdent = no")
        #expect(try daemon.kernelStatus("NoNewPrivs") == "1")
        #expect(try daemon.kernelStatus("Seccomp") == "2")
        #expect(try daemon.kernelStatus("Threads") == "1")
        #expect(try !daemon.kernelStatus("Uid").split(separator: " ").contains("0"))
        #expect(try !daemon.kernelStatus("Gid").split(separator: " ").contains("0"))
        if Programs.isRoot {
            #expect(try daemon.kernelStatus("Groups") == "")
            #expect(try daemon.kernelStatus("CapEff").allSatisfy { $0 == "0" })
        }
        let limits = try String(contentsOfFile: "/proc/\(daemon.pid)/limits", encoding: .utf8)
        for name in ["Max core file size", "Max processes"] {
            let line = try #require(limits.split(separator: "\n").first { $0.hasPrefix(name) })
            #expect(line.dropFirst(name.count).split(separator: " ").prefix(2).allSatisfy { $0 == "0" }, "\(line)")
        }
    }

    @Test("it is not dumpable: what belongs to it in /proc is root's", .enabled(if: Programs.isRoot, Programs.whyRoot))
    func dumpable() throws {
        let daemon = try RunningDaemon("[Options]\nKernelIdent = no")
        let attributes = try FileManager.default.attributesOfItem(atPath: "/proc/\(daemon.pid)/mem")
        #expect(attributes[.ownerAccountID] as? UInt32 == 0)
    }

    @Test(
        "a variable of the Swift runtime is gone from the process that serves",
        .enabled(if: Programs.isRoot, Programs.whyRoot),
        arguments: ["SWIFT_BACKTRACE", "SWIFT_DEBUG_HELP", "LIBDISPATCH_LOG"])
    func scrubbed(name: String) throws {
        let daemon = try RunningDaemon(
            "[Options]\nKernelIdent = no", environment: [name: "enable=yes,swift-backtrace=/bin/false", "KEPT": "1"])
        let environment = try String(contentsOfFile: "/proc/\(daemon.pid)/environ", encoding: .utf8)
        #expect(!environment.contains(name) && environment.contains("KEPT=1"))
    }

    @Test(
        "what only an attack would ask for ends the process",
        arguments: ["exec", "thread", "executable-memory", "become-root"])
    func deadly(what: String) throws {
        #expect(try attempt(what) == -SIGSYS)
    }

    @Test("what a bug might ask for is refused", arguments: ["socket", "write-file", "kill-other"])
    func refused(what: String) throws {
        #expect(try attempt(what) == 1)
    }

    @Test(
        "what it needs works under the same filter, so the tests above can fail", arguments: ["nothing", "read-file"])
    func allowed(what: String) throws {
        #expect(try attempt(what) == 0)
    }

    @Test(
        "without the filter the same works",
        arguments: ["exec", "thread", "executable-memory", "become-root", "socket", "write-file", "kill-other"])
    func unfiltered(what: String) throws {
        #expect(try attempt(what, "unfiltered") == 0)
    }

    /// Where a core dump would lie.
    private static let dumpsHere =
        (try? String(contentsOfFile: "/proc/sys/kernel/core_pattern", encoding: .utf8)) == "core\n"

    @Test("a crash leaves no core dump and says nothing", .enabled(if: dumpsHere, "core dumps lie elsewhere"))
    func crash() throws {
        let place = FileManager.default.temporaryDirectory.appendingPathComponent("dump-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: place) }
        chmod(place.path, 0o777)
        func dumps() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: place.path) }
        let everything = ["/usr/bin/prlimit", "--core=unlimited", "/usr/bin/env", "-C", place.path]
        let daemon = try RunningDaemon("[Options]\nKernelIdent = no", prefix: everything)
        let client = try daemon.connect().register("anna")
        client.send("JOIN #secret")
        try client.expect(" 366 ")
        kill(daemon.pid, SIGSEGV)
        #expect(try daemon.status() == -SIGSEGV)
        #expect(try dumps() == [] && !daemon.messages.contains("anna") && !daemon.messages.contains("secret"))
        // Any other program does leave one there.
        let other = Process()
        other.executableURL = URL(fileURLWithPath: everything[0])
        other.arguments = everything.dropFirst() + ["/bin/sh", "-c", "kill -SEGV $$"]
        try other.run()
        other.waitUntilExit()
        #expect(try dumps() != [])
    }

    private func attempt(_ what: String, _ how: String = "attempt") throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Programs.probe)
        process.arguments = [how, what]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    }
}
