public import ArgumentParser
import Foundation
import ReleasePipeline
import ReleaseSupport

/// Runs a command as a whole program: arguments in, exit status out, interruptible.
public func runCommand(_ root: (some ParsableCommand).Type) async -> Never {
    // Output that is piped into a program that ends early must not end a release half-way.
    signal(SIGPIPE, SIG_IGN)
    // What is published must be readable, and for nobody else to write; what is secret says so itself.
    umask(0o022)
    let work = Task { await Exit.status(of: root, CommandLine.arguments.dropFirst()) }
    let interruption = Interruption { work.cancel() }
    let status = await work.value
    withExtendedLifetime(interruption) {}
    exit(status)
}

/// Turns the way a command ended into an exit status: 0 done, 1 failed, 2 misused, 130 interrupted by SIGINT,
/// SIGTERM or SIGHUP.
enum Exit {
    static func status(of root: (some ParsableCommand).Type, _ arguments: some Sequence<String>) async -> Int32 {
        do {
            var command = try root.parseAsRoot(Array(arguments))
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            return 0
        } catch let failure as Failed {
            return failure.status
        } catch  where Task.isCancelled {
            return complain(root, "interrupted: what was half made is gone", 130)
        } catch let error as Misuse {
            return complain(root, "\(error)", 2)
        } catch {
            let code = root.exitCode(for: error)
            let text = root.fullMessage(for: error)
            if code.isSuccess {
                print(text)
                return 0
            }
            // ArgumentParser says EX_USAGE (64) for misuse.
            return complain(root, code.rawValue == 64 ? text : "\(error)", code.rawValue == 64 ? 2 : 1)
        }
    }

    private static func complain(_ root: (some ParsableCommand).Type, _ text: String, _ status: Int32) -> Int32 {
        FileHandle.standardError.write(Data("\(root._commandName): \(text)\n".utf8))
        return status
    }
}

/// The command has said all there is to say; only the exit status is left.
public struct Failed: Error {
    /// The exit status.
    public var status: Int32

    /// Failed, with an exit status.
    public init(status: Int32 = 1) { self.status = status }
}

/// Calls `cancel` at the first SIGINT, SIGTERM or SIGHUP, so that builds end and half-made files go before the program.
/// One that whoever started the program has it ignore, as nohup does, stays ignored.
final class Interruption {
    private let sources: [any DispatchSourceSignal]

    init(_ cancel: @escaping @Sendable () -> Void) {
        sources = [SIGINT, SIGTERM, SIGHUP].filter { !Self.isIgnored($0) }.map { number in
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler(handler: cancel)
            // On Linux Dispatch installs a handler itself. SIG_IGN before it would lose a signal that comes in between,
            // and after it all of them.
            source.resume()
            return source
        }
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0 else { return false }
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
            == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}
