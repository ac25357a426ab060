/// Counts durations in buckets that are at most a thirty-second apart, so that a hundred million samples take no memory
/// and a percentile is right to three in a hundred.
struct LatencyHistogram {
    private static let stepBits = 5
    private var counts = [UInt64](repeating: 0, count: (64 - stepBits + 1) << stepBits)
    private(set) var total: UInt64 = 0

    private static func bucket(_ nanoseconds: UInt64) -> Int {
        let width = 64 - nanoseconds.leadingZeroBitCount
        guard width > stepBits else { return Int(nanoseconds) }
        let shift = width - stepBits - 1
        return (shift << stepBits) + Int(nanoseconds >> UInt64(shift))
    }

    mutating func record(_ nanoseconds: UInt64) {
        counts[LatencyHistogram.bucket(nanoseconds)] += 1
        total += 1
    }

    /// The duration that this part of the samples does not exceed, in milliseconds; nil without samples.
    func percentile(_ part: Double) -> Double? {
        guard total > 0 else { return nil }
        let wanted = max(1, UInt64((Double(total) * part).rounded(.up)))
        var seen: UInt64 = 0
        for (place, count) in counts.enumerated() {
            seen += count
            if seen >= wanted { return Double(LatencyHistogram.upperBound(place)) / 1_000_000 }
        }
        return nil
    }

    private static func upperBound(_ bucket: Int) -> UInt64 {
        guard bucket >= 2 << stepBits else { return UInt64(bucket) }
        let shift = (bucket >> stepBits) - 1
        return UInt64(bucket - (shift << stepBits) + 1) << UInt64(shift) - 1
    }
}
