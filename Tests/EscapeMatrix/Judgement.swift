/// What came of an attempt, as far as it matters.
public enum Verdict: Equatable, Sendable {
    /// By whom, as far as the errno or the signal tells.
    case denied(String)
    case allowed
    /// The thing is not there.
    case absent(String)
    /// It could be done with files of these types.
    case reached(Set<String>)
    /// Neither: the attempt proves nothing.
    case unclear(String)

    /// Whether anything could be done.
    public var isAllowed: Bool {
        switch self {
        case .allowed: true
        case .reached(let types): !types.isEmpty
        case .denied, .absent, .unclear: false
        }
    }

    private static let missing: Set<String> = [
        "ENOENT", "ENOSYS", "ENODEV", "ENXIO", "EAFNOSUPPORT", "EPROTONOSUPPORT", "ESOCKTNOSUPPORT", "EOPNOTSUPP",
    ]

    /// SIGSYS is seccomp's. A limit kills by SIGXFSZ.
    private static let signals = [31: "SIGSYS", 25: "SIGXFSZ"]

    init(_ attempt: Attempt, _ transcript: ProbeTranscript) {
        switch transcript.end(of: attempt.id) {
        case .done where attempt.isWalk: self = .reached(transcript.types(of: attempt.id))
        case .done, .replaced: self = .allowed
        // To die is no refusal there, but what leaves no dump is.
        case .killed(_, let dumped) where attempt.call == "abort": self = dumped ? .allowed : .denied("no dump")
        // The program that took the probe's place was ended after a while.
        case .killed(signal: 14, _): self = .allowed
        case .killed(let signal, _): self = Verdict.signals[signal].map(Verdict.denied) ?? .unclear("signal \(signal)")
        case .unknown: self = .unclear("nothing was heard of it")
        case .failed(let error):
            if attempt.reached.contains(error) {
                self = .allowed
            } else if attempt.refused.contains(error) || ["EACCES", "EPERM"].contains(error) {
                self = .denied(error)
            } else {
                self = Verdict.missing.contains(error) ? .absent(error) : .unclear(error)
            }
        }
    }
}

/// What the probes wrote in every domain under one kind of circumstances.
public struct Run: Sendable {
    public let transcripts: [Domain: ProbeTranscript]

    public init(_ transcripts: [Domain: ProbeTranscript]) { self.transcripts = transcripts }

    func verdict(_ attempt: Attempt, in domain: Domain) -> Verdict {
        transcripts[domain].map { Verdict(attempt, $0) } ?? .unclear("not run")
    }

    /// What a probe could not do, and where it did not come to its end.
    var faults: [String] {
        Domain.allCases.flatMap { domain -> [String] in
            guard let transcript = transcripts[domain] else { return ["\(domain.rawValue): not run"] }
            return transcript.faults.map { "\(domain.rawValue): the probe failed: \($0)" }
                + (transcript.isComplete ? [] : ["\(domain.rawValue): the probe did not come to the end of its plan"])
        }
    }
}

extension Matrix {
    /// Compares what was seen with what is expected, and says every difference: what is allowed and should not be, what is
    /// denied and should not be, and what proves nothing. What is expected to be allowed must be so in one of the runs at
    /// least: privileges open some doors and close others.
    public func complaints(_ runs: [Run]) -> [String] {
        runs.flatMap(\.faults)
            + Domain.allCases.flatMap { domain in
                attempts.flatMap { attempt in
                    complaints(attempt, domain, runs.map { $0.verdict(attempt, in: domain) })
                }
            }
    }

    private func complaints(_ attempt: Attempt, _ domain: Domain, _ verdicts: [Verdict]) -> [String] {
        let place = "\(domain.rawValue): \(attempt.id) (\(attempt.tries))"
        if attempt.isWalk { return walkComplaints(attempt, domain, verdicts, place) }
        let isAllowed = verdicts.contains(.allowed)
        if isAllowed != (attempt.allowed[domain] != nil) {
            return ["\(place): \(isAllowed ? "is allowed and should be denied" : "is denied and should be allowed")"]
        }
        return isAllowed
            ? []
            : Set(verdicts).compactMap { verdict -> String? in
                switch verdict {
                case .unclear(let why): "\(place): proves nothing: \(why)"
                // A wall that hides the thing is as good; but one run must have met it.
                case .absent(let why) where !attempt.mayBeAbsent && !verdicts.contains(where: \.isDenied):
                    "\(place): is not there: \(why)"
                default: nil
                }
            }.sorted()
    }

    private func walkComplaints(
        _ attempt: Attempt, _ domain: Domain, _ verdicts: [Verdict], _ place: String
    ) -> [String] {
        var seen: Set<String> = []
        var complaints: [String] = []
        for verdict in verdicts {
            if case .reached(let types) = verdict { seen.formUnion(types) }
            if case .unclear(let why) = verdict { complaints.append("\(place): proves nothing: \(why)") }
        }
        let expected = attempt.does[domain] ?? []
        complaints += seen.subtracting(expected).sorted().map { "\(place): reaches \($0) and should not" }
        complaints += expected.subtracting(seen).sorted().map { "\(place): does not reach \($0) and should" }
        return complaints
    }

    /// What a run lets through that `bound`, a run with fewer walls, does not: more walls must not open anything.
    public func openings(of run: Run, beyond bounds: [Run]) -> [String] {
        run.faults
            + Domain.allCases.flatMap { domain in
                attempts.compactMap { attempt -> String? in
                    let seen = run.verdict(attempt, in: domain)
                    let known = bounds.map { $0.verdict(attempt, in: domain) }
                    if case .reached(let types) = seen {
                        let before = known.reduce(into: Set<String>()) {
                            if case .reached(let types) = $1 { $0.formUnion(types) }
                        }
                        let more = types.subtracting(before).sorted()
                        return more.isEmpty
                            ? nil : "\(domain.rawValue): \(attempt.id) reaches \(more.joined(separator: ", "))"
                    }
                    return seen == .allowed && !known.contains(.allowed)
                        ? "\(domain.rawValue): \(attempt.id) is allowed with more walls" : nil
                }
            }
    }
}

extension Verdict: Hashable {
    var isDenied: Bool {
        if case .denied = self { true } else { false }
    }
}

extension Matrix {
    /// Everything that is wrong in a whole series of runs.
    public func complaints(_ runs: [Trial: Run]) -> [String] {
        let bounds = [Trial.selinuxAlone, .enforcing].compactMap { runs[$0] }
        var complaints = complaints(bounds)
        if let walled = runs[.walled] { complaints += openings(of: walled, beyond: bounds) }
        if let permissive = runs[.permissive] { complaints += permissive.faults }
        if let bare = runs[.bare] {
            // Not a difference of any kind, but what the walls are there to stop.
            for domain in Domain.allCases where !attempts.contains(where: { isSurprise($0, bare, domain) }) {
                complaints.append("\(domain.rawValue): without any wall nothing is seen: the matrix proves nothing")
            }
        }
        return complaints
    }

    private func isSurprise(_ attempt: Attempt, _ run: Run, _ domain: Domain) -> Bool {
        !attempt.isWalk && attempt.allowed[domain] == nil && run.verdict(attempt, in: domain) == .allowed
    }
}
