import ArgumentParser
import CommandSupport
import Lab
import ReleaseSupport

struct ShellCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shell", abstract: "Start a machine to play in, and say how to reach it.")

    @OptionGroup var options: LabOptions

    @Flag(help: "Switch the machine on instead of going on from a snapshot.")
    var cold = false

    func run() async throws {
        try await options.withLaboratory { laboratory, _ in
            let guest = try await laboratory.guest(cold ? .coldBoot : .snapshot)
            printResult(guest.invitation)
            // Until it is interrupted.
            try await Task.sleep(for: .seconds(1_000_000))
        }
    }
}
