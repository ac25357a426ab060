/// What one check of a release found.
public struct Outcome: Sendable, Codable, Equatable {
    /// What was checked: `signature`, `digest`, `listed` …
    public let name: String
    /// The file it was checked on, relative to the release.
    public let subject: String
    /// Whether it is as it must be.
    public let passed: Bool
    /// What is wrong, or what was found.
    public let reason: String

    /// Records one check.
    public init(name: String, subject: String, passed: Bool, reason: String) {
        self.name = name
        self.subject = subject
        self.passed = passed
        self.reason = reason
    }

    static func passed(_ name: String, _ subject: String, _ reason: String) -> Outcome {
        Outcome(name: name, subject: subject, passed: true, reason: reason)
    }

    static func failed(_ name: String, _ subject: String, _ reason: String) -> Outcome {
        Outcome(name: name, subject: subject, passed: false, reason: reason)
    }
}
