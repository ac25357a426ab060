import Glibc
import Lab
import ReleaseSupport
public import SystemPackage

/// A whole Tor network of real tor processes on the loopback of this machine: an authority, four relays of which two are
/// exits, a client, a second client that nobody knows, and a host of onion services.
///
/// It knows no other network's authority. It is made for a network namespace of its own, where nothing else can be reached.
public final class TorNetwork: Sendable {
    /// Everything lies below it; mode 0700.
    public let folder: FilePath
    /// Votes alone on what the network is.
    public let authority: TorNode
    /// The first two are exits. What leaves them has the address 127.0.0.1, so it gets nowhere else.
    public let relays: [TorNode]
    /// What a user has.
    public let client: TorNode
    /// What somebody else has.
    public let stranger: TorNode
    /// Offers onion services.
    public let onionHost: TorNode

    /// A name that leads to 127.0.0.1 by an exit.
    public static let exitName = "exit.example.test"

    /// Private keys of the client for onion services, `*.auth_private`.
    public var clientKeys: FilePath { Self.clientKeys(folder) }
    /// Configuration that the onion host reads, `*.conf`.
    public var onionConfiguration: FilePath { Self.onionConfiguration(folder) }

    /// Runs `body` with a network, which ends with it, however that is.
    public static func with<Value>(_ body: (TorNetwork) async throws -> Value) async throws -> Value {
        try await TemporaryFolder.with { folder in
            let nodes = Nodes()
            do {
                let value = try await body(TorNetwork(in: folder, keeping: nodes))
                await nodes.end()
                return value
            } catch {
                await nodes.end()
                throw error
            }
        }
    }

    /// What has to be ended, even where the network did not come to be.
    actor Nodes {
        private var all: [TorNode] = []

        func keep(_ node: TorNode) -> TorNode {
            all.append(node)
            return node
        }

        func end() async {
            await withTaskGroup { group in
                for node in all { group.addTask { await node.end() } }
            }
        }
    }

    private init(in folder: FilePath, keeping nodes: Nodes) async throws {
        self.folder = folder
        for path in [Self.clientKeys(folder), Self.onionConfiguration(folder)] { try Files.makePrivateFolder(path) }
        // An exit's resolver. Nobody answers there, so no name is ever looked up.
        let resolver = folder.appending("resolv.conf")
        try Files.write("nameserver 127.0.0.1\n", to: resolver)

        let identity = try await AuthorityIdentity.make(in: folder)
        let common = Self.common + identity.line + "\n"
        let relay = common + "ServerDNSResolvConfFile \(resolver)\n"
        authority = try await nodes.keep(
            TorNode(AuthorityIdentity.name, in: folder, configuration: relay + identity.configuration))
        var relays: [TorNode] = []
        for index in 0..<4 {
            let configuration = relay + Self.relay("relay\(index)", port: try Loopback.freePort(), isExit: index < 2)
            try await relays.append(nodes.keep(TorNode("relay\(index)", in: folder, configuration: configuration)))
        }
        self.relays = relays
        // A client that is told to look elsewhere, or an onion host that sees a network half made, waits long before it
        // tries again.
        for node in [authority] + relays { try await node.waitForNetwork(of: relays.count + 1) }
        client = try await nodes.keep(
            TorNode(
                "client", in: folder, socksPort: Loopback.freePort(),
                configuration: common + "ClientOnionAuthDir \(Self.clientKeys(folder))\n"))
        stranger = try await nodes.keep(
            TorNode("stranger", in: folder, socksPort: Loopback.freePort(), configuration: common))
        onionHost = try await nodes.keep(
            TorNode(
                "onion-host", in: folder,
                configuration: common + "%include \(Self.onionConfiguration(folder))/*.conf\n"))
        for node in [client, stranger, onionHost] { try await node.waitForCircuits() }
    }

    private static func clientKeys(_ folder: FilePath) -> FilePath { folder.appending("client-keys") }
    private static func onionConfiguration(_ folder: FilePath) -> FilePath { folder.appending("onion.d") }

    /// Without a second layer of guards: it is drawn at random from what a node knows when it starts, and with five relays
    /// there may be none in it that is neither the guard nor the end of the path, for as long as the network lasts.
    private static let common = """
        TestingTorNetwork 1
        VanguardsLiteEnabled 0
        AssumeReachable 1
        PathsNeededToBuildCircuits 0.25
        ClientUseIPv6 0
        OutboundBindAddress 127.0.0.1
        MapAddress \(exitName) 127.0.0.1

        """

    /// What every relay says, the authority too.
    static func relay(_ name: String, port: Int, isExit: Bool) -> String {
        let exit =
            isExit
            ? "ExitRelay 1\nIPv6Exit 0\nExitPolicyRejectLocalInterfaces 0\nExitPolicy accept *:*\n"
            : "ExitRelay 0\n"
        return """
            Nickname \(name)
            Address 127.0.0.1
            ORPort 127.0.0.1:\(port) IPv4Only
            ServerDNSDetectHijacking 0
            ServerDNSTestAddresses
            ServerDNSAllowBrokenConfig 1

            """ + exit
    }
}
