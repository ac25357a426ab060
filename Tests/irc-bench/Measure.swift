import BenchmarkSupport
import IRCHarness

extension Measure<LoadReport> {
    static let all: [Measure] = [
        Measure("connects/s", more: true, 0) { $0.connectsPerSecond },
        Measure("joined s", 4) { $0.joinedSeconds },
        Measure("all seen s", 4) { $0.settledSeconds },
        Measure("deliveries/s", more: true, 0) { conversation($0, false)?.deliveriesPerSecond ?? .nan },
        Measure("p50 ms", 2) { conversation($0, false)?.latencyMedianMilliseconds ?? .nan },
        Measure("p99 ms", 2) { conversation($0, false)?.latency99Milliseconds ?? .nan },
        Measure("µs/delivery", 2) { conversation($0, false)?.serverMicrosecondsPerDelivery ?? .nan },
        Measure("ack: deliveries/s", more: true, 0) { conversation($0, true)?.deliveriesPerSecond ?? .nan },
        Measure("p50 ms", 2) { conversation($0, true)?.latencyMedianMilliseconds ?? .nan },
        Measure("p99 ms", 2) { conversation($0, true)?.latency99Milliseconds ?? .nan },
        Measure("µs/delivery", 2) { conversation($0, true)?.serverMicrosecondsPerDelivery ?? .nan },
        Measure("kB start", 0) { Double($0.residentStartKilobytes) },
        Measure("kB end", 0) { Double($0.residentEndKilobytes) },
        Measure("kB/client", 1) { $0.kilobytesPerClient },
        Measure("idle µs/s", 0) { $0.idleMicrosecondsPerSecond },
    ]

    private static func conversation(_ report: LoadReport, _ atOnce: Bool) -> LoadReport.Conversation? {
        report.conversations.first { $0.acknowledgesAtOnce == atOnce }
    }
}
