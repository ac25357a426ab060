import ReleaseSupport
import SystemPackage

/// Installation, upgrade and removal of the policy, by rpm in a server's root.
enum PackagePromises {
    static let chapter = LabChapter(
        name: "packages", guest: nil,
        promises: [
            .root("removal", "removing untochat-selinux leaves no module, mapping or contexts, and the old default") {
                root, _ in
                try await erase(root)
                try await isGone(root)
            },
            .root("again", "installed again after a removal the policy is in force as before") { root, laboratory in
                try await isInForce(root)
                try await erase(root)
                try await requireFailure(
                    of: "the check of the policy in force", saying: "the module untochat is not there"
                ) { try await isInForce(root) }
                try await install(["-U"], root, laboratory)
                try await isInForce(root)
            },
            .root("upgrade", "an upgrade leaves the policy in force, and a mapping that the administrator made") {
                root, laboratory in
                try await root.output("semanage", ["login", "-S", "default", "-N", "-a", "-s", "unconfined_u", "gold"])
                try await install(["-U", "--replacepkgs"], root, laboratory)
                try await isInForce(root)
                try require(try logins(root).contains("gold:unconfined_u:"), "the mapping of gold is gone")
            },
            .root("unsigned", "a package without a signature is refused by rpm, and with signatures off it is not") {
                root, laboratory in
                let name = try laboratory.copyPackages(to: root, named: "untosh").first ?? ""
                try await root.output("rpmsign", ["--delsign", name])
                let refused = try await root.run("rpm", ["-U", "--replacepkgs", name])
                try require(!refused.succeeded, "rpm installs an unsigned package")
                try require(refused.errorText.contains("signature"), "rpm says \(refused.errorText)")
                try await root.output("rpm", ["-U", "--replacepkgs", "--nosignature", name])
            },
        ])

    private static let store: FilePath = "/var/lib/selinux/default/active/modules/200"

    private static func logins(_ root: GuestRoot) throws -> String {
        try Files.text(root.path("/etc/selinux/default/seusers"))
    }

    private static func erase(_ root: GuestRoot) async throws {
        // The others need it, which rpm would say.
        try await noScriptFails(root.run("rpm", ["-e", "--nodeps", "untochat-selinux"]))
    }

    private static func install(_ how: [String], _ root: GuestRoot, _ laboratory: Laboratory) async throws {
        let names = try laboratory.copyPackages(to: root, named: "untochat-selinux")
        try await noScriptFails(root.run("rpm", how + names))
    }

    private static func noScriptFails(_ outcome: Command.Outcome) throws {
        try require(
            outcome.succeeded && !outcome.errorText.contains("scriptlet failed"), "rpm says \(outcome.errorText)")
    }

    private static func isInForce(_ root: GuestRoot) async throws {
        for module in ["untochat", "untochat-deny"] {
            try require(Files.exists(root.path(store.appending(module))), "the module \(module) is not there")
        }
        let logins = try logins(root)
        try require(logins.contains("__default__:untochat_u:s0\n"), "the default login mapping is not ours:\n\(logins)")
        try require(logins.contains("root:unconfined_u:"), "root has lost its mapping:\n\(logins)")
        try require(
            Files.exists(root.path("/etc/selinux/default/contexts/users/untochat_u")),
            "there are no contexts for logins")
    }

    private static func isGone(_ root: GuestRoot) async throws {
        for path in [
            store.appending("untochat"), store.appending("untochat-deny"), "/opt/sbin/untochat-selinux-check",
            "/etc/selinux/default/contexts/users/untochat_u", "/var/lib/untochat-selinux",
        ] {
            try require(!Files.exists(root.path(path)), "\(path) is still there")
        }
        let logins = try logins(root)
        try require(!logins.contains("untochat_u"), "a login is still mapped to untochat_u:\n\(logins)")
        try require(logins.contains("__default__:unconfined_u:"), "the default is not what it was:\n\(logins)")
        let contexts = try Files.text(root.path("/etc/selinux/default/contexts/files/file_contexts"))
        try require(!contexts.contains("untosh_exec_t"), "the policy still labels /opt/bin/untosh")
    }
}
