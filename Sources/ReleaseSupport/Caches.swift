import Foundation
public import SystemPackage

/// Folders of what can be made again, each complete under its name or not there.
public enum Caches {
    /// Where `name` of this project belongs: below XDG_CACHE_HOME, or ~/.cache.
    public static func folder(_ name: String) -> FilePath {
        let environment = ProcessInfo.processInfo.environment
        let caches = environment["XDG_CACHE_HOME"] ?? "\(environment["HOME"] ?? "/root")/.cache"
        return FilePath(caches).appending("untochat").appending(name)
    }

    /// Lets `body` fill a folder that gets the name `finished` only when it is complete.
    ///
    /// - Parameter discard: removes it where that does not come to pass.
    public static func make(
        _ finished: FilePath, discard: (FilePath) async throws -> Void = { try Files.remove($0) },
        _ body: (FilePath) async throws -> Void
    ) async throws {
        let half = Files.temporaryName(beside: finished)
        try Files.makeFolder(half)
        do {
            try await body(half)
            try Files.replaceFolder(finished, by: half)
        } catch {
            try? await discard(half)
            throw error
        }
    }
}
