import BenchmarkSupport
import ChatClient
import TerminalFixtures
import TerminalScreen
import TestNumbers

/// What the client takes for its lines, without a network and a terminal, and a million hostile ones:
/// `swift run -c release chat-client-benchmark`.
@main
struct Benchmark {
    static let clock = ContinuousClock()
    static var now: Moment { Moment(uptime: 1_000_000, unix: 1_795_423_320_000) }

    static func main() {
        visible()
        soak()
    }

    static func client() -> Client {
        let user = User(name: Array("ann".utf8), realName: Array("Ann".utf8))
        var client = Client(user: user, configuration: Configuration(system: nil, personal: nil, user: user), at: now)
        client.resize(columns: 100, rows: 30)
        _ = client.start(at: now)
        _ = client.connected(at: now)
        _ = client.receive(Array(":irc 001 ann :x\r\n".utf8), at: now)
        for key in KeyDecoder.keys("/join #test\r") { _ = client.receive(key, at: now) }
        _ = client.receive(Array(":ann!a@h JOIN #test\r\n".utf8), at: now)
        return client
    }

    static func visible() {
        var client = client()
        var painter = Painter(Dialect(colours: 256, hasItalic: true, isXtermLike: true))
        var bytes = 0
        let time = clock.measure {
            for round in 0..<200 {
                var piece: [UInt8] = []
                for line in 0..<100 {
                    piece += Array(
                        ":bob!u@h PRIVMSG #test :line \(round * 100 + line) of some ordinary length, as people write\r\n"
                            .utf8)
                }
                _ = client.receive(piece, at: now)
                bytes += painter.paint(client.frame()).count
            }
        }
        print("20000 lines in 200 pieces: \(time), \(bytes) bytes for the terminal")
        let frames = clock.measure {
            for round in 0..<1000 {
                _ = client.receive(.key(Key(.character(UInt32(97 + round % 26)))), at: now)
                bytes += painter.paint(client.frame()).count
            }
        }
        print("a key with its painting: \(frames / 1000)")
        let resizes = clock.measure {
            for round in 0..<1000 {
                client.resize(columns: round % 2 == 0 ? 60 : 100, rows: 30)
                bytes += painter.paint(client.frame()).count
            }
        }
        print("a change of size with its painting: \(resizes / 1000)")
    }

    static func soak() {
        var client = client()
        var numbers = SeededNumbers(seed: 9)
        var painter = Painter(Dialect(colours: 256, hasItalic: true, isXtermLike: true))
        var terminal = StrictTerminal(columns: 100, rows: 30)
        let before = residentKilobytes()
        var middle = 0
        let time = clock.measure {
            for round in 0..<1_000_000 {
                var line = Array(
                    ":n\(round % 5000)!u@h \(round % 3 == 0 ? "JOIN #test" : round % 3 == 1 ? "PRIVMSG #test" : "PRIVMSG ann") :"
                        .utf8)
                line += numbers.hostileText(atMost: 100) + [13, 10]
                _ = client.receive(line, at: now)
                if round % 1000 == 0 { terminal.receive(painter.paint(client.frame())) }
                if round == 500_000 { middle = residentKilobytes() }
            }
        }
        print(
            "a million hostile lines: \(time); kB before \(before), in the middle \(middle), after \(residentKilobytes())"
        )
        print("what reached the terminal beyond text and the painter's own: \(terminal.violations)")
    }
}

extension KeyDecoder {
    static func keys(_ text: String) -> [Input] {
        var decoder = KeyDecoder()
        return decoder.receive(Array(text.utf8))
    }
}
