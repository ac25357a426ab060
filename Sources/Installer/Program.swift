import CInstaller
import CPosix
import Glibc

/// Programs of the host, run without a shell. While one runs, signals wait: it is ended first, and then this program
/// removes what it made.
struct Program {
    let name: String
    let arguments: [String]
    /// Whether it reads from our standard input, a terminal say; else it reads nothing.
    var readsInput = false
    /// Whether it shares our standard output; else what it prints is read here.
    var printsItself = false
    /// Whether nobody hears what it complains of.
    var isQuiet = false
    /// Seconds after which a program that prints nothing is ended; nil for none. Asked anew whenever it has printed.
    var silenceLimit: () -> Int? = { nil }

    init(_ name: String, _ arguments: [String]) {
        self.name = name
        self.arguments = arguments
    }

    /// The same, and nobody hears what it complains of.
    func quietly() -> Program {
        var program = self
        program.isQuiet = true
        return program
    }

    /// What it printed. Fails with `otherwise` where it ends with another status than 0.
    func output(otherwise: String) throws -> String {
        var bytes: [UInt8] = []
        guard try run({ bytes += $0 }) == 0 else { throw SystemError(plain: otherwise) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Runs it, handing over what it prints as it comes, and gives its exit status.
    ///
    /// - Throws: `Interrupted` where a signal asked this program to end, once the other one has; `Stall` where it printed
    ///   nothing for too long.
    func run(_ receive: (ArraySlice<UInt8>) throws -> Void) throws -> Int32 {
        cposix_block_signals()
        let signals = cposix_open_signals()
        guard signals >= 0 else { throw SystemError("signals") }
        // Signals stay blocked: a second one must not end us while what we made is removed.
        defer { close(signals) }
        var ends: [Int32] = [-1, -1]
        guard cinstaller_pipe(&ends) == 0 else { throw SystemError("pipe") }
        defer { close(ends[0]) }
        let child: pid_t
        do {
            defer { close(ends[1]) }
            child = try start(output: ends[1])
        }
        do {
            while try wait(for: ends[0], or: signals) {
                var buffer = [UInt8](repeating: 0, count: 1 << 16)
                let count = read(ends[0], &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                try receive(buffer[..<count])
            }
        } catch {
            kill(child, SIGTERM)
            _ = status(of: child)
            throw error
        }
        return status(of: child)
    }

    private func start(output: Int32) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if !readsInput { posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0) }
        // Without our output it still holds the pipe: its end is how we learn that it has ended.
        posix_spawn_file_actions_adddup2(&actions, output, printsItself ? 3 : 1)
        if isQuiet { posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var words = ([name] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var child: pid_t = 0
        let failure = posix_spawnp(&child, name, &actions, &attributes, &words, environ)
        guard failure == 0 else { throw SystemError(name, errno: failure) }
        return child
    }

    /// Waits until there is something to read; false where there will be nothing more.
    private func wait(for output: Int32, or signals: Int32) throws -> Bool {
        let limit = silenceLimit()
        let deadline = limit.map { cposix_milliseconds() + Int64($0) * 1000 }
        while true {
            var waited = [
                pollfd(fd: output, events: Int16(POLLIN), revents: 0),
                pollfd(fd: signals, events: Int16(POLLIN), revents: 0),
            ]
            let left = deadline.map { Int32(clamping: max(0, $0 - cposix_milliseconds())) }
            let count = poll(&waited, 2, left ?? -1)
            if count == 0, let limit { throw Stall(seconds: limit) }
            guard count > 0 else { continue }
            if waited[1].revents != 0 {
                let number = cposix_next_signal(signals, -1, 0)
                if [SIGINT, SIGTERM, SIGHUP, SIGQUIT].contains(number) { throw Interrupted() }
            }
            if waited[0].revents != 0 { return true }
        }
    }

    private func status(of child: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
    }
}

/// A program printed nothing for too long.
struct Stall: Error {
    let seconds: Int
}
