import Glibc

/// Asks for secrets: on a terminal without echo, twice; from a pipe a line each, for scripts.
public struct SecretPrompt {
    private let input: Int32
    private let isTerminal: Bool

    /// Asks on standard input.
    public init() {
        input = 0
        isTerminal = isatty(0) == 1
    }

    /// Asks for a secret twice and checks it. On a terminal a bad one is asked for again; from a pipe it is an error.
    public func ask(for use: Passphrase.Use, differentFrom other: Passphrase? = nil) throws -> Passphrase {
        while true {
            do {
                let typed = try line("New \(use.name): ")
                let passphrase = try Passphrase(typed, again: try line("The same again: "), use: use)
                if let other, other.equals(passphrase) { throw SameSecret() }
                return passphrase
            } catch  where (error is PassphraseError || error is SameSecret) && isTerminal {
                say("The \(use.name) is not taken: \(error).\n")
            }
        }
    }

    /// One line, without the newline.
    private func line(_ question: String) throws -> [UInt8] {
        guard isTerminal else { return try readLine() }
        // Silent before the question: what is typed at once would be shown and, with what was typed before, lost.
        let silence = try Silence(input)
        defer {
            silence.end()
            say("\n")
        }
        say(question)
        let typed = try readLine()
        if typed.contains(Silence.interruption) { throw Interrupted() }
        return typed
    }

    /// Byte by byte: what follows the line is somebody else's.
    private func readLine() throws -> [UInt8] {
        var line: [UInt8] = []
        // A line that is longer than any passphrase is refused by the rules, not by eating memory.
        while line.count < 8192 {
            var byte: UInt8 = 0
            let count = read(input, &byte, 1)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw SystemError("standard input") }
            guard count > 0 else {
                if line.isEmpty { throw SystemError(plain: "standard input ended where a secret was asked for") }
                return line
            }
            if byte == UInt8(ascii: "\n") { return line }
            line.append(byte)
            if isTerminal, byte == Silence.interruption { return line }
        }
        return line
    }

    private func say(_ text: String) {
        let bytes = Array(text.utf8)
        _ = write(2, bytes, bytes.count)
    }
}

/// The administrator's password is the disk's passphrase.
struct SameSecret: Error, CustomStringConvertible {
    var description: String { "it is the same as the other one, and who sees one must not know both" }
}

/// Somebody pressed Ctrl-C.
public struct Interrupted: Error {}

/// A terminal that shows nothing of what is typed, until `end`. Signals wait so long: ended between, the program would leave
/// a terminal behind that stays silent.
private struct Silence {
    /// What Ctrl-C sends; here it ends a line, so that nobody waits for Enter.
    static let interruption: UInt8 = 3

    private let terminal: Int32
    private var before = termios()
    private var mask = sigset_t()

    init(_ terminal: Int32) throws(SystemError) {
        self.terminal = terminal
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP] { sigaddset(&signals, number) }
        sigprocmask(SIG_BLOCK, &signals, &mask)
        guard tcgetattr(terminal, &before) == 0 else { throw SystemError("the terminal") }
        var silent = before
        silent.c_lflag &= ~tcflag_t(ECHO | ECHONL | ISIG)
        silent.c_lflag |= tcflag_t(ICANON)
        // VEOL of termios(3): one more character that ends a line.
        silent.c_cc.11 = Self.interruption
        guard tcsetattr(terminal, TCSAFLUSH, &silent) == 0 else { throw SystemError("the terminal") }
    }

    func end() {
        var before = before
        var mask = mask
        tcsetattr(terminal, TCSAFLUSH, &before)
        sigprocmask(SIG_SETMASK, &mask, nil)
    }
}
