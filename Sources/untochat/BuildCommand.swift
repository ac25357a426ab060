import ArgumentParser
import CommandSupport
import ReleasePipeline
import ReleaseSupport

struct BuildCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build",
        abstract: "Compile components and make their unsigned packages.",
        discussion: """
            The packages stay in rpmbuild/cache until `untochat release` signs them; their paths are printed.

            Examples:
              untochat build                 every component
              untochat build untosh          one
              untochat build --target fedora-44 --json
            """)

    @OptionGroup var tree: TreeOptions
    @OptionGroup var key: KeyOptions
    @OptionGroup var output: OutputOptions

    @Option(
        help: ArgumentHelp(
            "Set a build condition of the specs, as rpmbuild --with does. Such packages are for tests and are not "
                + "released.", valueName: "condition"))
    var with: [String] = []

    @Argument(help: "The components, by the name of their spec; all of them if none is named.")
    var packages: [String] = []

    func run() async throws {
        let built = try await tree.withRelease(key.signing) { try await $0.build(packages, conditions: with) }
        let paths = built.flatMap { $0.binaries + [$0.source] }.map(\.string)
        printResult(output.json ? try JSON.text(paths) : paths.joined(separator: "\n"))
    }
}
