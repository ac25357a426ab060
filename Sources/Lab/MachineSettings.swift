import KVMProbe
import ReleaseSupport
import SystemPackage

/// How QEMU runs a guest.
public enum Accelerator: String, Sendable, Codable {
    /// The processor does it.
    case kvm
    /// QEMU translates every instruction.
    case tcg
}

/// What QEMU is called with. A snapshot fits only the machine that it was taken of, so all that makes the machine is here
/// and part of the snapshot's key.
struct MachineSettings: Sendable, Equatable {
    static let program = "qemu-system-x86_64"

    let accelerator: Accelerator
    /// In MiB.
    var memory = 896
    /// What QEMU calls itself: `QEMU emulator version 10.0.2`.
    let version: String
    /// Whether there is a second encrypted disk, and a root that keeps quotas. Only machines that are switched on have
    /// them: what all others are is not changed by it.
    var hasTwoDisks = false
    /// The words of the kernel's command line that say where its root is, and how it is opened.
    var root = Self.labRoot

    /// What makes the machine, whoever runs it. Emulated it is an old processor, with instructions for AES: wider registers
    /// and a fifth level of page tables are work for QEMU and of no use here. A boot takes a fifth less.
    var machine: [String] {
        let processor = accelerator == .kvm ? "host" : "Westmere"
        return [
            "-name", "untochat-lab", "-nodefaults", "-no-user-config", "-machine", "pc",
            "-accel", accelerator == .kvm ? "kvm" : "tcg,thread=multi,tb-size=256", "-cpu", processor, "-smp", "1",
            "-m", "\(memory)", "-device", "VGA,vgamem_mb=4", "-device", "virtio-rng-pci",
            "-device", "virtio-net-pci,netdev=net", "-device", "virtio-blk-pci,drive=disk",
            "-device", "isa-serial,chardev=console", "-append",
            kernelArguments + (hasTwoDisks ? " " + Self.secondDisk : ""),
        ] + (hasTwoDisks ? ["-device", "virtio-blk-pci,drive=second,discard=off"] : [])
    }

    /// Where the images of a guest lie. They are plain files where there are two, so that what can be found in them is
    /// what is on the disks, and none is a layer over another.
    func images(in folder: FilePath) -> [FilePath] {
        hasTwoDisks ? [folder.appending("disk"), folder.appending("second")] : [folder.appending("disk.qcow2")]
    }

    /// Of the lab's own disks.
    static let labRoot = "root=/dev/mapper/cryptroot cryptopts=target=cryptroot,source=/dev/vda,luks"

    /// The last console is the one at which the passphrase is asked for.
    var kernelArguments: String {
        [
            "console=tty0 console=ttyS0 \(root) rootfstype=xfs rw quiet",
            "security=selinux selinux=1 enforcing=1 audit=1 audit_backlog_limit=8192",
            // None of these is looked at here, and each takes seconds. Without huge pages QEMU forgets less of what it has
            // translated addresses to; the root is as its packages left it, so nothing there needs an update.
            "mitigations=off cryptomgr.notests nokaslr plymouth.enable=0 TERM=dumb",
            "transparent_hugepage=never rcupdate.rcu_expedited=1 systemd.condition_needs_update=0",
        ].joined(separator: " ")
    }

    /// The second disk is opened after the root's; it is asked for, too.
    private static let secondDisk = "cryptopts=target=cryptswap,source=/dev/vdb,luks rootflags=uquota"

    /// All arguments for one run.
    ///
    /// - Parameters:
    ///   - folder: where its sockets and its disks lie.
    ///   - kernel, initrd: what it boots.
    ///   - port: of 127.0.0.1, which leads to the guest's sshd.
    ///   - snapshot: from which it goes on, or nil to boot.
    ///   - display: for VNC: 0 for port 5900 of 127.0.0.1.
    func arguments(
        in folder: FilePath, kernel: FilePath, initrd: FilePath, port: Int, snapshot: String?, display: Int?
    ) -> [String] {
        var arguments = machine
        arguments += ["-kernel", kernel.string, "-initrd", initrd.string]
        for (name, image) in zip(["disk", "second"], images(in: folder)) {
            // What the guest discards is taken out of a plain file.
            let format = hasTwoDisks ? "format=raw,discard=unmap" : "format=qcow2"
            arguments += ["-drive", "id=\(name),if=none,\(format),cache=unsafe,file=\(image)"]
        }
        // restrict: the guest reaches nothing, neither this machine nor beyond.
        arguments += ["-netdev", "user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:\(port)-:22"]
        let (console, log) = (folder.appending("console"), folder.appending("console.log"))
        arguments += [
            "-chardev", "socket,id=console,server=on,wait=off,path=\(console),logfile=\(log),logappend=on",
        ]
        arguments += ["-qmp", "unix:\(folder.appending("monitor")),server=on,wait=off"]
        arguments += ["-display", display.map { "vnc=127.0.0.1:\($0)" } ?? "none"]
        // Not before somebody listens to the console.
        arguments += ["-S"]
        if let snapshot { arguments += ["-loadvm", snapshot] }
        return arguments
    }

    /// Finds out how guests run here: KVM where a kernel boots with it, as it may be there and not work. That is tried
    /// once for each boot of this machine and remembered in `cache`.
    static func detect(kernel: FilePath, cache: LayerCache) async throws -> MachineSettings {
        let said = try await Command(program, ["--version"]).output(
            .setup, hint: "`untochat doctor --all` says which package has QEMU")
        let version = String(said.prefix { !$0.isNewline })
        let boot = (try? Files.text("/proc/sys/kernel/random/boot_id")) ?? ""
        let key = LayerKey("accelerator", parts: ["name"], inputs: [version, boot])
        let (folder, _) = try await cache.layer(key) { folder in
            let found: Accelerator = try await bootsWithKVM(kernel) ? .kvm : .tcg
            try Files.write(found.rawValue, to: folder.appending("name"))
        }
        let name = try Files.text(folder.appending("name"))
        return MachineSettings(accelerator: Accelerator(rawValue: name) ?? .tcg, version: version)
    }

    /// Whether the kernel says its first word within some seconds. Where KVM is not there QEMU ends at once.
    private static func bootsWithKVM(_ kernel: FilePath) async throws -> Bool {
        guard Files.exists(FilePath(KVMProbe.device)) else { return false }
        let probe = KVMProbe(linux: kernel.string)
        return probe.isProof(try await Command(KVMProbe.program, probe.arguments).run(.setup).text)
    }
}
