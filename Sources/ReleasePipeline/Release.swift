import Foundation
import GnuPG
import PackageAudit
import RPMKit
import ReleaseSupport
import Repository
public import SystemPackage

/// A whole release: compile, package, audit, sign, publish and verify, in that order, each only when all before it
/// passed. The caller holds the tree's lock.
public struct Release: Sendable {
    /// Who signs.
    public enum Signing: Sendable, Equatable {
        /// The key that gpg finds under this fingerprint, key ID or mail address.
        case key(String)
        /// The throwaway key of this checkout.
        case development
        /// Nobody: packages for signing on another machine. `publicKey` is the public half of the key that will sign.
        case nobody(publicKey: FilePath?)
    }

    let tree: SourceTree
    let target: Target
    let signing: Signing
    let allowsUncommitted: Bool
    let progress: ProgressReporter

    /// Prepares a release.
    public init(
        tree: SourceTree, target: Target, signing: Signing, allowsUncommitted: Bool = false, progress: ProgressReporter
    ) {
        self.tree = tree
        self.target = target
        self.signing = signing
        self.allowsUncommitted = allowsUncommitted
        self.progress = progress
    }

    /// Makes the release and writes its report, also when it fails. Interrupted, it leaves an earlier release and its
    /// report as they were.
    public func run() async throws -> ReleaseReport {
        let changes = try await tree.uncommitted()
        try await judge(changes)
        return try await withKey { key, publicKey in
            var report = ReleaseReport(
                target: target.name, outcome: "unfinished", commit: try await tree.commit(),
                uncommittedChanges: !changes.isEmpty, epoch: try await tree.headEpoch(),
                signedBy: key.map { ReleaseReport.Key($0) })
            do {
                try await make(&report, key, publicKey)
                report.outcome = ReleaseReport.passedOutcome
                try Files.write(report.json(), to: tree.report(target))
                return report
            } catch {
                try Task.checkCancellation()
                report.outcome = "\(error)"
                try? Files.write(report.json(), to: tree.report(target))
                throw error
            }
        }
    }

    private func make(_ report: inout ReleaseReport, _ key: SigningKey?, _ publicKey: [UInt8]) async throws {
        let stage = try await BuildStage(tree: tree, target: target, progress: progress, publicKey: publicKey)
        report.sandbox = stage.sandboxLevel.rawValue
        let built = try await stage.build(Component.load(from: tree))
        try await audit(built, &report)
        guard let key else {
            try report.add(keepUnsigned(built), in: tree)
            return
        }
        let signed = try await step("packages", .sign) {
            try await SignStage(key: key, epoch: report.epoch).sign(built.flatMap(\.all), to: place)
        }
        do {
            report.checks += signed.entries.map {
                Outcome(
                    name: "signature", subject: $0.package.identifier, passed: true, reason: "good, by the key alone")
            }
            await progress.finish("packages", note: signed.signed == 0 ? "signed before" : "\(signed.signed) signed")
            try await publish(signed, key, publicKey, &report)
        } catch {
            signed.discard()
            throw error
        }
    }

    private func publish(
        _ signed: SignedPackages, _ key: SigningKey, _ publicKey: [UInt8], _ report: inout ReleaseReport
    ) async throws {
        let repository = tree.repository(target)
        let prepared = try await step("repository", .publish) {
            try await PublishStage(
                target: target, key: key, publicKey: publicKey,
                configuration: tree.root.appending(repositoryConfiguration),
                epoch: report.epoch
            ).prepare(signed.places, for: repository)
        }
        do {
            report.checks += try await step("repository", .verify) { try await verify(prepared.place, publicKey) }
            try Task.checkCancellation()
            // From here on there is nothing to wait for: old results give way to new ones, or all stay as they are.
            let packages = try await step("repository", .publish) {
                try Files.remove(tree.report(target))
                let packages = try signed.commit()
                try removeSuperseded(packages)
                try prepared.commit()
                return packages
            }
            try report.add(packages, in: tree)
            try report.add(InstallerArchive.present(repository, in: tree.installer), in: tree)
            try report.add(Files.files(below: repository).map { repository.appending($0) }, in: tree)
        } catch {
            prepared.discard()
            throw error
        }
        await progress.finish("repository", note: "published and verified")
    }

    /// Runs one step of the release. Whatever its error is, the user is told where it happened.
    func step<Value>(_ name: String, _ stage: Stage, _ body: () async throws -> Value) async throws -> Value {
        await progress.start(name, stage)
        do { return try await body() } catch let error where !(error is CancellationError) {
            let failure = error as? ReleaseError ?? ReleaseError(stage, "\(error)")
            await progress.fail(name, failure)
            throw failure
        }
    }

    // MARK: - Before

