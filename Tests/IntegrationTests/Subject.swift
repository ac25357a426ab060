import Foundation
import GnuPG
import ReleasePipeline
import ReleaseSupport
import Repository
import SystemPackage
import Testing

/// What these tests are about: a finished development release, the checkout it was made from, and the program that
/// made it. All three come from the environment.
struct Subject: Sendable {
    /// The published repository: `rpmbuild/repo/fedora-45`.
    let repository: FilePath
    /// The orchestrator.
    let binary: FilePath
    /// The checkout around `repository`.
    let tree: SourceTree

    /// Whether anyone asked for these tests. They need root, dnf, rpmbuild, a finished release and minutes; `make check`
    /// asks. A plain `swift test` shows them as skipped.
    static let isWanted = ProcessInfo.processInfo.environment["UNTOCHAT_INTEGRATION"] == "1"

    /// The name of the target: the folder's.
    var target: String { repository.lastComponent?.string ?? "" }

    /// `45`.
    var releaseVersion: String { target.split(separator: "-").last.map(String.init) ?? "" }

    /// The public key beside the packages.
    var publicKey: FilePath { repository.appending(RepositoryLayout.keyFile) }

    /// The macro files that a build of the release loads, in order.
    var macroFiles: [FilePath] {
        get throws { try Target(target, in: tree).macroFiles(in: tree) }
    }

    /// Finds the subject.
    ///
    /// - Throws: an error for every setting that is missing or wrong. Once the tests are asked for, one that quietly does
    ///   nothing would look like proof.
    static func find() throws -> Subject {
        guard geteuid() == 0 else {
            throw ReleaseError(
                .setup, "dnf installs into a root of its own as root only", hint: "run make check as root")
        }
        let repository = try path("UNTOCHAT_RELEASE", "the repository: rpmbuild/repo/fedora-45")
        let binary = try path("UNTOCHAT_BINARY", "the orchestrator: .build/debug/untochat")
        for needed in [RepositoryLayout.checksumsFile, RepositoryLayout.checksumsSignature, RepositoryLayout.keyFile] {
            guard Files.exists(repository.appending(needed)) else {
                throw ReleaseError(
                    .setup, "UNTOCHAT_RELEASE=\(repository) is no published release: it has no \(needed)",
                    hint: "`untochat release` makes one")
            }
        }
        guard access(binary.string, X_OK) == 0 else {
            throw ReleaseError(.setup, "UNTOCHAT_BINARY=\(binary) is no program", hint: "`swift build` makes it")
        }
        let subject = Subject(repository: repository, binary: binary, tree: try SourceTree.find(from: repository))
        guard Files.exists(subject.keyHome) else {
            throw ReleaseError(
                .setup, "\(subject.tree.root) has no development key, and these tests sign with it",
                hint: "make a development release: `untochat release` without --key")
        }
        return subject
    }

    /// Where the checkout keeps its throwaway key.
    var keyHome: FilePath { tree.output.appending("gnupg") }

    private static func path(_ variable: String, _ meaning: String) throws -> FilePath {
        guard let text = ProcessInfo.processInfo.environment[variable], !text.isEmpty else {
            throw ReleaseError(.setup, "\(variable) is not set", hint: "it names \(meaning)")
        }
        return FilePath(FileManager.default.currentDirectoryPath).pushing(FilePath(text)).lexicallyNormalized()
    }
}

extension Trait where Self == ConditionTrait {
    /// Only where somebody asked, by UNTOCHAT_INTEGRATION=1.
    static var integration: Self {
        .enabled(if: Subject.isWanted, "needs root, dnf and a finished release; `make check` has them")
    }
}
