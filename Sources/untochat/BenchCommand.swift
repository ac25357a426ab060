import ArgumentParser
import CommandSupport
import ReleasePipeline
import ReleaseSupport

struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure how long a release takes, beside plain rpmbuild.",
        discussion: """
            Works in a clone of the newest commit; nothing here is touched.

            Examples:
              untochat bench
              untochat bench --rounds 9 --json
            """)

    @OptionGroup var tree: TreeOptions
    @OptionGroup var output: OutputOptions

    @Option(help: "How often each case is run; medians are printed.")
    var rounds = 5

    func validate() throws {
        guard (1...1000).contains(rounds) else { throw ValidationError("--rounds is a number from 1 to 1000") }
    }

    func run() async throws {
        let tree = try tree.tree()
        let target = try Target(self.tree.target, in: tree)
        let cases = try await reporting { progress in
            try await Bench(tree: tree, target: target, rounds: rounds).run(progress: progress)
        }
        printResult(output.json ? try JSON.text(cases) : cases.table)
    }
}
