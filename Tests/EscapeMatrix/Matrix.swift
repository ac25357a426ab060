import ReleaseSupport
import StrictYAML

/// The domains of the policy that a chat user's words reach.
public enum Domain: String, CaseIterable, Sendable {
    case untosh = "untochat_t"
    case irssius = "irssius_t"
    case ngircdus = "ngircdus_t"

    /// The program through which the domain is entered; the probe takes its place.
    public var program: String {
        switch self {
        case .untosh: "/opt/bin/untosh"
        case .irssius: "/opt/bin/irssius"
        case .ngircdus: "/opt/sbin/ngircdus"
        }
    }
}

/// Something to try from inside a domain, and what is expected of it there.
public struct Attempt: Equatable, Sendable {
    public let id: String
    /// What is tried, in plain words.
    public let tries: String
    /// What the probe does; the grammar stands in steps.c of the probe.
    public let call: String
    /// What fails for another reason than a wall: the wall had let it pass.
    let reached: Set<String>
    /// Refusals beside EACCES and EPERM.
    let refused: Set<String>
    /// Whether the thing itself may be missing where this is tried.
    let mayBeAbsent: Bool
    /// Where it is allowed, and the name of the reason.
    public let allowed: [Domain: String]
    /// For a walk along many files: the types with which it succeeds.
    public let does: [Domain: Set<String>]

    /// Whether it does one thing with many files.
    public var isWalk: Bool { call.hasPrefix("walk ") }
}

/// Everything that is tried: the file matrix.yaml, which says what each key means.
public struct Matrix: Equatable, Sendable {
    /// Attempts of one kind.
    public struct Group: Equatable, Sendable {
        public let title: String
        public let attempts: [Attempt]
    }

    public let groups: [Group]
    /// Why something is allowed, by name.
    public let reasons: [String: String]
    /// Why files of a type may be reached, by type.
    public let types: [String: String]

    public var attempts: [Attempt] { groups.flatMap(\.attempts) }

    /// Reads the text of `file`. Unknown keys, reasons that nobody names and names that have no reason are errors.
    public init(yaml: String, file: String) throws {
        let top = try StrictMapping(yaml: yaml, file: file)
        try top.allow(only: ["reasons", "types", "groups"])
        reasons = try top.required("reasons", top.mapping("reasons")).texts()
        types = try top.required("types", top.mapping("types")).texts()
        let groups = try top.required("groups", top.mapping("groups"))
        self.groups = try groups.keys.map { try Group(groups.required($0, groups.mapping($0))) }
        try check(file)
    }

    private func check(_ file: String) throws {
        let ids = attempts.map(\.id)
        for id in Set(ids) where ids.count(where: { $0 == id }) > 1 {
            throw ReleaseError(.setup, "\(file): '\(id)' stands there twice")
        }
        let named = Set(attempts.flatMap(\.allowed.values))
        let found = Set(attempts.flatMap { $0.does.values.flatMap(\.self) })
        for name in named.symmetricDifference(reasons.keys).sorted() {
            throw ReleaseError(.setup, "\(file): the reason '\(name)' must be given once and used")
        }
        for type in found.symmetricDifference(types.keys).sorted() {
            throw ReleaseError(.setup, "\(file): the type '\(type)' must have a reason once and be used")
        }
    }
}

extension Matrix.Group {
    fileprivate init(_ entry: StrictMapping) throws {
        try entry.allow(only: ["title", "attempts"])
        title = try entry.required("title", entry.string("title"))
        let attempts = try entry.required("attempts", entry.mapping("attempts"))
        self.attempts = try attempts.keys.map { try Attempt($0, attempts.required($0, attempts.mapping($0))) }
    }
}

extension Attempt {
    fileprivate init(_ id: String, _ entry: StrictMapping) throws {
        try entry.allow(only: ["tries", "call", "reached", "refused", "mayBeAbsent", "allowed", "does"])
        self.id = id
        tries = try entry.required("tries", entry.string("tries"))
        call = try entry.required("call", entry.string("call"))
        reached = Set(try entry.strings("reached") ?? [])
        refused = Set(try entry.strings("refused") ?? [])
        mayBeAbsent = try entry.boolean("mayBeAbsent") ?? false
        var allowed: [Domain: String] = [:]
        if let reasons = try entry.mapping("allowed") {
            for reason in reasons.keys {
                for domain in try reasons.domains(reason) { allowed[domain] = reason }
            }
        }
        self.allowed = allowed
        var does: [Domain: Set<String>] = [:]
        if let types = try entry.mapping("does") {
            for type in types.keys {
                for domain in try types.domains(type) { does[domain, default: []].insert(type) }
            }
        }
        self.does = does
    }
}

extension StrictMapping {
    fileprivate func texts() throws -> [String: String] {
        try keys.reduce(into: [:]) { $0[$1] = try required($1, string($1)) }
    }

    /// `[untosh, ngircdus]`, or `[all]`.
    fileprivate func domains(_ key: String) throws -> [Domain] {
        try required(key, strings(key)).flatMap { name -> [Domain] in
            if name == "all" { return Domain.allCases }
            guard let domain = Domain.allCases.first(where: { "\($0)" == name }) else {
                throw ReleaseError(.setup, "'\(name)' is no domain", hint: "untosh, irssius, ngircdus or all")
            }
            return [domain]
        }
    }
}
