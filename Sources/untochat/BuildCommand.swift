import ArgumentParser
import Foundation
import ReleasePipeline
import ReleaseSupport

struct BuildCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build",
        abstract: "Compile components and make their unsigned packages.")

    @Argument(help: "The components; all of them if none is named.")
    var packages: [String] = []

    func run() async throws {
        let tree = try SourceTree.find(from: .init(FileManager.default.currentDirectoryPath))
        let lock = try tree.lock()
        defer { withExtendedLifetime(lock) {} }
        let stage = try await BuildStage(tree: tree, target: Target("fedora-45", in: tree), progress: Reporter(), publicKey: Array("x".utf8))
        let built = try await stage.build(Component.load(from: tree, only: packages))
        let audit = try AuditStage(tree: tree, target: Target("fedora-45", in: tree))
        for p in built.flatMap(\.all) { print(try await audit.audit(package: p)) }
        
    }
}
