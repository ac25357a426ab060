import IRCHarness
import PythonTools
import ReleaseSupport
import SystemPackage
import Testing

@testable import Lab

/// `untochat-setup run-ansible` with a machine that has what Fedora would have, and nothing of ours. One machine, from its
/// first day on: each step needs what the one before it left.
@Suite("The playbook in the lab", .lab, .serialized, .timeLimit(.minutes(60)))
struct AnsibleTests {
    @Test(
        """
        it makes a server of a machine: in check mode nothing changes, a rpm that checks nothing is found, the second run \
        changes nothing, and the lab's promises are kept
        """)
    func makesServer() async throws {
        let laboratory = try await TestLaboratory.shared
        try await TemporaryFolder.with { folder in
            try await laboratory.withGuest(.bare) { guest in
                let play = try await Play(guest, laboratory, in: folder)
                try await refusesStranger(play)
                try await checks(play, guest)
                try await findsCarelessRPM(play, guest)
                try await installs(play, guest)
                try await changesNothing(play)
                try await keepsPromises(guest, laboratory)
                try await findsMissingPolicy(play, guest)
            }
        }
    }

    private func refusesStranger(_ play: Play) async throws {
        let outcome = try await play.run(knownHosts: play.stranger)
        #expect(outcome.exitStatus == 1, "\(outcome.text)\(outcome.errorText)")
        #expect(outcome.errorText.contains("nobody can log in"), "\(outcome.errorText)")
        #expect(!outcome.text.contains("PLAY"))
    }

    private func checks(_ play: Play, _ guest: Guest) async throws {
        let before = try await state(of: guest)
        let outcome = try await play.run(["CHECK=yes"])
        #expect(outcome.succeeded, "\(outcome.text)\(outcome.errorText)")
        #expect(Recap(outcome.text).changed > 0, "\(outcome.text)")
        #expect(try await state(of: guest) == before)
    }

    /// What the playbook could change.
    private func state(of guest: Guest) async throws -> String {
        try await guest.root(
            """
            rpm -qa | sort
            find /etc /opt /usr/lib/systemd /usr/lib/tmpfiles.d /var/tmp /var/lib/selinux -type f -newer /proc/1/cmdline |
                grep -v -e /etc/resolv.conf -e /var/tmp/systemd | sort
            ls /var/tmp | sed /systemd/d
            """)
    }

    private func findsCarelessRPM(_ play: Play, _ guest: Guest) async throws {
        try await guest.root("echo '%_pkgverify_level none' >/root/.rpmmacros")
        let outcome = try await play.run()
        #expect(outcome.exitStatus == 1, "\(outcome.text)")
        #expect(outcome.text.contains("takes: genuine, unsigned, foreign"), "\(outcome.text)\(outcome.errorText)")
        #expect(try await guest.root("rpm -qa 'unt*'") == "")
        try await guest.root("rm /root/.rpmmacros")
    }

    private func installs(_ play: Play, _ guest: Guest) async throws {
        let outcome = try await play.run()
        #expect(outcome.succeeded, "\(outcome.text)\(outcome.errorText)")
        #expect(outcome.text.contains("the server is ready"))
        for name in ["untochat", "untosh", "irssius", "ngircdus", "untochat-selinux", "untochat-release"] {
            #expect(try await guest.ssh("root", "rpm -q \(name)").succeeded, "\(name)")
        }
        #expect(try await !guest.ssh("root", "rpm -q untochat-installer").succeeded)
        #expect(try await guest.root("ls /var/tmp | grep -c untochat || true") == "0\n")
    }

    private func changesNothing(_ play: Play) async throws {
        let outcome = try await play.run()
        #expect(outcome.succeeded && Recap(outcome.text).changed == 0, "\(outcome.text)\(outcome.errorText)")
    }

    private func keepsPromises(_ guest: Guest, _ laboratory: Laboratory) async throws {
        try await ServerSetup.adopt(guest)
        // Everything is in force after the next boot.
        try await guest.reboot()
        _ = try await guest.ssh("root", "systemctl is-system-running --wait")
        #expect(
            try await guest.root("systemctl is-active untochat-firewall untochat-sshd ngircdus | sort -u") == "active\n"
        )
        let silver = try await OnionDoor(to: guest).login("silver")
        try await silver.startChat()
        try await silver.stopChat()
        try await silver.leave()
        let daemon = DaemonPromises.chapter.promises.filter { !["nnp"].contains($0.id) }
        for promise in InstallationPromises.chapter.promises + SessionPromises.chapter.promises + daemon {
            guard case .inGuest(let body) = promise.trial else { continue }
            do { try await body(guest, laboratory) } catch {
                Issue.record("\(promise.id), \(promise.text): \(error)")
            }
        }
    }

    private func findsMissingPolicy(_ play: Play, _ guest: Guest) async throws {
        // As semodule lists it; with semodule it would take minutes.
        try await guest.root("mv /var/lib/selinux/default/active/modules/200/untochat-deny /root/")
        let outcome = try await play.run()
        #expect(outcome.exitStatus == 1, "\(outcome.text)")
        #expect(outcome.text.contains("the module untochat-deny is loaded"), "\(outcome.text)\(outcome.errorText)")
    }
}

/// untochat-setup run-ansible for one guest.
private struct Play {
    /// The guest's own key, and another one.
    let known: FilePath
    let stranger: FilePath
    private let guest: Guest
    private let repository: FilePath
    private let folder: FilePath
    private let path: String

    /// What is not as on Fedora.
    private static let variables = """
        preflight_distributions: [Debian]
        services_sshd: ssh.service
        packages_triggers:
          - [systemctl, daemon-reload]
          - [systemd-sysusers]
          - [systemd-tmpfiles, --create]

        """

    init(_ guest: Guest, _ laboratory: Laboratory, in folder: FilePath) async throws {
        self.guest = guest
        self.folder = folder
        repository = laboratory.repository
        path = try await PythonEnvironment.ansible.path
        known = folder.appending("known_hosts")
        stranger = folder.appending("stranger")
        let key = try Files.text(guest.shell.knownHosts).trimmingPrefix("guest ")
        try Files.write("[127.0.0.1]:\(guest.port) \(key)", to: known)
        let other = folder.appending("other")
        try await Command("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", other.string]).output(.setup)
        try Files.write("[127.0.0.1]:\(guest.port) \(Files.text(FilePath("\(other).pub")))", to: stranger)
        try Files.write(Self.variables, to: folder.appending("variables.yml"))
    }

    func run(_ more: [String] = [], knownHosts: FilePath? = nil) async throws -> Command.Outcome {
        let arguments = [
            "run-ansible", "ADMINUSER=root", "SSHPORT=\(guest.port)", "SSHKEY=\(guest.shell.key)",
            "KNOWNHOSTS=\(knownHosts ?? known)", "REPOSITORY=\(repository)",
            "KEY=\(repository.appending("RPM-GPG-KEY-untochat"))", "VARIABLES=\(folder)/variables.yml",
            "PLAYBOOK=\(PythonEnvironment.root.appending("installer/ansible"))",
        ]
        return try await Command(LocalProgram.built("untochat-setup"), arguments + more)
            .with { $0.environment = ["PATH": path] }.run(.verify)
    }
}

/// Ansible's last line of a run: how many tasks changed something.
private struct Recap {
    let changed: Int

    init(_ text: String) {
        let match = text.firstMatch(of: /server +: ok=\d+ +changed=(\d+)/)
        changed = match.flatMap { Int($0.output.1) } ?? -1
    }
}
