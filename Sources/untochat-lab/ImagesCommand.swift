import ArgumentParser
import CommandSupport
import Lab
import ReleasePipeline
import ReleaseSupport

struct ImagesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "images",
        abstract: "Build what machines start from, as far as it is not there, and list it.",
        discussion: """
            Examples:
              untochat-lab images            while other work goes on: `run` then starts at once
              untochat-lab images --list     only list
            """)

    @OptionGroup var options: LabOptions
    @OptionGroup var output: OutputOptions

    @Flag(help: "Build nothing.")
    var list = false

    func run() async throws {
        if !list { try await options.withLaboratory { laboratory, _, _ in try await laboratory.buildLayers() } }
        let layers = try await Laboratory.layers()
        printResult(output.json ? try JSON.text(layers) : layers.map(\.line).joined(separator: "\n"))
    }
}

struct CleanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clean",
        abstract: "Remove what machines start from, but for what a run uses now.",
        discussion: """
            Examples:
              untochat-lab clean
            """)

    func run() async throws { try await Laboratory.removeLayers() }
}
