/// What `irc-load` measured in one run, as it prints it in JSON and `irc-bench` reads it.
public struct LoadReport: Codable, Sendable {
    /// One way of acknowledging, measured for some seconds.
    public struct Conversation: Codable, Sendable {
        /// Whether the clients acknowledged every read at once (TCP_QUICKACK).
        public var acknowledgesAtOnce: Bool
        public var messages: UInt64
        public var deliveries: UInt64
        public var seconds: Double
        public var deliveriesPerSecond: Double
        /// From sending to the delivery to one receiver.
        public var latencyMedianMilliseconds: Double
        public var latency99Milliseconds: Double
        /// From sending to the delivery to the last receiver.
        public var completionMedianMilliseconds: Double
        public var completion99Milliseconds: Double
        public var serverMicrosecondsPerDelivery: Double
        /// How much of a processor the load generator itself used: near 1 means that it was the bottleneck.
        public var generatorProcessorShare: Double

        public init(
            acknowledgesAtOnce: Bool, messages: UInt64, deliveries: UInt64, seconds: Double,
            latencies: (median: Double, most: Double), completions: (median: Double, most: Double),
            serverSeconds: Double, generatorSeconds: Double
        ) {
            self.acknowledgesAtOnce = acknowledgesAtOnce
            self.messages = messages
            self.deliveries = deliveries
            self.seconds = seconds
            deliveriesPerSecond = Double(deliveries) / seconds
            latencyMedianMilliseconds = latencies.median
            latency99Milliseconds = latencies.most
            completionMedianMilliseconds = completions.median
            completion99Milliseconds = completions.most
            serverMicrosecondsPerDelivery = serverSeconds * 1e6 / Double(max(1, deliveries))
            generatorProcessorShare = generatorSeconds / seconds
        }
    }

    public var clients: Int
    public var channels: Int
    public var senders: Int
    /// How many connections were in the making at once.
    public var window: Int
    public var connectsPerSecond = 0.0
    public var connectServerSeconds = 0.0
    /// Until every client had seen the end of its NAMES.
    public var joinedSeconds = 0.0
    /// Until every client had also seen everybody else join.
    public var settledSeconds = 0.0
    public var joinServerSeconds = 0.0
    public var conversations: [Conversation] = []
    /// Processor time of the server while all are connected and nobody says anything.
    public var idleMicrosecondsPerSecond = 0.0
    public var residentStartKilobytes = 0
    public var residentConnectedKilobytes = 0
    public var residentJoinedKilobytes = 0
    public var residentEndKilobytes = 0

    public var kilobytesPerClient: Double {
        Double(residentEndKilobytes - residentStartKilobytes) / Double(max(1, clients))
    }

    public init(clients: Int, channels: Int, senders: Int, window: Int) {
        self.clients = clients
        self.channels = channels
        self.senders = senders
        self.window = window
    }
}
