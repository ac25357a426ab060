import Foundation
import PackageAudit
public import RPMKit
import ReleaseSupport
import SystemPackage

/// Work for librpm in a process of its own: its macros, umask and signal handling must not reach the next piece of work.
/// The orchestrator starts itself again with the hidden subcommand `rpm-child` and hands over one of these as JSON.
public enum RPMTask: Codable, Sendable {
    /// Print the `SpecDescription` as one line of JSON.
    case describe(BuildRequest)
    /// Build below `work`, in the sandbox if `isolated`.
    case build(BuildRequest, work: String, isolated: Bool)
    /// Sign packages in place.
    case sign(SigningRequest)

    /// The name of the subcommand.
    public static let subcommand = "rpm-child"

    /// Carries the task out in this process, which ends with the one that started it.
    public func carryOut() throws {
        Self.endWithOrchestrator()
        switch self {
        case .describe(let request):
            let description = try Builder(request).describe()
            FileHandle.standardOutput.write(try JSONEncoder().encode(description))
        case .build(let request, let work, let isolated):
            _ = try Sandbox.enter(work: work, isolated: isolated)
            let builder = try Builder(request)
            try refuseLeftoverMacros(builder.expandedTexts(), in: request.spec)
            try builder.build()
        case .sign(let request):
            try request.carryOut()
        }
    }

    /// Ends this process and all that it started when the orchestrator is gone: after a SIGKILL nobody else would, and the
    /// next run would find a stranger at work in its folders.
    private static func endWithOrchestrator() {
        Thread.detachNewThread {
            // Standard output is a pipe, and it reports an error as soon as nobody can read it any more.
            var output = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
            while poll(&output, 1, -1) < 0, errno == EINTR { continue }
            kill(0, SIGKILL)
            // The first process of a namespace is spared by its own signals; when it exits, the rest goes.
            _exit(1)
        }
    }

    private func refuseLeftoverMacros(_ texts: [(name: String, text: String)], in spec: String) throws {
        for (name, text) in texts {
            if let macro = MacroRule.firstMacro(in: text) {
                throw RPMError("\(spec): \(macro) in \(name) is not defined, and would be packaged as it stands")
            }
        }
    }

    /// A command that carries this task out; the caller adds its environment and runs it.
    func command(in sandbox: Sandbox? = nil) throws -> Command {
        // The link of the running program, not its path: that may be gone or replaced by a newer build meanwhile.
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let arguments = [Self.subcommand]
        let input = try Array(JSONEncoder().encode(self))
        return (sandbox.map { $0.command(program, arguments) } ?? Command(program, arguments)).with { $0.input = input }
    }
}
