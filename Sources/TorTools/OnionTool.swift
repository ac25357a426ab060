import AdminSupport
import CAdminTools
import CPosix
import CTorTools
import DiskKeys
import TorService

/// Turns the onion service on and off, and says who may connect. See untochat-onion(8).
public enum OnionTool {
    private static let name = "untochat-onion"

    /// The whole program. Gives what to exit with: 0 done, 1 not done or not healthy, 2 misused.
    public static func run() -> Int32 {
        let (places, arguments) = Places.read()
        return Process.run(name, OnionRequest(arguments), usage: usage) { request, process in
            do throws(Failure) {
                let status = try carryOut(request, places)
                if !request.isStatus { process.log((arguments.first ?? "") + ": done") }
                return status
            } catch {
                process.report(error.text)
                return ExitStatus.refused
            }
        }
    }

    private static func carryOut(_ request: OnionRequest, _ places: Places) throws(Failure) -> Int32 {
        let files = try OnionFiles(places)
        switch request {
        case .help: return 0
        case .status(let asJSON): return status(files, places, asJSON: asJSON)
        case .enable(let withoutClients):
            guard withoutClients || !files.clients.isEmpty else {
                throw Failure("nobody has a key yet: `" + name + " add-client NAME` first, or enable --without-clients")
            }
            let address = try files.makeAddress()
            try files.enable()
            try reload(places)
            write(1, address + ".onion\n")
        case .disable:
            try files.disable()
            try reload(places)
        case .addClient(let client): try add(client, files, places)
        case .removeClient(let client): try remove(client, files, places)
        case .rotate:
            try whileDisabled(files, places) { files throws(Failure) in
                try files.removeAddress()
                write(1, try files.makeAddress() + ".onion\n")
                return true
            }
        }
        return 0
    }

    private static func status(_ files: borrowing OnionFiles, _ places: Places, asJSON: Bool) -> Int32 {
        let address = files.address
        var tor: OnionStatus.Tor?
        if var connection = TorConnection.open(places), let version = connection.ask("GETINFO version"),
            let circuits = connection.ask("GETINFO status/circuit-established"),
            let list = connection.ask("GETINFO circuit-status")
        {
            tor = OnionStatus.Tor(version: version, circuits: circuits, list: list, address: address)
        }
        let status = OnionStatus(address: address, isEnabled: files.isEnabled, clients: files.clients, tor: tor)
        write(1, asJSON ? status.json : status.text)
        return status.isHealthy ? 0 : 1
    }

    private static func add(
        _ client: ClientName, _ files: borrowing OnionFiles, _ places: Places
    ) throws(Failure) {
        guard !files.has(client) else { throw Failure(client.text + " has a key already: remove-client first") }
        guard !ctor_is_regular_file(1) else {
            throw Failure("the key would stay in a file: print it to a terminal, or into a program")
        }
        let address = try files.makeAddress()
        var secret = [UInt8](repeating: 0, count: Int(CTOR_KEY))
        var key = [UInt8](repeating: 0, count: Int(CTOR_KEY))
        defer { cadmin_wipe(&secret, secret.count) }
        guard ctor_make_client_key(&secret, &key) == 0 else { throw Failure("no key can be made") }
        try files.add(client, key: key)
        show(secret, of: client, address)
        if files.isEnabled { try reload(places) }
    }

    /// The key goes to the terminal once, from memory that is wiped.
    private static func show(_ secret: [UInt8], of client: ClientName, _ address: String) {
        var text = [UInt8](repeating: 0, count: Base32.length(of: secret.count) + 1)
        secret.withUnsafeBufferPointer { secret in
            text.withUnsafeMutableBufferPointer { Base32.encode(secret, to: $0) }
        }
        text[text.count - 1] = 0x0a
        write(1, "Address: " + address + ".onion\n\nTor Browser asks for this key:\n")
        _ = cposix_write(1, text, text.count)
        write(
            1,
            "\ntor, and with it torsocks, reads this line from " + client.text
                + ".auth_private in its ClientOnionAuthDir (mode 0600):\n"
                + OnionService.privateKeyPrefix(address: address))
        _ = cposix_write(1, text, text.count)
        write(1, "then: torsocks ssh USER@" + address + ".onion\n\nThe key is shown once and kept nowhere.\n")
        cadmin_wipe(&text, text.count)
    }

    private static func remove(
        _ client: ClientName, _ files: borrowing OnionFiles, _ places: Places
    ) throws(Failure) {
        guard files.has(client) else { throw Failure(client.text + " has no key") }
        try whileDisabled(files, places) { files throws(Failure) in
            try files.remove(client)
            guard files.clients.isEmpty else { return true }
            // Without any key tor would let everyone in.
            write(2, name + ": that was the last client, so the service stays disabled\n")
            return false
        }
    }

    /// Takes the service away from tor and, where `body` says so, gives it back. That alone shuts out who has the
    /// descriptor in memory: the introduction points that it names are given up, and all sessions end. Whatever fails on the
    /// way leaves the service disabled.
    private static func whileDisabled(
        _ files: borrowing OnionFiles, _ places: Places,
        _ body: (borrowing OnionFiles) throws(Failure) -> Bool
    ) throws(Failure) {
        let wasEnabled = files.isEnabled
        if wasEnabled {
            try files.disable()
            try reload(places)
        }
        guard try body(files), wasEnabled else { return }
        try files.enable()
        try reload(places)
    }

    private static func reload(_ places: Places) throws(Failure) {
        guard var connection = TorConnection.open(places), connection.reload() else {
            throw Failure(
                "the files are changed, but tor does not answer at " + places.control + ": systemctl restart tor")
        }
    }

    private static var usage: String {
        """
        Usage: untochat-onion status [--json]
               untochat-onion add-client NAME | remove-client NAME
               untochat-onion enable [--without-clients] | disable | rotate

        The onion service by which chat users come in, and who may connect.
          status         tell the address, whether it is healthy, and who has a key; --json: for programs
          add-client     make a key for somebody, and show it once
          remove-client  shut somebody out; all sessions end
          enable         offer the service; somebody must have a key
          disable        offer it no longer; all sessions end
          rotate         get another address; keys stay good

        Examples:
          untochat-onion add-client silver
          untochat-onion enable
          untochat-onion status

        """
    }
}

extension OnionRequest: ToolRequest {
    public var wantsHelp: Bool { self == .help }

    var isStatus: Bool {
        if case .status = self { true } else { false }
    }
}
