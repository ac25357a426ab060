import Lab
import ReleaseSupport
import Testing
import TorNetwork

@Suite("A chat user comes over a private Tor network", .serialized, .tor, .torScene, .timeLimit(.minutes(3)))
struct TorNetworkTests {
    @Test("torsocks ssh to the onion address reaches untosh")
    func login() async throws {
        let network = try #require(TorScene.current).network
        try await OnionLogin.with { login in
            let address = try await network.publish("login", port: 22, to: login.port)
            let session = try login.session(to: address, by: network.client)
            try await login.expectPrompt(session, over: network)
            try session.send("help\r")
            try await session.expect(.text("start chatting"))
            try session.send("exit\r")
            #expect(try await session.end() == 0)
        }
    }
}
