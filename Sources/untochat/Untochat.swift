import ArgumentParser
import CommandSupport
import ReleasePipeline
import ReleaseSupport

/// The release manager's command. One file a subcommand; every decision is in ReleasePipeline.
struct Untochat: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "untochat",
        abstract: "Makes, signs, publishes and checks the packages of a private chat server.",
        discussion: """
            Examples:
              untochat release                          everything, signed with a throwaway development key
              untochat release --key release@example.org --target fedora-44
              untochat build untosh                     compile and package one component
              untochat verify rpmbuild/repo/fedora-45   a stranger's check of a finished release

            Exit status: 0 done, 1 failed, 2 misused, 130 interrupted.
            """,
        version: "untochat 1.0",
        subcommands: [
            ReleaseCommand.self, BuildCommand.self, AuditCommand.self, SignCommand.self, PublishCommand.self,
            VerifyCommand.self, PolicyCommand.self, DoctorCommand.self, BenchCommand.self, RPMChildCommand.self,
        ])
}

@main
enum Main {
    static func main() async { await runCommand(Untochat.self) }
}
