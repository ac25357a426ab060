import Foundation
import Lab
import ReleaseSupport
import SystemPackage
import Testing

/// The laboratory that all tests of one run share. A guest of it:
///
///     let guest = try await TestLaboratory.shared.guest(.snapshot)
///
/// Guests that a test does not remove end with the process.
enum TestLaboratory {
    /// Whether anyone asked for tests in a guest. They need root, QEMU, a published release and minutes; `make lab` asks.
    static let isWanted = ProcessInfo.processInfo.environment["UNTOCHAT_LAB"] == "1"

    /// Opened by the first who needs it.
    static var shared: Laboratory {
        get async throws { try await opening.value }
    }

    private static let opening = Task {
        try await Laboratory(
            repository: release, evidence: here.appending(".build/lab-logs"), progress: ProgressReporter(style: .plain))
    }

    private static var here: FilePath { FilePath(FileManager.default.currentDirectoryPath) }

    /// The published repository that is tried.
    static var release: FilePath {
        get throws {
            guard let release = ProcessInfo.processInfo.environment["UNTOCHAT_RELEASE"], !release.isEmpty else {
                throw ReleaseError(
                    .setup, "UNTOCHAT_RELEASE is not set", hint: "it names the repository: rpmbuild/repo/fedora-45")
            }
            return here.pushing(FilePath(release))
        }
    }
}

extension Trait where Self == ConditionTrait {
    /// Only where somebody asked, by UNTOCHAT_LAB=1.
    static var lab: Self {
        .enabled(if: TestLaboratory.isWanted, "needs root, QEMU and a finished release; `make lab` has them")
    }
}
