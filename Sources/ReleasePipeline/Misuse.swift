/// A command line that names what there is not: a mistake in the call, where a `ReleaseError` is a failure of the work.
public struct Misuse: Error, CustomStringConvertible {
    /// What is wrong with it.
    public let what: String
    /// What could be said instead.
    public let hint: String

    init(_ what: String, hint: String) {
        self.what = what
        self.hint = hint
    }

    public var description: String { "\(what)\n  hint: \(hint)" }
}
