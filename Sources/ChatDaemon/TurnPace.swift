/// When a turn of the event loop ends. One in which many clients were read goes on for a few milliseconds while more is
/// coming: when thousands join at once, each is then told of many in one write. A turn of ordinary talk ends where it
/// began. Pure.
struct TurnPace {
    /// How much was read since `goesOn` was last asked.
    private var reads = 0
    /// Since when the turn goes on instead of ending.
    private var busySince: Int64?

    static let manyReads = 32
    static let longestMicroseconds: Int64 = 4000
    /// How long to wait for more.
    static let pauseMicroseconds: Int64 = 30

    mutating func read() { reads += 1 }

    /// Whether the turn is put off, to take first what arrives meanwhile.
    mutating func goesOn(at microseconds: @autoclosure () -> Int64) -> Bool {
        let isBusy = reads >= TurnPace.manyReads
        reads = 0
        guard isBusy else {
            busySince = nil
            return false
        }
        let now = microseconds()
        let start = busySince ?? now
        busySince = now - start < TurnPace.longestMicroseconds ? start : nil
        return busySince != nil
    }
}
