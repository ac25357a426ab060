import ReleaseSupport
import SystemPackage

/// rpm at work in a running machine, from an administrator's session, and what is left of it after a reboot.
enum LivePromises {
    static let chapter = LabChapter(
        name: "live", guest: .snapshot, restarts: true,
        promises: [
            .guest(
                "live-upgrade", "rpm in the running machine installs the programs again: checked, labelled, served",
                again),
            .guest(
                "live-labels-fail", "without rpm's plugin for SELinux the client has a wrong label, which is found",
                labelsFail),
            .guest("live-unsigned", "rpm in the running machine refuses a package without a signature", unsigned),
            .guest("live-removal", "a removed client is gone for its users, and there again when installed", removal),
            .guest("reboot", "after all that, and a reboot, all is in its domain and a user logs in and chats", reboot),
        ])

    private static let programs = [
        "untosh": ("/opt/bin/untosh", "untosh_exec_t"), "irssius": ("/opt/bin/irssius", "irssius_exec_t"),
        "ngircdus": ("/opt/sbin/ngircdus", "ngircdus_exec_t"),
    ]

    // MARK: - Packages

    private static func again(_ guest: Guest, _ laboratory: Laboratory) async throws {
        let mark = try await guest.auditMark()
        let before = try await inode(of: "/opt/bin/irssius", in: guest)
        try await rpm(["-U", "--replacepkgs"], programs.keys.sorted(), in: guest, laboratory)
        try require(
            try await inode(of: "/opt/bin/irssius", in: guest) != before, "rpm has left the program where it was")
        try await checkLabels(guest)
        // What file triggers and systemd-update-helper do on Fedora, and nobody here.
        try await guest.root(
            "systemd-tmpfiles --create ngircdus.conf; systemctl daemon-reload; systemctl restart ngircdus")
        try await DaemonPromises.domain(guest, laboratory)
        try await chat(guest)
        try await requireNoDenial(in: guest, since: mark)
    }

    private static func labelsFail(_ guest: Guest, _ laboratory: Laboratory) async throws {
        try await rpm(["-U", "--replacepkgs", "--noplugins"], ["irssius"], in: guest, laboratory)
        try await requireFailure(of: "the check of labels", saying: "/opt/bin/irssius is") {
            try await checkLabels(guest)
        }
        try await rpm(["-U", "--replacepkgs"], ["irssius"], in: guest, laboratory)
        try await checkLabels(guest)
    }

    private static func unsigned(_ guest: Guest, _ laboratory: Laboratory) async throws {
        let name = try await copy(["untosh"], to: guest, laboratory)
        try await guest.root("rpmsign --delsign \(name)")
        let refused = try await guest.ssh("root", "rpm -U --replacepkgs \(name)")
        try require(!refused.succeeded, "rpm installs an unsigned package")
        try require(refused.errorText.contains("signature"), "rpm says \(refused.errorText)")
        try await guest.root("rpm -U --replacepkgs --nosignature \(name)")
    }

    private static func removal(_ guest: Guest, _ laboratory: Laboratory) async throws {
        // untosh needs it, which rpm would say.
        try await rpm(["-e", "--nodeps"], ["irssius"], in: guest)
        let silver = try await Conversation.login("silver", in: guest)
        let said = try await silver.command("chat")
        try require(said.contains("cannot start chat"), "a client that was removed was started: \(said)")
        try require(try await guest.contexts(of: "irssius").isEmpty, "irssius runs")
        try await silver.leave()
        try await rpm(["-U"], ["irssius"], in: guest, laboratory)
        try await checkLabels(guest)
        try await chat(guest)
    }

    private static func checkLabels(_ guest: Guest) async throws {
        for (path, type) in programs.values {
            let found = try await guest.type(of: path)
            try require(found == type, "\(path) is \(found)")
        }
    }

    private static func inode(of path: String, in guest: Guest) async throws -> String {
        try await guest.root("stat -c %i \(path)")
    }

    /// Brings packages of the release into a guest, and returns where they are as words of a shell.
    private static func copy(_ names: [String], to guest: Guest, _ laboratory: Laboratory) async throws -> String {
        var places: [String] = []
        for package in try names.flatMap(laboratory.packages(named:)) {
            let place = "/root/\(package.lastComponent?.string ?? "")"
            try await guest.copy(package, to: place)
            places.append(Guest.quoted(place))
        }
        return places.joined(separator: " ")
    }

    /// - Parameter laboratory: where rpm is to be given files; otherwise names are enough.
    private static func rpm(
        _ how: [String], _ names: [String], in guest: Guest, _ laboratory: Laboratory? = nil
    ) async throws {
        var words = names.joined(separator: " ")
        if let laboratory { words = try await copy(names, to: guest, laboratory) }
        let result = try await guest.ssh("root", "rpm \(how.joined(separator: " ")) \(words)")
        try require(result.succeeded && !result.errorText.contains("scriptlet failed"), "rpm says \(result.errorText)")
    }

    // MARK: - Reboot

    private static func reboot(_ guest: Guest, _ laboratory: Laboratory) async throws {
        let mark = try await guest.auditMark()
        let before = try await boot(of: guest)
        try await guest.reboot()
        try require(try await boot(of: guest) != before, "it was no reboot")
        _ = try await guest.ssh("root", "systemctl is-system-running --wait")
        try await DaemonPromises.domain(guest, laboratory)
        try await InstallationPromises.check(guest, laboratory)
        try await chat(guest)
        try await requireNoDenial(in: guest, since: mark)
    }

    /// Of the running kernel; another one after each boot.
    private static func boot(of guest: Guest) async throws -> String {
        try await guest.root("cat /proc/sys/kernel/random/boot_id")
    }

    /// A user logs in and is in irssius_t for a while.
    static func chat(_ guest: Guest) async throws {
        let silver = try await Conversation.login("silver", in: guest)
        try await silver.startChat()
        let clients = try await guest.contexts(of: "irssius")
        try require(clients == ["silver \(Conversation.clientContext)"], "irssius runs as \(clients)")
        try await silver.stopChat()
        try await silver.leave()
    }
}
