import ArgumentParser
import CommandSupport
import ReleasePipeline
import ReleaseSupport
import Repository

struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check a published release from cold, as a stranger would.",
        discussion: """
            Signatures, digests, metadata, hardening and leaks are checked with the release's files and one public key
            alone. Without --key the key in the release is taken: that proves the release whole, not who made it.

            Examples:
              untochat verify rpmbuild/repo/fedora-45
              untochat verify fedora-45 --key ~/RPM-GPG-KEY-untochat --json
            """)

    @OptionGroup var output: OutputOptions

    @Option(help: ArgumentHelp("The public key that must have signed everything.", valueName: "file"))
    var key: String?

    @Argument(help: "The folder with x86_64/, source/ and SHA256SUMS.")
    var folder: String

    func run() async throws {
        let stage = VerifyStage(key: key.map(path))
        let outcomes = try await stage.verify(path(folder))
        let failed = outcomes.filter { !$0.passed }
        if output.json {
            printResult(try JSON.text(outcomes))
        } else {
            for outcome in failed { printResult("FAILED  \(outcome.subject): \(outcome.name): \(outcome.reason)") }
            printResult("\(outcomes.count - failed.count) checks passed, \(failed.count) failed")
            if await stage.isDevelopmentSigned(path(folder)) {
                printResult("DEVELOPMENT-SIGNED with a throwaway key: nothing here proves who made it.")
            }
            if key == nil {
                printResult("The key came with the release; compare its fingerprint with one you trust, or give --key.")
            }
        }
        guard failed.isEmpty else { throw Failed() }
    }
}
