import ArgumentParser
import CommandSupport
import Lab
import ReleasePipeline
import ReleaseSupport

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Try every promise, and print a table of promises and outcomes.",
        discussion: """
            Exit status 1 when a promise is broken. What consoles, journals and audit logs said then is below
            .build/lab-logs.

            Examples:
              untochat-lab run
              untochat-lab run sessions nnp      one chapter and one promise
              untochat-lab run --list            what there is
            """)

    @OptionGroup var options: LabOptions
    @OptionGroup var output: OutputOptions

    @Flag(help: "Only list chapters and promises.")
    var list = false

    @Option(help: ArgumentHelp("How many places are tried at once.", valueName: "n"))
    var jobs = LabRun.places

    @Argument(help: "Chapters and promises; all by default.")
    var names: [String] = []

    func validate() throws {
        let known = LabPromises.chapters.flatMap { [$0.name] + $0.promises.map(\.id) }
        for name in names where !known.contains(name) {
            throw ValidationError("there is no promise \(name); untochat-lab run --list shows all")
        }
    }

    func run() async throws {
        let chapters = LabPromises.chapters(named: names)
        if list {
            for chapter in chapters {
                printResult(chapter.name)
                for promise in chapter.promises { printResult("  \(promise.id)  \(promise.text)") }
            }
            return
        }
        let outcomes = try await options.withLaboratory { laboratory, progress, tree in
            try await LabRun(laboratory, progress: progress, evidence: tree.root.appending(".build/lab-logs"))
                .run(chapters, atOnce: jobs)
        }
        printResult(output.json ? try JSON.text(outcomes) : LabRun.table(outcomes))
        guard outcomes.allSatisfy(\.kept) else { throw Failed() }
    }
}
