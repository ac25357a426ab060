import Foundation
import GnuPG
import RPMKit
import ReleaseSupport
import Repository
public import SystemPackage

/// The parts of a release that can be done one by one: compiling here, signing on the machine that has the key,
/// publishing there.
extension Release {
    /// What signing or publishing a folder came to.
    public struct Result: Codable, Sendable, Equatable {
        /// The packages or the repository's files.
        public let files: [String]
        /// How many of them had not been there before as they are now.
        public let changed: Int
        /// The key that signed.
        public let signedBy: ReleaseReport.Key

        /// For people.
        public var summary: String {
            files.joined(separator: "\n") + "\n\(files.count) files, \(changed) of them new or changed\n"
                + signedBy.notice
        }
    }

    /// Compiles and packages the components called `names` (all of them if empty), with build conditions as
    /// `rpmbuild --with` sets them.
    public func build(_ names: [String], conditions: [String] = []) async throws -> [BuiltPackages] {
        let components = try Component.load(from: tree, only: names)
        return try await withKey { _, publicKey in
            let macros = Dictionary(
                conditions.map { ("_with_\($0)", "--with-\($0)") }, uniquingKeysWith: { first, _ in first })
            return try await BuildStage(
                tree: tree, target: target, progress: progress, publicKey: publicKey, macros: macros
            ).build(components)
        }
    }

    /// Signs every package below `folder` in place.
    public func sign(folder: FilePath) async throws -> Result {
        let packages = try packages(below: folder)
        for place in Set(packages.map { $0.removingLastComponent() }) { try Files.removeTemporary(in: place) }
        return try await withSigningKey { key, _ in
            let signed = try await step("packages", .sign) {
                for package in packages { try await refuseOtherKey(in: package, key) }
                return try await SignStage(key: key, epoch: tree.headEpoch()).sign(packages) { $0 }
            }
            let files: [FilePath]
            do { files = try signed.commit() } catch {
                signed.discard()
                throw error
            }
            await progress.finish("packages", note: "\(signed.signed) signed")
            return Result(files: files.map(\.string), changed: signed.signed, signedBy: .init(key))
        }
    }

    /// Publishes the signed packages below `folder` (by default this tree's, of this target) as the folder `destination`.
    public func publish(folder: FilePath?, to destination: FilePath?) async throws -> Result {
        let packages: [FilePath]
        if let folder {
            packages = try self.packages(below: folder)
        } else {
            let suffix = "\(try target.dist(in: tree))."
            packages = try ["RPMS", "SRPMS"].map { tree.output.appending($0) }.filter(Files.exists)
                .flatMap { try self.packages(below: $0) }
                .filter { $0.lastComponent?.string.contains(suffix) ?? false }
        }
        guard !packages.isEmpty else {
            throw ReleaseError(
                .publish, "no packages for \(target.name) to publish", hint: "`untochat release` makes them")
        }
        let repository = destination ?? tree.repository(target)
        try Files.removeTemporary(
            in: repository.removingLastComponent(), of: repository.lastComponent?.string ?? "repository")
        return try await withSigningKey { key, publicKey in
            let before =
                (try? Checksums(parsing: Files.text(repository.appending(RepositoryLayout.checksumsFile))))
                ?? Checksums([:])
            try await step("repository", .publish) {
                let prepared = try await PublishStage(
                    target: target, key: key, publicKey: publicKey,
                    configuration: tree.root.appending(repositoryConfiguration),
                    epoch: tree.headEpoch()
                ).prepare(packages, for: repository)
                do { try prepared.commit() } catch {
                    prepared.discard()
                    throw error
                }
            }
            let after = try Checksums(parsing: Files.text(repository.appending(RepositoryLayout.checksumsFile)))
            await progress.finish("repository", note: "published")
            return Result(
                files: after.digests.keys.sorted().map { repository.appending($0).string },
                changed: after.digests.filter { before.digests[$0.key] != $0.value }.count, signedBy: .init(key))
        }
    }

    private func packages(below folder: FilePath) throws -> [FilePath] {
        guard Files.exists(folder) else { throw ReleaseError(.setup, "\(folder) does not exist") }
        let packages = try Files.files(below: folder).filter { $0.hasSuffix(".rpm") }.map { folder.appending($0) }
        guard !packages.isEmpty else { throw ReleaseError(.setup, "\(folder) holds no packages") }
        return packages
    }

    /// A server takes the key that must have signed everything from the package untochat-release: signed by another
    /// one, nothing could be installed any more.
    private func refuseOtherKey(in package: FilePath, _ key: SigningKey) async throws {
        for other in try await PackagedKey.all(in: package) {
            guard other.fingerprint == key.fingerprint else {
                throw ReleaseError(
                    .sign, "\(package): holds the public key \(other.fingerprint), and \(key.fingerprint) is to sign",
                    hint: "build it with the public half of that key: untochat release --no-sign --public-key FILE")
            }
        }
    }
}

extension ReleaseReport.Key {
    init(_ key: SigningKey) {
        self.init(fingerprint: key.fingerprint, algorithm: key.algorithm, development: key.isDevelopment)
    }

    /// What a summary says of the key; of a development key, loudly.
    public var notice: String {
        guard development else { return "Signed by \(fingerprint) (\(algorithm)).\n" }
        return """
            DEVELOPMENT-SIGNED with the throwaway key \(fingerprint).
            Anyone with this checkout can sign like this. For a release: --key ID or UNTOCHAT_KEY=ID.

            """
    }
}

extension ReleaseReport {
    /// The release in a few lines, for people.
    public var summary: String {
        let packages = artifacts.filter { $0.path.hasSuffix(".rpm") && !$0.path.contains("/repo/") }
        var lines = ["Untochat for \(target): \(outcome)", ""]
        lines += packages.map { "  \($0.path)  (\($0.size) bytes)" }
        if artifacts.contains(where: { $0.path.contains("/repo/") }) { lines.append("  rpmbuild/repo/\(target)/") }
        lines += artifacts.filter { $0.path.hasPrefix("installer/out/") }.map { "  \($0.path)  (\($0.size) bytes)" }
        lines += [
            "  rpmbuild/release-\(target).json  (\(checks.count) checks, \(checks.filter { !$0.passed }.count) failed)",
            "",
        ]
        if uncommittedChanges { lines.append("The sources differ from commit \(commit.prefix(12)).") }
        lines.append(signedBy?.notice ?? "UNSIGNED. Sign the packages where the key is: untochat sign DIR --key ID\n")
        return lines.joined(separator: "\n")
    }
}
