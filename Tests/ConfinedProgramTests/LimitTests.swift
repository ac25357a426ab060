import Foundation
import Testing

/// A resource limit that a login may come with.
struct Limit: CustomTestStringConvertible, Sendable {
    let name: String
    let resource: Int
    let values: [UInt64]
    var testDescription: String { name }

    static let all = [
        Limit(name: "NPROC", resource: 6, values: [0, 1, 2, 3]),
        Limit(name: "NOFILE", resource: 7, values: [0, 1, 2, 3, 4, 5, 6, 7, 8, 16]),
        Limit(name: "FSIZE", resource: 1, values: [0, 1, 4096]),
        Limit(name: "AS", resource: 9, values: [0, 1 << 20, 2 << 20, 3 << 20, 4 << 20, 5 << 20, 6 << 20, 8 << 20]),
        Limit(name: "DATA", resource: 2, values: [0, 1 << 12, 1 << 16, 1 << 20]),
        Limit(name: "STACK", resource: 3, values: [1 << 16, 1 << 18]),
        Limit(name: "MEMLOCK", resource: 8, values: [0]),
        Limit(name: "SIGPENDING", resource: 11, values: [0]),
    ]
}

extension Untosh {
    @Test("under any limit it either does its work or ends; nothing stays behind", arguments: Limit.all)
    func limits(_ limit: Limit) throws {
        var worked = 0
        for value in limit.values {
            let sandbox = try Sandbox()
            var options = Options()
            options.limit = (limit.resource, value)
            let login = try Login(sandbox, options)
            if login.expect(Login.prompt, within: 1000) != nil {
                worked += 1
                #expect(login.answer(to: "id")?.contains("Unknown command") == true, "\(limit.name) \(value)")
                login.type("chat\n")
                let told = login.expect("\n", within: 5000).flatMap { _ in login.expect("\n", within: 5000) } ?? ""
                let cannot = told.contains("cannot start chat")
                // The child may also die of the limit before it can say anything.
                #expect(cannot || !told.isEmpty || login.exit() != .stillRunning, "\(limit.name) \(value): \(told)")
                login.type("exit\n")
                if !cannot { login.type("exit\n") }
            } else {
                #expect(login.exit() != .code(0), "\(limit.name) \(value)")
            }
            login.expectEnd("\(limit.name) \(value)")
        }
        // Or the test would have seen nothing but refusals.
        #expect(worked > 0)
    }

    @Test("when no process can be made, the program is not started and the prompt comes back")
    func noProcess() throws {
        var options = Options()
        options.limit = (6, 1)
        let login = try Login(Sandbox(), options)
        try login.begin()
        #expect(login.answer(to: "chat") == "chat\r\nuntosh: cannot start chat\r\n" + Login.prompt)
        #expect(login.answer(to: "help")?.contains("start chatting") == true)
    }

    @Test("a file size limit of nothing does not hinder the lock")
    func noFileSize() throws {
        let sandbox = try Sandbox()
        var options = Options()
        options.limit = (1, 0)
        let login = try Login(sandbox, options)
        try login.begin()
        let second = try Login(sandbox)
        #expect(second.exit() == .code(EXIT_FAILURE))
        #expect(second.rest() == "untosh: already logged in\r\n")
    }
}
