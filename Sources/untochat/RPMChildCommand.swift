import ArgumentParser
import CommandSupport
import Foundation
import ReleasePipeline

/// Not for people: the child process in which librpm does one piece of work. The task comes on standard input.
struct RPMChildCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: RPMTask.subcommand, shouldDisplay: false)

    func run() throws {
        // The parent ends this process; librpm and the build's programs must see the usual dispositions.
        for number in [SIGINT, SIGTERM, SIGHUP, SIGPIPE] { signal(number, SIG_DFL) }
        // This thread is one of Dispatch, which blocks signals in its threads; gpg and the compilers would inherit that
        // and outlive an interruption.
        var none = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, nil)
        guard let input = try FileHandle.standardInput.readToEnd() else { throw Failed(status: 2) }
        try JSONDecoder().decode(RPMTask.self, from: input).carryOut()
    }
}
