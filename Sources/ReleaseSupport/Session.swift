import CLinux
import Glibc

/// The processes that a program started and that did not leave its session: setsid(2), credentials(7).
struct Session {
    /// The process that made the session; its number is the session's.
    let leader: pid_t

    /// Kills every member, and returns when none runs any more; what the kernel cannot end within `limit` milliseconds
    /// each is left.
    func end(limit: Int32 = 3000) {
        var given: Set<pid_t> = []
        // A member may start another one while the list is read, so the last look is one that finds nobody new.
        while true {
            let found = members().subtracting(given)
            if found.isEmpty { return }
            for process in found {
                given.insert(process)
                let descriptor = clinux_process(process)
                guard descriptor >= 0 else { continue }
                defer { close(descriptor) }
                // The number may be another's by now; from here on it cannot become another's.
                guard Self.session(of: process) == leader else { continue }
                kill(process, SIGKILL)
                var event = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                while poll(&event, 1, limit) < 0, errno == EINTR {}
            }
        }
    }

    /// Who is in the session and runs.
    private func members() -> Set<pid_t> {
        guard let folder = opendir("/proc") else { return [] }
        defer { closedir(folder) }
        var found: Set<pid_t> = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if let process = pid_t(name), Self.session(of: process) == leader { found.insert(process) }
        }
        return found
    }

    /// The session of a process that runs: the sixth field of /proc/PID/stat (proc_pid_stat(5)); nil where it has ended.
    private static func session(of process: pid_t) -> pid_t? {
        guard let file = fopen("/proc/\(process)/stat", "re") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1024)
        let count = fread(&bytes, 1, bytes.count, file)
        // The second field is the program's name in brackets, which may hold anything.
        guard let bracket = bytes[..<count].lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = bytes[(bracket + 1)..<count].split(separator: UInt8(ascii: " "))
        guard fields.count > 3, !"ZX".utf8.contains(fields[0].first ?? 0) else { return nil }
        return pid_t(String(decoding: fields[3], as: UTF8.self))
    }
}
