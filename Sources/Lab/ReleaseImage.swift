import RPMKit
import ReleaseSupport
import SystemPackage

/// The second layer: a release installed into the base root as a server installs it, with users, labels and an encrypted
/// disk. Or a machine that such a release can be installed on: the same without it and without chat users.
struct ReleaseImage {
    /// The published repository: `rpmbuild/repo/fedora-45`.
    let repository: FilePath
    /// The finished base layer.
    let base: FilePath
    /// For the key of this layer.
    let baseDigest: String
    /// Whether the release is left to whoever installs it.
    var isBare = false

    /// Who has an account in a guest. Two chat users, and one who administers.
    static let chatUsers = ["silver", "gold"]
    static let administrator = "boss"
    /// Of every chat user, until it is changed.
    static let password = "Tr0ub4dor-three-horses"
    /// Of the disk.
    static let passphrase = "correct horse battery staple"

    /// Changed whenever what this file does to an image changes.
    private static let recipe = "5"

    /// What the layer is made from.
    func key() throws -> LayerKey {
        var inputs = [baseDigest, Self.recipe]
        for path in try packages() + [publicKey] { inputs.append(try path.string + LayerKey.digest(of: path)) }
        return LayerKey(
            isBare ? "bare" : "release", parts: ["changes", "disk", "client", "known_hosts"], inputs: inputs)
    }

    private var publicKey: FilePath { repository.appending("RPM-GPG-KEY-untochat") }

    /// What a server gets: `untochat` and what that requires. The installer, say, is for another machine.
    private func packages() throws -> [FilePath] {
        let folder = repository.appending("x86_64")
        guard Files.exists(folder), Files.exists(publicKey) else {
            throw ReleaseError(
                .setup, "\(repository) is no published release", hint: "`untochat release` makes one")
        }
        var published: [String: (path: FilePath, requires: [String])] = [:]
        for name in try Files.names(in: folder) where name.hasSuffix(".rpm") {
            let package = try Package(reading: folder.appending(name))
            published[package.name] = (folder.appending(name), package.tags["requirename"] ?? [])
        }
        var wanted = ["untochat"]
        var packages: [FilePath] = []
        while let name = wanted.popLast() {
            guard let package = published.removeValue(forKey: name) else { continue }
            packages.append(package.path)
            wanted += package.requires
        }
        return packages.sorted { $0.string < $1.string }
    }

    /// Fills `folder` with `changes/` (what the release changes in the base root), `disk` and the keys to the guest.
    func make(in folder: FilePath) async throws {
        for name in ["client", "host"] {
            try await Command(
                "ssh-keygen",
                ["-q", "-t", "ed25519", "-N", "", "-C", "untochat-lab", "-f", folder.appending(name).string]
            ).output(.setup)
        }
        let key = try Files.text(folder.appending("host.pub"))
        try Files.write("guest \(key)", to: folder.appending("known_hosts"))
        try await GuestRoot.with([base.appending("root")], work: folder) { root in
            try await addAdministrators(root, client: Files.text(folder.appending("client.pub")))
            try writeHostKey(root, from: folder)
            try await standInForFedora(root, in: folder)
            if !isBare {
                try await install(root)
                try await addChatUsers(root, client: Files.text(folder.appending("client.pub")))
            }
            try await DiskImage.make(from: root, at: folder.appending("disk"), work: folder)
        }
        for name in ["root", "scratch", "packages"] { try Files.remove(folder.appending(name)) }
    }

    /// Those who are there before the policy comes, which must leave them what they are.
    private func addAdministrators(_ root: GuestRoot, client: String) async throws {
        try await root.output("useradd", ["-m", "-s", "/bin/bash", "-G", "sudo", Self.administrator])
        try root.write(client, to: "/root/.ssh/authorized_keys", mode: .privateFile)
        try await root.output("chmod", ["700", "/root/.ssh"])
    }

    /// rpm starts scripts in this domain. Debian's policy does not know it; on Fedora it is unconfined like this one.
    private static let scripts = "(typealias rpm_script_t)\n(typealiasactual rpm_script_t unconfined_t)\n"

    /// What Fedora would have provided, a package without files says to provide.
    private func standInForFedora(_ root: GuestRoot, in folder: FilePath) async throws {
        let shim = try await FedoraShim.make(for: packages(), in: folder.appending("packages"))
        try Files.copy(shim, to: root.path("/root/shim"))
        try await root.output("rpm", ["-U", "--nosignature", "/root/shim"])
        try root.write(Self.scripts, to: "/root/scripts.cil")
        try await root.output("semodule", ["-s", "default", "-n", "-X", "100", "-i", "/root/scripts.cil"])
        for name in ["shim", "scripts.cil"] { try Files.remove(root.path("/root").appending(name)) }
        // Fedora's packages have these; Ansible makes no folders for others.
        for path in ["/etc/rpm", "/etc/dnf/vars"] { try Files.makeFolder(root.path(FilePath(path))) }
        // As a server's sshd must be set up: untosh wants a locale, and takes none from the other side.
        try root.write("SetEnv LANG=C.UTF-8\n", to: "/etc/ssh/sshd_config.d/server.conf")
        try await TorSetup.standIn(root)
    }

