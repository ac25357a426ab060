/// The circumstances in which the whole matrix is tried.
public enum Trial: String, CaseIterable, Sendable {
    /// SELinux and nothing else: the probe holds every capability, and systemd's sandbox is off.
    case selinuxAlone = "selinux-alone"
    /// As an ordinary user, and in systemd's sandbox; without what the programs do for themselves.
    case enforcing
    /// With the walls that each program puts up for itself.
    case walled
    /// With those walls and without SELinux: what the others still stop.
    case permissive
    /// Without SELinux and without those walls: proves that the matrix can fail.
    case bare

    public var isEnforcing: Bool { self != .permissive && self != .bare }
    public var isWalled: Bool { self == .walled || self == .permissive }
    public var hasCapabilities: Bool { self == .selinuxAlone }
}

/// What the words in braces stand for in one guest: `{home}` and the like.
public struct Surroundings: Sendable {
    public var values: [String: String]

    public init(_ values: [String: String]) { self.values = values }

    func fill(_ call: String) -> String {
        values.reduce(call) { $0.replacing("{\($1.key)}", with: $1.value) }
    }

    /// The first word in braces that stands for nothing.
    func missing(in calls: [String]) -> String? {
        for call in calls {
            guard let match = fill(call).firstMatch(of: /\{[a-z-]+\}/) else { continue }
            return String(match.output)
        }
        return nil
    }
}

extension Matrix {
    /// What the probe is to do in a domain, as plan.c of the probe reads it. The one that starts another program for each
    /// attempt gets `supervising` with that program's path. With `only` some attempts are left out.
    public func plan(
        _ trial: Trial, in surroundings: Surroundings, only: Set<String>? = nil, supervising: String? = nil
    ) throws -> String {
        let attempts = attempts.filter { only?.contains($0.id) ?? true }
        if let missing = surroundings.missing(in: attempts.map(\.call)) {
            throw MatrixError("\(missing) stands for nothing")
        }
        let lines =
            [trial.isWalled ? "walled" : "bare"] + (supervising.map { ["supervise \($0)"] } ?? [])
            + attempts.map { "attempt \($0.id)\t\(surroundings.fill($0.call))" }
        return lines.map { $0 + "\n" }.joined()
    }
}

/// The matrix or what a probe wrote cannot be used.
public struct MatrixError: Error, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}
