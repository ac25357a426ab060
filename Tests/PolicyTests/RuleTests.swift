import Testing

@testable import PolicyAnalysis

@Suite("rules of the intermediate language")
struct RuleTests {
    private let facts = PolicyFacts(
        types: ["a_t", "b_t", "c_t"], aliases: ["old_t": "b_t"], attributes: ["both": ["a_t", "b_t"]],
        classes: ["file": ["read", "write", "execute"], "dir": ["search"]], permissive: [], roles: [:], roleAllows: [],
        users: [:], booleans: [:], allows: [], transitions: [], defaults: [], ioctls: [])

    private func denies(_ text: String, _ source: String, _ target: String, _ permission: String) throws -> Bool {
        try CILRules(text, file: "test", in: facts).denies(
            Access(source: source, target: target, objectClass: "file", permission: permission))
    }

    @Test("a rule covers what it names and nothing else")
    func plain() throws {
        let text = "(deny a_t both (file (read)))"
        #expect(try denies(text, "a_t", "b_t", "read"))
        #expect(try !denies(text, "a_t", "b_t", "write"))
        #expect(try !denies(text, "a_t", "c_t", "read"))
        #expect(try !denies(text, "b_t", "b_t", "read"))
    }

    @Test("sets of types and permissions mean what their expressions say, also when they come later")
    func expressions() throws {
        let text = """
            (deny a_t rest beyond) ; the sets are below
            (typeattribute rest) (typeattributeset rest (not (a_t old_t)))
            (classpermission beyond) (classpermissionset beyond (file (not (read write))))
            """
        #expect(try denies(text, "a_t", "c_t", "execute"))
        #expect(try !denies(text, "a_t", "c_t", "read"))
        #expect(try !denies(text, "a_t", "b_t", "execute"))
    }

    @Test("a block that names what the policy lacks is passed over whole")
    func optional() throws {
        let text = "(optional one (deny a_t b_t (file (read))) (deny a_t missing_t (file (read))))"
        #expect(try !denies(text, "a_t", "b_t", "read"))
        #expect(try denies("(optional one (deny a_t b_t (file (read))))", "a_t", "b_t", "read"))
        #expect(try CILRules(text, file: "test", in: facts).skipped == ["one"])
    }

    @Test("what the compiler would pass over in silence is refused", arguments: ["(all)", "(not (read))"])
    func silence(expression: String) {
        #expect(throws: (any Error).self) { try denies("(deny a_t b_t (file \(expression)))", "a_t", "b_t", "read") }
    }

    @Test(
        "a name that the policy lacks, and brackets that do not match, are errors",
        arguments: [
            "(deny a_t missing_t (file (read)))", "(deny a_t b_t (file (read))", "(deny a_t b_t (file (read))))",
            "(deny a_t b_t (missing (read)))",
        ])
    func faults(text: String) {
        #expect(throws: (any Error).self) { try denies(text, "a_t", "b_t", "read") }
    }

    @Test("every access has one meaning; what is new is never harmless")
    func meanings() {
        func meaning(_ objectClass: String, _ permission: String, to target: String = "b_t") -> Meaning {
            Meaning(of: Access(source: "a_t", target: target, objectClass: objectClass, permission: permission))
        }
        #expect(meaning("file", "execute") == .run)
        #expect(meaning("file", "execute_no_trans") == .other)
        #expect(meaning("dir", "remove_name") == .remove)
        #expect(meaning("process", "dyntransition") == .enter)
        #expect(meaning("process", "ptrace") == .other)
        #expect(meaning("process", "fork", to: "a_t") == .ownProcess)
        #expect(meaning("file", "a permission of next year") == .other)
        #expect(meaning("io_uring", "sqpoll") == .other)
    }
}

@Suite("reasons in untochat.te")
struct ReasonTests {
    @Test("a comment is the reason for the rules below it, up to the next empty line")
    func reasons() {
        let source = PolicySource(
            """
            ########
            # Login

            # Because
            # of this.
            allow a_t b_t:file read;
            allow a_t c_t:dir { search };

            allow a_t d_t:file read;
            """)
        #expect(
            source.rules.first
                == PolicySource.Paragraph(
                    section: "Login", reason: "Because of this.",
                    statements: ["allow a_t b_t:file read;", "allow a_t c_t:dir { search };"]))
        #expect(source.unexplained == ["allow a_t d_t:file read;"])
    }
}
