import Testing

@testable import EscapeMatrix

@Suite
struct JudgementTests {
    let matrix: Matrix

    init() throws { matrix = try Matrix(yaml: MatrixTests.sample, file: "x") }

    static let expected = """
        Welcome to this machine\r
        @begin fork\r
        @end fork 0 OK\r
        @begin read
        @did read lib_t 40 /usr/lib/x
        @refused read EACCES 7
        @walked read 47 40
        @end read 0 OK
        @begin shell
        @end shell 1 EACCES
        @exited shell 0
        @done
        """

    /// The same in all domains, but that only untosh may have children.
    func run(_ text: String = expected) -> Run {
        let others = ProbeTranscript(text.replacing("@end fork 0 OK", with: "@end fork 1 EACCES"))
        return Run([.untosh: ProbeTranscript(text), .irssius: others, .ngircdus: others])
    }

    @Test("nothing is said of what is as expected")
    func asExpected() { #expect(matrix.complaints([run()]) == []) }

    @Test(
        "everything that is not as expected is said",
        arguments: [
            ("@end shell 1 EACCES", "@end shell 0 OK", "is allowed and should be denied"),
            // It became the shell.
            ("@end shell 1 EACCES\n", "", "is allowed and should be denied"),
            ("@end fork 0 OK", "@end fork 1 EPERM", "is denied and should be allowed"),
            ("@end shell 1 EACCES", "@end shell 1 EINVAL", "proves nothing: EINVAL"),
            ("@end shell 1 EACCES", "@end shell 1 ENOENT", "is not there: ENOENT"),
            ("@end shell 1 EACCES\n@exited shell 0", "@signal shell 11 none", "proves nothing: signal 11"),
            ("@begin shell\n@end shell 1 EACCES\n@exited shell 0\n", "", "nothing was heard of it"),
            ("@did read lib_t", "@did read shadow_t", "reaches shadow_t and should not"),
            ("@did read lib_t", "@did read shadow_t", "does not reach lib_t and should"),
            ("@end read 0 OK", "@end read 1 EBADRQC", "proves nothing: EBADRQC"),
            ("@done", "", "did not come to the end"),
            ("@begin fork", "@end walls 0 EPERM\n@begin fork", "the probe failed: walls: EPERM"),
        ])
    func differences(_ change: (from: String, to: String, complaint: String)) {
        let changed = run(JudgementTests.expected.replacing(change.from, with: change.to))
        #expect(matrix.complaints([changed]).contains { $0.contains(change.complaint) })
    }

    @Test("seccomp's signal and an errno that the matrix names are refusals", arguments: ["signal", "errno"])
    func refusals(_ kind: String) {
        let text = JudgementTests.expected.replacing(
            "@end shell 1 EACCES\n@exited shell 0",
            with: kind == "signal" ? "@signal shell 31 none" : "@end shell 1 EAGAIN")
        #expect(matrix.complaints([run(text)]) == [])
    }

    @Test("what is allowed must be so in one run at least, and denied in all")
    func severalRuns() {
        let stricter = run(JudgementTests.expected.replacing("@end fork 0 OK", with: "@end fork 1 EPERM"))
        #expect(matrix.complaints([run(), stricter]) == [])
        let looser = run(JudgementTests.expected.replacing("@end shell 1 EACCES", with: "@end shell 0 OK"))
        #expect(matrix.complaints([run(), looser]).count == 3)
    }

    @Test("more walls may not open anything")
    func openings() {
        #expect(matrix.openings(of: run(), beyond: [run()]) == [])
        let shell = run(JudgementTests.expected.replacing("@end shell 1 EACCES", with: "@end shell 0 OK"))
        #expect(matrix.openings(of: shell, beyond: [run()]).count == 3)
        let files = run(JudgementTests.expected.replacing("@did read lib_t", with: "@did read shadow_t"))
        #expect(matrix.openings(of: files, beyond: [run()]).count == 3)
    }

    @Test("a matrix that has nothing to say where there is no wall is complained about")
    func vacuous() {
        #expect(matrix.complaints([.enforcing: run(), .bare: run()]).contains { $0.contains("proves nothing") })
        let open = run(JudgementTests.expected.replacing("@end shell 1 EACCES", with: "@end shell 0 OK"))
        #expect(matrix.complaints([.enforcing: run(), .bare: open]) == [])
    }

    @Test("the table says what was answered, what is allowed and why, and what only SELinux stops")
    func table() {
        let open = run(JudgementTests.expected.replacing("@end shell 1 EACCES", with: "@end shell 0 OK"))
        let table = MatrixTable(
            matrix, [.selinuxAlone: run(), .enforcing: run(), .walled: run(), .permissive: open]
        ).markdown
        #expect(table.contains("| fork | a child | **allowed** | EACCES | EACCES |"))
        #expect(table.contains("| read | files | `lib_t` | `lib_t` | `lib_t` |"))
        #expect(table.contains("| `untochat_t` | fork | its own process |"))
        #expect(table.contains("These 1 only SELinux stops:\n\nshell"))
    }
}
