import ReleaseSupport

/// Something that must be true of a server with the release installed, and how that is seen.
public struct LabPromise: Sendable {
    /// Short and stable, for people who ask for one: `login`.
    public let id: String
    /// A sentence.
    public let text: String
    /// Where it is tried.
    let trial: Trial

    /// How a promise is tried. An error says what is not as promised.
    enum Trial: Sendable {
        /// In a guest, that those before and after it share.
        case inGuest(@Sendable (Guest, Laboratory) async throws -> Void)
        /// In the guest's root as a folder of this machine, which no other shares.
        case inRoot(@Sendable (GuestRoot, Laboratory) async throws -> Void)
    }

    static func guest(
        _ id: String, _ text: String, _ body: @escaping @Sendable (Guest, Laboratory) async throws -> Void
    ) -> LabPromise {
        LabPromise(id: id, text: text, trial: .inGuest(body))
    }

    static func root(
        _ id: String, _ text: String, _ body: @escaping @Sendable (GuestRoot, Laboratory) async throws -> Void
    ) -> LabPromise {
        LabPromise(id: id, text: text, trial: .inRoot(body))
    }
}

/// Promises that are tried one after the other in one place.
public struct LabChapter: Sendable {
    /// For progress and for the folder with the evidence.
    public let name: String
    /// The guest that its promises share; nil where each has a root of its own.
    public let guest: GuestKind?
    /// Whether the guest is switched off and on, which takes long.
    var restarts = false
    /// In the order in which they are tried.
    public let promises: [LabPromise]
}

/// How a promise was kept.
public struct LabOutcome: Sendable, Codable, Equatable {
    /// The promise's.
    public let id: String
    /// The promise.
    public let promise: String
    /// Whether it was seen to be true.
    public let kept: Bool
    /// What was seen instead; nil where it was kept.
    public let reason: String?
    /// The folder with what consoles, journal and audit log said then; nil where there is none.
    public var evidence: String?
    /// How long trying it took, without what others use as well.
    public let seconds: Double
}

/// What a trial found to be otherwise than promised.
func broken(_ what: String) -> ReleaseError { ReleaseError(.verify, what) }

/// Complains with `what` unless `condition`.
func require(_ condition: Bool, _ what: @autoclosure () -> String) throws {
    guard condition else { throw broken(what()) }
}

/// Complains unless SELinux has refused nothing to our domains, since `mark` or since the guest began.
func requireNoDenial(in guest: Guest, since mark: AuditMark? = nil) async throws {
    let denials = try await guest.auditDenials(since: mark)
    try require(denials.isEmpty, "SELinux refused:\n" + denials.joined(separator: "\n"))
}

/// Runs a check while its protection is off: it must complain with `words`. A check that cannot fail proves nothing, and
/// one that fails for another reason no more.
func requireFailure(of name: String, saying words: String, _ check: () async throws -> Void) async throws {
    do { try await check() } catch let error as ReleaseError where error.stage == .verify {
        return try require(error.what.contains(words), "\(name) complains of something else: \(error.what)")
    }
    throw broken("\(name) says nothing while what it guards is off")
}
