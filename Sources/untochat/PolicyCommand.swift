import ArgumentParser
import CommandSupport
import PolicyAnalysis
import ReleasePipeline
import ReleaseSupport
import SystemPackage

struct PolicyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract: "Check and show the SELinux policy of a server.",
        subcommands: [PolicyCheckCommand.self, PolicyReportCommand.self])
}

/// Where the policy is, and which base policy it is linked with.
struct PolicyOptions: ParsableArguments {
    @Option(name: [.customShort("C"), .long], help: "Work in the checkout around this folder instead of here.")
    var directory: String?

    func project() throws -> PolicyProject {
        var options = TreeOptions()
        options.directory = directory
        return PolicyProject(root: try options.tree().root)
    }
}

struct PolicyCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Link the policy with a whole base policy, and compare what comes out with what is expected.",
        discussion: """
            Needs no SELinux, no guest and no root. The base policy is that of this machine: Debian's
            selinux-policy-default, or Fedora's selinux-policy-targeted, whose modules only root may read.

            Examples:
              untochat policy check
              untochat policy check --base ~/fedora/modules/100    another base policy: a folder of .cil or .pp files
              untochat policy check --denied                       also list what untochat-deny.cil takes back
            """)

    @OptionGroup var options: PolicyOptions
    @OptionGroup var output: OutputOptions

    @Option(help: ArgumentHelp("A folder with the modules of another base policy.", valueName: "folder"))
    var base: String?

    @Flag(help: "List what the base policy gives and untochat-deny.cil takes back.")
    var denied = false

    func run() async throws {
        let outcome = try await options.project().check(base: base.map(path))
        printResult(output.json ? try JSON.text(outcome) : outcome.text(listsDenied: denied))
        guard outcome.findings.isEmpty else { throw Failed() }
    }
}

struct PolicyReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Write docs/selinux.md and docs/selinux-domains.svg: what the policy allows, and why.")

    @OptionGroup var options: PolicyOptions

    func run() async throws {
        for file in try options.project().writeReport() { printResult(file) }
    }
}
