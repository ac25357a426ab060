/// Why the daemon does not start, or gives up.
public struct DaemonError: Error, CustomStringConvertible {
    /// What failed.
    public let what: String
    /// What to do about it.
    public let hint: String?

    init(_ what: String, hint: String? = nil) {
        self.what = what
        self.hint = hint
    }

    public var description: String { hint.map { "\(what) (\($0))" } ?? what }
}
