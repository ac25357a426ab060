/// What untochat-update was asked for.
public enum UpdateRequest: Equatable {
    case help
    /// Look, and change nothing.
    case check
    case update

    /// `nil` for anything that is not understood.
    public init?(_ arguments: [String]) {
        switch (arguments.count, arguments.first) {
        case (0, _): self = .update
        case (1, "--check"): self = .check
        case (1, "--help"), (1, "-h"): self = .help
        default: return nil
        }
    }
}
