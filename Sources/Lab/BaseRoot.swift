import Foundation
import ReleaseSupport
import SystemPackage

/// The first layer: Debian's kernel and userspace as a folder, with SELinux, sshd and what opens an encrypted disk.
/// Nothing of ours is in it, so it is made once a machine.
///
/// Not Fedora: its packages come from its own mirrors alone. Debian 13 has what matters here: SELinux userspace 3.8, which
/// knows `deny`, and OpenSSH 10, whose sshd-session starts the shell.
struct BaseRoot {
    static let suite = "trixie"

    /// Packages, and with them what they depend on, but nothing that is only recommended.
    static let packages = [
        "systemd-sysv", "libpam-systemd", "dbus", "udev", "kmod", "passwd", "procps", "sudo", "login",
        "openssh-server", "iproute2", "nftables",
        "selinux-policy-default", "selinux-utils", "policycoreutils", "policycoreutils-python-utils", "auditd",
        "linux-image-amd64", "initramfs-tools", "busybox", "cryptsetup", "cryptsetup-initramfs", "xfsprogs", "rpm",
        "tor", "dnf", "curl",
        // For disks as the kickstart lays them out, and what checks signatures for dnf.
        "lvm2", "e2fsprogs", "fdisk", "gpg",
    ]

    /// Of a kernel's modules those that a guest can have a use for, and every network protocol: that a socket family is
    /// refused shows only where the kernel has it.
    static let modules = [
        "arch", "crypto", "lib", "net", "fs/xfs", "fs/overlayfs", "fs/fuse", "fs/autofs", "fs/nls", "drivers/md",
        "fs/ext4", "fs/jbd2", "fs/mbcache*", "fs/isofs", "drivers/cdrom",
        "drivers/virtio",
        "drivers/block/virtio*", "drivers/net/virtio*", "drivers/net/net_failover*", "drivers/net/veth*",
        "drivers/char/hw_random",
        "drivers/char/virtio*", "drivers/crypto/virtio", "drivers/scsi/virtio*",
        "drivers/input/serio", "drivers/input/keyboard/atkbd*", "drivers/input/vivaldi*",
    ]

    /// What the initial file system loads, as nothing there looks for hardware.
    static let earlyModules = [
        "virtio_pci", "virtio_blk", "virtio_net", "virtio_rng", "xfs", "dm_crypt", "aesni_intel", "xts", "sha256",
        "af_alg", "algif_skcipher",
    ]

    /// Units that take time and do nothing for a guest.
    static let masked = [
        "apt-daily.timer", "apt-daily-upgrade.timer", "dpkg-db-backup.timer", "e2scrub_all.timer",
        "e2scrub_reap.service", "fstrim.timer", "man-db.timer", "serial-getty@ttyS0.service",
        "systemd-networkd-wait-online.service", "systemd-network-generator.service", "systemd-timesyncd.service",
        "systemd-pcrphase.service", "systemd-pcrphase-sysinit.service", "systemd-hwdb-update.service",
        "systemd-journal-flush.service", "ldconfig.service", "modprobe@drm.service", "modprobe@fuse.service",
        "lvm2-monitor.service", "blk-availability.service", "systemd-binfmt.service",
        "proc-sys-fs-binfmt_misc.automount", "systemd-udev-load-credentials.service",
        "systemd-networkd-persistent-storage.service", "modprobe@configfs.service", "modprobe@efi_pstore.service",
        "systemd-pstore.service",
        // A manager of units for each user takes three seconds of a login. On a server chat users have none: their sshd
        // leaves out pam_systemd, and SELinux refuses it.
        "user@.service",
    ]

    /// Files that are there before any package is: what makes the initial file system reads them.
    static let earlyFiles = [
        "etc/crypttab": "cryptroot /dev/vda none luks,initramfs\n",
        "etc/fstab": "/dev/mapper/cryptroot / xfs defaults,noatime 0 0\n",
        "etc/initramfs-tools/conf.d/lab": "MODULES=list\nCOMPRESS=gzip\nCRYPTSETUP=y\nRESUME=none\n",
        "usr/share/initramfs-tools/modules.d/lab": earlyModules.joined(separator: "\n") + "\n",
    ]

    /// Files that are there when all packages are.
    static let files = [
        "/etc/hostname": "guest\n",
        "/etc/default/locale": "LANG=C.UTF-8\n",
        // QEMU's user network: the guest is 10.0.2.15, this machine 10.0.2.2.
        "/etc/systemd/network/10-lab.network":
            "[Match]\nName=en*\n[Network]\nAddress=10.0.2.15/24\nGateway=10.0.2.2\nLinkLocalAddressing=no\n",
        "/etc/ssh/sshd_config.d/lab.conf": "PermitRootLogin prohibit-password\nUseDNS no\nPrintLastLog no\n",
        "/etc/selinux/config": "SELINUX=enforcing\nSELINUXTYPE=default\n",
        // Where nothing is emulated in a hurry, the defaults are too short.
        "/etc/systemd/system.conf.d/lab.conf": "[Manager]\nDefaultTimeoutStartSec=300s\nDefaultDeviceTimeoutSec=300s\n",
    ]

