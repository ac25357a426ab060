/// How the onion service is, as the files and tor say.
public struct OnionStatus: Equatable {
    /// Without ".onion"; `nil` where there is no key yet.
    public var address: String?
    /// Whether tor is configured to offer the service.
    public var isEnabled: Bool
    /// Who holds a key, sorted.
    public var clients: [String]
    /// What tor says, or `nil` where it does not answer.
    public var tor: Tor?

    /// What tor itself says.
    public struct Tor: Equatable {
        /// "0.4.9.11".
        public var version: String
        /// Whether it has circuits.
        public var hasCircuits: Bool
        /// How many of the service's introduction points stand.
        public var introductionPoints: Int

        public init(version: String, hasCircuits: Bool, introductionPoints: Int) {
            self.version = version
            self.hasCircuits = hasCircuits
            self.introductionPoints = introductionPoints
        }

        /// Reads the answers to GETINFO version, status/circuit-established and circuit-status. `address` is of the
        /// service that is asked for.
        public init?(version: ControlReply, circuits: ControlReply, list: ControlReply, address: String?) {
            guard version.isSuccess, circuits.isSuccess, list.isSuccess, let text = version.value(of: "version") else {
                return nil
            }
            self.version = text.split(separator: " ").first.map { String($0) } ?? text
            hasCircuits = circuits.value(of: "status/circuit-established") == "1"
            introductionPoints = list.lines.reduce(0) { count, line in
                let words = line.split(separator: " ")
                let isOurs = address.map { words.contains("REND_QUERY=" + $0) } ?? false
                return count + (isOurs && words.contains("HS_STATE=HSSI_ESTABLISHED") ? 1 : 0)
            }
        }
    }

    public init(address: String?, isEnabled: Bool, clients: [String], tor: Tor?) {
        self.address = address
        self.isEnabled = isEnabled
        self.clients = clients
        self.tor = tor
    }

    /// Whether a client can come in.
    public var isHealthy: Bool {
        guard isEnabled, address != nil, let tor else { return false }
        return tor.hasCircuits && tor.introductionPoints > 0
    }

    /// What is printed.
    public var text: String {
        var lines = ["address:  " + (address.map { $0 + ".onion" } ?? "none yet")]
        lines.append("service:  " + (isEnabled ? "enabled" : "disabled"))
        if let tor {
            lines.append("tor:      " + tor.version + (tor.hasCircuits ? ", has circuits" : ", has no circuit"))
            if isEnabled { lines.append("reach:    " + String(tor.introductionPoints) + " introduction points") }
        } else {
            lines.append("tor:      does not answer")
        }
        lines.append("clients:  " + (clients.isEmpty ? "none: " + everyone : clients.joined(separator: " ")))
        return lines.joined(separator: "\n") + "\n"
    }

    /// The same for programs: one line of JSON, with every member always there.
    public var json: String {
        var members = ["\"address\":" + (address.map { Self.quoted($0 + ".onion") } ?? "null")]
        members.append("\"enabled\":" + (isEnabled ? "true" : "false"))
        members.append("\"healthy\":" + (isHealthy ? "true" : "false"))
        members.append("\"clients\":[" + clients.map { Self.quoted($0) }.joined(separator: ",") + "]")
        members.append("\"tor\":" + (tor.map { $0.json } ?? "null"))
        return "{" + members.joined(separator: ",") + "}\n"
    }

    /// A string of JSON. Names and addresses need nothing but the quotes; what tor calls itself is its own choice.
    fileprivate static func quoted(_ text: String) -> String {
        let safe = text.utf8.filter { $0 >= 0x20 && $0 < 0x7f && $0 != 0x22 && $0 != 0x5c }
        return "\"" + String(decoding: safe, as: UTF8.self) + "\""
    }

    private var everyone: String {
        isEnabled ? "whoever knows the address may connect" : "untochat-onion add-client NAME"
    }
}

extension OnionStatus.Tor {
    fileprivate var json: String {
        "{\"version\":" + OnionStatus.quoted(version) + ",\"circuits\":" + (hasCircuits ? "true" : "false")
            + ",\"introductionPoints\":" + String(introductionPoints) + "}"
    }
}
