import KickstartReading
import ReleaseSupport
import SystemPackage

@testable import Lab

/// A lab's guest in the place of Fedora's installer: the kickstart's scripts run in it for real, on disks that are plugged in.
///
/// Around them is what the installer has around them: its kernel's command line, no disk but those that are meant for it,
/// SELinux permissive, the new system at /mnt/sysroot with the kernel's file systems in it.
struct InstallerRoom: Sendable {
    let guest: Guest

    static let root = "/mnt/sysroot"
    /// Which file has which label, in the new system.
    static let contexts = "/etc/selinux/targeted/contexts/files/file_contexts"
    static let commandLine = "inst.stage2=hd:LABEL=F inst.ks=hd:LABEL=OEMDRV:/ks.cfg inst.nosave=all_ks inst.text"

    /// Hides the guest's own disk and the guest's own command line from a program, and from nobody else. What the program
    /// leaves running ends with it: an agent of gpg's would hold the disk.
    private static let wrapper = #"""
        #!/bin/bash
        set -e
        printf 'BOOT_IMAGE=vmlinuz %s\n' "$1" >/run/lab/cmdline
        shift
        exec unshare --mount --pid --fork --kill-child bash -ec '
            mount --bind /run/lab/cmdline /proc/cmdline
            rm -rf /run/lab/block
            mkdir /run/lab/block
            for disk in /sys/block/*; do [ "${disk##*/}" = vda ] || cp -d "$disk" /run/lab/block; done
            mount --bind /run/lab/block /sys/block
            exec "$@"' bash "$@"
        """#

    /// Makes a guest that has just been switched on an installer.
    func prepare() async throws {
        try await guest.root("mkdir -p /run/lab && setenforce 0")
        try await guest.copy(text: Self.wrapper, to: "/run/lab/installer")
    }

    /// Runs a script outside of the new system, as the installer does with %pre and %post --nochroot.
    func run(_ script: Pykickstart.Reading.Script, commandLine: String = commandLine) async throws -> CommandResult {
        try await guest.copy(text: script.body, to: "/run/lab/script")
        let line = Guest.quoted(commandLine)
        let command = "bash /run/lab/installer \(line) \(script.interpreter) /run/lab/script"
        return try await guest.ssh("root", "set -o pipefail; \(command) 2>&1 | tee \(script.log)")
    }

    /// Runs a script in the new system, as the installer does with %post, which leaves it in /tmp meanwhile.
    func runInside(_ script: Pykickstart.Reading.Script) async throws -> CommandResult {
        let place = "/tmp/ks-script-lab"
        try await guest.copy(text: script.body, to: Self.root + place)
        let line = Guest.quoted(Self.commandLine)
        let command = "bash /run/lab/installer \(line) chroot \(Self.root) \(script.interpreter) \(place)"
        let result = try await guest.ssh(
            "root", "set -o pipefail; \(command) 2>&1 | tee \(Self.root)\(script.log)")
        try await guest.root("rm \(Self.root)\(place)")
        return result
    }

    /// Makes the disk and mounts it.
    func make(_ plan: StoragePlan) async throws {
        for step in plan.steps { try await guest.root(step.command, input: step.input) }
        try await mount(plan)
    }

    func mount(_ plan: StoragePlan) async throws {
        for (place, device, _) in plan.mounts {
            let target = place == "/" ? Self.root : Self.root + place
            try await guest.root("mkdir -p \(target) && mount \(device) \(target)")
        }
    }

    /// Puts the system on it that Fedora's packages would be, and what the installer writes beside them.
    func unpack(_ archive: String, _ plan: StoragePlan, _ reading: Pykickstart.Reading) async throws {
        let root = Self.root
        try await guest.root("tar --extract --file=\(archive) --directory=\(root) --xattrs --xattrs-include='*'")
        // On Fedora each file has its label from rpm.
        try await guest.root(
            "setfiles -F -r \(root) \(root)\(Self.contexts) \(root)")
        try await mountKernel(plan)
        try await guest.root(
            """
            set -e
            exec >/dev/null
            uuid=$(cryptsetup luksUUID \(plan.encrypted))
            echo "luks-$uuid UUID=$uuid none luks,discard" >\(root)/etc/crypttab
            {
                \(plan.mounts.map { "echo \"\(source(of: $0.device)) \($0.place) \($0.type) defaults 0 0\"" }
                    .joined(separator: "\n    "))
                \(plan.swaps.map { "echo \"\($0) none swap defaults 0 0\"" }.joined(separator: "\n    "))
            } >\(root)/etc/fstab
            echo \(reading.hostName ?? "") >\(root)/etc/hostname
            ln -sf ../usr/share/zoneinfo/\(reading.timeZone ?? "") \(root)/etc/localtime
            """)
        for user in reading.users ?? [] {
            let groups = user.groups.joined(separator: ",")
            try await inside("useradd -m -s /bin/bash -G \(groups) -p '\(user.password)' \(user.name)")
            // The lab logs in by its key.
            let home = "/home/\(user.name)"
            try await inside("cp -r /root/.ssh \(home) && chown -R \(user.name): \(home)/.ssh")
        }
        if reading.rootLocked == true { try await inside("passwd -q -l root") }
    }

    private func source(of device: String) -> String {
        device.hasPrefix("/dev/mapper/") ? device : "UUID=$(blkid -s UUID -o value \(device))"
    }

    /// The kernel's file systems, as the installer has them in the new system; of disks its own alone.
    private func mountKernel(_ plan: StoragePlan) async throws {
        try await guest.root(
            """
            set -e
            cd \(Self.root)
            mkdir -p dev proc sys run
            mount -t proc proc proc
            mount --rbind /sys sys
            mount --make-rslave sys
            mount --bind /run run
            mount -t tmpfs -o mode=755 devtmpfs dev
            mkdir dev/pts dev/shm dev/mapper
            mount -t devpts devpts dev/pts
            cp -a /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty /dev/console dev
            ln -s /proc/self/fd dev/fd
            cp -a \(plan.disk)* dev
            for name in $(ls /dev/mapper | grep -v -e cryptroot -e control); do
                cp -a /dev/mapper/$name dev/mapper
                cp -a $(readlink -f /dev/mapper/$name) dev
            done
            """)
    }

    /// Runs a command in the new system.
    @discardableResult
    func inside(_ command: String) async throws -> String {
        try await guest.root("chroot \(Self.root) sh -c \(Guest.quoted(command))")
    }

    /// Puts the disk away, as far as a machine does that is then switched off.
    func close() async throws {
        try await guest.root(
            """
            set -e
            sync
            cd \(Self.root)
            umount --lazy --recursive dev proc sys run
            cd /
            umount --recursive \(Self.root)
            sync
            """)
    }
}
