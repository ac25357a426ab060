import Foundation

/// What /proc says of the server's memory and time.
struct ServerProcess {
    let identifier: Int32

    /// Resident memory in kB.
    func residentKilobytes() throws -> Int {
        for line in try text("status").split(separator: "\n") where line.hasPrefix("VmRSS:") {
            if let number = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) }) {
                return number
            }
        }
        throw LoadError("/proc/\(identifier)/status has no VmRSS")
    }

    /// The time that the server's threads have run so far, in seconds: by the scheduler's own count of nanoseconds where
    /// the kernel keeps it, for in ticks of 10 ms ten clients cost nothing. Threads that have ended are not in that
    /// count; servers keep theirs.
    func processorSeconds() throws -> Double {
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
            throw LoadError("/proc/\(identifier)/stat is not as proc(5) says")
        }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    private func text(_ name: String) throws -> String {
        do {
            return try String(contentsOfFile: "/proc/\(identifier)/\(name)", encoding: .utf8)
        } catch {
            throw LoadError("the server (process \(identifier)) is gone")
        }
    }
}

struct LoadError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
