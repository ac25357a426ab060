import ArgumentParser
import CommandSupport
import ReleasePipeline
import ReleaseSupport

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Say what this machine lacks, and the command that installs it.",
        discussion: """
            Nothing is changed. Exit status 1 when something is missing.

            Examples:
              untochat doctor            for making releases
              untochat doctor --all      also for `make check`, `make lab` and `make bench`
            """)

    @OptionGroup var tree: TreeOptions
    @OptionGroup var output: OutputOptions

    @Flag(help: "Ask also for what checks, the lab and benchmarks need.")
    var all = false

    func run() async throws {
        let report = try await Doctor.examine(root: try tree.tree().root)
        printResult(output.json ? try JSON.text(report) : Doctor.table(report))
        guard report.isReady(for: all ? Doctor.groups : ["build"]) else { throw Failed() }
    }
}