    /// rpm of the guest checks every signature and installs.
    private func install(_ root: GuestRoot) async throws {
        let packages = try packages()
        let place = "/root/release"
        try Files.makeFolder(root.path(FilePath(place)))
        for package in packages {
            guard let name = package.lastComponent else { continue }
            try Files.copy(package, to: root.path(FilePath(place).appending(name)))
        }
        try Files.copy(publicKey, to: root.path("/root/release/key"))
        try root.write("%_pkgverify_level all\n", to: "/root/.rpmmacros")
        try await root.output("rpmkeys", ["--import", "\(place)/key"])
        let names = packages.compactMap { $0.lastComponent?.string }.map { "\(place)/\($0)" }
        let outcome = try await root.run("rpm", ["-U", "--verbose"] + names)
        // rpm ends with status 0 when a script has failed.
        guard outcome.succeeded, !outcome.errorText.contains("scriptlet failed") else {
            throw ReleaseError(
                .setup, "rpm does not install the release:\n    \(outcome.errorText.suffix(2000))",
                hint: "`untochat verify` says whether the release is whole")
        }
        try Files.remove(root.path(FilePath(place)))
    }

    /// What is there before our packages are: for an installation that brings them.
    func prepareBare(_ root: GuestRoot, keys: FilePath, work: FilePath) async throws {
        try root.write(Files.text(keys.appending("client.pub")), to: "/root/.ssh/authorized_keys", mode: .privateFile)
        try await root.output("chmod", ["700", "/root/.ssh"])
        try writeHostKey(root, from: keys)
        try await standInForFedora(root, in: work)
        try root.write("%_pkgverify_level all\n", to: "/root/.rpmmacros")
        // Fedora's package setup brings the group of administrators.
        try await root.output("groupadd", ["--system", "wheel"])
        try ServerSetup.prepareBare(root)
        // What packages' scripts call on Fedora.
        try root.write(Self.updateHelper, to: "/usr/lib/systemd/systemd-update-helper")
        try await root.output("chmod", ["755", "/usr/lib/systemd/systemd-update-helper"])
        // Fedora's policy has another name; the files are meant, not the packages' folder beside them.
        try Files.makeFolder(root.path("/etc/selinux/targeted/contexts"))
        try await root.output("ln", ["-s", "../../default/contexts/files", "/etc/selinux/targeted/contexts/files"])
    }

    private static let updateHelper = """
        #!/bin/sh
        verb=$1
        shift
        [ "$verb" != install-system-units ] || systemctl --no-reload preset "$@"

        """

    private func writeHostKey(_ root: GuestRoot, from keys: FilePath) throws {
        for (name, mode) in [("host", FilePermissions.privateFile), ("host.pub", .publicFile)] {
            let target = FilePath("/etc/ssh/ssh_host_ed25519_key" + (name == "host" ? "" : ".pub"))
            try root.write(Files.text(keys.appending(name)), to: target, mode: mode)
        }
    }

    private func addChatUsers(_ root: GuestRoot, client: String) async throws {
        // File triggers of Fedora's systemd do this when a package brings such files.
        try await root.output("systemd-sysusers")
        try await root.output("systemctl", ["enable", "ngircdus"])
        try await ServerSetup.prepare(root)
        for name in Self.chatUsers {
            try await root.output("useradd", ["-m", "-s", "/opt/bin/untosh", "-g", "untochat", name])
            try root.write(client, to: FilePath("/home/\(name)/.ssh/authorized_keys"), mode: .privateFile)
            try await root.output("chown", ["-R", "\(name):untochat", "/home/\(name)/.ssh"])
            try await root.output("chmod", ["700", "/home/\(name)", "/home/\(name)/.ssh"])
            try await root.output("chpasswd", input: "\(name):\(Self.password)\n")
        }
        let shells = try Files.text(root.path("/etc/shells"))
        try root.write(shells + "/opt/bin/untosh\n", to: "/etc/shells")
    }
}

/// A package that provides what the release requires of Fedora, and holds nothing: the guest has it from Debian.
enum FedoraShim {
    static func make(for packages: [FilePath], in folder: FilePath) async throws -> FilePath {
        var required: Set<String> = []
        var provided: Set<String> = []
        for package in packages {
            let query = ["-qp", "--nosignature", "--qf"]
            let names = try await Command("rpm", query + ["[%{REQUIRENEVRS}\\n]", package.string]).output(.setup)
            required.formUnion(names.split(separator: "\n").map(String.init))
            let own = try await Command("rpm", query + ["[%{PROVIDENEVRS}\\n]%{NAME}\\n", package.string]).output(
                .setup)
            provided.formUnion(own.split(separator: "\n").map(String.init))
        }
        try Files.makeFolder(folder)
        let file = folder.appending("shim.spec")
        try Files.write(spec(provides: wanted(required, provided: provided)), to: file)
        try await Command(
            "rpmbuild", ["-bb", "--define", "_topdir \(folder)", "--define", "_rpmfilename shim.rpm", file.string]
        ).output(.setup)
        return folder.appending("RPMS/shim.rpm")
    }

    /// What somebody else must provide. rpmlib(…) is about rpm itself.
    static func wanted(_ required: Set<String>, provided: Set<String>) -> [String] {
        required.filter { !$0.hasPrefix("rpmlib(") && !provided.contains($0) }.sorted()
    }

    static func spec(provides: [String]) -> String {
        """
        Name: fedora-shim
        Version: 1
        Release: 1
        Summary: Stands in for Fedora
        License: none
        BuildArch: noarch
        \(provides.map { "Provides: \($0)" }.joined(separator: "\n"))
        %description
        Stands in for Fedora.
        %files

        """
    }
}
