import ArgumentParser
import CommandSupport
import Foundation
import ReleasePipeline
import ReleaseSupport
import SystemPackage

/// Which checkout and which distribution.
struct TreeOptions: ParsableArguments {
    @Option(name: [.customShort("C"), .long], help: "Work in the checkout around this folder instead of here.")
    var directory: String?

    @Option(help: "The distribution to make packages for: a macro file in rpmbuild/macros.")
    var target = "fedora-45"

    /// The checkout, or an error that says what a checkout is.
    func tree() throws -> SourceTree { try SourceTree.find(from: path(directory ?? ".")) }

    /// The checkout, if there is one around.
    func treeIfAny() -> SourceTree? { try? tree() }

    /// Runs `body` with a release of this checkout and target, its progress reported, while no other untochat works in
    /// the checkout.
    func withRelease<Value>(
        _ signing: Release.Signing, allowsUncommitted: Bool = false, _ body: (Release) async throws -> Value
    ) async throws -> Value {
        let tree = try tree()
        let target = try Target(target, in: tree)
        return try await reporting { progress in
            let lock = try tree.lock()
            defer { withExtendedLifetime(lock) {} }
            return try await body(
                Release(
                    tree: tree, target: target, signing: signing, allowsUncommitted: allowsUncommitted,
                    progress: progress))
        }
    }
}

/// Which key signs.
struct KeyOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Sign with this gpg key: a fingerprint, key ID or mail address. Default: $UNTOCHAT_KEY, or a throwaway "
                + "development key.",
            valueName: "id"))
    var key: String?

    var signing: Release.Signing {
        let id = key ?? ProcessInfo.processInfo.environment["UNTOCHAT_KEY"] ?? ""
        return id.isEmpty ? .development : .key(id)
    }
}
