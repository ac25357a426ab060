import Foundation
import ReleaseSupport
public import SystemPackage

/// Tries promises: some places at a time, and each place's promises in order.
public struct LabRun: Sendable {
    /// How many places are best on two processors: an emulated guest keeps one busy, but waits now and then for this machine.
    public static let places = 3

    private let laboratory: Laboratory
    private let progress: ProgressReporter
    private let evidence: FilePath

    /// Prepares a run whose evidence of failures goes to the folder `evidence`.
    public init(_ laboratory: Laboratory, progress: ProgressReporter, evidence: FilePath) {
        self.laboratory = laboratory
        self.progress = progress
        self.evidence = evidence
    }

    /// Tries `chapters` and returns an outcome for each promise, in their order.
    public func run(_ chapters: [LabChapter], atOnce limit: Int = places) async throws -> [LabOutcome] {
        try Files.remove(evidence)
        return try await withThrowingTaskGroup(of: (Int, [LabOutcome]).self) { group in
            var results = [[LabOutcome]](repeating: [], count: chapters.count)
            var waiting = Self.order(of: chapters).makeIterator()
            func next() {
                guard let index = waiting.next() else { return }
                let chapter = chapters[index]
                group.addTask { (index, try await self.run(chapter)) }
            }
            // What most of them start from takes a place, too, where it has to be made.
            if chapters.contains(where: { $0.guest == .snapshot }) {
                group.addTask {
                    // Where that fails, every chapter says so.
                    try? await laboratory.buildLayers()
                    return (0, [])
                }
            } else {
                next()
            }
            for _ in 1..<max(limit, 1) { next() }
            while let (index, outcomes) = try await group.next() {
                results[index] += outcomes
                next()
            }
            return results.flatMap { $0 }
        }
    }

    /// Which chapter is begun when. What needs no guest comes first, as the snapshot may have to be made; then the longest,
    /// so that none is left alone at the end: those with boots.
    static func order(of chapters: [LabChapter]) -> [Int] {
        let isBoot = { chapters[$0].guest?.boots == true || chapters[$0].restarts }
        let isRoot = { chapters[$0].guest == nil }
        return chapters.indices.filter(isRoot) + chapters.indices.filter(isBoot)
            + chapters.indices.filter { !isBoot($0) && !isRoot($0) }
    }

    private func run(_ chapter: LabChapter) async throws -> [LabOutcome] {
        await progress.start(chapter.name, .verify)
        var outcomes: [LabOutcome] = []
        if let kind = chapter.guest {
            do {
                outcomes = try await laboratory.withGuest(kind) { guest in
                    var outcomes: [LabOutcome] = []
                    for promise in chapter.promises {
                        var outcome = try await outcome(of: promise, guest: guest)
                        if !outcome.kept {
                            let place = evidence.appending("\(chapter.name)-\(promise.id)")
                            await guest.collectEvidence(into: place)
                            outcome.evidence = place.string
                        }
                        outcomes.append(outcome)
                    }
                    return outcomes
                }
            } catch let error as ReleaseError where error.stage == .verify {
                // The guest did not come up, which is no promise's fault and lets none be tried.
                outcomes = chapter.promises.map {
                    LabOutcome(
                        id: $0.id, promise: $0.text, kept: false, reason: "\(error.what)",
                        evidence: error.log?.string, seconds: 0)
                }
            }
        } else {
            for promise in chapter.promises { outcomes.append(try await outcome(of: promise, guest: nil)) }
        }
        let failed = outcomes.count { !$0.kept }
        await progress.finish(chapter.name, note: failed == 0 ? nil : "\(failed) of \(outcomes.count) not kept")
        return outcomes
    }

    private func outcome(of promise: LabPromise, guest: Guest?) async throws -> LabOutcome {
        let start = ContinuousClock.now
        var reason: String?
        do {
            switch promise.trial {
            case .inGuest(let body):
                guard let guest else { throw broken("there is no guest for \(promise.id)") }
                try await body(guest, laboratory)
            case .inRoot(let body):
                try await laboratory.withRoot { try await body($0, laboratory) }
            }
        } catch {
            try Task.checkCancellation()
            reason = (error as? ReleaseError)?.what ?? "\(error)"
        }
        let took = (ContinuousClock.now - start).components
        return LabOutcome(
            id: promise.id, promise: promise.text, kept: reason == nil, reason: reason,
            seconds: Double(took.seconds) + Double(took.attoseconds / 100_000_000_000_000_000) / 10)
    }

    /// The outcomes as a table for people.
    public static func table(_ outcomes: [LabOutcome]) -> String {
        let width = outcomes.map(\.promise.count).max() ?? 0
        var text = ""
        for outcome in outcomes {
            let promise = outcome.promise.padding(toLength: width, withPad: " ", startingAt: 0)
            text +=
                "\(outcome.kept ? "kept   " : "BROKEN ") \(promise)  \(String(format: "%6.1f s", outcome.seconds))\n"
            for line in (outcome.reason ?? "").split(separator: "\n") { text += "         | \(line)\n" }
            if let evidence = outcome.evidence { text += "         | logs: \(evidence)\n" }
        }
        let failed = outcomes.count { !$0.kept }
        return text
            + (failed == 0
                ? "All \(outcomes.count) promises are kept.\n" : "\(failed) of \(outcomes.count) are broken.\n")
    }
}
