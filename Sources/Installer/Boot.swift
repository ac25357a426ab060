import Glibc

/// The command boot: starts an installed disk.
public struct Boot: Equatable, Sendable {
    let disk: String
    let machine: Machine
    /// Port of 127.0.0.1 that leads to the guest's sshd.
    let port: Int
    /// Port of 127.0.0.1 at which VNC shows the guest's screen; nil where it has none.
    let screen: Int?

    static let names = ["DISKFILE", "SSHPORT", "VNCPORT"]

    init(_ words: [String]) throws(Misuse) {
        let settings = try Settings(words, known: Self.names + Machine.names)
        disk = try settings.required("DISKFILE")
        machine = try Machine(settings, memoryMiB: 2048)
        port = try settings.number("SSHPORT", in: 1024...65535, otherwise: 8888)
        let asked = try settings.number("VNCPORT", in: 5900...5999, otherwise: 0)
        screen = asked == 0 ? nil : asked
    }

    /// QEMU's arguments on `machine`.
    func arguments(_ machine: Machine) -> [String] {
        machine.options(disk: disk, screen: screen) + Machine.network(forward: port)
    }

    /// Runs the machine with its console on this terminal until it is off; nobody but this machine reaches screen or sshd.
    /// Where the console tells the key of the machine's sshd and none is known, that is kept.
    public func run() throws {
        guard access(disk, R_OK | W_OK) == 0 else { throw SystemError(disk) }
        var isKeyWanted = access(HostKey.file(of: disk), F_OK) != 0
        var console = InstallationProgress()
        var program = try Program("qemu-system-x86_64", arguments(machine.settled(linux: nil)))
        program.readsInput = true
        let status = try program.run { bytes in
            _ = bytes.withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
            guard isKeyWanted else { return }
            _ = console.receive(bytes)
            if let key = console.hostKey {
                isKeyWanted = false
                try key.keep(beside: disk)
            }
        }
        guard status == 0 else { throw SystemError(plain: "QEMU ended with status \(status)") }
    }
}

/// The command doctor: what this machine lacks.
public enum InstallerDoctor {
    /// Programs by the command that needs them, and the packages of Debian and Fedora that have them.
    static let programs = [
        ("gpg", "guest and run-ansible", "gnupg", "gnupg2"),
        ("sha256sum", "guest and run-ansible", "coreutils", "coreutils"),
        ("xorriso", "guest", "xorriso", "xorriso"), ("qemu-img", "guest", "qemu-utils", "qemu-img"),
        ("qemu-system-x86_64", "guest and boot", "qemu-system-x86", "qemu-system-x86-core"),
        ("ssh", "run-ansible", "openssh-client", "openssh-clients"),
        ("ansible-playbook", "run-ansible", "ansible-core", "ansible-core"),
    ]

    /// Says what is there and what is not; whether everything is.
    public static func run() -> Bool {
        let folders = getenv("PATH").map { String(cString: $0) } ?? ""
        let missing = missing(in: folders.split(separator: ":").map(String.init))
        for (program, need, debian, fedora) in programs {
            say(
                missing.contains(program)
                    ? "missing: \(program), for \(need): apt install \(debian), or dnf install \(fedora)"
                    : "found:   \(program)")
        }
        say(
            (try? Machine.hasWorkingKVM(linux: nil)) == true
                ? "found:   KVM; `make guest` tries it again with Fedora's kernel"
                : "slow:    KVM does not work here: an installation takes an hour or more")
        return missing.isEmpty
    }

    static func missing(in folders: [String]) -> [String] {
        programs.map(\.0).filter { program in !folders.contains { access("\($0)/\(program)", X_OK) == 0 } }
    }
}
