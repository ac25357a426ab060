import ReleaseSupport

/// What happens to a login when something that confines it is missing: it is refused, or confined by what is left. Never
/// is there a process of a chat user outside the domains of chat users.
enum LoginPromises {
    static let chapter = LabChapter(
        name: "logins", guest: .snapshot,
        promises: [
            .guest(
                "label-bin", "with the label of any program on the shell nobody gets in",
                { guest, _ in
                    try await withLabel("bin_t", on: guest) { try await refused(guest) }
                }),
            .guest(
                "label-shell", "with the label of a shell on the shell nobody gets in",
                { guest, _ in
                    try await withLabel("shell_exec_t", on: guest) { try await refused(guest) }
                }),
            .guest(
                "contexts", "without contexts/users/untochat_u nobody gets in",
                { guest, _ in
                    try await changing("contexts/users/untochat_u", by: "rm -f", on: guest) { try await refused(guest) }
                }),
            .guest(
                "mapping", "without the default login mapping nobody gets in",
                { guest, _ in
                    try await changing("seusers", by: "sed -i /^__default__/d", on: guest) { try await refused(guest) }
                }),
            .guest(
                "unmapped", "a login mapped to a SELinux user that does not exist does not get in",
                { guest, _ in
                    try await changing(
                        "seusers", by: "sed -i s/^__default__:untochat_u/__default__:nobody_u/", on: guest
                    ) {
                        try await refused(guest)
                    }
                }),
            .guest(
                "administrators-user", "a chat user mapped like an administrator is refused by untosh itself",
                { guest, _ in
                    try await changing(
                        "seusers", by: "sed -i s/^__default__:.*/__default__:unconfined_u:s0-s0:c0.c1023/", on: guest
                    ) {
                        try await refused(guest, mayStart: true)
                    }
                }),
            .guest(
                "well-again", "with everything in its place again the login works, so it was that",
                { guest, _ in
                    try await Conversation.login("silver", in: guest).leave()
                }),
            .guest(
                "logins-fail", "the check of refused logins fails for a login that works",
                { guest, _ in
                    try await requireFailure(of: "the check of refused logins", saying: "there was a prompt") {
                        try await refused(guest)
                    }
                }),
        ])

    /// Logs in as silver and demands that no prompt comes, and that no process of silver's stays.
    ///
    /// - Parameter mayStart: whether untosh may start and then refuse, in whatever domain it finds itself.
    private static func refused(_ guest: Guest, mayStart: Bool = false) async throws {
        let session = try await guest.session("silver")
        let limit = Duration.seconds(60)
        // A prompt or the end, whichever comes first.
        if let welcome = try? await session.expect(.text("silver> "), within: limit) {
            await session.hangUp()
            throw broken("there was a prompt: \(welcome)")
        }
        let status: Int32?
        do { status = try await session.end(within: limit) } catch let error as ReleaseError {
            await session.hangUp()
            throw error
        }
        try require(status != 0, "the login ended with status 0: \(session.text)")
        if mayStart {
            try require(session.text.contains("untosh: "), "untosh did not say why: \(session.text)")
        }
        let left = try await guest.root("ps -o label=,args= -U silver || true")
        try require(left.isEmpty, "silver still has processes: \(left)")
    }

    static func withLabel<Value>(
        _ type: String, on guest: Guest, _ body: () async throws -> Value
    ) async throws -> Value {
        try await guest.root("chcon -t \(type) /opt/bin/untosh")
        return try await undoing(guest, "restorecon -F /opt/bin/untosh", body)
    }

    /// Changes a file of the policy's, runs `body` and puts the file back with its label.
    static func changing<Value>(
        _ file: String, by command: String, on guest: Guest, _ body: () async throws -> Value
    ) async throws -> Value {
        let path = "/etc/selinux/default/\(file)"
        try await guest.root("cp -p \(path) /root/changed && \(command) \(path)")
        return try await undoing(guest, "cp -p /root/changed \(path) && restorecon -F \(path)", body)
    }

    /// Runs `body`, and then `undo` as root, however `body` ends.
    static func undoing<Value>(
        _ guest: Guest, _ undo: String, _ body: () async throws -> Value
    ) async throws -> Value {
        let value: Value
        do { value = try await body() } catch {
            _ = try? await guest.root(undo)
            throw error
        }
        try await guest.root(undo)
        return value
    }
}
