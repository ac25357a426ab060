import Testing

@testable import Lab

@Suite("Transcript")
struct TranscriptTests {
    @Test("who waits gets what was said up to there, and the next one what came after")
    func order() async throws {
        let transcript = Transcript(of: "the console")
        transcript.append("Please unlock disk cryptroot: ok\nlogin: ".utf8)
        #expect(try await transcript.expect(.text("disk"), within: .seconds(5)) == "Please unlock disk")
        #expect(try await transcript.expect(.regex("log.n:"), within: .seconds(5)) == " cryptroot: ok\nlogin:")
        #expect(transcript.rest == " ")
    }

    @Test("terminal controls between the letters do not hide what was said")
    func controls() async throws {
        let transcript = Transcript(of: "the session")
        transcript.append("\u{1b}]0;title\u{07}\u{1b}[1;32msil\u{1b}[Kver\u{1b}[0m> ".utf8)
        #expect(try await transcript.expect(.text("silver>"), within: .seconds(5)) == "silver>")
    }

    @Test("what comes in pieces is put together")
    func pieces() async throws {
        let transcript = Transcript(of: "the session")
        async let found = transcript.expect(.text("grüße"), within: .seconds(5))
        for byte in "gr\u{1b}[1müße".utf8 { transcript.append([byte]) }
        #expect(try await found == "grüße")
    }

    @Test("waiting ends when nothing more will be said, and the error quotes the last lines")
    func end() async throws {
        let transcript = Transcript(of: "the console")
        transcript.append("Kernel panic\n".utf8)
        transcript.end()
        let error = await #expect(throws: (any Error).self) {
            try await transcript.expect(.text("login:"), within: .seconds(5))
        }
        #expect("\(error as Any)".contains("the console ended without saying \"login:\""))
        #expect("\(error as Any)".contains("Kernel panic"))
    }

    @Test("one can wait for the end itself")
    func forTheEnd() async throws {
        let transcript = Transcript(of: "the console")
        async let found = transcript.expect(.end, within: .seconds(5))
        transcript.append("Power down\n".utf8)
        transcript.end()
        #expect(try await found == "Power down\n")
    }

    @Test("waiting ends when the time is over")
    func limit() async throws {
        let transcript = Transcript(of: "the console")
        let error = await #expect(throws: (any Error).self) {
            try await transcript.expect(.text("login:"), within: .milliseconds(20))
        }
        #expect("\(error as Any)".contains("within"))
    }

    @Test("a cancelled task waits no longer")
    func cancelled() async throws {
        let transcript = Transcript(of: "the console")
        let task = Task { try await transcript.expect(.text("login:"), within: .seconds(60)) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