    /// Removed when all is in place: nobody reads it there.
    static let pruned = [
        "/usr/share/doc", "/usr/share/locale", "/usr/share/man", "/usr/share/info", "/usr/share/bash-completion",
        "/var/lib/apt/lists", "/var/cache/apt", "/var/cache/debconf", "/usr/share/perl5", "/etc/update-motd.d",
    ]

    /// What the layer is made from.
    static let key = LayerKey(
        "base", parts: ["root/usr/bin", "vmlinuz", "initrd"],
        inputs: [suite, packages.joined(), modules.joined(), masked.joined(), pruned.joined()]
            + [earlyFiles, files].flatMap { table in table.sorted { $0.key < $1.key }.map { $0.key + $0.value } })

    /// Fills `folder` with `root/`, `vmlinuz` and `initrd`.
    static func make(in folder: FilePath) async throws {
        let root = folder.appending("root")
        let early = folder.appending("early")
        for (path, text) in earlyFiles {
            let file = early.pushing(FilePath(path))
            try Files.makeFolder(file.removingLastComponent())
            try Files.write(text, to: file)
        }
        let exclude = ["/usr/share/doc/*", "/usr/share/locale/*", "/usr/share/man/*"].map { "path-exclude=\($0)" }
        let kernel =
            ["path-exclude=/usr/lib/modules/*/kernel/*"]
            + modules.map { "path-include=/usr/lib/modules/*/kernel/\($0)\($0.hasSuffix("*") ? "" : "/*")" }
        let log = folder.appending("mmdebstrap.log")
        let arguments =
            ["--mode=root", "--variant=minbase", "--aptopt=APT::Install-Recommends \"false\""]
            + (exclude + kernel).map { "--dpkgopt=\($0)" }
            + ["--essential-hook=sync-in \(early) /", "--include=\(packages.joined(separator: ","))"]
            + [suite, root.string, try await mirror()]
        let outcome = try await Command("mmdebstrap", arguments).run(.setup, errorsTo: log) { _ in }
        guard outcome.succeeded else {
            throw ReleaseError(
                .setup, "mmdebstrap ended with \(outcome.ending)",
                hint: "it fetches from the mirror that apt is set up with; UNTOCHAT_LAB_MIRROR names another", log: log)
        }
        try await adapt(GuestRoot(folder: root))
        let boot = root.appending("boot")
        for (prefix, name) in [("vmlinuz-", "vmlinuz"), ("initrd.img-", "initrd")] {
            guard let found = try Files.names(in: boot).first(where: { $0.hasPrefix(prefix) }) else {
                throw ReleaseError(.setup, "the guest's root has no /boot/\(prefix)…", log: log)
            }
            try Files.copy(boot.appending(found), to: folder.appending(name))
        }
        try Files.remove(early)
        try Files.remove(log)
    }

    private static func adapt(_ root: GuestRoot) async throws {
        for (path, text) in files { try root.write(text, to: FilePath(path)) }
        for path in pruned { try Files.remove(root.path(FilePath(path))) }
        try await root.output("systemctl", ["mask"] + masked)
        try await root.output("systemctl", ["enable", "systemd-networkd", "ssh", "auditd", "console-getty"])
        // Nothing secret: the guest is reached from this machine alone.
        try await root.output("chpasswd", input: "root:root\n")
    }

    /// Where apt of this machine gets packages from.
    private static func mirror() async throws -> String {
        if let named = ProcessInfo.processInfo.environment["UNTOCHAT_LAB_MIRROR"], !named.isEmpty { return named }
        let said = try? await Command(
            "apt-get", ["indextargets", "--format", "$(REPO_URI)|$(RELEASE)|$(COMPONENT)"]
        ).output(.setup)
        guard let found = mirror(in: said ?? "") else {
            throw ReleaseError(
                .setup, "apt of this machine names no mirror",
                hint: "set UNTOCHAT_LAB_MIRROR to the address of a Debian mirror")
        }
        return found
    }

    /// The first repository of a whole release, not of updates to one: `address|release|component` a line.
    static func mirror(in text: String) -> String? {
        text.split(separator: "\n").lazy.map { $0.split(separator: "|").map(String.init) }
            .first { $0.count == 3 && $0[2] == "main" && !$0[1].contains("-") }?.first
    }
}