    private func judge(_ changes: [String]) async throws {
        guard case .key = signing else { return }
        guard changes.isEmpty || allowsUncommitted else {
            throw ReleaseError(
                .source, "\(changes.count) files differ from the newest commit, first: \(changes[0])",
                hint: "commit them, or say --allow-uncommitted: nobody else could rebuild these packages")
        }
        guard try await !tree.isShallow() else {
            throw ReleaseError(
                .source, "this clone has no full history, and packages take their times from it",
                hint: "git fetch --unshallow")
        }
    }

    /// Finds the key that signs and exports its public half.
    func withKey<Value>(_ body: (SigningKey?, [UInt8]) async throws -> Value) async throws -> Value {
        switch signing {
        case .key(let id):
            return try await KeyHome.withUsers { home in
                let key = try await SigningKey.find(id, home: home)
                return try await body(key, key.exportPublicKey())
            }
        case .development:
            return try await withDevelopmentKey { key in try await body(key, key.exportPublicKey()) }
        case .nobody(let file?):
            let key = try await PublicKey(file: file)
            if let weakness = key.weakness { throw ReleaseError(.sign, weakness, hint: "choose a stronger key") }
            return try await body(nil, Files.read(file))
        case .nobody(nil):
            await progress.say(
                "untochat-release will name the development key; give the public key that will sign by --public-key")
            return try await withDevelopmentKey { key in try await body(nil, key.exportPublicKey()) }
        }
    }

    /// As `withKey`, where somebody must sign.
    func withSigningKey<Value>(_ body: (SigningKey, [UInt8]) async throws -> Value) async throws -> Value {
        try await withKey { key, publicKey in
            guard let key else { throw ReleaseError(.sign, "there is no key to sign with", hint: "give --key") }
            return try await body(key, publicKey)
        }
    }

    private func withDevelopmentKey<Value>(_ body: (SigningKey) async throws -> Value) async throws -> Value {
        try await KeyHome.withOwn(tree.output.appending("gnupg")) { home in
            try await body(SigningKey.development(home: home))
        }
    }

    // MARK: - Stages

    private func audit(_ built: [BuiltPackages], _ report: inout ReleaseReport) async throws {
        try await step("packages", .audit) {
            let stage = try AuditStage(tree: tree, target: target)
            var audit = AuditReport()
            for packages in built {
                for package in packages.all {
                    audit.add(try await stage.audit(package: package, buildTime: packages.epoch))
                }
            }
            report.add(audit)
            guard audit.isClean else {
                throw ReleaseError(.audit, "refused:\n\(audit.findingsText)", hint: "nothing was signed")
            }
        }
    }

    private func verify(_ repository: FilePath, _ publicKey: [UInt8]) async throws -> [Outcome] {
        let outcomes = try await TemporaryFolder.with { folder in
            let file = folder.appending(publicKeyName)
            try Files.write(publicKey, to: file)
            return try await VerifyStage(key: file).verify(repository)
        }
        guard let failed = outcomes.first(where: { !$0.passed }) else { return outcomes }
        throw ReleaseError(.verify, "\(failed.subject): \(failed.name): \(failed.reason)")
    }

    // MARK: - Places

    /// The fixed place of a package.
    private func place(_ package: FilePath) -> FilePath { place(package, below: tree.output) }

    private func place(_ package: FilePath, below folder: FilePath) -> FilePath {
        let name = package.lastComponent?.string ?? ""
        if name.hasSuffix(".src.rpm") { return folder.appending("SRPMS/\(name)") }
        return folder.appending("RPMS/\(name.hasSuffix(".noarch.rpm") ? "noarch" : "x86_64")/\(name)")
    }

    private func keepUnsigned(_ built: [BuiltPackages]) throws -> [FilePath] {
        let folder = tree.unsigned(target)
        let packages = built.flatMap(\.all)
        let prepared = PreparedFolder(for: folder)
        do {
            for package in packages {
                let path = place(package, below: prepared.place)
                try Files.makeFolder(path.removingLastComponent())
                try Files.copy(package, to: path)
            }
            try Files.remove(tree.report(target))
            try prepared.commit()
        } catch {
            prepared.discard()
            throw error
        }
        return packages.map { place($0, below: folder) }
    }

    /// Removes packages of this target that this release replaced: who takes `RPMS/*/*.rpm` gets this release.
    private func removeSuperseded(_ current: [FilePath]) throws {
        let suffix = "\(try target.dist(in: tree))."
        let names = Set(current.compactMap { $0.lastComponent?.string })
        for folder in ["RPMS/x86_64", "RPMS/noarch", "SRPMS"].map({ tree.output.appending($0) })
        where Files.exists(folder) {
            for name in try Files.names(in: folder) where !names.contains(name) && name.contains(suffix) {
                try Files.remove(folder.appending(name))
            }
        }
    }
}
