import Glibc

/// The command run-ansible: from a machine with Fedora to a server, by the playbook that lies beside this program.
public struct RunAnsible: Equatable, Sendable {
    let user: String
    let repository: String
    /// The key that signed it; nil where it lies beside the program.
    let key: String?
    let host: String
    let port: Int
    /// The file that says which key the machine's sshd has.
    let knownHosts: String
    /// Whether that file has our name for the machine, and not its address.
    let isKeptByUs: Bool
    /// A private key; nil where ssh finds one, or asks for the password.
    let identity: String?
    let onion: String?
    let cryptoPolicy: String?
    let isCheck: Bool
    /// A file with more variables.
    let variables: String?
    /// Where the playbook lies; nil where it is beside the program.
    let playbook: String?

    static let names = [
        "ADMINUSER", "REPOSITORY", "KEY", "SERVER", "SSHPORT", "DISKFILE", "KNOWNHOSTS", "SSHKEY", "ONION",
        "CRYPTOPOLICY",
        "CHECK", "VARIABLES", "PLAYBOOK",
    ]

    init(_ words: [String]) throws(Misuse) {
        let settings = try Settings(words, known: Self.names)
        user = try settings.required("ADMINUSER")
        if user != "root", let problem = UserName.problem(user) { throw Misuse("ADMINUSER: \(problem)") }
        repository = try settings.required("REPOSITORY")
        key = settings["KEY"]
        host = settings["SERVER"] ?? "127.0.0.1"
        try Self.require(host, "SERVER", "a name or an address", ":")
        port = try settings.number("SSHPORT", in: 1...65535, otherwise: 8888)
        isKeptByUs = settings["KNOWNHOSTS"] == nil
        guard let file = settings["KNOWNHOSTS"] ?? settings["DISKFILE"].map(HostKey.file(of:)) else {
            throw Misuse("DISKFILE or KNOWNHOSTS is missing: which key has the machine's sshd?")
        }
        knownHosts = file
        identity = settings["SSHKEY"]
        onion = settings["ONION"]
        if let onion {
            try Self.require(onion, "ONION", "an onion address", "")
            guard onion.hasSuffix(".onion") else { throw Misuse("ONION is \(quoted(onion)), not an onion address") }
        }
        cryptoPolicy = settings["CRYPTOPOLICY"]
        if let cryptoPolicy { try Self.require(cryptoPolicy, "CRYPTOPOLICY", "a crypto-policy", ":_") }
        let check = settings["CHECK"] ?? "no"
        guard ["yes", "no"].contains(check) else { throw Misuse("CHECK is \(quoted(check)), not yes or no") }
        isCheck = check == "yes"
        variables = settings["VARIABLES"]
        playbook = settings["PLAYBOOK"]
    }

    /// These become words of ssh's configuration and of the inventory: letters, digits, dots, hyphens and `more` alone.
    private static func require(_ value: String, _ name: String, _ kind: String, _ more: String) throws(Misuse) {
        let known = value.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || "-.\(more)".utf8.contains(byte)
        }
        guard known, !value.hasPrefix("-") else { throw Misuse("\(name) is \(quoted(value)), not \(kind)") }
    }

    /// Proves the release, logs in, and runs the playbook.
    public func run() throws {
        umask(0o077)
        // No folder that somebody has named, whose name ssh might not understand; and a short one, for the socket in it. Put
        // together when it runs: a whole path in the program would look like one of the machine that it was built on.
        try TemporaryDirectory.with(beside: [P_tmpdir, "untochat-setup"].joined(separator: "/")) { work in
            let scene = AnsibleScene(self, folder: work)
            try scene.linkFiles()
            try Verification(work: work, key: key ?? Installation.key()).release(repository)
            for (file, text) in [
                ("ssh_config", scene.secureShell),
                ("inventory.yml", scene.inventory(program: try Installation.program())),
            ] {
                try SecretFile.create("\(work)/\(file)", text, setting: "PLAYBOOK")
            }
            // One login for everything: whatever ssh asks, it asks once, and nobody but ssh hears the answer.
            // From the terminal: what comes on standard input is for sudo.
            var login = Program("ssh", ["-F", scene.configuration] + AnsibleScene.login)
            login.printsItself = true
            guard try login.run({ _ in }) == 0 else { throw SystemError(plain: "nobody can log in as \(user)") }
            defer {
                let bye = Program("ssh", ["-F", scene.configuration, "-O", "exit", HostKey.alias])
                _ = try? bye.quietly().run { _ in }
            }
            var playbook = Program("env", scene.ansible)
            playbook.readsInput = true
            playbook.printsItself = true
            guard try playbook.run({ _ in }) == 0 else {
                throw SystemError(plain: "the playbook has not come to its end: see the lines above")
            }
        }
        say(isCheck ? "nothing was changed" : "the server is ready: everything is in force after its next boot")
    }
}

