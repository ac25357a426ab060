import CChatDaemon
import Foundation
import Testing

@testable import ChatDaemon

/// Nobody is known, and nobody is slowed down: what is tried here is the daemon's own bounds.
private let unlimited = """
    [Limits]
    MaxConnectionsIP = 0
    MaxJoins = 0
    MaxPenaltyTime = 0
    [Options]
    KernelIdent = no
    """

@Suite("Under attack", .serialized)
struct AttackTests {
    @Test("a flood does not slow others down, and what it sends waits in the kernel")
    func flood() throws {
        let daemon = try RunningDaemon("[Limits]\nMaxConnectionsIP = 0\n[Options]\nKernelIdent = no")
        let quiet = try daemon.connect().register("quiet")
        let loud = try daemon.connect().register("loud")
        let before = try daemon.residentKilobytes()
        let line = Array(String(repeating: "PRIVMSG quiet :flood flood flood\r\n", count: 1000).utf8)
        var sent = 0
        for _ in 0..<400 { sent += loud.sendWithoutWaiting(line) }
        var worst = 0.0
        // Slowly enough not to be a flood of its own.
        for _ in 0..<12 {
            worst = max(worst, try quiet.ping())
            usleep(100_000)
        }
        #expect(worst < 0.2, "\(worst) s")
        #expect(try daemon.residentKilobytes() - before < 4000)
        #expect(sent < 400 * line.count, "the kernel's buffers are full, or nothing was tried")
    }

    @Test("clients that never read are let go, and memory stays bounded")
    func neverReading() throws {
        let daemon = try RunningDaemon(unlimited)
        let speaker = try daemon.connect().register("speaker")
        let deaf = try (0..<10).map { try daemon.connect().register("deaf\($0)") }
        for client in deaf {
            client.send("JOIN #c")
            try client.expect(" 366 ")
        }
        let before = try daemon.residentKilobytes()
        speaker.send("JOIN #c")
        try speaker.expect(" 366 ")
        // 8 MB for each of them.
        let lines = Array(String(repeating: "PRIVMSG #c :\(String(repeating: "x", count: 400))\r\n", count: 50).utf8)
        var worst = 0.0
        for _ in 0..<400 {
            speaker.send(bytes: lines)
            worst = max(worst, try speaker.ping())
        }
        speaker.send("NAMES #c")
        let names = try speaker.expect(" 366 ").split(separator: "\r\n").first { $0.contains(" 353 ") } ?? ""
        #expect(!names.contains("deaf"), "\(names)")
        #expect(try daemon.residentKilobytes() - before < 20_000)
        #expect(worst < 1, "\(worst) s")
        withExtendedLifetime(deaf) {}
    }

    @Test("what is sent to a slow reader arrives whole and in order when it reads again")
    func slowReader() throws {
        let daemon = try RunningDaemon(unlimited)
        let speaker = try daemon.connect().register("speaker")
        let slow = try daemon.connect().register("slow")
        var buffer: Int32 = 65_536
        setsockopt(slow.input, SOL_SOCKET, SO_RCVBUF, &buffer, socklen_t(MemoryLayout<Int32>.size))
        let filler = String(repeating: "y", count: 300)
        for number in 0..<6000 { speaker.send("PRIVMSG slow :\(number) \(filler)") }
        _ = try speaker.ping()
        for number in 0..<6000 {
            let line = try slow.expect("\(filler)\r\n")
            guard line.contains("PRIVMSG slow :\(number) ") else {
                Issue.record("expected \(number): \(line.prefix(80))")
                return
            }
        }
    }

    @Test("bytes of every kind, in any pieces, harm nobody")
    func anyBytes() throws {
        let daemon = try RunningDaemon(unlimited)
        let witness = try daemon.connect().register("witness")
        var generator = SystemRandomNumberGenerator()
        for round in 0..<60 {
            let client = try daemon.connect()
            if round % 2 == 0 { try client.register("rnd\(round)") }
            var bytes = (0..<Int.random(in: 1...20_000)).map { _ in UInt8.random(in: 0...255, using: &generator) }
            if round % 3 == 0 { bytes = bytes.map { $0 < 200 ? $0 % 96 + 32 : [0, 10, 13, 58, 32][Int($0) % 5] } }
            for piece in stride(from: 0, to: bytes.count, by: 997) {
                _ = client.sendWithoutWaiting(Array(bytes[piece..<min(piece + 997, bytes.count)]))
            }
        }
        let zeros = try daemon.connect()
        _ = zeros.sendWithoutWaiting([UInt8](repeating: 0, count: 100_000))
        let endless = try daemon.connect()
        _ = endless.sendWithoutWaiting([UInt8](repeating: 65, count: 1_000_000))
        #expect(try witness.ping() < 1)
    }

    @Test("a half-open client is closed when its time is over")
    func halfOpen() throws {
        let daemon = try RunningDaemon(unlimited + "\n[Limits]\nPongTimeout = 5")
        let silent = try daemon.connect()
        let partial = try daemon.connect()
        partial.send(bytes: Array("NICK half\r\nUSER half 0".utf8))
        #expect(silent.isClosed(within: 9) && partial.isClosed(within: 4))
    }

