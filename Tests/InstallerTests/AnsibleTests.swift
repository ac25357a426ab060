import Foundation
import IRCHarness
import PythonTools
import ReleaseSupport
import SystemPackage
import Testing

@testable import Installer

/// The playbook and what `untochat-setup run-ansible` makes for it, without a machine. In one it runs in the lab:
/// LabTests/AnsibleTests.
@Suite("untochat-setup run-ansible") struct AnsibleTests {
    private static let book = PythonEnvironment.root.appending("installer/ansible")
    private static let enough = ["ADMINUSER=silver", "REPOSITORY=release", "DISKFILE=server.qcow2"]

    private static func ansible(
        _ program: String, _ arguments: [String], in folder: FilePath = book
    ) async throws -> Command.Outcome {
        let python = try await PythonEnvironment.ansible
        return try await Command(python.program(program), arguments).with {
            $0.directory = folder
            $0.environment = ["PATH": python.path, "ANSIBLE_CONFIG": "\(book)/ansible.cfg", "LC_ALL": "C.UTF-8"]
        }.run(.verify)
    }

    @Test("ansible-lint has nothing to say by its strictest profile, and finds a task that names no module in full")
    func lint() async throws {
        let arguments = ["--offline", "--nocolor", "--profile", "production"]
        let outcome = try await Self.ansible("ansible-lint", arguments)
        #expect(outcome.succeeded, "\(outcome.text)\(outcome.errorText)")
        #expect(outcome.errorText.contains("'production' was required, and it passed"), "\(outcome.errorText)")
        try await TemporaryFolder.with { folder in
            try Files.write("---\n- hosts: all\n  tasks:\n    - command: id\n", to: folder.appending("site.yml"))
            let bad = try await Self.ansible("ansible-lint", arguments + ["site.yml"], in: folder)
            #expect(!bad.succeeded && bad.text.contains("fqcn"), "\(bad.text)\(bad.errorText)")
        }
    }

    @Test("ansible-playbook reads all of it")
    func syntax() async throws {
        let outcome = try await Self.ansible(
            "ansible-playbook", ["--syntax-check", "--inventory", "untochat,", "site.yml"])
        #expect(outcome.succeeded && outcome.text.contains("playbook: site.yml"), "\(outcome.errorText)")
    }

    @Test(
        "every package is either brought to a server, and then one that the package untochat requires, or named as none"
    )
    func packages() throws {
        let root = PythonEnvironment.root
        let all = try Files.names(in: root.appending("specs")).filter { $0.hasSuffix(".spec") }.map { $0.dropLast(5) }
        let defaults = try Files.text(Self.book.appending("roles/packages/defaults/main.yml"))
        let elsewhere = defaults.split(separator: "\n").drop { !$0.hasPrefix("packages_elsewhere:") }.dropFirst()
            .prefix { $0.hasPrefix("  - ") }.map { $0.dropFirst(4) }
        let required = try Files.text(root.appending("specs/untochat.spec")).matches(of: /Requires: +([a-z-]+)/)
            .map(\.output.1)
        #expect(elsewhere == ["untochat-installer"])
        #expect(Set(all) == Set(required + elsewhere + ["untochat"]))
    }

