/// What a probe wrote: what came of each attempt.
public struct ProbeTranscript: Equatable, Sendable {
    /// The end of one attempt.
    public enum End: Equatable, Sendable {
        /// Every step was done.
        case done
        /// A step gave this errno.
        case failed(String)
        /// Whether what was in its memory was written to a file.
        case killed(signal: Int, dumped: Bool)
        /// Another program took the place of the probe.
        case replaced
        /// It was begun and nobody knows how it ended, or never begun.
        case unknown
    }

    private var ends: [String: End] = [:]
    /// For walks: the types of the files with which it was done.
    private var done: [String: Set<String>] = [:]
    private var walked: [String: Int] = [:]
    /// What the probe said beside attempts: its own failures.
    public private(set) var faults: [String] = []
    /// Whether it came to the end of its plan.
    public private(set) var isComplete = false

    /// Lines that are not the probe's are passed over: greetings of a login, words of a program that was started.
    public init(_ text: String) {
        for line in text.split(whereSeparator: \.isNewline) where line.hasPrefix("@") {
            take(line.split(separator: " ").map(String.init))
        }
    }

    private mutating func take(_ words: [String]) {
        switch (words[0], words.count) {
        case ("@end", 4) where ["plan", "start", "walls"].contains(words[1]): faults.append("\(words[1]): \(words[3])")
        case ("@begin", 2): ends[words[1]] = .unknown
        case ("@end", 4): ends[words[1]] = words[3] == "OK" ? .done : .failed(words[3])
        case ("@signal", 4):
            note(words[1], Int(words[2]).map { .killed(signal: $0, dumped: words[3] == "core") } ?? .unknown)
        case ("@exited", 3): note(words[1], begun: .replaced)
        case ("@did", 5...): done[words[1], default: []].insert(words[2])
        case ("@walked", 4): walked[words[1]] = Int(words[2])
        case ("@done", _): isComplete = true
        default: break
        }
    }

    /// What the probe said itself is the truth; what is seen from outside counts where it could say nothing.
    private mutating func note(_ id: String, _ end: End) {
        if ends[id] == nil || ends[id] == .unknown { ends[id] = end }
    }

    private mutating func note(_ id: String, begun end: End) {
        if ends[id] == .unknown { ends[id] = end }
    }

    public func end(of id: String) -> End { ends[id] ?? .unknown }
    public func types(of id: String) -> Set<String> { done[id] ?? [] }
    /// How many files a walk came by.
    public func files(of id: String) -> Int { walked[id] ?? 0 }
}
