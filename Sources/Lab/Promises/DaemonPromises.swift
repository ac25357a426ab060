import ReleaseSupport

/// The chat daemon's domain, and the trap of NoNewPrivileges.
enum DaemonPromises {
    static let chapter = LabChapter(
        name: "daemon", guest: .snapshot,
        promises: [
            .guest("daemon-domain", "ngircdus runs in ngircdus_t, as its own user", domain),
            .guest(
                "daemon-restart", "started again by systemd it is in ngircdus_t again, and nothing is refused", restart),
            .guest(
                "nnp", "without the rule nnp_transition systemd cannot put it there, and it does not serve elsewhere",
                nnp),
            .guest("daemon-well-again", "with the release's policy it serves again, so it was that rule", restart),
        ])

    static func domain(_ guest: Guest, _: Laboratory) async throws {
        let daemons = try await guest.contexts(of: "ngircdus")
        try require(daemons == ["ngircdus system_u:system_r:ngircdus_t:s0"], "ngircdus runs as \(daemons)")
    }

    private static func restart(_ guest: Guest, _ laboratory: Laboratory) async throws {
        let mark = try await guest.auditMark()
        try await guest.root("systemctl reset-failed ngircdus; systemctl restart ngircdus")
        try await domain(guest, laboratory)
        try await requireNoDenial(in: guest, since: mark)
    }

    private static func nnp(_ guest: Guest, _ laboratory: Laboratory) async throws {
        let policy = try await laboratory.policy(
            PolicyChange(adding: "(deny init_t ngircdus_t (process2 (nnp_transition)))"))
        try await guest.load(policy)
        _ = try await guest.ssh("root", "systemctl restart ngircdus")
        let found = try await guest.contexts(of: "ngircdus")
        let listening = try await guest.root("ss -Hltn sport = 6667")
        try await requireFailure(of: "the check of the daemon's domain", saying: "ngircdus runs as") {
            try await domain(guest, laboratory)
        }
        try await guest.root("systemctl stop ngircdus")
        try await guest.restorePolicy()
        try require(listening.isEmpty, "ngircdus serves outside its domain, as \(found)")
    }
}
