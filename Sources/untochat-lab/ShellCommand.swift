import ArgumentParser
import CommandSupport
import Lab
import ReleaseSupport

struct ShellCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shell",
        abstract: "Start a machine to play in, and say how to reach it.",
        discussion: """
            It runs until the command is interrupted or the machine is powered off; what was done to it is then gone. The
            serial console and the screen show what the machine says, and where it asks for the disk's passphrase; logins
            are by ssh.

            Examples:
              untochat-lab shell
              untochat-lab shell --cold      from power on; the passphrase is typed for you
              untochat-lab shell --bare      without the release, for those who want to install it
            """)

    @OptionGroup var options: LabOptions

    @Flag(help: "Switch the machine on instead of going on from a snapshot.")
    var cold = false

    @Flag(help: "A machine on which the release is not installed; it is switched on.")
    var bare = false

    func run() async throws {
        try await options.withLaboratory { laboratory, _, _ in
            let display = try Laboratory.freeDisplay()
            let guest = try await laboratory.guest(
                bare ? .bare : cold ? .coldBoot : .snapshot, display: display)
            try guest.releaseConsole()
            printResult(guest.invitation)
            try await guest.waitForPowerOff()
        }
    }
}
