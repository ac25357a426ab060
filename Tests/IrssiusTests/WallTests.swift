import Foundation
import IRCHarness
import Testing

/// Each wall alone stops what it is for, and without it the same succeeds.
@Suite
struct WallTests {
    enum Outcome: Equatable {
        case done, refused, killed
        case other(Int32)
    }

    static let program = LocalProgram.built("irssius-walls")

    static func attempt(_ act: String, behind walls: String) throws -> Outcome {
        switch try LocalProgram.run(program, [walls, act]).status {
        case 0: return .done
        case 1: return .refused
        case -SIGSYS: return .killed
        case let status: return .other(status)
        }
    }

    static let stopped: [(wall: String, act: String, outcome: Outcome)] = [
        ("s", "run", .killed), ("s", "fork", .killed), ("s", "read-file", .killed), ("s", "make-file", .killed),
        ("s", "unix-socket", .killed), ("s", "udp-socket", .killed), ("s", "ipv6-socket", .killed),
        ("s", "listen", .killed),
        ("s", "descriptors", .killed), ("s", "run-memory", .killed), ("s", "kill", .killed), ("s", "trace", .killed),
        ("s", "type", .killed), ("s", "connect-elsewhere", .killed),
        ("s", "copy-address", .killed), ("s", "move-memory", .killed), ("f", "read-file", .refused),
        ("f", "make-file", .refused), ("f", "run", .refused),
        ("f", "connect-elsewhere", .refused), ("r", "write-file", .refused), ("r", "fork", .refused),
        ("r", "descriptors", .refused),
        ("r", "memory", .refused), ("r", "core", .refused), ("p", "dump", .refused), ("p", "gain", .refused),
    ]

    @Test("a wall stops what it is for; without it the same is done", arguments: stopped)
    func stops(_ wall: String, _ act: String, _ outcome: Outcome) throws {
        #expect(try WallTests.attempt(act, behind: "-") == .done)
        let found = try WallTests.attempt(act, behind: wall)
        // A kernel without Landlock, or with one from before it knew ports.
        if wall == "f", found == .other(102) { return }
        #expect(found == outcome)
    }

    @Test("the page with the server's address cannot be unmapped where the kernel can seal it")
    func sealed() throws {
        // mseal came with Linux 6.10; without it the pointer is compared all the same.
        let version = ProcessInfo.processInfo.operatingSystemVersion
        let canSeal = (version.majorVersion, version.minorVersion) >= (6, 10)
        for walls in ["-", "s"] {
            #expect(try WallTests.attempt("unmap-address", behind: walls) == (canSeal ? .refused : .done))
        }
    }

    @Test("behind all walls what the client needs goes on", arguments: ["connect", "some-memory", "mode"])
    func allows(_ act: String) throws { #expect(try WallTests.attempt(act, behind: "rpfs") == .done) }

    @Test("the running client has all of its walls up")
    func running() throws {
        let source = try String(
            contentsOf: URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().appendingPathComponent("Sources/irssius/Walls.swift"), encoding: .utf8)
        #expect(source.contains("case parent, resources, privileges, files, systemCalls"))
        let screen = try Screen(columns: 80, rows: 24)
        #expect(screen.waits(for: "Welcome"))
        let status = try String(contentsOfFile: "/proc/\(screen.process)/status", encoding: .utf8)
        #expect(status.contains("NoNewPrivs:\t1") && status.contains("Seccomp:\t2") && status.contains("Threads:\t1"))
        let limits = try String(contentsOfFile: "/proc/\(screen.process)/limits", encoding: .utf8)
        for (name, value) in [
            ("Max file size", "0"), ("Max core file size", "0"), ("Max processes", "0"), ("Max open files", "8"),
        ] {
            #expect(
                limits.split(separator: "\n").contains {
                    $0.hasPrefix(name) && $0.dropFirst(name.count).split(separator: " ").first == Substring(value)
                })
        }
    }
}
