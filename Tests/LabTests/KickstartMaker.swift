import Glibc
import IRCHarness
import KickstartReading
import ReleaseSupport
import SystemPackage

@testable import Installer

/// Kickstarts and the volumes that they travel on, made by the programs that an administrator has.
struct KickstartMaker {
    /// Where the files are.
    let folder: FilePath
    /// The published release.
    let release: FilePath

    static let administrator = "silverback"
    /// Of the disk; of every kind that quoting has to do with.
    static let passphrase = "seven gulls' \"harbours\" at 4% \\ of #9 seas"
    static let password = "Another 9 Words"

    /// The kickstart that `untochat-setup create-conf` writes, with the passphrase in it.
    func kickstart(_ name: String, _ settings: [String] = []) async throws -> FilePath {
        let file = folder.appending("\(name).ks")
        let share = Pykickstart.root.appending("kickstart")
        let secrets = [Self.passphrase, Self.passphrase, Self.password, Self.password].map { $0 + "\n" }.joined()
        try await Command(
            LocalProgram.built("untochat-setup"),
            [
                "create-conf", "ADMINUSER=\(Self.administrator)", "TIMEZONE=Europe/Prague", "KEYMAP=us",
                "KICKSTARTFILE=\(file)", "SHARE=\(share)",
            ] + settings
        ).with { $0.input = Array(secrets.utf8) }.output(.setup)
        return file
    }

    /// The volume OEMDRV as `untochat-setup guest` makes it, which proves the packages first.
    func volume(_ kickstart: FilePath) throws -> FilePath {
        let work = folder.appending("volume")
        try Files.makeFolder(work)
        let key = release.appending("RPM-GPG-KEY-untochat").string
        // The program blocks signals for good, as it ends afterwards; what this thread starts later must not.
        var mask = sigset_t()
        pthread_sigmask(SIG_SETMASK, nil, &mask)
        defer { pthread_sigmask(SIG_SETMASK, &mask, nil) }
        let volume = OwnVolume(kickstart: kickstart.string, repository: release.string, key: key)
        return FilePath(try volume.make(in: work.string))
    }

    /// The same volume after somebody took the signature off one package, which only the installation can notice.
    func tamperedVolume(_ kickstart: FilePath) async throws -> FilePath {
        let tree = folder.appending("tampered")
        try Files.makeFolder(tree)
        try await Command("cp", ["-r", release.appending("x86_64").string, tree.appending("untochat").string]).output(
            .setup)
        try Files.copy(
            release.appending("RPM-GPG-KEY-untochat"), to: tree.pushing("untochat/RPM-GPG-KEY-untochat"))
        try Files.copy(kickstart, to: tree.appending("ks.cfg"))
        let packages = try Files.names(in: tree.appending("untochat")).filter { $0.hasPrefix("untosh-1") }
        try await Command("rpmsign", ["--delsign"] + packages.map { tree.appending("untochat").appending($0).string })
            .output(.setup)
        return try await image(of: tree, label: "OEMDRV")
    }

    /// A volume without packages.
    func emptyVolume(_ kickstart: FilePath) async throws -> FilePath {
        let tree = folder.appending("empty")
        try Files.makeFolder(tree)
        try Files.copy(kickstart, to: tree.appending("ks.cfg"))
        return try await image(of: tree, label: "OEMDRV")
    }

    private func image(of tree: FilePath, label: String) async throws -> FilePath {
        let image = FilePath("\(tree).iso")
        try await Command(
            "xorriso",
            [
                "-report_about", "SORRY", "-as", "mkisofs", "-quiet", "-volid", label, "-rational-rock", "-output",
                image.string, tree.string,
            ]
        ).output(.setup)
        return image
    }
}
