import Glibc

/// What the system refused.
public struct SystemError: Error, CustomStringConvertible {
    /// What was tried, and why it did not work: "untochat.ks: Permission denied".
    public let description: String

    /// Says `what`, with the reason in `errno` where there is one.
    init(_ what: String, errno number: Int32 = errno) {
        description = number == 0 ? what : "\(what): \(String(cString: strerror(number)))"
    }

    /// Says `what` alone.
    init(plain what: String) { description = what }
}
