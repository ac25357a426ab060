import ArgumentParser
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

/// How results are printed.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print the result as JSON.")
    var json = false
}

/// An absolute path for what a user typed.
func path(_ typed: String) -> FilePath {
    FilePath(FileManager.default.currentDirectoryPath).pushing(FilePath(typed)).lexicallyNormalized()
}

/// Runs `body` with a reporter of its progress. A failure is told in full: what, where, the end of its log, what to do.
func reporting<Value>(_ body: (ProgressReporter) async throws -> Value) async throws -> Value {
    let progress = ProgressReporter(style: .detect())
    do {
        let value = try await body(progress)
        await progress.close()
        return value
    } catch let error as ReleaseError where !Task.isCancelled {
        await progress.summary([(error.component ?? "untochat", error)])
        throw Failed()
    } catch {
        await progress.close()
        throw error
    }
}

/// Results go to standard output; progress and complaints to standard error.
func printResult(_ text: String) { print(text, terminator: text.hasSuffix("\n") ? "" : "\n") }
