import Foundation
import ReleaseSupport
import Testing

@testable import EscapeMatrix

@Suite
struct MatrixTests {
    static let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("EscapeMatrix/matrix.yaml")

    static func committed() throws -> Matrix {
        try Matrix(yaml: String(contentsOf: file, encoding: .utf8), file: "matrix.yaml")
    }

    @Test("the matrix of the repository is sound and tries several hundred things")
    func committed() throws {
        let matrix = try MatrixTests.committed()
        #expect(matrix.attempts.count >= 500)
        #expect(matrix.attempts.allSatisfy { !$0.tries.isEmpty })
        #expect(matrix.attempts.contains { $0.allowed.isEmpty && $0.does.isEmpty })
    }

    static let sample = """
        reasons: {own: its own process}
        types: {lib_t: libraries}
        groups:
          one:
            title: One
            attempts:
              fork: {tries: a child, call: "clone 0", allowed: {own: [untosh]}}
              shell: {tries: a shell, call: "execute {shell}", refused: [EAGAIN]}
              read: {tries: files, call: "walk read usr", does: {lib_t: [all]}}
        """

    @Test("what is allowed is read with its reason, and the rest is denied")
    func reads() throws {
        let matrix = try Matrix(yaml: MatrixTests.sample, file: "x")
        #expect(matrix.attempts.map(\.id) == ["fork", "read", "shell"])
        #expect(matrix.attempts[0].allowed == [.untosh: "own"])
        #expect(matrix.attempts[1].does == [.untosh: ["lib_t"], .irssius: ["lib_t"], .ngircdus: ["lib_t"]])
        #expect(matrix.attempts[2].allowed.isEmpty)
    }

    @Test(
        "a reason or a type that is not used or not given, an unknown key and an unknown domain are refused",
        arguments: [
            ("own: its own process", "other: something"), ("lib_t: libraries", "bin_t: programs"),
            ("refused:", "refusd:"), ("[untosh]", "[untoshh]"), ("allowed: {own: [untosh]}", "mayBeAbsent: true"),
        ])
    func refuses(_ wrong: (String, String)) {
        #expect(throws: ReleaseError.self) {
            try Matrix(yaml: MatrixTests.sample.replacing(wrong.0, with: wrong.1), file: "x")
        }
    }

    @Test("a plan has every attempt with what stands for the words in braces")
    func plans() throws {
        let matrix = try Matrix(yaml: MatrixTests.sample, file: "x")
        let surroundings = Surroundings(["shell": "/bin/sh"])
        #expect(
            try matrix.plan(.walled, in: surroundings, supervising: "/opt/bin/irssius") == """
                walled
                supervise /opt/bin/irssius
                attempt fork\tclone 0
                attempt read\twalk read usr
                attempt shell\texecute /bin/sh

                """)
        #expect(try matrix.plan(.enforcing, in: surroundings).hasPrefix("bare\n"))
        #expect(throws: MatrixError.self) { try matrix.plan(.enforcing, in: Surroundings([:])) }
    }
}
