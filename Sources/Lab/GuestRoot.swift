import ReleaseSupport
import SystemPackage

/// The root of a guest as a folder of this machine, in which the guest's own programs run by chroot. Nothing here asks
/// this machine for SELinux: policy stores and labels of files are data.
public struct GuestRoot: Sendable {
    /// The folder.
    public let folder: FilePath

    /// Mounts a copy of the root `base` in `work`, where changes are kept apart, runs `body` and unmounts.
    static func with<Value>(
        _ base: [FilePath], work: FilePath, _ body: (GuestRoot) async throws -> Value
    ) async throws -> Value {
        let (merged, upper, scratch) = (work.appending("root"), work.appending("changes"), work.appending("scratch"))
        for path in [merged, upper, scratch] { try Files.makeFolder(path) }
        // The first that is named lies on top.
        let lower = base.map(\.string).joined(separator: ":")
        try await Command(
            "mount",
            [
                "-t", "overlay", "untochat-lab", "-o", "lowerdir=\(lower),upperdir=\(upper),workdir=\(scratch)",
                merged.string,
            ]
        ).output(.setup, hint: "overlays need root: make lab uses sudo")
        do {
            try await Command("mount", ["-t", "proc", "proc", merged.appending("proc").string]).output(.setup)
            let value = try await body(GuestRoot(folder: merged))
            try await Mounts.removeAll(below: work)
            return value
        } catch {
            try? await Mounts.removeAll(below: work)
            throw error
        }
    }

    /// Where `path` of the guest is on this machine.
    public func path(_ path: FilePath) -> FilePath { folder.pushing(FilePath(root: nil, path.components)) }

    /// Writes a file of the guest, and makes the folders above it.
    public func write(_ text: String, to target: FilePath, mode: FilePermissions = .publicFile) throws {
        let file = path(target)
        try Files.makeFolder(file.removingLastComponent())
        try Files.write(text, to: file, mode: mode)
    }

    /// Runs a program of the guest.
    public func run(_ program: String, _ arguments: [String], input: String = "") async throws -> Command.Outcome {
        try await command(program, arguments, input).run(.setup)
    }

    /// What a program of the guest says; anything but exit status 0 is an error.
    @discardableResult
    public func output(_ program: String, _ arguments: [String] = [], input: String = "") async throws -> String {
        let outcome = try await run(program, arguments, input: input)
        guard outcome.succeeded else {
            let said = (outcome.errorText + outcome.text).split(separator: "\n").suffix(8).joined(separator: "\n    ")
            throw ReleaseError(
                .setup,
                "in the guest's root \(program) \(arguments.joined(separator: " ")) ended with"
                    + " \(outcome.ending):\n    \(said)")
        }
        return outcome.text
    }

    private func command(_ program: String, _ arguments: [String], _ input: String) -> Command {
        Command("chroot", [folder.string, program] + arguments).with {
            $0.input = Array(input.utf8)
            // Nothing of whoever builds it.
            $0.inheritsEnvironment = false
            $0.environment = [
                "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LC_ALL": "C.UTF-8",
                "DEBIAN_FRONTEND": "noninteractive",
            ]
        }
    }
}
