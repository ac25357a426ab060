/// The time at which something happens, handed in by the edge: the cores of the server and of the client have no clock.
public struct Moment: Sendable, Equatable {
    /// From a clock that never goes back and that nobody sets, in milliseconds. Timeouts and penalties are counted by it.
    public var uptime: Int64
    /// Milliseconds since 1970-01-01 00:00 UTC: what is written in time stamps. It may jump.
    public var unix: Int64

    public init(uptime: Int64, unix: Int64) {
        self.uptime = uptime
        self.unix = unix
    }
}
