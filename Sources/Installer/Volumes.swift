import Glibc

/// The volume that Fedora's installer finds by its label OEMDRV: the kickstart and our packages.
struct OwnVolume {
    let kickstart: String
    let repository: String?
    let key: String?

    /// Proves the packages by the release's signed sums and writes the volume; its place.
    func make(in work: String) throws -> String {
        let volume = "\(work)/oemdrv.iso"
        var grafts = ["ks.cfg=\(Self.escaped(kickstart))"]
        if let repository {
            let key = try key ?? Installation.folder() + "/RPM-GPG-KEY-untochat"
            say("checking \(repository)")
            try Verification(work: work, key: key).detached("\(repository)/SHA256SUMS")
            // sha256sum has no option for the folder that names are relative to.
            let command = Program(
                "env", ["--chdir=\(repository)", "sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"])
            _ = try command.output(otherwise: "\(repository) is not as it was signed: see the lines above")
            grafts += [
                "untochat=\(Self.escaped("\(repository)/x86_64"))",
                "untochat/RPM-GPG-KEY-untochat=\(Self.escaped(key))",
            ]
        }
        let options = [
            "-report_about", "SORRY", "-as", "mkisofs", "-quiet", "-volid", "OEMDRV", "-rational-rock", "-output",
            volume,
        ]
        _ = try Program("xorriso", options + ["-graft-points"] + grafts).output(
            otherwise: "the volume with the kickstart cannot be made")
        return volume
    }

    /// In a graft point a backslash goes before what has a meaning.
    private static func escaped(_ path: String) -> String {
        path.map { $0 == "=" || $0 == "\\" ? "\\\($0)" : String($0) }.joined()
    }
}

/// Fedora's image, which is booted by its own kernel, so that nothing is typed at its menu.
struct InstallationImage {
    struct Parts {
        let kernel: String
        let initrd: String
        let label: String
    }
    private let path: String

    init(_ path: String) { self.path = path }

    /// Takes kernel, initial file system and label out of it.
    func unpack(in work: String) throws -> Parts {
        let kernel = "\(work)/vmlinuz"
        let initrd = "\(work)/initrd.img"
        let words = [
            "-osirrox", "on", "-indev", path, "-extract", "/images/pxeboot/vmlinuz", kernel, "-extract",
            "/images/pxeboot/initrd.img", initrd, "-pvd_info",
        ]
        let said = try Program("xorriso", ["-report_about", "SORRY"] + words).output(
            otherwise: "\(path) holds no images/pxeboot with Fedora's kernel: take the Server DVD or the network image")
        return Parts(kernel: kernel, initrd: initrd, label: try Self.label(in: said, path))
    }

    /// The label in a line such as "Volume Id    : Fedora-S-dvd-x86_64-45".
    static func label(in text: String, _ path: String) throws(SystemError) -> String {
        for line in text.split(separator: "\n") where line.hasPrefix("Volume Id") {
            let label = String(line.drop { $0 != ":" }.dropFirst().drop { $0 == " " })
            // It becomes a word of the kernel's command line.
            guard !label.isEmpty, label.utf8.allSatisfy({ 33..<127 ~= $0 && $0 != 34 && $0 != 92 }) else { break }
            return label
        }
        throw SystemError(plain: "\(path) has no label that can be booted by")
    }
}

/// QEMU's machine, for the installation and afterwards.
struct Machine: Equatable {
    let memoryMiB: Int
    let processors: Int
    /// auto, kvm or tcg.
    let accelerator: String

    static let names = ["MEMORY", "CPUS", "ACCEL"]

    /// As the settings say; `memoryMiB` where they say nothing of it.
    init(_ settings: Settings, memoryMiB: Int) throws(Misuse) {
        self.memoryMiB = try settings.number("MEMORY", in: 512...1_048_576, otherwise: memoryMiB)
        processors = try settings.number("CPUS", in: 1...64, otherwise: 2)
        accelerator = settings["ACCEL"] ?? "auto"
        guard ["auto", "kvm", "tcg"].contains(accelerator) else {
            throw Misuse("ACCEL is \(quoted(accelerator)), not auto, kvm or tcg")
        }
    }

    /// Processor, memory, disk, and the serial line on this terminal; no window.
    func options(disk: String) -> [String] {
        // auto: the first that works. With KVM it is ten times as fast.
        let accelerators = accelerator == "auto" ? ["kvm", "tcg"] : [accelerator]
        return accelerators.flatMap { ["-accel", $0] } + [
            "-nodefaults", "-no-user-config", "-machine", "q35",
            "-cpu", "max", "-m", "\(memoryMiB)", "-smp", "\(processors)",
            "-drive", Self.drive(disk, ",format=qcow2,if=virtio,discard=unmap"),
            "-device", "virtio-rng-pci", "-display", "none", "-chardev", "stdio,id=console,signal=on", "-serial",
            "chardev:console",
        ]
    }

    /// A comma ends a value unless it is doubled.
    static func drive(_ path: String, _ options: String) -> String {
        "file=\(path.map { $0 == "," ? ",," : String($0) }.joined())\(options)"
    }
}