/// The folder in which ssh and Ansible run. Whatever a person has named lies in it as a symbolic link with a name of ours,
/// so that no character of a path has a meaning to ssh, YAML or Jinja.
struct AnsibleScene {
    /// What is linked.
    enum Link: String, CaseIterable {
        case release, key
        case knownHosts = "known_hosts"
        case identity, variables, playbook
    }

    let request: RunAnsible
    let folder: String

    init(_ request: RunAnsible, folder: String) {
        self.request = request
        self.folder = folder
    }

    /// Where the link lies.
    func path(_ link: Link) -> String { "\(folder)/\(link.rawValue)" }

    var configuration: String { "\(folder)/ssh_config" }

    /// What a person has named, and the setting that names it.
    private func targets() throws -> [(Link, String, String)] {
        var targets = [
            (Link.release, request.repository, "REPOSITORY"), (.knownHosts, request.knownHosts, "KNOWNHOSTS"),
            (.key, try request.key ?? Installation.key(), "KEY"),
            (.playbook, try request.playbook ?? Installation.folder() + "/ansible", "PLAYBOOK"),
        ]
        if let identity = request.identity { targets.append((.identity, identity, "SSHKEY")) }
        if let variables = request.variables { targets.append((.variables, variables, "VARIABLES")) }
        return targets
    }

    /// Makes the links, to what is there.
    func linkFiles() throws {
        for (link, target, setting) in try targets() {
            guard let real = realpath(target, nil) else {
                let failure = SystemError(target)
                guard link == .knownHosts, request.isKeptByUs else { throw failure }
                throw SystemError(
                    plain: """
                        \(failure): nobody has told the key of the machine's sshd. At its console, which \
                        make boot shows, as root: echo untochat: host key $(cat /etc/ssh/ssh_host_ed25519_key.pub)
                        """)
            }
            defer { free(real) }
            guard symlink(real, path(link)) == 0 else { throw SystemError("\(setting) \(target)") }
        }
    }

    /// What ssh is told, for the login and for Ansible.
    var secureShell: String {
        var lines = [
            "Host \(HostKey.alias)", "HostName \(request.host)", "Port \(request.port)", "User \(request.user)",
            "UserKnownHostsFile \(path(.knownHosts))", "GlobalKnownHostsFile /dev/null", "StrictHostKeyChecking yes",
            "UpdateHostKeys no", "ControlPath \(folder)/ssh", "ServerAliveInterval 30", "ServerAliveCountMax 10",
            "ForwardAgent no", "ForwardX11 no",
        ]
        if request.isKeptByUs { lines.append("HostKeyAlias \(HostKey.alias)") }
        if request.identity != nil { lines += ["IdentityFile \(path(.identity))", "IdentitiesOnly yes"] }
        return lines.joined(separator: "\n    ") + "\n"
    }

    /// Logs in, and leaves a connection that others go over.
    static let login = ["-o", "ControlMaster=yes", "-o", "ControlPersist=yes", HostKey.alias, "true"]

    /// The one machine, and the playbook's variables. Every value is of ours or of harmless characters, and still marked as
    /// one that is no template.
    func inventory(program: String) -> String {
        var values = [
            ("ansible_host", HostKey.alias), ("ansible_ssh_args", "-F \(configuration)"),
            ("packages_release", path(.release)), ("packages_key", path(.key)), ("packages_tool", program),
            ("preflight_administrator", request.user),
        ]
        if let onion = request.onion { values.append(("services_onion", onion)) }
        if let policy = request.cryptoPolicy { values.append(("services_crypto_policy", policy)) }
        let lines = values.map {
            "      \($0): !unsafe '\($1.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''"))'"
        }
        return """
            untochat:
              hosts:
                server:
                  ansible_become: \(request.user != "root")
            \(lines.joined(separator: "\n"))

            """
    }

    /// What `env` starts.
    var ansible: [String] {
        let book = path(.playbook)
        var words = [
            // Ansible wants UTF-8, whatever the user speaks.
            "LC_ALL=C.UTF-8", "ANSIBLE_CONFIG=\(book)/ansible.cfg", "ansible-playbook", "--inventory",
            "\(folder)/inventory.yml",
        ]
        if request.isCheck { words.append("--check") }
        if request.user != "root" { words.append("--ask-become-pass") }
        if request.variables != nil { words += ["--extra-vars", "@\(path(.variables))"] }
        return words + ["\(book)/site.yml"]
    }
}
