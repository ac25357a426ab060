import IRCHarness

/// One sentence of a specification, tried on a running server.
public struct ConformanceCase: Sendable, CustomStringConvertible {
    /// Where the sentence stands: "RFC 2812, 3.2.1", "IRCv3 echo-message".
    public let section: String
    public let title: String
    let settings: ServerSettings
    let body: @Sendable (Scene) throws -> Void

    public var description: String { "\(section): \(title)" }

    init(
        _ section: String, _ title: String, _ settings: ServerSettings = .conversational,
        body: @escaping @Sendable (Scene) throws -> Void
    ) {
        self.section = section
        self.title = title
        self.settings = settings
        self.body = body
    }

    /// Tries it on a server that is started for it alone. Throws when the server does otherwise.
    public func run(on program: ServerProgram) throws {
        let server = try RunningServer(program, settings)
        defer { server.stop() }
        try body(Scene(server: server))
    }

    public static let all: [ConformanceCase] =
        RegistrationCases.all + ChannelCases.all + ChannelModeCases.all + MaskListCases.all + MessageCases.all
        + UserQueryCases.all + ServerQueryCases.all + OperatorCases.all + CapabilityCases.all + TagCases.all
        + NotificationCases.all + MonitorCases.all + LineCases.all
}

/// A server and the users that a case brings to it, who stay until the case ends.
final class Scene {
    let server: RunningServer
    private var connections: [IRCConnection] = []

    init(server: RunningServer) { self.server = server }

    /// A connection that has said nothing.
    func stranger() throws -> User {
        let connection = try server.connect()
        connections.append(connection)
        return User(connection: connection)
    }

    /// Registers a user; with capabilities when some are named. Throws when the server does not have them.
    func user(_ nick: String, capabilities: [String] = []) throws -> User {
        let user = try stranger()
        if !capabilities.isEmpty {
            user.say("CAP LS 302")
            user.say("CAP REQ :\(capabilities.joined(separator: " "))")
        }
        user.say("NICK \(nick)")
        user.say("USER \(nick.filter(\.isLetter)) 0 * :\(nick) Real")
        if !capabilities.isEmpty {
            let answer = try user.connection.wait("the answer to CAP REQ") {
                $0.command == "CAP" && ["ACK", "NAK"].contains($0.parameter(1))
            }
            guard answer.parameter(1) == "ACK" else {
                throw HarnessError("no capabilities \(capabilities.joined(separator: " "))")
            }
            user.say("CAP END")
        }
        _ = try user.connection.wait("the end of the welcome") { ["376", "422"].contains($0.command) }
        return user
    }

    /// Several users who are in one channel, the first as its operator.
    func room(_ nicks: String..., channel: String = "#c", capabilities: [String] = []) throws -> [User] {
        let users = try nicks.map { try user($0, capabilities: capabilities) }
        for user in users { _ = try user.ask("JOIN \(channel)") }
        for user in users { _ = try user.seen() }
        return users
    }

    func operatorUser(_ nick: String) throws -> User {
        let user = try user(nick)
        try user.ask("OPER op pw").expect(". 381 \(nick) *")
        return user
    }
}

/// Somebody on a connection.
struct User {
    let connection: IRCConnection

    func say(_ line: String) { connection.send(line) }

    /// Everything that comes up to the point where the server has dealt with the line.
    func ask(_ line: String) throws -> [IRCLine] {
        say(line)
        return try connection.settle()
    }

    /// Everything that came by itself since the last look. What others caused is here once they have been answered.
    func seen() throws -> [IRCLine] { try connection.settle() }
}

extension [IRCLine] {
    /// The first line that fits a template: the nick of its source ("." is the server, "*" anybody), its command, its
    /// parameters. In a parameter "*" stands for any text; "..." at the end for any more parameters.
    @discardableResult
    func expect(_ template: String) throws -> IRCLine {
        guard let line = first(where: { $0.fits(template) }) else {
            throw HarnessError(
                "expected: \(template)\nseen: \(isEmpty ? "nothing" : map(\.text).joined(separator: "\n      "))")
        }
        return line
    }

    func refuse(_ template: String) throws {
        if let line = first(where: { $0.fits(template) }) { throw HarnessError("not expected: \(line.text)") }
    }

    func expectNothing() throws {
        guard isEmpty else {
            throw HarnessError("expected nothing, seen: \(map(\.text).joined(separator: "\n      "))")
        }
    }

    func expectOne(of templates: String...) throws {
        guard templates.contains(where: { template in contains { $0.fits(template) } }) else {
            throw HarnessError(
                "expected: \(templates.joined(separator: " or "))\nseen: \(map(\.text).joined(separator: "\n      "))")
        }
    }

    func count(_ template: String) -> Int { filter { $0.fits(template) }.count }
}

extension IRCLine {
    fileprivate func fits(_ template: String) -> Bool {
        let wanted = IRCLine(":" + template)
        let source = wanted.source == "." ? ServerSettings.serverName : wanted.source
        guard source == "*" || source == nick, wanted.command == command else { return false }
        var expected = wanted.parameters
        let isOpen = expected.last == "..."
        if isOpen { expected.removeLast() }
        guard isOpen ? parameters.count >= expected.count : parameters.count == expected.count else { return false }
        return zip(expected, parameters).allSatisfy { matches(Array($0.utf8)[...], Array($1.utf8)[...]) }
    }

    private func matches(_ mask: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
        guard let first = mask.first else { return text.isEmpty }
        if first == UInt8(ascii: "*") {
            return matches(mask.dropFirst(), text) || (!text.isEmpty && matches(mask, text.dropFirst()))
        }
        return text.first == first && matches(mask.dropFirst(), text.dropFirst())
    }
}

/// Fails the case with these words unless the condition holds.
func require(_ condition: Bool, _ words: @autoclosure () -> String) throws {
    guard condition else { throw HarnessError(words()) }
}
