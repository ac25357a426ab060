import ArgumentParser
import CommandSupport
import ReleasePipeline
import ReleaseSupport

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Check packages and programs for hardening, needs, privileges and leaks.",
        discussion: """
            Inside a checkout its declarations (specs/*.yaml), the target's libraries and this machine's names are taken
            into account; elsewhere what a stranger can check is checked.

            Examples:
              untochat audit rpmbuild/RPMS
              untochat audit /opt/bin/untosh --json
            """)

    @OptionGroup var tree: TreeOptions
    @OptionGroup var output: OutputOptions

    @Argument(help: "Packages, ELF files, or folders to search for them.")
    var paths: [String]

    func run() async throws {
        let tree = tree.treeIfAny()
        let target = try tree.map { try Target(self.tree.target, in: $0) }
        let report = try await AuditStage(tree: tree, target: target).audit(paths: paths.map(path))
        printResult(output.json ? try JSON.text(report) : "\(report)")
        guard report.isClean else { throw Failed() }
    }
}
