import Foundation
import ReleaseSupport
import SystemPackage

/// The files of the server, as they lie in this checkout.
enum Appliance {
    private static let checkout = FilePath(#filePath).removingLastComponent().removingLastComponent()
        .removingLastComponent()

    static let folder = checkout.appending("appliance")
    static let tests = FilePath(#filePath).removingLastComponent()

    static func text(_ path: String) throws -> String { try Files.text(folder.pushing(FilePath(path))) }

    /// Runs `script` by bash, as root.
    static func bash(_ script: String, in namespaces: [String] = []) async throws -> Command.Outcome {
        let command = namespaces.isEmpty ? ["bash"] : ["unshare"] + namespaces + ["bash"]
        return try await Command("timeout", ["120"] + command + ["-c", script]).run(.verify)
    }

    /// A folder that is gone afterwards.
    static func withFolder<Value>(_ body: (FilePath) async throws -> Value) async throws -> Value {
        let folder = FilePath("/tmp/untochat-server-\(UInt64.random(in: 0 ... .max))")
        try Files.makeFolder(folder)
        defer { try? Files.remove(folder) }
        return try await body(folder)
    }
}
