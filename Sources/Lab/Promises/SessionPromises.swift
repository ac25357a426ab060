import ReleaseSupport

/// What chat users are there for, with two of them, and that SELinux has no word to say about it.
enum SessionPromises {
    static let chapter = LabChapter(
        name: "sessions", guest: .snapshot,
        promises: [
            .guest("login", "a login over ssh is untosh, in untochat_t, at a terminal of its own type", login),
            .guest("help", "help lists the four commands, and another word gets nothing", help),
            .guest("chat", "chat is irssius in irssius_t; two users read each other's lines", chat),
            .guest("passwd", "passwd changes the password for real", passwd),
            .guest("one-session", "a second login of the same user is refused while the first goes on", oneSession),
            .guest("no-command", "ssh with a command, or without a terminal, is refused", noCommand),
            .guest("no-denial", "in a whole session of logins, chat and passwd SELinux refuses nothing", noDenial),
            .guest("no-denial-fail", "what SELinux refuses to a login with a wrong label is found", noDenialFails),
        ])

    private static func login(_ guest: Guest, _: Laboratory) async throws {
        let silver = try await Conversation.login("silver", in: guest)
        let shells = try await guest.contexts(of: "untosh")
        try require(shells == ["silver \(Conversation.shellContext)"], "untosh runs as \(shells)")
        let terminals = try await guest.root("stat -c '%U %C' /dev/pts/*")
        try require(
            terminals.contains("silver untochat_u:object_r:untochat_devpts_t:s0"), "the terminals are \(terminals)")
        try await silver.leave()
        let left = try await guest.contexts(of: "untosh")
        try require(left.isEmpty, "after exit \(left) is still there")
    }

    private static func help(_ guest: Guest, _: Laboratory) async throws {
        let silver = try await Conversation.login("silver", in: guest)
        let said = try await silver.command("help")
        for word in ["help", "chat", "passwd", "exit"] {
            try require(said.contains("\n\(word) "), "help does not tell of \(word): \(said)")
        }
        for word in ["id", "/bin/sh", "chat; id", "$(id)", "chat -v"] {
            let answer = try await silver.command(word)
            try require(answer.contains("Type help") || answer.contains("help"), "\(word) is answered with \(answer)")
            try require(!answer.contains("uid="), "\(word) was run")
        }
        try await silver.leave()
    }

    private static func chat(_ guest: Guest, _: Laboratory) async throws {
        let silver = try await Conversation.login("silver", in: guest)
        let gold = try await Conversation.login("gold", in: guest)
        for user in [silver, gold] {
            try await user.startChat()
            try await user.join("#lab")
        }
        let clients = try await guest.contexts(of: "irssius")
        try require(
            clients == ["gold \(Conversation.clientContext)", "silver \(Conversation.clientContext)"],
            "irssius runs as \(clients)")
        try silver.session.send("the horse is at the gate\r")
        try await gold.session.expect(.screen("silver.*the horse is at the gate"), within: .seconds(60))
        try gold.session.send("then open it\r")
        try await silver.session.expect(.screen("gold.*then open it"), within: .seconds(60))
        for user in [silver, gold] {
            try await user.stopChat()
            try await user.leave()
        }
    }

    private static func passwd(_ guest: Guest, _: Laboratory) async throws {
        let new = "a-Different.one-than-before-7"
        let gold = try await Conversation.login("gold", in: guest)
        try await gold.changePassword(from: ReleaseImage.password, to: new)
        try await gold.leave()
        try require(try await accepts(new, guest), "the new password is not the password")
        try require(try await !accepts(ReleaseImage.password, guest), "the old password still is one")
    }

    /// Whether PAM's own helper takes `password` for that of gold.
    private static func accepts(_ password: String, _ guest: Guest) async throws -> Bool {
        try await guest.ssh(
            "root", "$(command -v unix_chkpwd || echo /usr/sbin/unix_chkpwd) gold nonull",
            input: Array(password.utf8) + [0]
        ).succeeded
    }

    private static func oneSession(_ guest: Guest, _: Laboratory) async throws {
        let first = try await Conversation.login("silver", in: guest)
        let second = try await guest.session("silver")
        try await second.expect(.text("already logged in"), within: .seconds(90))
        let status = try await second.end()
        try require(status == 1, "the second session ended with status \(status.map(String.init) ?? "none")")
        try await first.command("help")
        try await first.leave()
        // And so it was the first that stood in the way.
        try await Conversation.login("silver", in: guest).leave()
    }

    private static func noCommand(_ guest: Guest, _: Laboratory) async throws {
        for (command, words) in [("id", "arguments are not allowed"), ("", "standard input is not a terminal")] {
            let result = try await guest.ssh("silver", command)
            try require(
                result.exitStatus == 1 && result.errorText.contains(words) && !result.text.contains("uid="),
                "\(command.isEmpty ? "no terminal" : command): \(result.ending), \(result.text)\(result.errorText)")
        }
    }

    /// Everything above has happened in this guest; what was refused is in its log.
    private static func noDenial(_ guest: Guest, _: Laboratory) async throws {
        try await requireNoDenial(in: guest)
    }

    private static func noDenialFails(_ guest: Guest, _ laboratory: Laboratory) async throws {
        try await guest.root("chcon -t bin_t /opt/bin/untosh")
        _ = try await guest.session("silver").end()
        try await guest.root("restorecon -F /opt/bin/untosh")
        try await requireFailure(of: "the search for denials", saying: "{ entrypoint }") {
            try await noDenial(guest, laboratory)
        }
    }
}
