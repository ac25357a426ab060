import Glibc

/// The command guest: from Fedora's image and a kickstart to a disk that boots, in QEMU.
public struct Guest: Equatable, Sendable {
    let image: String
    let checksums: String
    let fedoraKey: String
    let kickstart: String
    let disk: String
    /// A published release, with our packages; nil where they come later.
    let repository: String?
    /// Its key; nil where it lies beside the program.
    let key: String?
    let sizeGiB: Int
    let machine: Machine
    /// Everything that the console says, not only how far it is.
    let showsConsole: Bool

    static let names = [
        "ISO", "CHECKSUM", "FEDORAKEY", "KICKSTARTFILE", "DISKFILE", "REPOSITORY", "KEY", "SIZE", "CONSOLE",
    ]

    init(_ words: [String]) throws(Misuse) {
        let settings = try Settings(words, known: Self.names + Machine.names)
        image = try settings.required("ISO")
        checksums = try settings.required("CHECKSUM")
        fedoraKey = try settings.required("FEDORAKEY")
        kickstart = try settings.required("KICKSTARTFILE")
        disk = try settings.required("DISKFILE")
        repository = settings["REPOSITORY"]
        key = settings["KEY"]
        // %pre wants 8 GiB, too.
        sizeGiB = try settings.number("SIZE", in: 8...65536, otherwise: 20)
        // Fedora's installer unpacks itself into memory.
        machine = try Machine(settings, memoryMiB: 4096)
        switch settings["CONSOLE"] {
        case nil, "progress": showsConsole = false
        case "all": showsConsole = true
        case let other?: throw Misuse("CONSOLE is \(quoted(other)), not progress or all")
        }
    }

    /// Proves the image and the packages, builds the volume, runs the installer, and puts the disk at its place only once
    /// the installation has said that it is done.
    public func run() throws {
        // The volume and the disk are for their owner alone.
        umask(0o077)
        for path in [disk, "\(disk).console.log"] { try SecretFile.refuseExisting(path, setting: "DISKFILE") }
        let text = try SecretFile.text(kickstart)
        if repository == nil, text.split(separator: "\n" as Character).contains("packages=medium") {
            throw Misuse("\(kickstart) takes our packages from the volume: name a published release by REPOSITORY")
        }
        try TemporaryDirectory.with(beside: disk) { work in
            say("checking \(image)")
            try Verification(work: work, key: fedoraKey).image(image, checksums: checksums)
            let volume = try OwnVolume(kickstart: kickstart, repository: repository, key: key).make(in: work)
            let medium = try InstallationImage(image).unpack(in: work)
            let unfinished = "\(work)/disk.qcow2"
            _ = try Program("qemu-img", ["create", "-q", "-f", "qcow2", unfinished, "\(sizeGiB)G"])
                .output(otherwise: "\(disk): no disk can be made")
            try install(medium, volume: volume, disk: unfinished, log: "\(work)/console.log")
            guard link(unfinished, disk) == 0 else { throw SystemError(disk) }
        }
        say("\(disk) is ready: make boot DISKFILE=\(disk)")
    }

    private func install(_ medium: InstallationImage.Parts, volume: String, disk: String, log: String) throws {
        // Text by the serial line; nothing of the kickstart may stay on the disk.
        let options =
            "inst.stage2=hd:LABEL=\(medium.label) inst.ks=hd:LABEL=OEMDRV:/ks.cfg inst.nosave=all_ks inst.text console=ttyS0"
        var program = Program(
            "qemu-system-x86_64",
            machine.options(disk: disk) + [
                "-kernel", medium.kernel, "-initrd", medium.initrd, "-append", options,
                "-drive", Machine.drive(image, ",media=cdrom,readonly=on"),
                "-drive", Machine.drive(volume, ",media=cdrom,readonly=on"),
                "-netdev", "user,id=net", "-device", "virtio-net-pci,netdev=net",
                // A restart is the end of the installation, too.
                "-no-reboot",
            ])
        program.readsInput = true
        say("starting the installer")
        let file = open(log, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw SystemError(log) }
        defer { close(file) }
        var progress = InstallationProgress()
        let started = time(nil)
        let status = try program.run { bytes in
            _ = bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
            if showsConsole { _ = bytes.withUnsafeBytes { write(1, $0.baseAddress, $0.count) } }
            for line in progress.receive(bytes) where !showsConsole { say("\(time(nil) - started) s: \(line)") }
        }
        do {
            try progress.judge(qemu: status)
        } catch {
            // What the console said is all that there is to find the reason in.
            let kept = "\(self.disk).console.log"
            guard link(log, kept) == 0 else { throw error }
            throw SystemError(plain: "\(error); the console's text is in \(kept)")
        }
    }
}

/// How far an installation is, by what its console says.
struct InstallationProgress {
    private var line: [UInt8] = []
    private(set) var failure: String?
    private(set) var isInstalled = false

    /// Takes more of the console and gives what a person should hear of it: our own scripts' lines, as plain text.
    mutating func receive(_ bytes: some Sequence<UInt8>) -> [String] {
        var heard: [String] = []
        for byte in bytes {
            if byte == 10 || byte == 13 {
                if let said = finish() { heard.append(said) }
            } else if line.count < 1024, (32..<127).contains(byte) {
                // A guest's control characters have no business on the host's terminal.
                line.append(byte)
            }
        }
        return heard
    }

    /// Says whether the installation came to its end, given QEMU's exit status.
    func judge(qemu status: Int32) throws(SystemError) {
        if let failure { throw SystemError(plain: "the installation failed: \(failure)") }
        guard status == 0 else { throw SystemError(plain: "QEMU ended with status \(status)") }
        guard isInstalled else {
            throw SystemError(plain: "the machine went off before the installation said that it was done")
        }
    }

    private mutating func finish() -> String? {
        defer { line.removeAll(keepingCapacity: true) }
        let prefix = "untochat: "
        let text = String(decoding: line, as: UTF8.self)
        guard text.hasPrefix(prefix) else { return nil }
        let said = String(text.dropFirst(prefix.count))
        if said.hasPrefix("FAILED: "), failure == nil { failure = String(said.dropFirst(8)) }
        if said == "installed" { isInstalled = true }
        return said
    }
}

/// Tells the user something at once, also where standard output is a pipe.
func say(_ text: String) {
    let bytes = Array("\(text)\n".utf8)
    _ = write(1, bytes, bytes.count)
}
