import Foundation
import KickstartReading
import ReleaseSupport
import SystemPackage

/// What stands in for Fedora's image: Debian's kernel, and an initial file system that looks for a kickstart as the boot
/// line says and does what is written in it. So the volume, the boot line, the console and the machine's end are real.
struct StandIn {
    /// Whether anyone asked: it takes QEMU, and a minute without KVM.
    static let isWanted = ProcessInfo.processInfo.environment["UNTOCHAT_INSTALLER"] == "1"

    /// In the order of loading; what is not there is built in.
    private static let modules = [
        "scsi_common", "scsi_mod", "libata", "libahci", "ahci", "cdrom", "sr_mod", "isofs", "virtio_ring", "virtio",
        "virtio_pci_modern_dev", "virtio_pci_legacy_dev", "virtio_pci", "virtio_blk", "failover",
        "net_failover", "virtio_net",
    ]

    let image: FilePath
    let kernel: FilePath
    let initrd: FilePath

    /// One for all tests of this process, in a folder that a cache keeps.
    static var shared: StandIn { get async throws { try await making.value } }
    private static let making = Task { try await make() }

    private static func make() async throws -> StandIn {
        let kernel = try await DebianKernel.find()
        let initScript = FilePath(#filePath).removingLastComponent().appending("stand-in-init")
        let folder = try TemporaryPlace.make("stand-in")
        let tree = folder.appending("tree")
        for name in ["bin", "modules"] { try Files.makeFolder(tree.appending(name)) }
        try Files.makeFolder(folder.appending("medium/images/pxeboot"))
        try Files.copy("/usr/bin/busybox", to: tree.appending("bin/busybox"))
        try Files.write(try Files.read(initScript), to: tree.appending("init"), mode: [.publicFile, .ownerExecute])
        try Files.write(
            try await kernel.copyModules(modules, to: tree.appending("modules")), to: tree.appending("load"))
        let initrd = folder.appending("medium/images/pxeboot/initrd.img")
        try await Command(
            "sh",
            [
                "-c", "cd \"$1\" && chmod 755 bin/busybox init && find . | cpio --quiet -o -H newc >\"$2\"", "sh",
                tree.string, initrd.string,
            ]
        ).output(.setup)
        let vmlinuz = folder.appending("medium/images/pxeboot/vmlinuz")
        try Files.copy(kernel.image, to: vmlinuz)
        let image = folder.appending("Stand-in-45.iso")
        try await Command(
            "xorriso",
            [
                "-report_about", "SORRY", "-as", "mkisofs", "-quiet", "-volid", "Stand-in-45", "-rational-rock",
                "-output", image.string, folder.appending("medium").string,
            ]
        ).output(.setup)
        return StandIn(image: image, kernel: vmlinuz, initrd: initrd)
    }
}

/// Debian's kernel as its package has it, not installed: fetched by apt, which checks its signature, once a version.
struct DebianKernel {
    let image: FilePath
    private let modules: FilePath

    static func find() async throws -> DebianKernel {
        let depends = try await Command("apt-cache", ["depends", "linux-image-amd64"]).output(
            .setup, hint: "the kernel that stands in for Fedora's is Debian's: run this on Debian")
        guard
            let name = depends.split(separator: "\n").first(where: { $0.contains("Depends: linux-image-") })?
                .split(separator: " ").last.map(String.init)
        else { throw ReleaseError(.setup, "apt knows no kernel", hint: "apt-get update") }
        let folder = Caches.folder("kernels").appending(name)
        if !Files.exists(folder.appending("boot")) {
            try Files.makeFolder(folder.removingLastComponent())
            try await Caches.make(folder) { folder in
                try await Command("apt-get", ["-q", "download", name]).with { $0.directory = folder }.output(.setup)
                guard let package = try Files.names(in: folder).first(where: { $0.hasSuffix(".deb") }) else {
                    throw ReleaseError(.setup, "apt-get fetched no \(name)")
                }
                try await Command("dpkg-deb", ["--extract", folder.appending(package).string, folder.string]).output(
                    .setup)
                try Files.remove(folder.appending(package))
            }
        }
        let version = String(name.dropFirst("linux-image-".count))
        let places = ["lib/modules", "usr/lib/modules"].map { folder.pushing(FilePath($0)).appending(version) }
        guard let modules = places.first(where: { Files.exists($0) }) else {
            throw ReleaseError(.setup, "\(name) has no modules")
        }
        return DebianKernel(image: folder.appending("boot/vmlinuz-\(version)"), modules: modules)
    }

    /// Copies the modules `names`, unpacked, and returns the commands that load them.
    func copyModules(_ names: [String], to folder: FilePath) async throws -> String {
        let found = try await Command("find", [modules.string, "-name", "*.ko*"]).output(.setup).split(separator: "\n")
        var load = ""
        for name in names {
            guard let file = found.first(where: { $0.hasSuffix("/\(name).ko") || $0.hasSuffix("/\(name).ko.xz") })
            else {
                continue
            }
            let target = folder.appending("\(name).ko")
            let unpack = file.hasSuffix(".xz") ? "xz -dc" : "cat"
            try await Command("sh", ["-c", "\(unpack) \"$1\" >\"$2\"", "sh", String(file), target.string]).output(
                .setup)
            load += "insmod /modules/\(name).ko\n"
        }
        return load
    }
}

/// Folders that last as long as this process.
enum TemporaryPlace {
    static func make(_ name: String) throws -> FilePath {
        let parent = Pykickstart.root.appending(".build/installer-tests")
        let folder = parent.appending(name)
        try Files.remove(folder)
        try Files.makeFolder(folder)
        return folder
    }
}
