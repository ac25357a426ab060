/// Follows one child from its start to its end, and knows when the session has to end with it. A state machine: the
/// shell tells it what happened and sends the signals it asks for.
public struct ChildWatch: Sendable {
    /// How long a child may take to leave after SIGHUP, in milliseconds. passwd may be replacing a file.
    public static var hangupGrace: Int64 { 2000 }
    /// How long the kernel may take to end it after SIGKILL, in milliseconds. Longer means that it is not ours to kill
    /// any more; then losing the terminal ends it.
    public static var killGrace: Int64 { 1000 }

    public enum Event: Sendable, Equatable {
        case terminalGone
        case signal(Int32)
        /// A wait was over with nothing to tell.
        case timePassed
        case exited(Int32)
        case killed(Int32)
        case stopped
    }

    /// Why the session ends although nobody asked for it.
    public enum Cause: Sendable, Equatable {
        case terminalGone
        case signal(Int32)
    }

    public enum Outcome: Sendable, Equatable {
        /// The child left by itself: back to the prompt.
        case returned(Int32)
        /// The child was killed by a signal that this program did not send.
        case died(Int32)
        case ended(Cause)
    }

    private enum Phase: Equatable {
        case running
        case hungUp(Cause, until: Int64)
        case killed(Cause, until: Int64)
        case over(Outcome)
    }
    private var phase = Phase.running

    public init() {}

    /// Set when the child is no more, or cannot be waited for any longer.
    public var outcome: Outcome? {
        if case .over(let outcome) = phase { outcome } else { nil }
    }

    /// Whether a hang-up of the terminal is still news.
    public var watchesTerminal: Bool { phase == .running }

    /// How long to wait for the next event, in milliseconds; negative for as long as it takes.
    public func timeout(at now: Int64) -> Int32 {
        switch phase {
        case .running: -1
        case .hungUp(_, let until), .killed(_, let until): Int32(clamping: max(0, until - now))
        case .over: 0
        }
    }

    /// Takes an event. Returns the signals to send to the child's group, in order.
    public mutating func receive(_ event: Event, at now: Int64) -> [Int32] {
        switch (phase, event) {
        case (.over, _): return []
        case (.running, .exited(let status)): phase = .over(.returned(status))
        case (.running, .killed(let signal)): phase = .over(.died(signal))
        case (.hungUp(let cause, _), .exited), (.hungUp(let cause, _), .killed), (.killed(let cause, _), .exited),
            (.killed(let cause, _), .killed):
            phase = .over(.ended(cause))
        case (.running, .stopped): return [Signal.resume]
        case (.running, .terminalGone): return hangUp(.terminalGone, at: now)
        case (.running, .signal(let number)) where Signal.endsSession(number):
            return hangUp(.signal(number), at: now)
        case (.running, _): return []
        case (.hungUp(let cause, let until), _) where now >= until:
            phase = .killed(cause, until: now + ChildWatch.killGrace)
            return [Signal.kill]
        case (.killed(let cause, let until), _) where now >= until: phase = .over(.ended(cause))
        case (.hungUp, .stopped): return [Signal.resume]
        case (.hungUp, _), (.killed, _): return []
        }
        return []
    }

    private mutating func hangUp(_ cause: Cause, at now: Int64) -> [Int32] {
        phase = .hungUp(cause, until: now + ChildWatch.hangupGrace)
        // A stopped process takes a signal only when it goes on.
        return [Signal.hangup, Signal.resume]
    }
}

/// The numbers that Linux gives to signals on every architecture we build for.
public enum Signal {
    static var hangup: Int32 { 1 }
    static var kill: Int32 { 9 }
    static var childChanged: Int32 { 17 }
    static var resume: Int32 { 18 }
    static var terminalStop: Int32 { 20 }
    static var backgroundRead: Int32 { 21 }
    static var backgroundWrite: Int32 { 22 }
    static var urgent: Int32 { 23 }
    static var windowChanged: Int32 { 28 }

    /// Every signal ends the session but those that only tell something and those of job control.
    public static func endsSession(_ number: Int32) -> Bool {
        switch number {
        case childChanged, resume, terminalStop, backgroundRead, backgroundWrite, urgent, windowChanged: false
        default: true
        }
    }
}

/// When to leave because nobody types. In milliseconds of a clock that nobody sets.
public struct IdleLimit: Sendable {
    /// 30 minutes.
    public static var standard: Int64 { 30 * 60 * 1000 }

    private let limit: Int64
    private var deadline: Int64

    public init(limit: Int64 = IdleLimit.standard, from now: Int64) {
        self.limit = limit
        deadline = now + limit
    }

    /// Somebody is there.
    public mutating func restart(at now: Int64) {
        deadline = now + limit
    }

    /// What is left, never negative.
    public func remaining(at now: Int64) -> Int32 { Int32(clamping: max(0, deadline - now)) }
}
