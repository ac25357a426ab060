import ArgumentParser
import CommandSupport
import Foundation
import Lab
import ReleaseSupport

struct ChatCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat",
        abstract: "Open the sessions of two chat users side by side in tmux.",
        discussion: """
            Both are at untosh's prompt; type chat. The machine is gone when you leave tmux.

            Examples:
              untochat-lab chat
              untochat-lab chat --detached      and print the command that shows them
            """)

    @OptionGroup var options: LabOptions

    @Flag(help: "Do not take this terminal: print how to see them, and wait for the sessions to end.")
    var detached = false

    func run() async throws {
        try await options.withLaboratory { laboratory, _, _ in
            let guest = try await laboratory.guest(.snapshot)
            let screen = try await guest.sideBySide()
            if detached {
                printResult("tmux -S \(screen.socket) attach")
                try await screen.waitForEnd()
            } else {
                try await screen.attach()
            }
        }
    }
}
