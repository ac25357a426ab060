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
    /// What is shown of the installer; nil where nobody said.
    let console: Console?
    /// Seconds of a silent console after which an installation is given up.
    let stall: Int

    /// What is shown of the installer's console.
    enum Console: String { case progress, all }

    static let names = [
        "ISO", "CHECKSUM", "FEDORAKEY", "KICKSTARTFILE", "DISKFILE", "REPOSITORY", "KEY", "SIZE", "CONSOLE",
        "STALL",
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
        console = try settings["CONSOLE"].map { (word) throws(Misuse) in
            guard let known = Console(rawValue: word) else {
                throw Misuse("CONSOLE is \(quoted(word)), not progress or all")
            }
            return known
        }
        // A package of the kernel's size takes minutes where everything is emulated.
        stall = try settings.number("STALL", in: 1...86400, otherwise: 1800)
    }

    /// Proves the image and the packages, builds the volume, runs the installer, and puts the disk at its place only once
    /// the installation has said that it is done.
    public func run() throws {
        // The volume and the disk are for their owner alone.
        umask(0o077)
        for path in [disk, "\(disk).console.log", HostKey.file(of: disk)] {
            try SecretFile.refuseExisting(path, setting: "DISKFILE")
        }
        let lines = try SecretFile.text(kickstart).split(separator: "\n" as Character)
        let console = try console(asking: lines.contains("passphrase=console"))
        if repository == nil, lines.contains("packages=medium") {
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
            let hostKey = try install(
                medium, volume: volume, disk: unfinished, log: "\(work)/console.log", console)
            try hostKey?.keep(beside: disk)
            guard link(unfinished, disk) == 0 else { throw SystemError(disk) }
        }
        say("\(disk) is ready: make boot DISKFILE=\(disk)")
    }

    /// What to show, where the installer asks for the passphrase or does not.
    func console(asking: Bool) throws(Misuse) -> Console {
        guard asking else { return console ?? .progress }
        guard console != .progress else {
            throw Misuse("the installer asks for the passphrase at its console, which CONSOLE=progress would hide")
        }
        return .all
    }

    private func install(
        _ medium: InstallationImage.Parts, volume: String, disk: String, log: String, _ console: Console
    ) throws -> HostKey? {
        // Text by the serial line; nothing of the kickstart may stay on the disk. Where the installer itself cannot go on,
        // the machine goes off instead of waiting for somebody.
        let options =
            "inst.stage2=hd:LABEL=\(medium.label) inst.ks=hd:LABEL=OEMDRV:/ks.cfg inst.nosave=all_ks inst.text"
            + " rd.shell=0 rd.emergency=poweroff panic=1 console=ttyS0"
        let program = try Program(
            "qemu-system-x86_64",
            machine.settled(linux: medium.kernel).options(disk: disk) + Machine.network() + [
                "-kernel", medium.kernel, "-initrd", medium.initrd, "-append", options,
                "-drive", Machine.drive(image, ",media=cdrom,readonly=on"),
                "-drive", Machine.drive(volume, ",media=cdrom,readonly=on"),
                // A restart is the end of the installation, too.
                "-no-reboot",
            ])
        say("starting the installer")
        do {
            return try follow(program, log, console)
        } catch let error as SystemError {
            // What the console said is all that there is to find the reason in.
            let kept = "\(self.disk).console.log"
            guard link(log, kept) == 0 else { throw error }
            throw SystemError(plain: "\(error); the console's text is in \(kept)")
        }
    }

    /// Runs the installer, tells how far it is, and throws unless it has said that it is done.
    ///
    /// - Returns: the key of the machine's sshd, where the installation told it.
    private func follow(_ machine: Program, _ log: String, _ console: Console) throws -> HostKey? {
        let file = open(log, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw SystemError(log) }
        defer { close(file) }
        var progress = InstallationProgress()
        let started = time(nil)
        var program = machine
        program.readsInput = true
        // The installer asks what to do after a failure; nobody is there to answer. A person at the console may think.
        var limit = console == .all ? nil : stall
        program.silenceLimit = { limit }
        do {
            let status = try program.run { bytes in
                _ = bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
                if console == .all { _ = bytes.withUnsafeBytes { write(1, $0.baseAddress, $0.count) } }
                for line in progress.receive(bytes) where console == .progress {
                    say("\(time(nil) - started) s: \(line)")
                }
                if progress.failure != nil { limit = min(stall, InstallationProgress.patience) }
            }
            try progress.judge(qemu: status)
            return progress.hostKey
        } catch let stall as Stall {
            if let failure = progress.failure { throw SystemError(plain: "the installation failed: \(failure)") }
            throw SystemError(
                plain:
                    "the installer has said nothing for \(stall.seconds) s, and was ended: STALL=SECONDS waits longer")
        }
    }
}

/// Tells the user something at once, also where standard output is a pipe.
func say(_ text: String) {
    let bytes = Array("\(text)\n".utf8)
    _ = write(1, bytes, bytes.count)
}
