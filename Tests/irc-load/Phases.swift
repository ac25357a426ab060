import CLoadSockets

/// Connects and registers everybody, with a limited number in the making at once.
final class Registration: Phase {
    private let swarm: Swarm
    private let window: Int
    private var started = 0
    private(set) var registered = 0

    init(_ swarm: Swarm, window: Int) {
        self.swarm = swarm
        self.window = window
    }

    var isComplete: Bool { registered == swarm.count }

    func fill() throws {
        while started < swarm.count, started - registered < window {
            try swarm.connect(started)
            started += 1
        }
    }

    func connected(_ client: Int) throws {
        try swarm.send([UInt8]("NICK u\(client)\r\nUSER u\(client) 0 * :Load\r\n".utf8), from: client)
    }

    func received(_ line: Swarm.Line, _ client: Int, _ now: UInt64) throws {
        guard let numeric = line.numeric else {
            // A connection may be refused before anything was sent on it.
            if line.text.hasPrefix("ERROR") { throw LoadError("client \(client) was refused: \(line.text)") }
            return
        }
        // The welcome ends with the message of the day or with "there is none" (RFC 2812, section 5.1).
        if numeric == 376 || numeric == 422 {
            registered += 1
            try fill()
        } else if numeric >= 400 {
            throw LoadError("client \(client) cannot register: \(line.text)")
        }
    }
}

/// Waits until every client has seen the end of NAMES.
final class Joining: Phase {
    private let swarm: Swarm
    private(set) var joined = 0

    init(_ swarm: Swarm) { self.swarm = swarm }

    var isComplete: Bool { joined == swarm.count }

    func received(_ line: Swarm.Line, _ client: Int, _ now: UInt64) throws {
        guard let numeric = line.numeric else { return }
        if numeric == 366 {
            joined += 1
        } else if numeric >= 400 {
            throw LoadError("client \(client) cannot join: \(line.text)")
        }
    }
}

/// Waits until every client has got the answer to its PING, and with it everything that was sent to it before.
final class Barrier: Phase {
    private let swarm: Swarm
    private let mark = [UInt8]("~barrier".utf8)
    private(set) var passed = 0

    init(_ swarm: Swarm) { self.swarm = swarm }

    var isComplete: Bool { passed == swarm.count }

    func start() throws {
        for client in 0..<swarm.count { try swarm.send([UInt8]("PING ~barrier\r\n".utf8), from: client) }
    }

    func received(_ line: Swarm.Line, _ client: Int, _ now: UInt64) throws {
        if line.count > mark.count, line.suffix(mark.count).elementsEqual(mark) { passed += 1 }
    }
}

/// Each sender has one message under way, and sends the next when the last receiver has got it.
final class Conversation: Phase {
    /// One who talks.
    private struct Sender {
        let client: Int
        let receivers: Int
        let head: [UInt8]
        var sequence: UInt32 = 0
        var missing = 0
        var sentAt: UInt64 = 0
    }

    // The end of every message: a mark, eight hexadecimal digits of the sender and eight of its count.
    private static let tail = 17

    private let swarm: Swarm
    private var senders: [Sender]
    private let endsAt: UInt64
    private let mostDeliveries: UInt64
    private(set) var latencies = LatencyHistogram()
    private(set) var completions = LatencyHistogram()
    private(set) var lastDelivery: UInt64 = 0
    private var underWay = 0

    init(_ swarm: Swarm, channels: Int, senders count: Int, endsAt: UInt64, mostDeliveries: UInt64) {
        self.swarm = swarm
        self.endsAt = endsAt
        self.mostDeliveries = mostDeliveries
        senders = (0..<count).map { client in
            let members = (swarm.count - client % channels + channels - 1) / channels
            let padding = String(repeating: "x", count: 47)
            return Sender(
                client: client, receivers: members - 1,
                head: [UInt8]("PRIVMSG #load\(client % channels) :\(padding)~".utf8))
        }
    }

    var isComplete: Bool { underWay == 0 }

    func start() throws {
        for sender in senders.indices { try say(sender, load_now_nanoseconds()) }
    }

    private func say(_ sender: Int, _ now: UInt64) throws {
        senders[sender].sequence += 1
        senders[sender].missing = senders[sender].receivers
        var line = senders[sender].head
        for number in [UInt32(sender), senders[sender].sequence] {
            for shift in stride(from: UInt32(28), through: 0, by: -4) {
                let digit = UInt8(number >> shift & 15)
                line.append(digit < 10 ? 48 + digit : 87 + digit)
            }
        }
        line.append(13)
        line.append(10)
        senders[sender].sentAt = now
        underWay += 1
        try swarm.send(line, from: senders[sender].client)
    }

    func received(_ line: Swarm.Line, _ client: Int, _ now: UInt64) throws {
        let mark = line.count - Conversation.tail
        guard mark > 0, line[mark] == UInt8(ascii: "~") else {
            return try unexpected(line, client)
        }
        let sender = Int(Conversation.number(line, mark + 1))
        guard sender < senders.count, Conversation.number(line, mark + 9) == senders[sender].sequence,
            senders[sender].missing > 0
        else { throw LoadError("client \(client) got a message too late or twice: \(line.text)") }
        let duration = now - senders[sender].sentAt
        latencies.record(duration)
        senders[sender].missing -= 1
        guard senders[sender].missing == 0 else { return }
        completions.record(duration)
        lastDelivery = now
        underWay -= 1
        if now < endsAt, latencies.total < mostDeliveries { try say(sender, load_now_nanoseconds()) }
    }

    private func unexpected(_ line: Swarm.Line, _ client: Int) throws {
        if let numeric = line.numeric, numeric >= 400 {
            throw LoadError("client \(client) cannot talk: \(line.text)")
        }
    }

    private static func number(_ line: Swarm.Line, _ place: Int) -> UInt32 {
        var number: UInt32 = 0
        for digit in line[place..<place + 8] {
            number = number << 4 | UInt32(digit < 58 ? digit &- 48 : digit &- 87) & 15
        }
        return number
    }
}

/// Nobody says anything.
final class Silence: Phase {
    func received(_ line: Swarm.Line, _ client: Int, _ now: UInt64) throws {}
}
