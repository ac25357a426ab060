import CChatDaemon
import Foundation
import Testing

@testable import ChatDaemon

/// Accounts that every Linux has.
private func uid(_ name: String) throws -> UInt32 {
    try #require(getpwnam(name)).pointee.pw_uid
}

@Suite("Who is connected is what the kernel says", .enabled(if: Programs.isRoot, Programs.whyRoot))
struct IdentityTests {
    @Test("the user name is the login name, whatever the client says", arguments: ["ipv4", "ipv6", "mapped", "unix"])
    func loginName(family: String) throws {
        let daemon = try RunningDaemon()
        let place = family == "unix" ? daemon.socketPath : String(daemon.port)
        for name in ["daemon", "bin"] {
            let client = try Client(as: uid(name), family, place)
            client.send("NICK x\(name)")
            client.send("USER root 0 * :root")
            try client.expect("x\(name)!\(name)@untochat")
        }
    }

    @Test("a user without an account is refused before a byte is read")
    func noAccount() throws {
        let daemon = try RunningDaemon()
        for (family, place) in [("ipv4", String(daemon.port)), ("unix", daemon.socketPath)] {
            let client = try Client(as: 54_321, family, place)
            try client.expect("ERROR ")
            #expect(client.isClosed())
        }
    }

    @Test("only members of the permitted group may connect")
    func permittedGroup() throws {
        let daemon = try RunningDaemon("[Options]\nPermittedGroup = daemon")
        try Client(as: uid("daemon"), "ipv4", String(daemon.port)).register("member")
        let stranger = try Client(as: uid("bin"), "ipv4", String(daemon.port))
        try stranger.expect("ERROR ")
        #expect(stranger.isClosed())
    }

    @Test("without the group the same user may, so the test above can fail")
    func withoutGroup() throws {
        let daemon = try RunningDaemon()
        try Client(as: uid("bin"), "ipv4", String(daemon.port)).register("stranger")
    }

    @Test("another account's name cannot be taken as a nick; one's own can")
    func nickOfAnother() throws {
        let daemon = try RunningDaemon()
        let client = try Client(as: uid("bin"), "ipv4", String(daemon.port))
        client.send("NICK daemon")
        client.send("USER daemon 0 * :daemon")
        client.send("NICK Daemon")
        client.send("NICK bin")
        let said = try client.expect(" 001 bin ")
        #expect(!said.contains(" 001 daemon") && !said.contains(" 001 Daemon"))
    }

    @Test("an account may have a limited number of connections, and others are not in its way")
    func limit() throws {
        let daemon = try RunningDaemon("[Limits]\nMaxConnectionsUser = 2")
        let first = try Client(as: uid("bin"), "ipv4", String(daemon.port)).register("one")
        let second = try Client(as: uid("bin"), "unix", daemon.socketPath).register("two")
        let third = try Client(as: uid("bin"), "ipv4", String(daemon.port))
        try third.expect("ERROR ")
        try Client(as: uid("daemon"), "ipv4", String(daemon.port)).register("other")
        withExtendedLifetime((first, second)) {}
    }

    @Test("a socket whose owner is gone when it is accepted is nobody's")
    func gone() throws {
        let daemon = try RunningDaemon()
        kill(daemon.pid, SIGSTOP)
        for _ in 0..<20 {
            let client = try daemon.connect()
            client.send("NICK ghost")
            client.send("USER root 0 * :root")
        }
        kill(daemon.pid, SIGCONT)
        let client = try daemon.connect().register("alive")
        client.send("ISON ghost")
        let answer = try client.expect(" 303 alive :") + client.listen()
        #expect(!answer.contains("ghost"))
    }

    @Test("the tables of /proc give the same answers as netlink")
    func tables() throws {
        var listening = try #require(Endpoint(text: "127.0.0.1", port: 0)).raw
        let listener = chatd_listen(&listening, 4)
        defer { close(listener) }
        let place = try #require(Endpoint.local(of: listener))
        let client = try Client(as: uid("daemon"), "ipv4", String(place.port))
        var wait = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
        #expect(poll(&wait, 1, 5000) == 1)
        let accepted = chatd_accept(listener)
        defer { close(accepted) }
        let remote = try #require(Endpoint.remote(of: accepted))
        let netlink = try KernelIdentity()
        // It has asked for a socket that listens; and where there is no netlink it asks the tables for one.
        #expect(netlink.source != .tables && KernelIdentity(source: .tables).works)
        for identity in [netlink, KernelIdentity(source: .tables)] {
            #expect(identity.uid(behind: accepted, remote: remote, local: place) == (try uid("daemon")))
        }
        withExtendedLifetime(client) {}
    }
}
