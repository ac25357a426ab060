import BenchmarkSupport
import ChatServer
import IRCProtocol

/// What the state machine does in a second, without a network: `swift run -c release chat-server-benchmark`.
@main
struct Benchmark {
    static let clock = ContinuousClock()
    static let start = clock.now

    static var moment: Moment {
        let milliseconds = Int64((clock.now - start) / .milliseconds(1))
        return Moment(uptime: milliseconds, unix: 1_700_000_000_000 + milliseconds)
    }

    static func main() {
        for (clients, channels) in [(10, 1), (100, 1), (1000, 1), (5000, 50), (5000, 1)] { run(clients, channels) }
    }

    static func run(_ count: Int, _ channels: Int) {
        var configuration = Configuration()
        configuration.global.name = Array("irc.test.net".utf8)
        configuration.options.anonymous = false
        configuration.options.kernelIdent = false
        configuration.limits.maxPenaltySeconds = 0
        configuration.limits.maxConnectionsPerAddress = 0
        configuration.limits.maxJoins = 0
        var server = ChatServer(configuration: configuration, at: moment)
        var clients: [ClientID] = []
        let before = residentKilobytes()
        let connecting = clock.measure {
            for index in 0..<count {
                let peer = Peer(login: nil, address: Array("127.0.0.1".utf8), nonce: 0)
                let (client, _) = server.connected(peer, at: moment)
                _ = server.receive(Array("NICK n\(index)\r\nUSER u 0 * :Real\r\n".utf8), from: client, at: moment)
                clients.append(client)
            }
        }
        var joinBytes = 0
        var joinDeliveries = 0
        let joining = clock.measure {
            for (index, client) in clients.enumerated() {
                let line = Array("JOIN #c\(index % channels)\r\n".utf8)
                tally(server.receive(line, from: client, at: moment), &joinBytes, &joinDeliveries)
            }
        }
        let after = residentKilobytes()
        var deliveries = 0
        var bytes = 0
        let rounds = max(1, 4_000_000 / max(1, count / channels) / 10)
        let speaking = clock.measure {
            for round in 0..<rounds {
                let index = (round * 7919) % count
                let line = Array("PRIVMSG #c\(index % channels) :hello everybody, this is message \(round)\r\n".utf8)
                tally(server.receive(line, from: clients[index], at: moment), &bytes, &deliveries)
            }
        }
        print(
            "\(count)/\(channels): registered \(perSecond(count, connecting))/s, all joined in \(seconds(joining)) s",
            "(\(joinDeliveries) deliveries), \(perSecond(rounds, speaking)) messages/s =",
            "\(perSecond(deliveries, speaking)) deliveries/s, \((after - before) * 1024 / count) bytes/client")
    }

    static func tally(_ effects: [Effect], _ bytes: inout Int, _ deliveries: inout Int) {
        for effect in effects {
            switch effect {
            case .send(let line, _):
                bytes += line.count
                deliveries += 1
            case .sendAll(let line, let receivers, let except):
                let count = receivers.count - (except == nil ? 0 : 1)
                bytes += line.count * count
                deliveries += count
            default: break
            }
        }
    }

    static func perSecond(_ count: Int, _ duration: Duration) -> Int {
        Int(Double(count) / max(duration / .seconds(1), 1e-9))
    }

    static func seconds(_ duration: Duration) -> Double { Double(Int(duration / .milliseconds(1))) / 1000 }
}
