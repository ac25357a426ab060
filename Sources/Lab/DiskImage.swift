import ReleaseSupport
import SystemPackage

/// Makes a guest's root the disk of a machine: XFS with labels, then encrypted in place, as this machine may have no
/// device mapper to write to an encrypted disk through.
enum DiskImage {
    /// In MiB. LUKS2 wants twice the size of its header, which is 16 MiB, to move data out of the way.
    private static let headerMiB = 32
    /// In MiB: what a guest can write.
    private static let freeMiB = 400

    /// Makes the image `disk` of what is in `root`.
    static func make(from root: GuestRoot, at disk: FilePath, work: FilePath) async throws {
        let used = try await Command("du", ["-s", "--block-size=1M", "--one-file-system", root.folder.string]).output(
            .setup)
        let size = (Int(used.prefix { $0.isNumber }) ?? 1000) + freeMiB
        try await Command("truncate", ["-s", "\(size)M", disk.string]).output(.setup)
        try await Command("mkfs.xfs", ["-q", disk.string]).output(.setup)
        let mount = work.appending("disk-mount")
        try Files.makeFolder(mount)
        try await Command("mount", ["-o", "loop", "-t", "xfs", disk.string, mount.string]).output(.setup)
        do {
            // One file system: not /proc, which is mounted in it.
            try await Command("cp", ["-ax", root.folder.string + "/.", mount.string]).output(.setup)
            try await label(mount, by: root)
        } catch {
            try? await Mounts.removeAll(below: work)
            throw error
        }
        try await Command("umount", [mount.string]).output(.setup)
        try Files.remove(mount)
        try await encrypt(disk)
    }

    /// Gives every file the label that the policy in the root names, so that no boot has to.
    private static func label(_ mount: FilePath, by root: GuestRoot) async throws {
        let place = root.path("/mnt")
        try await Command("mount", ["--bind", mount.string, place.string]).output(.setup)
        try await root.output(
            "setfiles", ["-F", "-r", "/mnt", "/mnt/etc/selinux/default/contexts/files/file_contexts", "/mnt"])
        try await Command("umount", [place.string]).output(.setup)
    }

    private static func encrypt(_ disk: FilePath) async throws {
        try await Command("truncate", ["-s", "+\(headerMiB)M", disk.string]).output(.setup)
        try await cryptsetup(["reencrypt", "--encrypt", "--reduce-device-size", "\(headerMiB)M"], disk)
    }

    /// Makes an encrypted disk with nothing in it.
    static func makeEmpty(at disk: FilePath) async throws {
        try await Command("truncate", ["-s", "64M", disk.string]).output(.setup)
        try await cryptsetup(["luksFormat"], disk)
    }

    /// The costs of the passphrase are small: it is no secret, and the guest may be emulated.
    private static func cryptsetup(_ action: [String], _ disk: FilePath) async throws {
        try await Command(
            "cryptsetup",
            action + [
                "--type", "luks2", "--batch-mode", "--pbkdf", "argon2id", "--pbkdf-memory", "32768", "--pbkdf-parallel",
                "1", "--pbkdf-force-iterations", "4", "--key-file", "-", disk.string,
            ]
        ).with { $0.input = Array(ReleaseImage.passphrase.utf8) }.output(.setup)
    }
}
