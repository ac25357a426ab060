import BenchmarkSupport
import CLoadSockets
import Glibc
import IRCHarness

/// One run against one server: connect, join, talk in both ways of acknowledging, be silent.
struct LoadRun {
    var port: UInt16
    var server: MeasuredProcess
    var clients: Int
    var channels: Int
    var senders: Int
    var window: Int
    var seconds: Double
    var idleSeconds: Double
    var patienceSeconds: Double
    var mostDeliveries: UInt64

    func perform() throws -> LoadReport {
        // The rest is for standard streams, epoll and what the runtime has open.
        let descriptors = load_raise_descriptor_limit()
        guard descriptors >= UInt64(clients) + 32 else {
            throw LoadError(
                "\(clients) clients need \(clients + 32) descriptors and \(descriptors) are allowed: raise ulimit -Hn")
        }
        var report = LoadReport(clients: clients, channels: channels, senders: senders, window: window)
        report.residentStartKilobytes = try server.residentKilobytes()
        let swarm = try Swarm(clients: clients, port: port)
        try connect(swarm, &report)
        try join(swarm, &report)
        for atOnce in [false, true] {
            swarm.acknowledgesAtOnce = atOnce
            report.conversations.append(try talk(swarm))
        }
        swarm.acknowledgesAtOnce = false
        report.residentEndKilobytes = try server.residentKilobytes()
        report.idleMicrosecondsPerSecond = try idle(swarm)
        return report
    }

    private func connect(_ swarm: Swarm, _ report: inout LoadReport) throws {
        let before = try server.processorSeconds()
        let start = load_now_nanoseconds()
        let registration = Registration(swarm, window: window)
        try registration.fill()
        try turn(swarm, registration, "\(clients) clients to register") { registration.isComplete }
        report.connectsPerSecond = Double(clients) / since(start)
        report.connectServerSeconds = try server.processorSeconds() - before
        // Users who come later are told nothing, but a server may still be busy.
        try settle(swarm)
        report.residentConnectedKilobytes = try server.residentKilobytes()
    }

    private func join(_ swarm: Swarm, _ report: inout LoadReport) throws {
        let before = try server.processorSeconds()
        let start = load_now_nanoseconds()
        let joining = Joining(swarm)
        for client in 0..<clients {
            try swarm.send([UInt8]("JOIN #load\(client % channels)\r\n".utf8), from: client)
            // What the server says meanwhile must be read, or it has to keep it.
            if client % 64 == 63 { _ = try swarm.turn(joining, milliseconds: 0) }
        }
        try turn(swarm, joining, "\(clients) clients to join") { joining.isComplete }
        report.joinedSeconds = since(start)
        try settle(swarm)
        report.settledSeconds = since(start)
        report.joinServerSeconds = try server.processorSeconds() - before
        report.residentJoinedKilobytes = try server.residentKilobytes()
    }

    private func settle(_ swarm: Swarm) throws {
        let barrier = Barrier(swarm)
        try barrier.start()
        try turn(swarm, barrier, "\(clients) answers to PING") { barrier.isComplete }
    }

    private func talk(_ swarm: Swarm) throws -> LoadReport.Conversation {
        let before = try server.processorSeconds()
        let ownBefore = LoadRun.ownSeconds()
        let start = load_now_nanoseconds()
        let conversation = Conversation(
            swarm, channels: channels, senders: senders, endsAt: start + UInt64(seconds * 1e9),
            mostDeliveries: mostDeliveries)
        try conversation.start()
        try turn(swarm, conversation, "messages") { conversation.isComplete }
        let generatorSeconds = LoadRun.ownSeconds() - ownBefore
        let serverSeconds = try server.processorSeconds() - before
        let latencies = conversation.latencies
        let completions = conversation.completions
        guard let median = latencies.percentile(0.5), let most = latencies.percentile(0.99),
            let wholeMedian = completions.percentile(0.5), let wholeMost = completions.percentile(0.99)
        else { throw LoadError("no message was delivered") }
        return LoadReport.Conversation(
            acknowledgesAtOnce: swarm.acknowledgesAtOnce, messages: completions.total, deliveries: latencies.total,
            seconds: Double(conversation.lastDelivery - start) / 1e9, latencies: (median, most),
            completions: (wholeMedian, wholeMost), serverSeconds: serverSeconds, generatorSeconds: generatorSeconds)
    }

    private func idle(_ swarm: Swarm) throws -> Double {
        try settle(swarm)
        guard idleSeconds > 0 else { return 0 }
        let silence = Silence()
        let before = try server.processorSeconds()
        let start = load_now_nanoseconds()
        while since(start) < idleSeconds {
            _ = try swarm.turn(silence, milliseconds: Int32((idleSeconds - since(start)) * 1000) + 1)
        }
        return (try server.processorSeconds() - before) * 1e6 / since(start)
    }

    /// Turns until it is done, or throws when it takes longer than anybody wants to wait.
    private func turn(_ swarm: Swarm, _ phase: some Phase, _ what: String, until isDone: () -> Bool) throws {
        let start = load_now_nanoseconds()
        while !isDone() {
            _ = try swarm.turn(phase, milliseconds: 1000)
            guard since(start) < patienceSeconds else {
                throw LoadError("after \(Int(patienceSeconds)) s still waiting for \(what)")
            }
        }
    }

    private func since(_ start: UInt64) -> Double { Double(load_now_nanoseconds() - start) / 1e9 }

    private static func ownSeconds() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
    }
}
