import Foundation
import GnuPG
import ReleaseSupport
import Repository
import SystemPackage

/// An empty root that dnf installs into, with a configuration, a cache and a rpm policy of its own: nothing of this
/// machine's dnf has a part in it.
struct DnfRoot {
    /// The root.
    let folder: FilePath
    private let home: FilePath
    private let configuration: FilePath
    private let repositories: FilePath
    private let fedora: FilePath
    private let workshop: Workshop
    /// 4 or 5.
    let version: Int

    /// What stands between a package and a server, to be taken away one by one.
    enum Protection: CaseIterable {
        /// `gpgcheck` of dnf.
        case packageSignatures
        /// `repo_gpgcheck` of dnf.
        case repositorySignature
        /// `%_pkgverify_level all` of rpm.
        case rpmPolicy
    }

    /// Sets up a root for the length of one call.
    static func with<Value>(
        _ workshop: Workshop, named name: String = "root", _ body: (DnfRoot) async throws -> Value
    ) async throws -> Value {
        let root = try await DnfRoot(workshop, name)
        do {
            let value = try await body(root)
            try await root.endAgents()
            return value
        } catch {
            try? await root.endAgents()
            throw error
        }
    }

    private init(_ workshop: Workshop, _ name: String) async throws {
        self.workshop = workshop
        folder = workshop.folder.appending(name)
        home = workshop.folder.appending("home")
        configuration = workshop.folder.appending("dnf.conf")
        repositories = workshop.folder.appending("repos.d")
        fedora = try await workshop.makeFedora()
        for path in [folder, home, repositories, workshop.folder.appending("empty")] { try Files.makeFolder(path) }
        try Files.write("[main]\n", to: configuration)
        let file = RepositoryLayout.configurationFile
        try Files.copy(workshop.subject.repository.appending(file), to: repositories.appending(file))
        let said = try await Command("dnf", ["--version"]).output(.setup)
        version = said.contains("dnf5") ? 5 : 4
    }

    /// Runs dnf on the root, with the published `untochat.repo`. Two of its options are overridden, as there is no Tor
    /// here: where the packages lie and the way there. The key is the published one, until a server has its own.
    ///
    /// - Parameters:
    ///   - installedConfiguration: take the .repo file and the key that the package untochat-release put into the root.
    ///   - missing: protections to run without.
    func dnf(
        _ arguments: [String], installedConfiguration: Bool = false, without missing: Set<Protection> = []
    ) async throws -> Said {
        let command = try command(arguments, installedConfiguration: installedConfiguration, without: missing)
        return Said(try await command.run(.verify))
    }

    /// What `dnf` runs.
    ///
    /// - Parameters:
    ///   - base: where the packages lie, for a way other than by files.
    ///   - proxy: the way there.
    func command(
        _ arguments: [String], installedConfiguration: Bool = false, without missing: Set<Protection> = [],
        base: String? = nil, proxy: String = ""
    ) throws -> Command {
        let policy = missing.contains(.rpmPolicy) ? "none" : "all"
        try Files.write(
            "%_dbpath /usr/lib/sysimage/rpm\n%_pkgverify_level \(policy)\n", to: home.appending(".rpmmacros"))
        let key =
            installedConfiguration
            ? folder.appending("etc/pki/rpm-gpg/\(RepositoryLayout.keyFile)") : workshop.subject.publicKey
        var options = [
            "reposdir": (installedConfiguration ? folder.appending("etc/yum.repos.d") : repositories).string,
            // Named, so that the machine's own are not taken.
            "varsdir": workshop.folder.appending("empty").string,
            "pluginconfpath": workshop.folder.appending("empty").string,
            "untochat.baseurl": base ?? "file://\(workshop.packages)", "untochat.proxy": proxy,
            "untochat.gpgkey": "file://\(key)",
        ]
        if missing.contains(.packageSignatures) { options["untochat.gpgcheck"] = "0" }
        if missing.contains(.packageSignatures) { options["untochat.pkg_gpgcheck"] = "0" }
        if missing.contains(.repositorySignature) { options["untochat.repo_gpgcheck"] = "0" }
        let common = [
            "--assumeyes", "--config=\(configuration)", "--installroot=\(folder)",
            "--releasever=\(workshop.subject.releaseVersion)", "--repofrompath=fedora-shim,file://\(fedora)",
            "--setopt=fedora-shim.gpgkey=file://\(workshop.subject.publicKey)",
            "--setopt=fedora-shim.repo_gpgcheck=1",
            "--setopt=fedora-shim.gpgcheck=\(missing.contains(.packageSignatures) ? 0 : 1)",
        ]
        return Command(
            "dnf", common + options.sorted { $0.key < $1.key }.map { "--setopt=\($0.key)=\($0.value)" } + arguments
        ).with { $0.environment = environment }
    }

    /// What dnf did.
    struct Said {
        /// The exit status.
        let status: Int32
        /// Both outputs.
        let text: String

        init(_ outcome: Command.Outcome) {
            status = outcome.exitStatus ?? -1
            text = outcome.text + outcome.errorText
        }

        /// Whether a package's script failed: rpm goes on, and dnf ends with status 0. The first words are rpm's for a
        /// shell script, the others dnf's for any.
        var scriptletFailed: Bool {
            text.contains("scriptlet failed") || text.contains(/[Ee]rror in .*scriptlet/)
        }
        /// Whether everything asked for was done.
        var succeeded: Bool { status == 0 && !scriptletFailed }
    }

    /// Names and versions of what is installed, sorted, without the keys that rpm keeps among the packages.
    func installed() async throws -> [String] {
        try await rpm(["-qa", "--qf", "%{name}-%{version}\\n"]).text.split(separator: "\n").map(String.init)
            .filter { !$0.hasPrefix("gpg-pubkey-") }.sorted()
    }

    /// The names of what is installed, in the order of installation.
    func installedInOrder() async throws -> [String] {
        let text = try await rpm(["-qa", "--qf", "%{dbinstance} %{name}\n"]).text
        let packages = text.split(separator: "\n").map { line -> (order: Int, name: String) in
            let words = line.split(separator: " ")
            return (Int(words[0]) ?? 0, String(words[1]))
        }
        return packages.sorted { $0.order < $1.order }.map(\.name)
    }

    /// What rpm finds changed or missing in the root.
    func verify() async throws -> (status: Int32, findings: String) {
        let outcome = try await rpm(["-Va"])
        return (outcome.exitStatus ?? -1, outcome.text + outcome.errorText)
    }

    private func rpm(_ arguments: [String]) async throws -> Command.Outcome {
        try await Command("rpm", ["--root", folder.string] + arguments).with { $0.environment = environment }
            .run(.verify)
    }

    /// Where rpm's policy for the root is, and nothing of this machine's.
    var environment: [String: String?] { ["HOME": home.string, "LC_ALL": "C.UTF-8"] }

    /// dnf's check of the metadata leaves a gpg-agent a repository behind.
    private func endAgents() async throws {
        let cache = folder.appending("var/cache")
        guard let walker = FileManager.default.enumerator(atPath: cache.string) else { return }
        var homes: [FilePath] = []
        while let name = walker.nextObject() as? String {
            if name.hasSuffix("/pubring") { homes.append(cache.pushing(FilePath(name))) }
        }
        for home in homes { try await KeyHome.withOwn(home) { _ in } }
    }
}
