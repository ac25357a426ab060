import Foundation
import IRCHarness

/// A server for one client that says what a test tells it to, such as what real ones cannot be brought to say. It
/// registers the client and lets it into channels by itself.
///
/// Safe to share: everything that changes is changed under `condition`.
final class ScriptedServer: @unchecked Sendable {
    let port: UInt16
    private let listener: Int32
    private let condition = NSCondition()
    private var client: Int32 = -1
    private var nick = "*"
    private var received: [IRCLine] = []
    private var isOver = false
    /// Whether `listener` is still ours: its number is given to the next file that anybody opens.
    private var isListening = true
    /// Questions whether it is there that wait for an answer; nil while each is answered at once.
    private var unanswered: [String]?

    /// Who is in every channel that the client joins, beside it.
    private static let members = "+bob carol"
    /// Who is in #many.
    private static let many = "+bob carol Zed _under_ +voiced @op eve a[b]c longernickname x"
    /// 2023-11-14 22:13:20 UTC.
    private static let created = "1700000000"

    init() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard IRCConnection.withLoopback(0, { bind(listener, $0, $1) }) == 0, listen(listener, 4) == 0,
            let port = IRCConnection.port(of: listener)
        else { throw HarnessError("no port: \(String(cString: strerror(errno)))") }
        self.port = port
        self.listener = listener
        Thread.detachNewThread { [self] in serve() }
    }

    func stop() {
        condition.withLock {
            isOver = true
            if client >= 0 { shutdown(client, Int32(SHUT_RDWR)) }
            // A shut listener makes accept return.
            if isListening { shutdown(listener, Int32(SHUT_RDWR)) }
        }
    }

    /// Waits until a server that was stopped has given back what it had.
    func waitUntilGone() { condition.withLock { while isListening { condition.wait() } } }

    /// Whether questions if it is there wait for an answer. They get it when it is set to false.
    var isDeaf: Bool {
        get { condition.withLock { unanswered != nil } }
        set {
            condition.withLock {
                for word in unanswered ?? [] { write(":irc.fake PONG irc.fake :\(word)") }
                unanswered = newValue ? [] : nil
            }
        }
    }

    /// Waits until a question whether it is there has come that it leaves unanswered.
    func waitUntilAsked(seconds: Double = IRCConnection.patience) throws {
        let end = Date(timeIntervalSinceNow: seconds)
        try condition.withLock {
            while unanswered?.isEmpty ?? true {
                guard condition.wait(until: end) else { throw HarnessError("the client does not ask") }
            }
        }
    }

    /// Says a line, in which `$` stands for the client's nick.
    func say(_ line: String) { condition.withLock { write(line) } }

    /// Waits until the client has said something that fits.
    func wait(_ what: String, seconds: Double = IRCConnection.patience, where fits: (IRCLine) -> Bool) throws {
        let end = Date(timeIntervalSinceNow: seconds)
        try condition.withLock {
            while !received.contains(where: fits) {
                guard condition.wait(until: end) else {
                    throw HarnessError("the client does not say \(what):\n\(received.map(\.text).suffix(20))")
                }
            }
        }
    }

    /// What the client has said until it answered a question of ours, and not yet been asked for. Its own regular
    /// questions are left out.
    func everythingSaid() throws -> [String] {
        let mark = UUID().uuidString
        say("PING :\(mark)")
        try wait("PONG") { $0.command == "PONG" && $0.text.contains(mark) }
        return condition.withLock {
            defer { received = [] }
            return received.filter { $0.command != "PONG" && $0.command != "PING" }.map(\.text)
        }
    }

    private func serve() {
        while true {
            let accepted = accept(listener, nil, nil)
            let isRefused = condition.withLock {
                client = accepted
                return isOver
            }
            guard accepted >= 0, !isRefused else { break }
            converse(accepted)
        }
        condition.withLock {
            isListening = false
            close(listener)
            condition.broadcast()
        }
    }

    private func converse(_ socket: Int32) {
        var unfinished: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = recv(socket, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            unfinished += buffer[..<count]
            while let feed = unfinished.firstIndex(of: 10) {
                let line = IRCLine(IRCConnection.shown(unfinished[..<feed].filter { $0 != 13 }))
                unfinished.removeSubrange(...feed)
                condition.withLock {
                    received.append(line)
                    answer(line)
                    condition.broadcast()
                }
            }
        }
        condition.withLock {
            client = -1
            nick = "*"
            close(socket)
        }
    }

    private func answer(_ line: IRCLine) {
        switch line.command {
        case "CAP" where line.parameter(0) == "LS": write(":irc.fake CAP * LS :multi-prefix")
        case "CAP" where line.parameter(0) == "REQ": write(":irc.fake CAP * ACK :\(line.last)")
        case "NICK":
            if nick == "*" { nick = line.parameter(0) } else { write(":\(nick)!~u@host NICK :\(line.last)") }
        case "USER": welcome()
        case "PING" where unanswered != nil: unanswered?.append(line.last)
        case "PING": write(":irc.fake PONG irc.fake :\(line.last)")
        case "JOIN": for name in line.parameter(0).split(separator: ",") where name != "" { admit(String(name)) }
        case "MODE" where line.parameters.count == 1 && line.parameter(0).hasPrefix("#"):
            write(":irc.fake 324 $ \(line.parameter(0)) +nt")
            write(":irc.fake 329 $ \(line.parameter(0)) \(ScriptedServer.created)")
        case "MODE" where ["b", "+b"].contains(line.parameter(1)) && line.parameters.count == 2:
            write(":irc.fake 368 $ \(line.parameter(0)) :End of Channel Ban List")
        case "PART": write(":$!~u@host PART \(line.parameter(0))")
        case "WHO": write(":irc.fake 315 $ \(line.parameter(0)) :End of WHO list")
        case "QUIT": write("ERROR :Closing link")
        default: break
        }
    }

    private func welcome() {
        write(":irc.fake 001 $ :Welcome to the network")
        write(":irc.fake 002 $ :Your host is fake")
        write(":irc.fake 004 $ irc.fake 1 io ntlkbov")
        write(":irc.fake 005 $ CHANTYPES=#& PREFIX=(qaohv)~&@%+ CHANMODES=beI,k,l,imnpst NETWORK=local :are supported")
        write(":irc.fake 375 $ :- fake message of the day")
        write(":irc.fake 372 $ :- Welcome here")
        write(":irc.fake 376 $ :End of MOTD command")
    }

    private func admit(_ channel: String) {
        write(":$!~u@host JOIN :\(channel)")
        write(":irc.fake 353 $ = \(channel) :@$ \(channel == "#many" ? ScriptedServer.many : ScriptedServer.members)")
        write(":irc.fake 366 $ \(channel) :End of NAMES list")
    }

    /// Under `condition`. A client that is gone takes it and forgets it.
    private func write(_ line: String) {
        let bytes = IRCBytes.of(line.replacing("$", with: nick)) + [13, 10]
        _ = bytes.withUnsafeBytes { send(client, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    }
}

/// Lines whose bytes need not be text.
enum IRCBytes {
    /// The bytes of a text in which U+F780 to U+F7FF stand for the bytes 0x80 to 0xFF that are no part of UTF-8.
    static func of(_ text: String) -> [UInt8] {
        text.unicodeScalars.flatMap { scalar -> [UInt8] in
            (0xF780...0xF7FF).contains(scalar.value) ? [UInt8(scalar.value - 0xF700)] : Array(String(scalar).utf8)
        }
    }
}
