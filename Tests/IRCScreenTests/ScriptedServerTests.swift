import Foundation
import IRCHarness
import Testing

struct ScriptedServerTests {
    /// Descriptors are numbers, and the lowest that is free is given out next: a socket that was closed and is shut once more
    /// may be another test's by then.
    @Test("a server that is stopped twice leaves sockets alone that were opened since")
    func stoppedTwice() throws {
        let server = try ScriptedServer()
        server.stop()
        server.waitUntilGone()
        var sockets: [Int32] = []
        defer { for socket in sockets { close(socket) } }
        for _ in 0..<32 {
            var pair = [Int32](repeating: -1, count: 2)
            try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
            sockets += pair
        }
        server.stop()
        for socket in sockets { #expect(send(socket, "x", 1, Int32(MSG_NOSIGNAL)) == 1) }
    }
}
