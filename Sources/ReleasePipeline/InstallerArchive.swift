import Foundation
import GnuPG
import RPMKit
import ReleaseSupport
import Repository
import SystemPackage

/// The installer as an administrator takes it: what the package untochat-installer holds, and the public key, in one
/// folder of a tarball with a signature beside it. Made of the signed package, so that it holds the very program that was
/// audited, wherever packages are published.
struct InstallerArchive {
    static let package = "untochat-installer"
    /// Where it lies in a published release.
    static let folder = "installer"
    private static let packaged = "/opt/lib/untochat-installer/"
    private static let licenses = "/usr/share/licenses/untochat-installer/"
    private static let manual = "/opt/share/man/man1/"

    let target: Target
    let key: SigningKey
    let publicKey: [UInt8]
    /// The time of everything in it, in seconds since 1970.
    let epoch: Int

    /// Writes the tarball of the package `source` and its signature to `folder`, the same bytes from the same package.
    ///
    /// - Returns: where the tarball lies.
    @discardableResult
    func make(of source: FilePath, in folder: FilePath) async throws -> FilePath {
        let package = try Package(reading: source)
        let release = target.name.split(separator: "-").joined()
        let top = "\(package.name)-\(release)-v\(package.version)"
        let archive = folder.appending("\(top).tar.xz")
        try await TemporaryFolder.with { work in
            let names = try unpack(source, to: work, top: top)
            let arguments = [
                "--create", "--file", archive.string, "--directory", work.string,
                // One thread and no limit by the machine's memory: either would show in the bytes.
                "--use-compress-program", "xz -9 -T1 --no-adjust", "--format=ustar", "--owner=0", "--group=0",
                "--numeric-owner", "--mode=u=rwX,go=rX", "--mtime=@\(epoch)", "--no-recursion", "--null",
                "--files-from=-",
            ]
            try await Command("tar", arguments).with {
                $0.input = Array(names.map { "\($0)\0" }.joined().utf8)
                $0.inheritsEnvironment = false
                $0.environment = ["PATH": ProcessInfo.processInfo.environment["PATH"], "LC_ALL": "C"]
            }.output(.publish)
        }
        try Files.setTime(archive, epoch)
        try Files.setTime(try await key.detachedSign(archive, epoch: epoch), epoch)
        return archive
    }

    /// Lays the package's files out below `work` and names them, sorted by bytes.
    private func unpack(_ source: FilePath, to work: FilePath, top: String) throws -> [String] {
        var names = ["\(top)/\(RepositoryLayout.keyFile)"]
        try Files.makeFolder(work.appending(top))
        try Files.write(publicKey, to: work.appending(names[0]))
        try Package.forEachFile(in: source) { file, bytes in
            let name: String
            if file.path.hasPrefix(Self.packaged) {
                name = "\(top)/\(file.path.dropFirst(Self.packaged.count))"
            } else if file.path.hasPrefix(Self.manual) {
                name = "\(top)/man/\(file.path.dropFirst(Self.manual.count))"
            } else if file.path.hasPrefix(Self.licenses) {
                name = "\(top)/\(file.path.dropFirst(Self.licenses.count))"
            } else {
                throw ReleaseError(.publish, "\(source): \(file.path) has no place in the installer's tarball")
            }
            let path = work.appending(name)
            try Files.makeFolder(path.removingLastComponent())
            try Files.write(bytes, to: path, mode: file.mode & 0o111 == 0 ? .publicFile : [.publicFile, .ownerExecute])
            names.append(name)
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Brings the tarball of the release in `repository` to `output`, where people look for it; an earlier one goes.
    static func present(_ repository: FilePath, in output: FilePath) throws -> [FilePath] {
        let source = repository.appending(folder)
        guard Files.exists(source) else { return [] }
        let prepared = PreparedFolder(for: output)
        do {
            try Files.makeFolder(prepared.place)
            let names = try Files.names(in: source)
            for name in names { try Files.copy(source.appending(name), to: prepared.place.appending(name)) }
            try prepared.commit()
            return names.sorted().map { output.appending($0) }
        } catch {
            prepared.discard()
            throw error
        }
    }

    /// Whether `key` signed every tarball in the release `repository`; no outcome where there is none.
    static func verify(_ repository: FilePath, key: PublicKey) async throws -> [Outcome] {
        let place = repository.appending(folder)
        guard Files.exists(place) else { return [] }
        var outcomes: [Outcome] = []
        for name in try Files.names(in: place).sorted() where name.hasSuffix(".tar.xz") {
            let subject = "\(folder)/\(name)"
            do {
                _ = try await key.verifyDetached(
                    signature: place.appending("\(name).asc"), of: place.appending(name))
                outcomes.append(Outcome(name: "installer signature", subject: subject, passed: true, reason: "good"))
            } catch {
                outcomes.append(
                    Outcome(name: "installer signature", subject: subject, passed: false, reason: "\(error)"))
            }
        }
        return outcomes
    }
}
