import ArgumentParser
import CommandSupport
import ReleasePipeline
import ReleaseSupport

struct SignCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign",
        abstract: "Sign every package in a folder, and check each signature.",
        discussion: """
            For packages made by `untochat release --no-sign`, on the machine that has the key. Each package is replaced by
            its signed self in one step; one that the key signed already is left alone.

            Examples:
              untochat sign rpmbuild/unsigned/fedora-45 --key release@example.org
              untochat publish rpmbuild/unsigned/fedora-45 --key release@example.org
            """)

    @OptionGroup var tree: TreeOptions
    @OptionGroup var key: KeyOptions
    @OptionGroup var output: OutputOptions

    @Argument(help: "The folder with the packages.")
    var folder: String

    func run() async throws {
        let result = try await tree.withRelease(key.signing) { try await $0.sign(folder: path(folder)) }
        printResult(output.json ? try JSON.text(result) : result.summary)
    }
}
