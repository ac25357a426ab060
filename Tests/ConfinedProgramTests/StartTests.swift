import CTestHarness
import Foundation
import Testing

extension Untosh {
    @Test(
        "what is not a chat user's login is refused, in the same words on the terminal and in the log",
        arguments: Start.refused + Start.refusedLogins)
    func refuses(_ start: Start) throws { try start.expectRefusal(by: .untosh) }

    @Test(
        "a chat user's login is accepted, so the refusals above are not for another reason", arguments: Start.accepted)
    func accepts(_ start: Start) throws {
        let sandbox = try Sandbox()
        var options = Options()
        try start.change(&options, sandbox)
        let login = try Login(sandbox, options)
        // The dynamic loader may say first what it could not load for LD_PRELOAD.
        #expect(login.expect(Login.prompt) != nil)
        #expect(login.answer(to: "help")?.contains("start chatting") == true)
        login.type("exit\n")
        #expect(login.exit() == .code(0))
        #expect(sandbox.survivors() == [])
    }

    @Test("with standard error closed the refusal is still in the log")
    func refusesWithoutStandardError() throws {
        for stream in [HARNESS_CLOSED, HARNESS_NULL] {
            let sandbox = try Sandbox()
            var options = Options()
            options.streams[2] = stream
            let login = try Login(sandbox, options)
            #expect(login.exit() == .code(EXIT_FAILURE))
            #expect(login.rest() == "")
            #expect(sandbox.authLog().first?.hasSuffix("standard error is not a terminal") == true)
        }
    }

    @Test("a thousand arguments are refused like one")
    func refusesManyArguments() throws {
        var options = Options()
        options.arguments = ["-untosh"] + Array(repeating: "-c", count: 1000)
        let login = try Login(Sandbox(), options)
        #expect(login.exit() == .code(EXIT_FAILURE))
        #expect(login.rest() == "untosh: arguments are not allowed\r\n")
    }

    @Test("without any argument, not even a name, it is refused")
    func refusesNoName() throws {
        var options = Options()
        options.arguments = []
        let login = try Login(Sandbox(), options)
        #expect(login.exit() == .code(EXIT_FAILURE))
        #expect(login.rest() == "untosh: program name is wrong\r\n")
    }

    @Test("the shipped program asks SELinux itself and ignores the switches of the test program")
    func shippedHasNoSwitch() throws {
        let sandbox = try Sandbox()
        var options = Options()
        options.binary = Program.untosh.shipped
        let login = try Login(sandbox, options)
        #expect(login.exit() == .code(EXIT_FAILURE))
        #expect(login.rest() == "untosh: SELinux is not enabled\r\n")
    }

    @Test("only the test program contains the names of the switches")
    func shippedHasNoNames() throws {
        let name = Data("UNTOCHAT_TEST_".utf8)
        let shipped = try Data(contentsOf: URL(fileURLWithPath: #require(Program.untosh.shipped)))
        let test = try Data(contentsOf: URL(fileURLWithPath: #require(Program.untosh.test)))
        #expect(shipped.range(of: name) == nil)
        #expect(test.range(of: name) != nil)
        #expect(shipped.range(of: Data("SWIFT_".utf8)) == nil)
        #expect(shipped.count <= 400_000)
    }
}
