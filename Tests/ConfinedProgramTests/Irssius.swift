import CTestHarness
import Foundation
import IRCHarness
import TerminalFixtures
import TerminalScreen
import Testing

/// irssius as it is shipped — Embedded, hardened, stripped — on a real terminal, as a real user.
@Suite(.enabled(if: Program.irssius.isThere, Program.whyNot), .enabled(if: Program.isRoot, Program.whyRoot))
struct Irssius {
    static let dialect = Dialect(colours: 8, hasItalic: false, isXtermLike: true)

    /// The machine with the system's configuration, as the package brings it.
    static func sandbox() throws -> Sandbox {
        let sandbox = try Sandbox(.irssius)
        try FileManager.default.createDirectory(atPath: sandbox.root + "/opt/etc", withIntermediateDirectories: false)
        let shipped = URL(fileURLWithPath: try #require(Program.irssius.shipped))
        try FileManager.default.copyItem(
            atPath: shipped.appendingPathComponent("../../etc/irssius.conf").standardized.path,
            toPath: sandbox.root + "/opt/etc/irssius.conf")
        return sandbox
    }

    /// A client on its terminal, once it has greeted.
    static func begin(_ sandbox: Sandbox, _ options: Options) throws -> Login {
        let login = try Login(sandbox, options)
        guard login.expect("Welcome") != nil else { throw HarnessError("no greeting: " + login.rest()) }
        return login
    }
}

extension Irssius {
    @Test(
        "what is not started by a chat user's shell is refused, in the same words on the terminal and in the log",
        arguments: Start.refused + [
            Start("the shell's own domain", "SELinux context is wrong") { options, _ in
                options.context = Program.untosh.context
            },
            Start("help with something more", "arguments are not allowed") { options, _ in
                options.arguments = ["irssius", "--help", "x"]
            },
            Start("the tests' option", "arguments are not allowed") { options, _ in
                options.arguments = ["irssius", "--port", "6668"]
            },
        ])
    func refuses(_ start: Start) throws { try start.expectRefusal(by: .irssius) }

    @Test("what untosh starts is accepted, so the refusals above are not for another reason", arguments: Start.accepted)
    func accepts(_ start: Start) throws {
        let sandbox = try Irssius.sandbox()
        var options = Options(.irssius)
        try start.change(&options, sandbox)
        let login = try Irssius.begin(sandbox, options)
        login.type("/quit\r")
        #expect(login.exit() == .code(0))
        #expect(login.shown().suffix(Irssius.dialect.leave.count).elementsEqual(Irssius.dialect.leave))
        #expect(sandbox.survivors() == [])
    }

    @Test(
        "the shipped program asks SELinux itself, has no switch and no option of the tests, and is at most a mebibyte")
    func shipped() throws {
        let sandbox = try Irssius.sandbox()
        var options = Options(.irssius)
        options.binary = Program.irssius.shipped
        let login = try Login(sandbox, options)
        #expect(login.exit() == .code(EXIT_FAILURE))
        #expect(login.rest() == "irssius: SELinux is not enabled\r\n")

        let shipped = try Data(contentsOf: URL(fileURLWithPath: #require(Program.irssius.shipped)))
        let test = try Data(contentsOf: URL(fileURLWithPath: #require(Program.irssius.test)))
        #expect(shipped.range(of: Data("UNTOCHAT_TEST_".utf8)) == nil)
        #expect(test.range(of: Data("UNTOCHAT_TEST_".utf8)) != nil)
        for name in ["--port", "--home", "--system", "SWIFT_"] {
            #expect(shipped.range(of: Data(name.utf8)) == nil, "\(name)")
        }
        #expect(shipped.count <= 1 << 20)
    }

    @Test(
        "anybody may ask it for help and for its version, which is all that it then does",
        arguments: ["--help", "--version"])
    func asked(_ argument: String) throws {
        for program in [Program.irssius.test, Program.irssius.shipped] {
            let sandbox = try Irssius.sandbox()
            var options = Options(.irssius)
            options.binary = program
            options.context = nil
            options.arguments = ["irssius", argument]
            let login = try Login(sandbox, options)
            #expect(login.exit() == .code(0))
            let text = login.rest()
            #expect(argument == "--help" ? text.contains("/quit leaves") : text == "irssius 1.0\r\n")
            #expect(try FileManager.default.contentsOfDirectory(atPath: sandbox.home) == [])
        }
    }

    @Test("the running client is behind all of its walls, and leaves one file in the home")
    func walls() throws {
        let sandbox = try Irssius.sandbox()
        let login = try Irssius.begin(sandbox, Options(.irssius))
        let process = "/proc/\(login.process)"
        let status = try String(contentsOfFile: process + "/status", encoding: .utf8)
        for line in ["NoNewPrivs:\t1", "Seccomp:\t2", "Threads:\t1", "Umask:\t0077"] {
            #expect(status.contains("\n\(line)\n"), "\(line)")
        }
        let limits = try String(contentsOfFile: process + "/limits", encoding: .utf8)
        #expect(limits.contains(/Max file size +0 +0/) && limits.contains(/Max core file size +0 +0/))
        #expect(limits.contains(/Max processes +0 +0/) && limits.contains(/Max open files +8 +8/))
        // /proc belongs to root when a process may not be traced by its user.
        var found = stat()
        #expect(stat(process + "/mem", &found) == 0 && found.st_uid == 0)

        let config = sandbox.home + "/.irssius/config"
        #expect(
            try FileManager.default.subpathsOfDirectory(atPath: sandbox.home).sorted() == [
                ".irssius", ".irssius/config",
            ])
        #expect(stat(config, &found) == 0 && found.st_uid == sandbox.uid && found.st_mode & 0o7777 == 0o600)
        #expect(try String(contentsOfFile: config, encoding: .utf8).contains("nick = \"tester\""))
    }

    @Test("under any limit it either does its work or ends; nothing stays behind", arguments: Limit.all)
    func limits(_ limit: Limit) throws {
        var worked = 0
        for value in limit.values + [1 << 30] {
            let sandbox = try Irssius.sandbox()
            var options = Options(.irssius)
            options.limit = (limit.resource, value)
            let login = try Login(sandbox, options)
            if login.expect("Welcome", within: 1000) != nil {
                worked += 1
                login.type("/quit\r")
                #expect(login.exit() == .code(0), "\(limit.name) \(value)")
            } else {
                #expect(login.exit() != .code(0), "\(limit.name) \(value)")
            }
            login.expectEnd("\(limit.name) \(value)")
        }
        #expect(worked > 0)
    }

    @Test("when the terminal goes away, so does it", arguments: [false, true])
    func hangUp(_ isTyping: Bool) throws {
        let sandbox = try Irssius.sandbox()
        let login = try Irssius.begin(sandbox, Options(.irssius))
        if isTyping { login.typeUntilFull("a line that nobody sends ") }
        login.hangUp()
        #expect(login.exit() == .code(EXIT_FAILURE))
        #expect(sandbox.survivors() == [])
    }
}
