import Foundation
import ReleaseSupport
public import SystemPackage

/// Python programs that tests use, in a folder of their own below .build. pip fetches what is not there, by hashes alone,
/// and runs nobody's code but what the hashes stand for.
public struct PythonEnvironment: Sendable {
    /// The root of this checkout.
    public static let root = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()

    /// Ansible and ansible-lint; one installation for all tests of a process.
    public static var ansible: PythonEnvironment { get async throws { try await installingAnsible.value } }
    private static let installingAnsible = Task {
        try await PythonEnvironment(
            "ansible", [.init(FilePath(#filePath).removingLastComponent().appending("ansible.txt"))])
    }

    /// A file of requirements, with hashes.
    public struct Requirements: Sendable {
        let file: FilePath
        let options: [String]

        /// - Parameter options: of pip's, beside those that let nothing in without a hash.
        public init(_ file: FilePath, options: [String] = []) {
            self.file = file
            self.options = options
        }
    }

    /// The folder with the programs.
    public let programs: FilePath

    /// Finds the environment `name`, or installs `requirements`, one after the other.
    public init(_ name: String, _ requirements: [Requirements]) async throws {
        let folder = Self.root.appending(".build/\(name)-venv")
        programs = folder.appending("bin")
        let mark = folder.appending("requirements.txt")
        let wanted = try requirements.map { try Files.text($0.file) }.joined()
        if (try? Files.text(mark)) == wanted { return }
        // Tests of two processes may come at once.
        let lock = try await Self.lock(Self.root.appending(".build/\(name)-venv.lock"))
        defer { withExtendedLifetime(lock) {} }
        if (try? Files.text(mark)) == wanted { return }
        try Files.remove(folder)
        try await Command("python3", ["-m", "venv", folder.string]).output(.setup)
        for each in requirements {
            let arguments = ["install", "--quiet", "--no-deps", "--require-hashes"] + each.options
            try await Command(programs.appending("pip").string, arguments + ["--requirement", each.file.string])
                .output(.setup, hint: "\(name) comes from PyPI: this test needs the network once")
        }
        try Files.write(wanted, to: mark)
    }

    /// A program in it.
    public func program(_ name: String) -> String { programs.appending(name).string }

    /// PATH with these programs before all others.
    public var path: String {
        "\(programs):\(ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")"
    }

    private static func lock(_ path: FilePath) async throws -> TreeLock {
        while true {
            if let lock = try TreeLock.acquire(path) { return lock }
            try await Task.sleep(for: .milliseconds(100))
        }
    }
}