    @Test("ssh's configuration and the inventory say this and no more")
    func files() throws {
        let request = try RunAnsible(Self.enough + ["SSHKEY=id", "ONION=abc.onion", "CRYPTOPOLICY=FUTURE:UNTOCHAT"])
        let scene = AnsibleScene(request, folder: "/run/x")
        #expect(
            scene.secureShell == """
                Host untochat
                    HostName 127.0.0.1
                    Port 8888
                    User silver
                    UserKnownHostsFile /run/x/known_hosts
                    GlobalKnownHostsFile /dev/null
                    StrictHostKeyChecking yes
                    UpdateHostKeys no
                    ControlPath /run/x/ssh
                    ServerAliveInterval 30
                    ServerAliveCountMax 10
                    ForwardAgent no
                    ForwardX11 no
                    HostKeyAlias untochat
                    IdentityFile /run/x/identity
                    IdentitiesOnly yes

                """)
        #expect(
            scene.inventory(program: "/opt/it's") == """
                untochat:
                  hosts:
                    server:
                      ansible_become: true
                      ansible_host: !unsafe 'untochat'
                      ansible_ssh_args: !unsafe '-F /run/x/ssh_config'
                      packages_release: !unsafe '/run/x/release'
                      packages_key: !unsafe '/run/x/key'
                      packages_tool: !unsafe '/opt/it''s'
                      preflight_administrator: !unsafe 'silver'
                      services_onion: !unsafe 'abc.onion'
                      services_crypto_policy: !unsafe 'FUTURE:UNTOCHAT'

                """)
        #expect(
            scene.ansible == [
                "LC_ALL=C.UTF-8", "ANSIBLE_CONFIG=/run/x/playbook/ansible.cfg", "ansible-playbook", "--inventory",
                "/run/x/inventory.yml", "--ask-become-pass", "/run/x/playbook/site.yml",
            ])
        let root = try RunAnsible([
            "ADMINUSER=root", "REPOSITORY=r", "KNOWNHOSTS=k", "SERVER=fd00::1", "SSHPORT=22", "CHECK=yes",
            "VARIABLES=v",
        ])
        let other = AnsibleScene(root, folder: "/run/x")
        #expect(!other.secureShell.contains("HostKeyAlias") && !other.secureShell.contains("Identit"))
        #expect(other.inventory(program: "/p").contains("ansible_become: false\n"))
        #expect(
            other.ansible.suffix(4) == ["--check", "--extra-vars", "@/run/x/variables", "/run/x/playbook/site.yml"])
    }

    @Test(
        "a setting that is missing, or that ssh or YAML could take for more than a word, is refused",
        arguments: [
            (["ADMINUSER="], "ADMINUSER is missing"), (["ADMINUSER=silver gold"], "is no user name"),
            (["ADMINUSER=-oProxyCommand=id"], "is no user name"), (["REPOSITORY="], "REPOSITORY is missing"),
            (["DISKFILE="], "DISKFILE or KNOWNHOSTS is missing"), (["SERVER=-oProxyCommand=id"], "SERVER is"),
            (["SERVER=a b"], "SERVER is"), (["SERVER=a\nProxyCommand id"], "SERVER is"), (["SERVER=%h"], "SERVER is"),
            (["SSHPORT=0"], "SSHPORT is"), (["ONION=example.org"], "not an onion address"),
            (["ONION={{ x }}.onion"], "not an onion address"), (["CRYPTOPOLICY=a;b"], "not a crypto-policy"),
            (["CHECK=1"], "not yes or no"), (["PASSWORD=x"], "no setting"),
        ])
    func misuse(change: [String], said: String) throws {
        let name = change[0].prefix { $0 != "=" } + "="
        let error = try #require(throws: Misuse.self) {
            try RunAnsible(Self.enough.filter { !$0.hasPrefix(name) } + change)
        }
        #expect(error.description.contains(said), "\(error)")
    }

    @Test("paths with spaces, quotes, percent signs and braces reach ssh and Ansible as they are")
    func hostilePaths() async throws {
        try await TemporaryFolder.with { folder in
            let hostile = folder.appending("it's \"{{ 1 + 1 }}\" %h ${HOME} *[a]")
            let work = folder.appending("work")
            for path in [hostile.appending("release"), work] { try Files.makeFolder(path) }
            for name in ["key", "id", "vars"] { try Files.write("\(name)\n", to: hostile.appending(name)) }
            try Files.write("untochat ssh-ed25519 AAAA\n", to: hostile.appending("d.known_hosts"))
            let request = try RunAnsible([
                "ADMINUSER=silver", "REPOSITORY=\(hostile)/release", "KEY=\(hostile)/key", "SSHKEY=\(hostile)/id",
                "VARIABLES=\(hostile)/vars", "DISKFILE=\(hostile)/d", "PLAYBOOK=\(Self.book)",
            ])
            let scene = AnsibleScene(request, folder: work.string)
            try scene.linkFiles()
            #expect(try Files.text(FilePath(scene.path(.key))) == "key\n")
            try Files.write(scene.secureShell, to: FilePath(scene.configuration))
            let ssh = try await Command("ssh", ["-G", "-F", scene.configuration, HostKey.alias]).output(.verify)
            for line in [
                "identityfile \(work)/identity", "userknownhostsfile \(work)/known_hosts", "user silver", "port 8888",
                "stricthostkeychecking true",
            ] {
                #expect(ssh.contains("\(line)\n"), "\(ssh)")
            }
            // Where the program lies is the one path that is not linked.
            try Files.write(scene.inventory(program: "\(hostile)/p"), to: work.appending("inventory.yml"))
            let listed = try await Self.ansible(
                "ansible",
                [
                    "--inventory", "\(work)/inventory.yml", "--connection", "local", "--extra-vars",
                    "ansible_become=false ansible_python_interpreter=/usr/bin/python3", "server",
                    "--module-name", "ansible.builtin.debug", "--args", "var=packages_tool",
                ])
            #expect(listed.text.contains("it's"), "\(listed.text)\(listed.errorText)")
            #expect(listed.text.contains("{{ 1 + 1 }}"), "\(listed.text)")
        }
    }

    @Test("without a known key of the machine's sshd nobody logs in, and what to do is said")
    func noKey() async throws {
        try await TemporaryFolder.with { folder in
            let outcome = try await Command(
                LocalProgram.built("untochat-setup"),
                [
                    "run-ansible", "ADMINUSER=silver", "REPOSITORY=\(folder)", "DISKFILE=\(folder)/d", "KEY=\(folder)",
                    "PLAYBOOK=\(Self.book)",
                ]
            ).run(.verify)
            #expect(outcome.exitStatus == 1 && outcome.errorText.contains("d.known_hosts: No such file"))
            #expect(outcome.errorText.contains("ssh_host_ed25519_key.pub"), "\(outcome.errorText)")
        }
    }

    @Test("boot keeps the key that the console tells, and no other in its place; the console is shown as it is")
    func boot() async throws {
        try await TemporaryFolder.with { folder in
            let disk = folder.appending("d")
            try Files.write("", to: disk)
            let other = Self.key.replacing("mYzL", with: "mYzM")
            for key in [Self.key, other] {
                // In the place of QEMU: what its serial console says.
                let said = "login: untochat: no\nuntochat: host key ssh-ed25519 \(key)\nlogin: "
                try Files.write(
                    "#!/bin/sh\nprintf '%s' '\(said)'\n", to: folder.appending("qemu-system-x86_64"),
                    mode: [.publicFile, .ownerExecute])
                let outcome = try await Command(
                    LocalProgram.built("untochat-setup"), ["boot", "DISKFILE=\(disk)", "ACCEL=tcg"]
                ).with { $0.environment = ["PATH": "\(folder):/usr/bin:/bin"] }.run(.verify)
                #expect(outcome.succeeded && outcome.text == said, "\(outcome.text)\(outcome.errorText)")
                #expect(try Files.text(FilePath("\(disk).known_hosts")) == "untochat ssh-ed25519 \(Self.key)\n")
            }
        }
    }

    private static let key =
        "AAAAC3NzaC1lZDI1NTE5AAAAIJzPSO0GuXkDmcl3v1F6dSL1wVBYo3o2rHdtPQc4mYzL"

    @Test("a line of the console is the machine's key, whole and of this kind, or nothing")
    func hostKey() throws {
        var progress = InstallationProgress()
        _ = progress.receive("untochat: host key ssh-ed25519 \(Self.key) root@localhost\r\n".utf8)
        #expect(progress.hostKey?.text == "ssh-ed25519 \(Self.key)")
        // The first one counts: what comes later may be anybody's.
        let other = Self.key.replacing("mYzL", with: "mYzM")
        _ = progress.receive("untochat: host key ssh-ed25519 \(other)\n".utf8)
        #expect(progress.hostKey?.text == "ssh-ed25519 \(Self.key)")
        for said in [
            "host key ssh-rsa \(Self.key)", "host key ssh-ed25519 \(Self.key)A", "host key ssh-ed25519",
            "host key ssh-ed25519 \(Self.key.dropLast())\"", "key ssh-ed25519 \(Self.key)",
            "host key ssh-ed25519 \(Self.key.replacing("AAAAC3", with: "AAAAB3"))",
        ] {
            #expect(HostKey(said) == nil, "\(said)")
        }
        var prompt = InstallationProgress()
        _ = prompt.receive("[root@localhost ~]# echo untochat: host key ssh-ed25519 \(Self.key)\n".utf8)
        #expect(prompt.hostKey == nil)
    }
}
