import Foundation
import ReleaseSupport
import SystemPackage

/// Measures how long a release takes, in a clone of its own so that this checkout's results are not touched.
///
/// Every round runs each case once, one after the other, so that a change in the machine's load meets all of them alike;
/// medians are compared, never asserted.
public struct Bench: Sendable {
    /// One case and how long its runs took.
    public struct Case: Codable, Sendable, Equatable {
        public let name: String
        /// In seconds, in the order of the rounds.
        public let seconds: [Double]
        /// In seconds.
        public var median: Double {
            let sorted = seconds.sorted()
            guard !sorted.isEmpty else { return 0 }
            let middle = sorted.count / 2
            return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
        }
    }

    private let tree: SourceTree
    private let target: Target
    private let rounds: Int

    /// Measures `tree` at its newest commit, `rounds` times each case.
    public init(tree: SourceTree, target: Target, rounds: Int) {
        self.tree = tree
        self.target = target
        self.rounds = rounds
    }

    /// Runs all cases; `progress` hears what is being measured.
    public func run(progress: ProgressReporter) async throws -> [Case] {
        try await TemporaryFolder.with { folder in
            let clone = SourceTree(root: folder.appending("clone"))
            try await Command("git", ["clone", "--quiet", tree.root.string, clone.root.string]).output(.setup)
            // One run that is not measured makes the key and warms the machine's file cache.
            await progress.start("bench", .setup)
            try await release(clone)
            let sources = try await preparePlain(clone, folder)
            var seconds: [String: [Double]] = [:]
            for round in 1...rounds {
                await progress.finish("bench", note: "round \(round) of \(rounds)")
                try Files.remove(clone.cache)
                seconds[Names.cold, default: []].append(try await time { try await release(clone) })
                seconds[Names.unchanged, default: []].append(try await time { try await release(clone) })
                try touch(clone, round)
                seconds[Names.changed, default: []].append(try await time { try await release(clone) })
                try Files.remove(clone.cache)
                seconds[Names.ours, default: []].append(try await time { try await build(clone) })
                seconds[Names.plain, default: []].append(try await time { try await rpmbuild(clone, sources) })
            }
            return Names.all.map { Case(name: $0, seconds: seconds[$0] ?? []) }
        }
    }

    private enum Names {
        static let cold = "release, nothing built before"
        static let unchanged = "release, nothing changed"
        static let changed = "release, one component changed"
        static let ours = "untochat build untosh"
        static let plain = "rpmbuild -ba untosh.spec"
        static let all = [cold, unchanged, changed, ours, plain]
    }

    private func release(_ clone: SourceTree) async throws {
        try await ownProgram(["release", "--target", target.name, "--directory", clone.root.string]).output(.setup)
    }

    private func build(_ clone: SourceTree) async throws {
        try await ownProgram(["build", "untosh", "--target", target.name, "--directory", clone.root.string])
            .output(.setup)
    }

    private func ownProgram(_ arguments: [String]) throws -> Command {
        Command(try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"), arguments)
            .with { $0.environment = ["UNTOCHAT_KEY": ""] }
    }

    /// Changes a comment: the least that a component can be changed by.
    private func touch(_ clone: SourceTree, _ round: Int) throws {
        let file = clone.root.appending("Sources/untosh/Untosh.swift")
        try Files.write(Files.text(file) + "// \(round)\n", to: file)
    }

    /// Lays out the sources of untosh for plain rpmbuild, with the tarball that the release made.
    private func preparePlain(_ clone: SourceTree, _ folder: FilePath) async throws -> FilePath {
        let top = folder.appending("plain")
        let sources = top.appending("SOURCES")
        try Files.makeFolder(sources)
        let packages = clone.output.appending("SRPMS")
        guard let name = try Files.names(in: packages).first(where: { $0.hasPrefix("untosh-") }) else {
            throw ReleaseError(.setup, "the release made no source package of untosh")
        }
        try await Command(
            "rpm", ["--install", "--nodeps", "--define", "_topdir \(top)", packages.appending(name).string]
        ).output(.setup)
        return top
    }

    private func rpmbuild(_ clone: SourceTree, _ top: FilePath) async throws {
        let macros = target.macroFiles(in: clone).flatMap { ["--load", $0.string] }
        try await Command(
            "rpmbuild",
            ["-ba", "--nodeps", "--clean", "--define", "_topdir \(top)"] + macros
                + [top.appending("SPECS/untosh.spec").string]
        ).output(.setup)
    }

    private func time(_ body: () async throws -> Void) async throws -> Double {
        let clock = ContinuousClock()
        let duration = try await clock.measure { try await body() }
        return Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }
}

extension [Bench.Case] {
    /// The medians as an aligned table, each with its ratio to the first and to plain rpmbuild.
    public var table: String {
        guard let cold = first?.median, let plain = last?.median, cold > 0, plain > 0 else { return "" }
        let width = map(\.name.count).max() ?? 0
        let header = "case".padding(toLength: width, withPad: " ", startingAt: 0) + "  median s  of cold  of rpmbuild\n"
        return header
            + map { entry in
                entry.name.padding(toLength: width, withPad: " ", startingAt: 0)
                    + String(
                        format: "  %8.2f  %7.2f  %11.2f\n", entry.median, entry.median / cold, entry.median / plain)
            }.joined()
    }
}
