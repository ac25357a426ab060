import ArgumentParser
import CommandSupport
import Lab
import ReleaseSupport

struct ShellCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shell",
        abstract: "Start a machine to play in, and say how to reach it.",
        discussion: """
            It runs until the command is interrupted; what was done to it is then gone. At its console and on its screen
            root's password is root.

            Examples:
              untochat-lab shell
              untochat-lab shell --cold      from power on; the passphrase is typed for you
            """)

    @OptionGroup var options: LabOptions

    @Flag(help: "Switch the machine on instead of going on from a snapshot.")
    var cold = false

    func run() async throws {
        try await options.withLaboratory { laboratory, _, _ in
            let display = try Laboratory.freeDisplay()
            let guest = try await laboratory.guest(cold ? .coldBoot : .snapshot, display: display)
            printResult(guest.invitation)
            try await guest.waitForPowerOff()
        }
    }
}
