import ReleaseSupport
public import SystemPackage

/// A disk that an installation has left, and what boots it: there is no boot loader here.
public struct InstalledSystem: Sendable {
    /// The disk's image, raw.
    let disk: FilePath
    let kernel: FilePath
    let initrd: FilePath
    /// Words of the kernel's command line: where its root is, and what opens it.
    let root: String

    /// Describes an installed disk.
    public init(disk: FilePath, kernel: FilePath, initrd: FilePath, root: String) {
        self.disk = disk
        self.kernel = kernel
        self.initrd = initrd
        self.root = root
    }
}

/// Disks that come and go while a guest runs. A power cut takes them away, too.
extension Guest {
    /// Plugs the raw image `file` in, and waits until the guest has it as `/dev/disk/by-id/virtio-NAME`.
    ///
    /// - Returns: its device: `/dev/vdb`.
    public func attach(_ file: FilePath, as name: String, readOnly: Bool = false) async throws -> String {
        let machine = try running()
        try await machine.execute(
            "blockdev-add",
            [
                "driver": "raw", "node-name": name, "read-only": readOnly, "discard": "unmap",
                "file": [
                    "driver": "file", "filename": file.string, "read-only": readOnly, "discard": "unmap",
                    "cache": ["no-flush": true],
                ] as [String: Any],
                "cache": ["no-flush": true],
            ])
        try await machine.execute(
            "device_add", ["driver": "virtio-blk-pci", "drive": name, "id": "dev-\(name)", "serial": name])
        let link = "/dev/disk/by-id/virtio-\(name)"
        let device = try await root("udevadm wait --timeout=60 --settle \(link) && readlink -f \(link)")
        return String(device.prefix { !$0.isNewline })
    }

    /// Unplugs what was attached as `name`, and waits until the guest has let it go.
    public func detach(_ name: String) async throws {
        let machine = try running()
        try await machine.execute("device_del", ["id": "dev-\(name)"])
        try await root("udevadm wait --timeout=60 --removed /dev/disk/by-id/virtio-\(name)")
        try await machine.execute("blockdev-del", ["node-name": name])
    }
}
