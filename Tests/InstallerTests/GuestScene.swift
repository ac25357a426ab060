import Foundation
import GnuPG
import IRCHarness
import ReleaseSupport
import SystemPackage

/// Everything that `untochat-setup guest` is given: the image that stands in for Fedora's with signed sums, a kickstart,
/// and a release, signed by another key.
struct GuestScene {
    let folder: FilePath
    let disk: FilePath
    private let fedora: KeyHome

    static func with(_ verb: String, _ body: (GuestScene) async throws -> Void) async throws {
        // Not a memory disk: the image lies in it.
        try await TemporaryFolder.with(in: "/var/tmp") { folder in
            try await KeyHome.withOwn(folder.appending("fedora")) { fedora in
                try await KeyHome.withOwn(folder.appending("ours")) { ours in
                    let scene = GuestScene(folder: folder, disk: folder.appending("server.qcow2"), fedora: fedora)
                    try await scene.makeRelease(SigningKey.development(home: ours))
                    let key = try await SigningKey.development(home: fedora)
                    try Files.write(try await key.exportPublicKey(), to: scene.path("fedora.gpg"))
                    try await FileManager.default.createSymbolicLink(
                        atPath: scene.path("Stand-in-45.iso").string,
                        withDestinationPath: StandIn.shared.image.string)
                    try await scene.sum()
                    try Files.write(
                        try Example.kickstart() + "# stand-in: \(verb)\n", to: scene.path("untochat.ks"),
                        mode: .privateFile)
                    try await body(scene)
                }
            }
        }
    }

    func path(_ name: String) -> FilePath { folder.pushing(FilePath(name)) }

    /// Fedora's CHECKSUM file, with the image's own digest or another.
    func sum(_ digest: String? = nil, signed: Bool = true) async throws {
        let actual = try await Command("sha256sum", [path("Stand-in-45.iso").string]).output(.setup).prefix(64)
        try Files.write("SHA256 (Stand-in-45.iso) = \(digest ?? String(actual))\n", to: path("CHECKSUM"))
        guard signed else { return }
        try Files.move(path("CHECKSUM"), to: path("CHECKSUM.text"))
        let names = [path("CHECKSUM").string, path("CHECKSUM.text").string]
        try await Command("gpg", ["--batch", "--yes", "--clearsign", "--output"] + names)
            .with { $0.environment = fedora.environment }.output(.sign)
    }

    private func makeRelease(_ key: SigningKey) async throws {
        try Files.makeFolder(path("release/x86_64/repodata"))
        try Files.write("index", to: path("release/x86_64/repodata/repomd.xml"))
        try Files.write("package", to: path("release/x86_64/untochat.rpm"))
        try await Command("sh", ["-c", "sha256sum x86_64/untochat.rpm x86_64/repodata/repomd.xml >SHA256SUMS"])
            .with { $0.directory = path("release") }.output(.setup)
        _ = try await key.detachedSign(path("release/SHA256SUMS"), epoch: 1_700_000_000)
        try Files.write(try await key.exportPublicKey(), to: path("release.gpg"))
    }

    /// Programs that take the place of the real ones, which they find as `$real`.
    func replace(_ program: String, by script: String) throws {
        let real = LocalProgram.find(program) ?? program
        try Files.makeFolder(path("bin"))
        try Files.write(
            "#!/bin/bash\nreal=\(real)\n\(script)\n", to: path("bin/\(program)"),
            mode: [.publicFile, .ownerExecute])
    }

    func run(_ more: [String] = []) async throws -> Command.Outcome {
        let arguments = [
            "guest", "ISO=\(path("Stand-in-45.iso"))", "CHECKSUM=\(path("CHECKSUM"))",
            "FEDORAKEY=\(path("fedora.gpg"))", "KICKSTARTFILE=\(path("untochat.ks"))", "REPOSITORY=\(path("release"))",
            "KEY=\(path("release.gpg"))", "DISKFILE=\(disk)", "SIZE=8", "MEMORY=512", "CPUS=1",
        ]
        let search = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return try await Command(LocalProgram.built("untochat-setup"), arguments + more)
            .with { $0.environment = ["PATH": "\(path("bin")):\(search)"] }.run(.verify)
    }

    /// What lies beside the disk and should not: folders that the program made.
    func leftovers() throws -> [String] { try Files.names(in: folder).filter { $0.contains(".untochat-") } }

    var console: String { get throws { try Files.text(FilePath("\(disk).console.log")) } }
}
