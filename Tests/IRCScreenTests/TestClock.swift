import Foundation
import IRCHarness

/// A clock that a test sets, for one program. It goes on by itself as well, so what it shows is a minute rather than a second.
final class TestClock {
    /// In seconds since 1970: 31 December 2029, 23:57.
    static let start = 1_893_455_820
    /// What the program must be started with, as env takes it.
    let environment: String
    private let file: URL
    private var ahead: Int64

    init(in folder: URL) throws {
        file = folder.appending(path: "clock")
        ahead = Int64(TestClock.start) - Int64(Date().timeIntervalSince1970)
        environment = "LD_PRELOAD='\(try TestClock.build(in: folder))' TEST_CLOCK='\(file.path)'"
        try Data(repeating: 0, count: 8).write(to: file)
        try set()
    }

    /// Takes the program some seconds into the future. It sees that when it next wakes.
    func advance(seconds: Int) throws {
        ahead += Int64(seconds)
        try set()
    }

    private func set() throws {
        let handle = try FileHandle(forWritingTo: file)
        defer { try? handle.close() }
        try withUnsafeBytes(of: ahead) { try handle.write(contentsOf: Data($0)) }
    }

    private static func build(in folder: URL) throws -> String {
        let source = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "clock.c")
        let library = folder.appending(path: "clock.so")
        guard let compiler = LocalProgram.find("gcc") else { throw HarnessError("gcc is not installed") }
        let (status, output) = try LocalProgram.run(
            compiler, ["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", library.path, source.path])
        guard status == 0 else { throw HarnessError("clock.c cannot be compiled: \(output)") }
        return library.path
    }
}
