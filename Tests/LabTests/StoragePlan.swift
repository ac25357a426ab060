import KickstartReading
import ReleaseSupport

/// The commands that make the disk which a kickstart describes, in the place of Fedora's installer: made of what pykickstart
/// read in it and of nothing else. What a kickstart asks for and this cannot make is an error.
struct StoragePlan {
    /// A command of root's, and what it reads.
    struct Step: Equatable {
        let command: String
        var input: [UInt8] = []
    }

    /// The disk: `/dev/vdb`.
    let disk: String
    /// In their order.
    private(set) var steps: [Step] = []
    /// The partition that is encrypted.
    private(set) var encrypted = ""
    /// Where what is mounted: `/` first.
    private(set) var mounts: [(place: String, device: String, type: String)] = []
    /// Devices for swapping.
    private(set) var swaps: [String] = []

    /// BIOS boot partition, UEFI specification and GNU GRUB manual.
    private static let biosBoot = "21686148-6449-6E6F-744E-656564454649"

    init(_ storage: Pykickstart.Storage) throws {
        guard storage.onlyUse.count == 1, let name = storage.onlyUse.first, storage.clearsAll,
            storage.initializesLabels, storage.clearedDrives == [name], storage.bootDrive == name
        else { throw ReleaseError(.verify, "the kickstart does not empty one disk and boot from it: \(storage)") }
        disk = "/dev/\(name)"
        let first = storage.asksForPlatformPartitions ? 2 : 1
        partition(storage)
        var physical: [String: String] = [:]
        for (index, partition) in storage.partitions.enumerated() {
            let device = "\(disk)\(first + index)"
            let content = try partition.isEncrypted ? encrypt(partition, device) : device
            if partition.mountPoint.hasPrefix("pv.") {
                physical[partition.mountPoint] = content
            } else {
                try format(content, partition.fileSystem ?? "", at: partition.mountPoint)
            }
        }
        for group in storage.groups {
            let devices = try group.physicalVolumes.map { name in
                guard let device = physical[name] else { throw ReleaseError(.verify, "there is no \(name)") }
                return device
            }
            add("vgcreate --quiet \(group.name) \(devices.joined(separator: " "))")
        }
        // What grows takes what the others leave.
        for volume in storage.volumes.sorted(by: { !$0.grows && $1.grows }) {
            let size = volume.grows ? "--extents 100%FREE" : "--size \(volume.sizeMiB)m"
            add("lvcreate --quiet --yes --name \(volume.name) \(size) \(volume.group)")
            try format("/dev/mapper/\(volume.group)-\(volume.name)", volume.fileSystem, at: volume.mountPoint)
        }
        mounts.sort { $0.place < $1.place }
    }

    /// Words of the kernel's command line that open the disk whose header has the UUID `uuid`.
    func bootWords(uuid: String) -> String {
        let root = mounts.first { $0.place == "/" }?.device ?? ""
        return "root=\(root) cryptopts=target=luks-\(uuid),source=UUID=\(uuid),luks"
    }

    private mutating func add(_ command: String, input: [UInt8] = []) {
        steps.append(Step(command: command, input: input))
    }

    private mutating func partition(_ storage: Pykickstart.Storage) {
        var table = "label: gpt\n"
        if storage.asksForPlatformPartitions { table += "size=1MiB, type=\(Self.biosBoot)\n" }
        for partition in storage.partitions { table += "size=\(partition.grows ? "+" : "\(partition.sizeMiB)MiB")\n" }
        add("sfdisk --quiet --wipe always --wipe-partitions always \(disk) && udevadm settle", input: Array(table.utf8))
    }

    /// Encrypts and opens a partition; the device with its content.
    private mutating func encrypt(_ partition: Pykickstart.Storage.Partition, _ device: String) throws -> String {
        var options = ["--batch-mode", "--key-file=-"]
        if let version = partition.luksVersion { options.append("--type=\(version)") }
        if let cipher = partition.cipher { options.append("--cipher=\(cipher) --key-size=512") }
        if let pbkdf = partition.pbkdf { options.append("--pbkdf=\(pbkdf)") }
        if partition.pbkdfMemoryKiB > 0 { options.append("--pbkdf-memory=\(partition.pbkdfMemoryKiB)") }
        if partition.pbkdfMilliseconds > 0 { options.append("--iter-time=\(partition.pbkdfMilliseconds)") }
        guard encrypted.isEmpty else { throw ReleaseError(.verify, "two partitions are encrypted") }
        encrypted = device
        let passphrase = Array(partition.passphrase.utf8)
        add("cryptsetup luksFormat \(options.joined(separator: " ")) \(device)", input: passphrase)
        let name = "luks-$(cryptsetup luksUUID \(device))"
        add("cryptsetup open --key-file=- \(device) \(name)", input: passphrase)
        return "/dev/mapper/\(name)"
    }

    private mutating func format(_ device: String, _ type: String, at place: String) throws {
        switch type {
        case "swap":
            add("mkswap --quiet \(device)")
            swaps.append(device)
            return
        case "ext4": add("mkfs.ext4 -q \(device)")
        case "xfs": add("mkfs.xfs -q \(device)")
        default: throw ReleaseError(.verify, "nothing makes a file system \(type)")
        }
        mounts.append((place, device, type))
    }
}
