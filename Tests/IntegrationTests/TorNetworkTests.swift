import Lab
import ReleaseSupport
import SystemPackage
import Testing
import TorNetwork

@Suite("A chat user comes over a private Tor network", .serialized, .tor, .torScene, .timeLimit(.minutes(4)))
struct TorNetworkTests {
    @Test("torsocks ssh to the onion address reaches untosh")
    func login() async throws {
        let network = try #require(TorScene.current).network
        try await OnionLogin.with { login in
            let address = try await network.publish("login", port: 22, to: login.port)
            try await login.greets(at: address, over: network)
        }
    }

    @Test("who has a key gets in, who has none does not, and who is removed is shut out at once")
    func clients() async throws {
        let network = try #require(TorScene.current).network
        try await OnionLogin.with { login in
            let onion = try OnionCommand(network, port: login.port)
            let early = try await onion.run("enable")
            #expect(early.exitStatus == 1)
            #expect(early.errorText.contains("add-client"))

            try await onion.refusesFile("add-client", "silver")
            let silver = try await onion.output("add-client", "silver")
            try await onion.output("add-client", "gold")
            let again = try await onion.run("add-client", "silver")
            #expect(again.exitStatus == 1)
            let address = try await onion.publishing(nil, "enable")
            #expect(Self.saysKey(silver, of: "silver", address: address))
            #expect(address.wholeMatch(of: /[a-z2-7]{56}/) != nil)
            try await onion.take(silver)

            try await login.greets(at: address + ".onion", over: network)
            try await login.expectNoWay(to: address + ".onion", by: network.stranger)
            let status = try await onion.run("status")
            #expect(status.exitStatus == 0, "\(status.text)")
            #expect(status.text.contains("clients:  gold silver"))
            let json = try await onion.run("status", "--json")
            #expect(json.exitStatus == 0)
            #expect(json.text.hasPrefix(#"{"address":"\#(address).onion","enabled":true,"healthy":true,"#))

            let session = try login.session(to: address + ".onion", by: network.client)
            try await login.expectPrompt(session, over: network)
            try await onion.publishing(address, "remove-client", "silver")
            // The client's tor has the old descriptor in memory, and the key; its session has ended.
            try await session.end()
            try await login.expectNoWay(to: address + ".onion", by: network.client)

            let last = try await onion.run("remove-client", "gold")
            #expect(last.exitStatus == 0)
            #expect(last.errorText.contains("stays disabled"))
            #expect(try await onion.run("status").text.contains("service:  disabled"))
        }
    }

    /// Whether the key was shown in the forms that Tor Browser and tor want, both the same, and nothing else beside.
    private static func saysKey(_ text: String, of name: String, address: String) -> Bool {
        guard
            let match = text.wholeMatch(
                of:
                    #/
                    Address:\ ([a-z2-7]{56})\.onion\n\n
                    Tor\ Browser\ asks\ for\ this\ key:\n([A-Z2-7]{52})\n\n
                    tor,\ and\ with\ it\ torsocks,\ reads\ this\ line\ from\ ([a-z]+)\.auth_private\ [^\n]*\n
                    ([a-z2-7]{56}):descriptor:x25519:([A-Z2-7]{52})\n
                    then:\ torsocks\ ssh\ USER@([a-z2-7]{56})\.onion\n\n[^\n]*\n
                    /#)
        else { return false }
        return [match.1, match.4, match.6].allSatisfy { $0 == address } && match.2 == match.5 && match.3 == name
    }

    @Test("a removal by a mere reload leaves the removed one a way in, so the test above can fail")
    func mereReload() async throws {
        let network = try #require(TorScene.current).network
        try await OnionLogin.with { login in
            let onion = try OnionCommand(network, port: login.port)
            let bronze = try await onion.output("add-client", "bronze")
            try await onion.output("add-client", "gold")
            let address = try await onion.publishing(nil, "enable")
            try await onion.take(bronze)
            try await login.greets(at: address + ".onion", over: network)

            try Files.remove(network.onionHost.folder.appending("untochat-onion/authorized_clients/bronze.auth"))
            try await TorControl.connect(to: network.onionHost).reload()
            try await login.greets(at: address + ".onion", over: network)
            try await onion.output("disable")
        }
    }

    @Test("another address is another service, for the same clients")
    func rotation() async throws {
        let network = try #require(TorScene.current).network
        try await OnionLogin.with { login in
            let onion = try OnionCommand(network, port: login.port)
            let first = try await onion.output("add-client", "iron")
            let old = try await onion.publishing(nil, "enable")
            let new = try await onion.publishing(nil, "rotate")
            #expect(new != old)
            // The key is good for the new address, which the client has to be told.
            try await onion.take(first.replacing(old, with: new))
            try await login.greets(at: new + ".onion", over: network)
            try await login.expectNoWay(to: old + ".onion", by: network.client)
            try await onion.output("disable")
        }
    }
}
