import Foundation

/// What /proc says of a process's memory and time.
public struct MeasuredProcess: Sendable {
    public let identifier: Int32

    public init(identifier: Int32) { self.identifier = identifier }

    /// Resident memory in kB.
    public func residentKilobytes() throws -> Int {
        for line in try text("status").split(separator: "\n") where line.hasPrefix("VmRSS:") {
            if let number = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) }) {
                return number
            }
        }
        throw MeasureError("/proc/\(identifier)/status has no VmRSS")
    }

    /// The time that its threads have run so far, in seconds: by the scheduler's own count of nanoseconds where
    /// the kernel keeps it, for in ticks of 10 ms ten clients cost nothing. Threads that have ended are not in that
    /// count; those that are measured keep theirs.
    public func processorSeconds() throws -> Double {
        var nanoseconds = 0.0
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(identifier)/task")) ?? []
        for thread in threads {
            guard let line = try? text("task/\(thread)/schedstat"), let time = line.split(separator: " ").first else {
                return try tickSeconds()
            }
            nanoseconds += Double(time) ?? 0
        }
        guard !threads.isEmpty else { return try tickSeconds() }
        return nanoseconds / 1e9
    }

    private func tickSeconds() throws -> Double {
        // The name in the second field may hold anything, also ")"; the rest begins after the last one.
        let stat = try text("stat")
        let fields = stat[(stat.lastIndex(of: ")") ?? stat.startIndex)...].split(separator: " ")
        // proc(5): utime is field 14 and stime field 15; field 2 is the first here.
        guard fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13]) else {
            throw MeasureError("/proc/\(identifier)/stat is not as proc(5) says")
        }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    private func text(_ name: String) throws -> String {
        do {
            return try String(contentsOfFile: "/proc/\(identifier)/\(name)", encoding: .utf8)
        } catch {
            throw MeasureError("process \(identifier) is gone")
        }
    }
}

/// Why something could not be measured.
public struct MeasureError: Error, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}

/// What this process has in memory, in kB; 0 where that cannot be known.
public func residentKilobytes() -> Int {
    (try? MeasuredProcess(identifier: getpid()).residentKilobytes()) ?? 0
}
