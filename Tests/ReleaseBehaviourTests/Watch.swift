import Foundation
import ReleaseSupport
import Synchronization
import SystemPackage

/// Looks at the arguments and environments of all processes, over and over, for a text that must not be there.
final class Watch: Sendable {
    struct Result: Sendable {
        var rounds = 0
        /// Process and file.
        var sightings: [String] = []
    }

    private let text: [UInt8]
    private let result = Mutex(Result())
    private let ended = Mutex(false)
    private let thread = Mutex<Task<Void, Never>?>(nil)

    init(for text: String) {
        self.text = Array(text.utf8)
        thread.withLock { $0 = Task.detached { self.look() } }
    }

    /// Whether it was there already.
    var hasSeen: Bool { result.withLock { !$0.sightings.isEmpty } }

    /// Stops and tells.
    func end() async -> Result {
        ended.withLock { $0 = true }
        await thread.withLock(\.self)?.value
        return result.withLock(\.self)
    }

    private func look() {
        while !ended.withLock(\.self) {
            for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
            where name.allSatisfy(\.isNumber) && name != "\(getpid())" {
                for file in ["cmdline", "environ"] {
                    let bytes = (try? Files.read(FilePath("/proc/\(name)/\(file)"))) ?? []
                    if bytes.contains(text) { result.withLock { $0.sightings.append("\(name) \(file)") } }
                }
            }
            result.withLock { $0.rounds += 1 }
        }
    }
}
