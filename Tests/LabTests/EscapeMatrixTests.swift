import EscapeMatrix
import Foundation
import Lab
import ReleaseSupport
import SystemPackage
import Testing

@Suite("Escape matrix", .lab, .timeLimit(.minutes(60)))
struct EscapeMatrixTests {
    private static let logs: FilePath = ".build/escape-matrix"

    /// Nil for everything. What has no wall need not walk far to be seen; and behind more walls only what fewer let through
    /// can come to anything, while every attempt that ends the chat daemon costs seconds.
    private static func worthTrying(_ matrix: Matrix, _ trial: Trial, _ domain: Domain) -> Set<String>? {
        switch trial {
        case .bare: Set(matrix.attempts.filter { !$0.isWalk }.map(\.id))
        case .walled: Set(matrix.attempts.filter { $0.allowed[domain] != nil || $0.does[domain] != nil }.map(\.id))
        case .selinuxAlone, .enforcing, .permissive: nil
        }
    }

    /// Two guests at a time: each keeps one processor busy.
    private static func runs(_ matrix: Matrix) async throws -> [Trial: Run] {
        let laboratory = try await TestLaboratory.shared
        @Sendable func run(_ trials: [Trial]) async throws -> [Trial: Run] {
            try await laboratory.withGuest(.snapshot) { guest in
                let field = try await EscapeField(guest, matrix, logs: logs)
                var runs: [Trial: Run] = [:]
                for trial in trials { runs[trial] = try await field.run(trial) { Self.worthTrying(matrix, trial, $0) } }
                return runs
            }
        }
        async let strict = run([.selinuxAlone, .enforcing, .bare])
        async let walled = run([.permissive, .walled])
        return try await strict.merging(try await walled) { first, _ in first }
    }

    @Test(
        "from inside the domains nothing comes to anything but what the matrix allows, and the table says what happened"
    )
    func matrix() async throws {
        let matrix = try EscapeField.matrix()
        let runs = try await Self.runs(matrix)
        for complaint in matrix.complaints(runs) {
            Issue.record("\(complaint); what the probes said is in \(Self.logs)")
        }
        let table = MatrixTable(matrix, runs).markdown
        let made = Self.logs.appending("escape-matrix.md")
        try Files.write(table, to: made)
        #expect(
            try table == Files.text(EscapeField.table),
            "docs/escape-matrix.md is not what this run makes; \(made) is: read the difference, then copy it")
    }

    @Test("a policy with one rule too many is seen")
    func ruleTooMany() async throws {
        let laboratory = try await TestLaboratory.shared
        let matrix = try EscapeField.matrix()
        let wider = try await laboratory.policy(
            PolicyChange(
                adding: "(allow irssius_t self (udp_socket (create)))",
                without: ["untochat-deny"]))
        try await laboratory.withGuest(.snapshot) { guest in
            let field = try await EscapeField(guest, matrix, logs: Self.logs.appending("rule-too-many"))
            let seen: (ProbeTranscript) -> Bool = { transcript in
                matrix.complaints([Run([.irssius: transcript])]).contains {
                    $0.contains("irssius_t: socket-inet-dgram") && $0.contains("is allowed and should be denied")
                }
            }
            #expect(!seen(try await field.run(.enforcing, in: .irssius, only: ["socket-inet-dgram"])))
            try await guest.load(wider)
            #expect(seen(try await field.run(.enforcing, in: .irssius, only: ["socket-inet-dgram"])))
        }
    }
}
