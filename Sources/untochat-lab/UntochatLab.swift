import ArgumentParser
import CommandSupport
import Foundation
import Lab
import ReleasePipeline
import ReleaseSupport
import SystemPackage

/// The tester's command. One file a subcommand; every decision is in Lab.
struct UntochatLab: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "untochat-lab",
        abstract: "Tries a release of a private chat server in a machine with SELinux.",
        discussion: """
            The machine is Debian in QEMU, with the release's packages installed, SELinux enforcing and an encrypted
            disk. It reaches nothing, and nothing but this machine reaches it. The lab needs root, and a published release
            (`untochat release`).

            Exit status: 0 done, 1 failed, 2 misused, 130 interrupted.
            """,
        version: "untochat-lab 1.0",
        subcommands: [
            RunCommand.self, ShellCommand.self, ChatCommand.self, ImagesCommand.self, CleanCommand.self,
        ])
}

@main
enum Main {
    static func main() async { await runCommand(UntochatLab.self) }
}

/// Which release is tried.
struct LabOptions: ParsableArguments {
    @Option(name: [.customShort("C"), .long], help: "Work in the checkout around this folder instead of here.")
    var directory: String?

    @Option(help: "The distribution whose packages are tried: a macro file in rpmbuild/macros.")
    var target = "fedora-45"

    /// Runs `body` with the laboratory, which is closed however `body` ends.
    func withLaboratory<Value>(_ body: (Laboratory, ProgressReporter, SourceTree) async throws -> Value) async throws
        -> Value
    {
        let tree = try SourceTree.find(from: path(directory ?? "."))
        let target = try Target(target, in: tree)
        return try await reporting(named: "untochat-lab") { progress in
            let laboratory = try await Laboratory(
                repository: tree.repository(target), evidence: tree.root.appending(".build/lab-logs"),
                progress: progress)
            do {
                let value = try await body(laboratory, progress, tree)
                await laboratory.close()
                return value
            } catch {
                await laboratory.close()
                throw error
            }
        }
    }
}