    @Test("without descriptors the rest is turned away, nobody is dropped, and the processor rests")
    func descriptors() throws {
        let daemon = try RunningDaemon(unlimited, prefix: ["/usr/bin/prlimit", "--nofile=96:96"])
        var kept: [Client] = []
        for number in 0..<20 { kept.append(try daemon.connect().register("c\(number)")) }
        let rest = try (0..<100).map { _ in try daemon.connect() }
        usleep(300_000)
        let before = try daemon.processorSeconds()
        usleep(1_000_000)
        #expect(try daemon.processorSeconds() - before < 0.1)
        #expect(rest.count { $0.isClosed(within: 0.01) } > 50)
        for client in kept { #expect(try client.ping() < 1) }
        kept.removeAll()
        try waitUntil("there is room again") {
            let client = try daemon.connect()
            client.send("NICK later")
            client.send("USER later 0 * :later")
            return client.listen(0.2).contains(" 001 later ")
        }
    }

    @Test("ten thousand connections, and a line to all of them")
    func manyConnections() throws {
        let room = chatd_raise_descriptor_limit()
        try #require(room > 2000)
        let count = min(10_000, Int(room) - 500)
        let daemon = try RunningDaemon(unlimited + "\n[Limits]\nMaxNickLength = 20\n[Options]\nAnonymous = no")
        let start = try daemon.residentKilobytes()
        let clients = try (0..<count).map { number in
            let client = try daemon.connect()
            client.send(bytes: Array("NICK n\(number)\r\nUSER u 0 * :r\r\nJOIN #all\(number % 100)\r\n".utf8))
            return client
        }
        for client in clients { try client.expect(" 366 ", seconds: 60) }
        let memory = try daemon.residentKilobytes() - start
        #expect(Double(memory) / Double(count) < 12, "\(memory) kB for \(count); a debug build may take twice the goal")
        clients[0].send("PRIVMSG #all0 :hello")
        for client in clients.enumerated() where client.offset % 100 == 0 && client.offset > 0 {
            try client.element.expect("PRIVMSG #all0 :hello")
        }
        let before = try daemon.processorSeconds()
        usleep(1_000_000)
        #expect(try daemon.processorSeconds() - before < 0.05)
    }

    @Test("when hundreds join in the same moment, everybody is told of everybody exactly once")
    func joinAtOnce() throws {
        let daemon = try RunningDaemon(unlimited + "\n[Limits]\nMaxNickLength = 24\n[Options]\nAnonymous = no")
        let count = 500
        let clients = try (0..<count).map { try daemon.connect().register("somebody\($0 + 100_000_000)") }
        // In the same turn: as soon as it goes on, it finds all of them.
        kill(daemon.pid, SIGSTOP)
        for client in clients { client.send("JOIN #all") }
        kill(daemon.pid, SIGCONT)
        var said = try clients.map { try $0.expect(" 366 ", seconds: 30) }
        for (number, client) in clients.enumerated() {
            client.send("PING :end")
            said[number] += try client.expect("PONG irc.example.net :end")
        }
        let joins = said.map { text in
            text.split(separator: "\r\n").filter { $0.contains(" JOIN ") }.map { $0.prefix { $0 != "!" } }
        }
        #expect(joins.reduce(0) { $0 + $1.count } == count * (count + 1) / 2)
        #expect(joins.allSatisfy { Set($0).count == $0.count })
    }

    @Test("a thousand connections that come while the daemon is busy wait their turn")
    func queue() throws {
        _ = chatd_raise_descriptor_limit()
        let daemon = try RunningDaemon(unlimited)
        kill(daemon.pid, SIGSTOP)
        let start = Date()
        let clients = try (0..<1000).map { _ in try daemon.connect() }
        #expect(Date().timeIntervalSince(start) < 0.9, "the kernel asks again after one second")
        kill(daemon.pid, SIGCONT)
        for (number, client) in clients.enumerated() { client.send("NICK q\(number)\r\nUSER q 0 * :q") }
        for (number, client) in clients.enumerated() { try client.expect(" 001 q\(number) ") }
    }

    @Test("connections that come and go at once leave nothing behind")
    func churn() throws {
        let daemon = try RunningDaemon(unlimited)
        _ = try daemon.connect().register("warm")
        for _ in 0..<300 { _ = try daemon.connect() }
        let witness = try daemon.connect().register("witness")
        let before = try daemon.residentKilobytes()
        for number in 0..<3000 {
            let client = try daemon.connect()
            client.send("NICK c\(number)")
            if number % 2 == 0 { client.send("USER a b c :d\r\nJOIN #c\(number)\r\nPRIVMSG witness :x") }
        }
        _ = try witness.ping()
        try waitUntil("all descriptors are closed") {
            try FileManager.default.contentsOfDirectory(atPath: "/proc/\(daemon.pid)/fd").count < 30
        }
        #expect(try daemon.residentKilobytes() - before < 6000)
    }
}
