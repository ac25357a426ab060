import IRCProtocol
import TestNumbers
import Testing

@testable import ChatServer

/// What must hold after any dialogue.
struct PropertyTests {
    /// Says what is wrong with the indexes of a server; nothing, if all agree.
    static func inconsistencies(_ server: ChatServer) -> [String] {
        var found: [String] = []
        func check(_ holds: Bool, _ text: @autoclosure () -> String) { if !holds { found.append(text()) } }
        for (slot, client) in server.clients.enumerated() where client.state != .free {
            for (back, membership) in client.memberships.enumerated() {
                let channel = server.channels[Int(membership.channel)]
                let position = Int(membership.position)
                check(position < channel.members.count, "a membership points past the members")
                guard position < channel.members.count else { continue }
                check(channel.members[position] == server.identifier(slot), "a membership points to another member")
                check(Int(channel.backReferences[position]) == back, "a back reference points elsewhere")
                check(
                    channel.flags[position].capabilities == client.capabilities.intersection(.delivery),
                    "a member's capabilities are stale")
            }
            if !client.nick.isEmpty { check(server.nicks[client.foldedNick] == UInt32(slot), "a nick is not indexed") }
            for nick in client.monitored {
                check(server.watchers[nick]?.contains(server.identifier(slot)) == true, "a watch is not indexed")
            }
            check(client.isOper == server.operators.contains(UInt32(slot)), "operators are out of step")
            check(client.input.count <= 8192, "\(client.input.count) bytes wait")
        }
        for (folded, slot) in server.nicks {
            check(server.clients[Int(slot)].foldedNick == folded, "the index of nicks holds a stale one")
        }
        for (place, channel) in server.channels.enumerated() where !channel.isFree {
            check(server.channelNames[channel.foldedName] == UInt32(place), "a channel is not indexed")
            check(!channel.members.isEmpty || channel.modes.contains(.persistent), "a channel has outlived its members")
            check(Set(channel.members).count == channel.members.count, "a member is there twice")
            for member in channel.members {
                check(
                    server.slot(of: member).map { slot in
                        server.clients[slot].memberships.contains { Int($0.channel) == place }
                    } == true, "a member does not know of the channel")
            }
            for list in [channel.bans, channel.exceptions, channel.invitations] {
                check(list.count <= ChatServer.maskListLimit, "a list is over its limit")
            }
            let shown = channel.namesText.flatMap { $0.split(separator: 32) }.map(Array.init).sorted {
                $0.lexicographicallyPrecedes($1)
            }
            let members = zip(channel.members, channel.flags).map { member, flags in
                var text: [UInt8] = []
                flags.appendPrefixes(all: false, to: &text)
                return text + server.clients[Int(member.slot)].nick
            }.sorted { $0.lexicographicallyPrecedes($1) }
            check(channel.namesText.isEmpty || shown == members, "the text of NAMES is stale")
            check(channel.invited.count <= ChatServer.maskListLimit, "too many are invited")
        }
        let active = server.clients.filter { $0.state != .free }
        check(active.count == server.connectionCount, "connections are miscounted")
        check(active.filter { $0.state == .registered }.count == server.registeredCount, "users are miscounted")
        check(server.channels.filter { !$0.isFree }.count == server.channelCount, "channels are miscounted")
        check(server.channelNames.count == server.channelCount, "the index of channels holds a stale one")
        check(server.connectionsByAddress.values.reduce(0, +) == active.count, "addresses are miscounted")
        check(server.watchers.values.allSatisfy { !$0.isEmpty }, "an empty watch is kept")
        check(
            server.watchers.values.map(\.count).reduce(0, +) == active.map(\.monitored.count).reduce(0, +),
            "watches of nobody are kept")
        return found
    }

