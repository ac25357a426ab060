import Synchronization
import SystemPackage
import Testing

@testable import ReleaseSupport

@Suite("Progress") struct ProgressTests {
    @Test("the block has one line a running component, with its stage and that stage's seconds")
    func block() {
        var lines = ProgressLines()
        lines.start("untosh", .compile, at: .seconds(1))
        lines.start("untochat-release", .package, at: .seconds(2))
        lines.start("untosh", .package, at: .seconds(5))
        #expect(
            lines.block(at: .seconds(70), columns: 80, rows: 24) == [
                "untosh            package  1 min 5 s", "untochat-release  package  1 min 8 s",
            ])
        let ended = lines.end("untosh", at: .milliseconds(8250))
        #expect(ended?.stage == .package && ended?.took == .milliseconds(7250))
        #expect(lines.end("untosh", at: .seconds(9)) == nil)
        #expect(lines.components == ["untochat-release"])
    }

    @Test("a line is cut to the terminal's width, and the block to its height")
    func cuts() {
        var lines = ProgressLines()
        for index in 0..<5 { lines.start("component-\(index)", .compile, at: .zero) }
        #expect(lines.block(at: .zero, columns: 12, rows: 3) == ["component-0…", "component-1…", "… and 3 more"])
        #expect(ProgressLines.cut("abc", columns: 3) == "abc")
        #expect(ProgressLines.cut("abcd", columns: 1) == "…")
        #expect(lines.block(at: .zero, columns: 80, rows: 5).count == 5)
    }

    @Test("a redraw takes away just what was drawn")
    func redraws() {
        #expect(
            ProgressLines.redraw(drawn: 2, permanent: ["a: done"], block: ["b"])
                == "\u{1b}[2A\r\u{1b}[Ja: done\n\u{1b}[?7lb\n\u{1b}[?7h")
        #expect(ProgressLines.redraw(drawn: 0, permanent: [], block: []).isEmpty)
    }

    @Test("durations read as people say them")
    func durations() {
        #expect(ProgressLines.seconds(.milliseconds(4249)) == "4.2 s")
        #expect(ProgressLines.seconds(.seconds(59), digits: 0) == "59 s")
        #expect(ProgressLines.seconds(.seconds(187)) == "3 min 7 s")
    }

    @Test("a failure says where, what, the end of the log, the log and what to do; the log cannot move the cursor")
    func failure() {
        let error = ReleaseError(.compile, "untosh does not compile", hint: "read the log", log: "/tmp/log")
        #expect(
            ProgressLines.failure("untosh", error, logTail: ["one\u{1b}[2J", "two\u{202e}"]) == [
                "untosh: failed in compile: untosh does not compile", "    | one?[2J", "    | two?", "  log: /tmp/log",
                "  hint: read the log",
            ])
    }

    @Test("the style follows terminal and environment")
    func style() {
        typealias Style = ProgressReporter.Style
        #expect(Style.choose(isTerminal: true, environment: ["TERM": "xterm"]) == Style(redraws: true, colours: true))
        #expect(
            Style.choose(isTerminal: true, environment: ["TERM": "xterm", "NO_COLOR": "1"])
                == Style(redraws: true, colours: false))
        #expect(Style.choose(isTerminal: true, environment: ["TERM": "xterm", "NO_COLOR": ""]).colours)
        #expect(Style.choose(isTerminal: true, environment: ["TERM": "dumb"]) == .plain)
        #expect(Style.choose(isTerminal: true, environment: [:]) == .plain)
        #expect(Style.choose(isTerminal: false, environment: ["TERM": "xterm"]) == .plain)
    }

    @Test("away from a terminal each step is a plain line")
    func plain() async {
        let output = Output()
        let progress = ProgressReporter(style: .plain) { output.append($0) }
        await progress.start("untosh", .compile)
        await progress.start("untosh", .package)
        await progress.finish("untosh", note: "unchanged")
        await progress.start("irssius", .compile)
        await progress.fail("irssius", ReleaseError(.compile, "broken"))
        await progress.say("a warning")
        await progress.close()
        #expect(
            output.text.replacing(/\d+\.\d s/, with: "N s") == """
                untosh: compile
                untosh: package
                untosh: done in N s (unchanged)
                irssius: compile
                irssius: FAILED in compile after N s
                a warning

                """)
    }

    @Test("on a terminal lines are redrawn; the clock draws by itself, and stops with the last component")
    func terminal() async {
        let (texts, continuation) = AsyncStream.makeStream(of: String.self)
        let progress = ProgressReporter(style: .init(redraws: true, colours: true)) { continuation.yield($0) }
        var output = texts.makeAsyncIterator()
        await progress.start("untosh", .compile)
        #expect(await output.next() == "\u{1b}[?7luntosh  compile  0 s\n\u{1b}[?7h")
        // One second later; more on a machine that is busy.
        #expect(await output.next()?.contains(/untosh  compile  [1-9]\d* s/) == true)
        await progress.finish("untosh")
        var last = await output.next() ?? ""
        // A slow machine may have drawn another second meanwhile.
        while !last.contains("done"), let next = await output.next() { last = next }
        #expect(last.hasPrefix("\u{1b}[1A\r\u{1b}[Juntosh: \u{1b}[32mdone\u{1b}[0m in "))
        #expect(last.hasSuffix(" s\n"))
        await progress.close()
        continuation.finish()
        #expect(await output.next() == nil)
    }

    @Test("the summary quotes the last lines of a long log")
    func summary() async throws {
        try await TemporaryFolder.with { folder in
            let log = folder.appending("untosh.log")
            try Files.write((1...20_000).map { "line \($0)\n" }.joined(), to: log)
            let output = Output()
            let progress = ProgressReporter(style: .plain) { output.append($0) }
            await progress.summary(
                [("untosh", ReleaseError(.compile, "broken", hint: "mend it", log: log))], logLines: 2)
            #expect(
                output.text == """

                    untosh: failed in compile: broken
                        | line 19999
                        | line 20000
                      log: \(log)
                      hint: mend it

                    """)
        }
    }
}

/// Collects what is written.
private final class Output: Sendable {
    private let collected = Mutex("")
    var text: String { collected.withLock { $0 } }
    func append(_ text: String) { collected.withLock { $0 += text } }
}
