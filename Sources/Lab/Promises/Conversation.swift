import ReleaseSupport

/// What a chat user does at the terminal, as the trials need it.
struct Conversation: Sendable {
    let session: Session
    let user: String

    static let shellContext = "untochat_u:untochat_r:untochat_t:s0"
    static let clientContext = "untochat_u:untochat_r:irssius_t:s0"

    /// Logs in and waits for the shell's prompt.
    static func login(_ user: String, in guest: Guest) async throws -> Conversation {
        let conversation = Conversation(session: try await guest.session(user), user: user)
        try await conversation.prompt()
        return conversation
    }

    /// Waits for the shell's prompt.
    func prompt(within limit: Duration = .seconds(90)) async throws {
        try await session.expect(.text("\(user)> "), within: limit)
    }

    /// Gives the shell a command and returns what it says until the next prompt.
    @discardableResult
    func command(_ text: String) async throws -> String {
        try session.send(text + "\r")
        return try await session.expect(.text("\n\(user)> "), within: .seconds(90))
    }

    /// Changes the password by passwd, and waits for the prompt.
    func changePassword(from old: String, to new: String) async throws {
        try session.send("passwd\r")
        for (question, answer) in [
            ("Current password:", old), ("New password:", new), ("Retype new password:", new),
        ] {
            try await session.expect(.text(question), within: .seconds(60))
            try session.send(answer + "\r")
        }
        try await session.expect(.text("password updated successfully"), within: .seconds(60))
        try await prompt()
    }

    /// Starts the client and waits until the server has greeted.
    func startChat() async throws {
        try session.send("chat\r")
        try await session.expect(
            .screen("End of MOTD command"), within: .seconds(120))
    }

    /// Joins a channel and waits until the client shows that.
    func join(_ channel: String) async throws {
        try session.send("/join \(channel)\r")
        try await session.expect(.screen("\(user).*has joined \(channel)"), within: .seconds(60))
    }

    /// Leaves the client, back to the shell.
    func stopChat() async throws {
        try session.send("/quit\r")
        try await prompt()
    }

    /// Leaves the shell.
    func leave() async throws {
        try session.send("exit\r")
        let status = try await session.end(within: .seconds(60))
        try require(status == 0, "the session of \(user) ended with status \(status.map(String.init) ?? "none")")
    }
}
