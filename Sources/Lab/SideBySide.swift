import ReleaseSupport
public import SystemPackage

/// Two chat users' sessions side by side, in a tmux of their own.
public struct SideBySide: Sendable {
    /// Where that tmux listens.
    public let socket: FilePath

    /// Shows them on this process's terminal until they end or the person detaches.
    public func attach() async throws {
        let outcome = try await Command("tmux", ["-S", socket.string, "attach"]).run(
            .setup, input: .standardInput, output: .standardOutput, errors: .standardError)
        _ = try await Command("tmux", ["-S", socket.string, "kill-server"]).run(.setup)
        guard outcome.succeeded else {
            throw ReleaseError(
                .setup, "tmux ended with \(outcome.ending)",
                hint: "without a terminal, use untochat-lab chat --detached")
        }
    }

    /// Waits until both sessions have ended.
    public func waitForEnd() async throws {
        // tmux's own way to wait for an event, which its hook for the end of a session gives.
        _ = try await Command("tmux", ["-S", socket.string, "wait-for", "untochat-lab-over"]).run(.setup)
    }
}

extension Guest {
    /// Logs both chat users in, each in half of a tmux.
    public func sideBySide() async throws -> SideBySide {
        let socket = folder.appending("tmux")
        let sessions = ["silver", "gold"].map { user in
            (["ssh"] + shell.arguments(user, "", terminal: true, isShared: false)).map(Self.quotedWhereNeeded)
                .joined(separator: " ")
        }
        let tmux = ["-S", socket.string, "-f", "/dev/null"]
        try await Command("tmux", tmux + ["new-session", "-d", "-x", "200", "-y", "50", sessions[0]]).output(.setup)
        try await Command("tmux", tmux + ["split-window", "-h", sessions[1]]).output(.setup)
        let over = "run-shell 'tmux -S \(socket) wait-for -S untochat-lab-over'"
        try await Command("tmux", tmux + ["set-hook", "-g", "session-closed", over]).output(.setup)
        try await Command("tmux", tmux + ["set-option", "-g", "exit-empty", "off"]).output(.setup)
        return SideBySide(socket: socket)
    }
}
