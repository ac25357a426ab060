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
            let key = try key ?? Installation.key()
            try Verification(work: work, key: key).release(repository)
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
        try verify(volume, work)
        return volume
    }

    /// Reads the kickstart back as the installer will: a damaged volume would show only after minutes, as silence.
    private func verify(_ volume: String, _ work: String) throws {
        let copy = "\(work)/ks.cfg"
        let words = ["-osirrox", "on", "-indev", volume, "-extract", "/ks.cfg", copy, "-pvd_info"]
        let said = try Program("xorriso", ["-report_about", "SORRY"] + words).output(
            otherwise: "the volume with the kickstart is damaged: nothing can be read from it")
        guard try InstallationImage.label(in: said, volume) == "OEMDRV",
            try SecretFile.text(copy) == SecretFile.text(kickstart)
        else { throw SystemError(plain: "the volume with the kickstart does not hold it as \(kickstart) does") }
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
