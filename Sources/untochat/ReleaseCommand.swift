import ArgumentParser
import CommandSupport
import ReleasePipeline
import ReleaseSupport

struct ReleaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release",
        abstract: "Compile, package, audit, sign, publish and verify everything.",
        discussion: """
            The result lies at fixed places below rpmbuild/: RPMS, SRPMS, repo/TARGET and release-TARGET.json. Nothing is
            published unless everything before it passed, and what has not changed is not made again.

            Examples:
              untochat release
              untochat release --key release@example.org
              untochat release --no-sign --public-key release.asc    then, where the key is: untochat sign DIR
            """)

    @OptionGroup var tree: TreeOptions
    @OptionGroup var key: KeyOptions
    @OptionGroup var output: OutputOptions

    @Flag(inversion: .prefixedNo, help: "Sign; --no-sign makes packages for `untochat sign` on another machine.")
    var sign = true

    @Option(help: ArgumentHelp("With --no-sign: the public half of the key that will sign.", valueName: "file"))
    var publicKey: String?

    @Flag(help: "Sign with a real key although files differ from the newest commit.")
    var allowUncommitted = false

    func validate() throws {
        if publicKey != nil, sign { throw ValidationError("--public-key goes with --no-sign") }
        if key.key != nil, !sign { throw ValidationError("--key signs; with --no-sign give --public-key") }
    }

    func run() async throws {
        let signing = sign ? key.signing : .nobody(publicKey: publicKey.map(path))
        let report = try await tree.withRelease(signing, allowsUncommitted: allowUncommitted) { try await $0.run() }
        printResult(output.json ? try report.json() : report.summary)
    }
}
