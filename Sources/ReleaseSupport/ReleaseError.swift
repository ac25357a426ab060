public import SystemPackage

/// Where in a release something happened. The raw value is what a user reads in messages and JSON.
public enum Stage: String, Sendable, Codable, CaseIterable {
    case setup, source, compile, package, audit, sign, publish, verify
}

/// What stopped a release: where, what, and what to do next.
public struct ReleaseError: Error, CustomStringConvertible, Sendable {
    /// What was being worked on, for example the component `untosh`; nil where it concerns everything.
    public private(set) var component: String?
    /// The stage that failed.
    public let stage: Stage
    /// One sentence naming the thing and what is wrong with it, for example
    /// "untosh-1.0-1.fc45.x86_64: immediate binding is missing in /opt/bin/untosh".
    public let what: String
    /// What the user can do about it.
    public let hint: String?
    /// Where the whole output of the failed step lies.
    public let log: FilePath?

    /// Describes a failure of `stage`.
    public init(_ stage: Stage, _ what: String, hint: String? = nil, log: FilePath? = nil) {
        self.stage = stage
        self.what = what
        self.hint = hint
        self.log = log
    }

    /// The same failure, of `component`.
    public func of(_ component: String) -> ReleaseError {
        var copy = self
        copy.component = copy.component ?? component
        return copy
    }

    public var description: String {
        var text = "\(stage.rawValue): \(what)"
        if let log { text += "\n  log: \(log)" }
        if let hint { text += "\n  hint: \(hint)" }
        return text
    }
}
