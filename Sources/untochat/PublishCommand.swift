import ArgumentParser
import CommandSupport
import ReleasePipeline
import ReleaseSupport

struct PublishCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish",
        abstract: "Make the signed dnf repository of signed packages.",
        discussion: """
            A package without a good signature by the key is refused, and then nothing is published.

            Examples:
              untochat publish                                   what lies in rpmbuild/RPMS and rpmbuild/SRPMS
              untochat publish rpmbuild/unsigned/fedora-45 --key release@example.org
              untochat publish --output /srv/www/fedora-45
            """)

    @OptionGroup var tree: TreeOptions
    @OptionGroup var key: KeyOptions
    @OptionGroup var output: OutputOptions

    @Option(
        name: .customLong("output"),
        help: ArgumentHelp("The folder to make; default rpmbuild/repo/TARGET.", valueName: "dir"))
    var destination: String?

    @Argument(help: "The folder with the signed packages; default rpmbuild.")
    var folder: String?

    func run() async throws {
        let result = try await tree.withRelease(key.signing) {
            try await $0.publish(folder: folder.map(path), to: destination.map(path))
        }
        printResult(output.json ? try JSON.text(result) : result.summary)
    }
}
