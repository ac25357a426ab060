import Foundation
import ReleaseSupport
import SystemPackage

/// The source tarball of a component: files of the tree and the Swift packages it needs, the same bytes from the same
/// files whoever makes it.
struct SourceArchive {
    let tree: SourceTree
    let component: Component

    /// What the tarball will contain: name in the tarball, and file on this machine. Sorted.
    func entries() async throws -> [(name: String, file: FilePath)] {
        var entries: [(String, FilePath)] = []
        for path in component.declaration.sources where !Files.exists(tree.root.appending(path)) {
            throw ReleaseError(
                .source, "\(component.name): \(path) does not exist",
                hint: "mend `sources` in specs/\(component.name).yaml")
        }
        for name in try await tree.files(component.declaration.sources) {
            entries.append((name, tree.root.appending(name)))
        }
        for dependency in component.declaration.dependencies {
            let checkout = SourceTree(root: tree.root.appending(".build/checkouts/\(dependency)"))
            guard Files.exists(checkout.root) else {
                throw ReleaseError(
                    .source, "\(component.name): the Swift package \(dependency) is not checked out",
                    hint: "run `swift package resolve`")
            }
            for name in try await checkout.files(["."]) {
                entries.append(("Dependencies/\(dependency)/\(name)", checkout.root.appending(name)))
            }
        }
        return entries.sorted { $0.0 < $1.0 }
    }

    /// Writes the tarball of `entries` to `path`, everything below the folder `top`, dated `epoch`.
    func write(_ entries: [(name: String, file: FilePath)], to path: FilePath, top: String, epoch: Int, work: FilePath)
        async throws
    {
        let stage = work.appending("stage")
        defer { try? Files.remove(stage) }
        for (name, file) in entries {
            let copy = stage.appending(top).appending(name)
            try Files.makeFolder(copy.removingLastComponent())
            try FileManager.default.copyItem(atPath: file.string, toPath: copy.string)
        }
        // The names go in by standard input, sorted by bytes, so that neither the folder's order nor the locale matters.
        let names = entries.map { "\(top)/\($0.name)\0" }.joined()
        let arguments = [
            "--create", "--file", path.string, "--directory", stage.string, "--use-compress-program", "gzip -n9",
            "--format=ustar", "--owner=0", "--group=0", "--numeric-owner", "--mode=u=rwX,go=rX", "--mtime=@\(epoch)",
            "--no-recursion", "--null", "--files-from=-",
        ]
        try await Command("tar", arguments).with {
            $0.input = Array(names.utf8)
            // TAR_OPTIONS and GZIP would have a say in the bytes.
            $0.inheritsEnvironment = false
            $0.environment = ["PATH": ProcessInfo.processInfo.environment["PATH"], "LC_ALL": "C"]
        }.output(.source)
    }
}
