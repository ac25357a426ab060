/// What librpm refused, with what it said.
public struct RPMError: Error, CustomStringConvertible, Sendable, Equatable {
    /// One sentence naming the file and what is wrong with it.
    public let description: String

    /// Describes a refusal.
    public init(_ description: String) { self.description = description }
}
