/// What untochat-onion was asked for.
public enum OnionRequest: Equatable {
    case help
    /// `asJSON`: for programs.
    case status(asJSON: Bool)
    /// `withoutClients`: whoever knows the address may connect.
    case enable(withoutClients: Bool)
    case disable
    case addClient(ClientName)
    case removeClient(ClientName)
    case rotate

    /// `nil` for anything that is not understood.
    public init?(_ arguments: [String]) {
        guard let first = arguments.first else { return nil }
        let rest = Array(arguments.dropFirst())
        switch (first, rest.count) {
        case ("--help", 0), ("-h", 0): self = .help
        case ("status", 0): self = .status(asJSON: false)
        case ("status", 1) where rest[0] == "--json": self = .status(asJSON: true)
        case ("enable", 0): self = .enable(withoutClients: false)
        case ("enable", 1) where rest[0] == "--without-clients": self = .enable(withoutClients: true)
        case ("disable", 0): self = .disable
        case ("rotate", 0): self = .rotate
        case ("add-client", 1), ("remove-client", 1):
            guard let name = ClientName(rest[0]) else { return nil }
            self = first == "add-client" ? .addClient(name) : .removeClient(name)
        default: return nil
        }
    }
}
