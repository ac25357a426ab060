/// When to look at which client, in buckets of one second. Taking note of a time and finding what is due cost the same
/// with ten clients as with ten thousand.
struct TimerWheel {
    /// Times further away than this are looked at on the way and put off again.
    static let horizonSeconds: Int64 = 255

    private var buckets: [[ClientID]] = Array(repeating: [], count: 256)
    /// The second that is looked at next.
    private var cursor: Int64
    private var pending = 0

    init(now: Int64) { cursor = now }

    /// Takes note. Returns the second under which it is filed, which is never too late.
    mutating func add(_ client: ClientID, second: Int64) -> Int64 {
        let filed = min(max(second, cursor), cursor + TimerWheel.horizonSeconds)
        buckets[Int(filed & 255)].append(client)
        pending += 1
        return filed
    }

    /// The second in which something is due; nil when nothing is filed.
    var next: Int64? {
        guard pending > 0 else { return nil }
        return (cursor...(cursor + TimerWheel.horizonSeconds)).first { !buckets[Int($0 & 255)].isEmpty }
    }

    /// Takes the clients filed under the next second that is not later than `now`.
    mutating func take(until now: Int64) -> (second: Int64, clients: [ClientID])? {
        while cursor <= now {
            if pending == 0 {
                cursor = now + 1
                return nil
            }
            let second = cursor
            let bucket = Int(second & 255)
            cursor += 1
            if !buckets[bucket].isEmpty {
                let due = buckets[bucket]
                buckets[bucket] = []
                pending -= due.count
                return (second, due)
            }
        }
        return nil
    }
}
