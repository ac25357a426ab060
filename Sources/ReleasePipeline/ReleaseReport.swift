import Foundation
import PackageAudit
import RPMKit
import ReleaseSupport
public import Repository
import SystemPackage

/// What a release made and what was checked: `rpmbuild/release-TARGET.json`. Scripts rely on its keys.
public struct ReleaseReport: Codable, Sendable, Equatable {
    /// One file of the release.
    public struct Artifact: Codable, Sendable, Equatable {
        /// Relative to the top of the checkout.
        public let path: String
        /// In bytes.
        public let size: Int
        /// In lower-case hexadecimal.
        public let sha256: String
    }

    /// The key that signed, or nil for an unsigned release.
    public struct Key: Codable, Sendable, Equatable {
        public let fingerprint: String
        public let algorithm: String
        /// Whether it is the throwaway key that proves nothing about who signed.
        public let development: Bool
    }

    public let target: String
    /// `passed`, or the error that ended the release.
    public var outcome: String
    /// The commit the sources were taken from.
    public let commit: String
    /// Whether files differed from that commit.
    public let uncommittedChanges: Bool
    /// The time of that commit, in seconds since 1970. Nothing says when the release was made.
    public let epoch: Int
    public let signedBy: Key?
    /// `full`, `noProcesses` or `none`: see `Sandbox.Level`.
    public var sandbox: String?
    public var artifacts: [Artifact] = []
    public var checks: [Outcome] = []

    /// Whether everything was made and passed.
    public var passed: Bool { outcome == Self.passedOutcome }
    static let passedOutcome = "passed"

    /// Adds the files `paths`, which lie in `tree`.
    mutating func add(_ paths: [FilePath], in tree: SourceTree) throws {
        artifacts += try paths.map { path in
            Artifact(
                path: path.string.withoutPrefix(tree.root.string), size: try Files.size(path),
                sha256: try SHA256.of(file: path))
        }
    }

    /// Adds what an audit said: one line a check and subject.
    mutating func add(_ audit: AuditReport) {
        for row in audit.packages + audit.elfFiles {
            let subject = [row.subject, row.path].compactMap(\.self).joined(separator: " ")
            for check in Check.allCases {
                guard let verdict = row.verdicts[check] else { continue }
                checks.append(
                    Outcome(
                        name: check.rawValue, subject: subject, passed: verdict.answer != .no,
                        reason: verdict.detail ?? verdict.answer.rawValue))
            }
        }
    }

    /// The report as JSON with sorted keys.
    public func json() throws -> String { try JSON.text(self) }
}

/// JSON as this program prints it: indented, keys sorted, slashes as they are.
public enum JSON {
    /// The text of `value`.
    public static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
    }
}
