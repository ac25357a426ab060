import ArgumentParser
import Foundation
import ReleasePipeline
import ReleaseSupport

struct ReleaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release",
        abstract: "Compile, package, audit, sign, publish and verify everything.")

    func run() async throws {
        let tree = try SourceTree.find(from: .init(FileManager.default.currentDirectoryPath))
        let lock = try tree.lock()
        defer { withExtendedLifetime(lock) {} }
        let r = try await Release(tree: tree, target: Target("fedora-45", in: tree), signing: .development, progress: Reporter()).run()
        print(try r.json())
    }
}