    static let words = [
        "#a", "#b", "&c", "+d", "#A", "a", "b", "c", "A", "nosuch", "*", "?", "a*", "#*", "+b", "-b", "+o", "-o", "+v",
        "+qah",
        "-qah", "+imnstVMNQRz", "-imnstVMNQRz", "+k", "-k", "+l", "2", "0", "a!*@*", "op", "pw", "LS", "302", "REQ",
        "END", "LIST",
        ":message-tags server-time", ":-message-tags", ":away-notify extended-join invite-notify setname",
        ":echo-message",
        ":labeled-response batch", ":multi-prefix userhost-in-names", "+", "-", "C", "S", "L", "a,b,c", "#a,#b,&c,+d",
        ":text here",
        ":", "%tnuf,1", "\u{1}ACTION x\u{1}", "é", "@#a", "$*", "irc.test.net",
    ]

    static func randomLine(_ generator: inout SeededNumbers) -> [UInt8] {
        let command = Command.allCases.randomElement(using: &generator)?.name ?? []
        var line: [UInt8] = []
        if Int.random(in: 0...9, using: &generator) == 0 { line += Array("@label=x;+typing=active ".utf8) }
        line += command
        for _ in 0..<Int.random(in: 0...4, using: &generator) {
            line += Array(" \(words.randomElement(using: &generator) ?? "")".utf8)
        }
        if Int.random(in: 0...30, using: &generator) == 0 { line.append(UInt8.random(in: 0...255, using: &generator)) }
        return line + [13, 10]
    }

    @Test("random dialogues leave every index consistent, and nothing is sent to who is gone", arguments: 0..<12)
    func dialogues(seed: Int) {
        var generator = SeededNumbers(seed: UInt64(seed))
        let change: (inout Configuration) -> Void = { configuration in
            configuration.options.kernelIdent = false
            configuration.limits.maxConnectionsPerAddress = 0
            configuration.options.operCanUseMode = true
            configuration.limits.maxPenaltySeconds = seed % 3 == 0 ? nil : 0
            configuration.operators = [.init()]
            configuration.operators[0].name = Array("op".utf8)
            configuration.operators[0].password = Array("pw".utf8)
        }
        let world = seed % 2 == 0 ? World.anonymous(change) : World.open(change)
        let names = ["a", "b", "c", "d", "e", "f"]
        for step in 0..<3000 {
            let name = names.randomElement(using: &generator) ?? "a"
            if world.clients[name] == nil || world.closed.contains(name) {
                world.connect(name)
                world.send(name, "NICK \(name)")
                world.send(name, "USER u 0 * :R")
                world.send(name, "JOIN #a,#b")
            }
            switch Int.random(in: 0...60, using: &generator) {
            case 0: world.lose(name)
            case 1: world.wait(seconds: Int.random(in: 1...90, using: &generator))
            default:
                let line = PropertyTests.randomLine(&generator)
                // All in one piece, or in two.
                let cut = Int.random(in: 0...line.count, using: &generator)
                world.send(name, bytes: Array(line[..<cut]))
                world.send(name, bytes: Array(line[cut...]))
            }
            if step % 10 == 0 {
                let found = PropertyTests.inconsistencies(world.server)
                #expect(found.isEmpty, "step \(step): \(found)")
                if !found.isEmpty { return }
            }
        }
        #expect(world.strays == 0)
        #expect(world.malformed.isEmpty, "\(world.malformed)")
    }

    @Test("any bytes at all leave the server standing")
    func noise() {
        var generator = SeededNumbers(seed: 99)
        let world = World.anonymous { $0.options.kernelIdent = false }
        world.join("a")
        for _ in 0..<3000 {
            if world.closed.contains("a") { world.join("a") }
            let bytes = (0..<Int.random(in: 0...600, using: &generator)).map { _ in
                Bool.random(using: &generator) ? UInt8.random(in: 0...255, using: &generator) : UInt8(10)
            }
            world.send("a", bytes: bytes)
        }
        #expect(PropertyTests.inconsistencies(world.server).isEmpty)
    }
}
