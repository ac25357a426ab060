import Foundation
import ReleaseSupport
import SystemPackage
import Testing

extension Behaviour {
    /// Machines that give builds less than namespaces of every kind.
    @Suite("A machine with fewer namespaces") struct FewerNamespaces {
        enum Machine: String, CaseIterable, Sendable {
            case noProcesses, none

            /// What `unshare` refuses there, as a shell pattern.
            var refusal: String { self == .noProcesses ? "*--pid*" : "*" }

            /// Makes the clone's machine one of these.
            func simulate(in clone: Clone) throws {
                let path = clone.programs.appending("unshare")
                try Files.write(
                    "#!/bin/sh\ncase \"$*\" in \(refusal)) exit 1 ;; esac\nexec /usr/bin/unshare \"$@\"\n", to: path)
                guard chmod(path.string, 0o755) == 0 else { throw Errno(rawValue: errno) }
            }
        }

        @Test("a release is made all the same, with a warning, and the report says so", arguments: Machine.allCases)
        func release(machine: Machine) async throws {
            let released = try await Shared.released.value
            try await Clone.with(.unbuilt) { clone in
                try machine.simulate(in: clone)
                let ended = try await clone.run(["release"])
                #expect(ended.status == 0 && ended.errors.contains("namespace"), "\(ended)")
                #expect(try clone.readReport().sandbox == machine.rawValue)
                try await clone.expectVerified()
                let changes = try await clone.results().changes(from: released.results())
                // Without namespaces the place of the build stands in the source packages.
                #expect(changes.isEmpty == (machine == .noProcesses), "\(changes)")
                #expect(clone.strays() == [])
            }
        }

        @Test(
            "a build that is interrupted or killed there leaves no process and no file", arguments: Machine.allCases,
            [SIGINT, SIGKILL])
        func ended(machine: Machine, signal: Int32) async throws {
            try await Clone.with(.released) { clone in
                try machine.simulate(in: clone)
                try clone.touchUntosh()
                try Files.remove(clone.log)
                let running = try clone.start(["build", "untosh"])
                try await waitUntil("compilation") {
                    try Files.exists(clone.log) && Files.text(clone.log).contains("Compiling")
                }
                running.send(signal)
                let ended = try await running.ended()
                #expect(ended.status == (signal == SIGINT ? 130 : 128 + SIGKILL), "\(ended)")
                if signal == SIGKILL {
                    try await waitUntil("the build to end", within: .seconds(60)) {
                        clone.strays().allSatisfy { $0.contains(" gpg-agent ") }
                    }
                } else {
                    #expect(clone.strays() == [])
                    #expect(try await clone.leftovers() == [])
                }
                let again = try await clone.run(["build", "untosh"])
                #expect(again.status == 0, "\(again)")
                #expect(clone.strays() == [])
                #expect(try await clone.leftovers() == [])
            }
        }
    }
}
