import CChatDaemon
import Foundation
import Testing

@testable import ChatDaemon

private let anybody = "[Limits]\nMaxConnectionsIP = 0\n[Options]\nKernelIdent = no"

@Suite("Start, signals and systemd")
struct ServiceTests {
    @Test("SIGHUP reads the configuration and the message of the day again and drops nobody")
    func rehash() throws {
        let daemon = try RunningDaemon(anybody)
        let client = try daemon.connect().register("stays")
        let motd = daemon.folder.appendingPathComponent("motd")
        try Data("Hello again\n".utf8).write(to: motd)
        let text = try String(contentsOf: daemon.configuration, encoding: .utf8)
        let changed = text.replacing("[Global]", with: "[Global]\nMotdFile = \(motd.path)")
        try Data(changed.utf8).write(to: daemon.configuration)
        kill(daemon.pid, SIGHUP)
        try waitUntil("it was read") { daemon.messages.contains("configuration read again") }
        client.send("MOTD")
        try client.expect(":- Hello again")
    }

    @Test("a configuration with errors is not taken, and the old one stays")
    func brokenRehash() throws {
        let daemon = try RunningDaemon(anybody)
        let client = try daemon.connect().register("stays")
        try Data("[Global]\nName = nodot\n".utf8).write(to: daemon.configuration)
        kill(daemon.pid, SIGHUP)
        try waitUntil("it was refused") { daemon.messages.contains("the old one stays") }
        #expect(try client.ping() < 1)
    }

    @Test("SIGTERM and SIGINT say goodbye", arguments: [SIGTERM, SIGINT])
    func goodbye(signal: Int32) throws {
        let daemon = try RunningDaemon(anybody)
        let clients = try (0..<20).map { try daemon.connect().register("c\($0)") }
        kill(daemon.pid, signal)
        for client in clients { try client.expect("ERROR :") }
        #expect(try daemon.status() == 0)
    }

    @Test("a client that reads nothing does not keep the daemon from ending")
    func goodbyeToDeaf() throws {
        let daemon = try RunningDaemon(anybody + "\n[Limits]\nMaxPenaltyTime = 0")
        let deaf = try daemon.connect().register("deaf")
        let speaker = try daemon.connect().register("speaker")
        for _ in 0..<3000 { speaker.send("PRIVMSG deaf :\(String(repeating: "x", count: 400))") }
        _ = try speaker.ping()
        kill(daemon.pid, SIGTERM)
        #expect(try daemon.status() == 0)
        withExtendedLifetime(deaf) {}
    }

    @Test("an operator's REHASH, RESTART and DIE do what they say")
    func operatorCommands() throws {
        let daemon = try RunningDaemon(anybody + "\n[Operator]\nName = op\nPassword = pass\n")
        var client = try daemon.connect().register("first")
        client.send("OPER op pass")
        try client.expect(" 381 ")
        client.send("REHASH")
        try waitUntil("it was read") { daemon.messages.contains("configuration read again") }
        client.send("RESTART")
        #expect(client.isClosed())
        client = try daemon.connect().register("second")
        client.send("OPER op pass")
        try client.expect(" 381 ")
        client.send("DIE")
        #expect(client.isClosed())
        #expect(try daemon.status() == 0)
    }

    @Test("systemd is told of start, reload, life and end")
    func notify() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("notify-\(UUID().uuidString)").path
        let receiver = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(100)) }
        withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(receiver, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        chmod(path, 0o666)
        defer {
            close(receiver)
            unlink(path)
        }
        let daemon = try RunningDaemon(
            anybody, environment: ["NOTIFY_SOCKET": path, "WATCHDOG_USEC": "200000"])
        func next() throws -> String {
            var wait = pollfd(fd: receiver, events: Int16(POLLIN), revents: 0)
            guard poll(&wait, 1, 3000) > 0 else { throw TestError(what: "systemd was told nothing") }
            var buffer = [UInt8](repeating: 0, count: 1000)
            let count = recv(receiver, &buffer, buffer.count, 0)
            return String(decoding: buffer.prefix(count), as: UTF8.self)
        }
        func next(but passed: String) throws -> String {
            var text = try next()
            while text == passed { text = try next() }
            return text
        }
        #expect(try next() == "READY=1")
        #expect(try next() == "WATCHDOG=1")
        #expect(try next() == "WATCHDOG=1")
        kill(daemon.pid, SIGHUP)
        #expect(try next(but: "WATCHDOG=1").hasPrefix("RELOADING=1\nMONOTONIC_USEC="))
        #expect(try next(but: "WATCHDOG=1") == "READY=1")
        kill(daemon.pid, SIGTERM)
        #expect(try next(but: "WATCHDOG=1") == "STOPPING=1")
        #expect(try daemon.status() == 0)
    }

    @Test("a socket that systemd has opened is served, and none of the configuration")
    func activation() throws {
        let port = try RunningDaemon.freePort()
        let daemon = try RunningDaemon(anybody, prefix: [Programs.probe, "activate", "127.0.0.1", String(port)])
        try Client(address: "127.0.0.1", port: port).register("here")
        #expect(throws: TestError.self) { try daemon.connect() }
    }

    @Test("a socket for another process is not taken")
    func otherActivation() throws {
        let daemon = try RunningDaemon(anybody, environment: ["LISTEN_PID": "1", "LISTEN_FDS": "1"])
        try daemon.connect().register("here")
    }

    @Test("what other machines can reach is listened on only when that is said loudly")
    func beyondLoopback() throws {
        let refused = try RunningDaemon(anybody, listen: "0.0.0.0", waits: false)
        #expect(try refused.status() == 1)
        #expect(refused.messages.contains("can be reached from other machines"))
        let allowed = try RunningDaemon(anybody + "\nListenBeyondLoopback = yes", listen: "0.0.0.0")
        try allowed.connect().register("here")
    }

    @Test("root is not whom it serves as", .enabled(if: Programs.isRoot, Programs.whyRoot))
    func asRoot() throws {
        let daemon = try RunningDaemon(anybody, global: "ServerUID = root", waits: false)
        #expect(try daemon.status() == 1)
        #expect(daemon.messages.contains("it would serve as root"))
    }

    @Test("so is a socket that was handed over")
    func activatedBeyondLoopback() throws {
        let port = String(try RunningDaemon.freePort())
        let daemon = try RunningDaemon(anybody, prefix: [Programs.probe, "activate", "0.0.0.0", port], waits: false)
        #expect(try daemon.status() == 1)
    }

    @Test("--configtest says whether the daemon would start")
    func configurationTest() throws {
        func run(_ text: String) throws -> (Int32, String) {
            let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).conf")
            try Data(text.utf8).write(to: file)
            defer { try? FileManager.default.removeItem(at: file) }
            let process = Process()
            let pipe = Pipe()
            process.executableURL = URL(fileURLWithPath: Programs.daemon)
            process.arguments = ["--configtest", "-f", file.path]
            process.standardOutput = pipe
            try process.run()
            let said = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            return (process.terminationStatus, said)
        }
        let sound = try run("[Global]\nName = a.b\n[Options]\nWebircPassword = x\n")
        #expect(sound.0 == 0 && sound.1.contains("warning: ") && sound.1.contains("  Name = a.b\n"))
        let broken = try run("[Global]\nPorts = 99999\n")
        #expect(broken.0 == 1 && broken.1.contains("error: "))
        for place in ["0.0.0.0", "localhost"] {
            let refused = try run("[Global]\nName = a.b\nListen = \(place)\n")
            #expect(refused.0 == 1 && refused.1.contains("error: Listen: \(place) "), "\(refused)")
        }
    }

    @Test("files of IncludeDir are read in order, and only those named .conf")
    func include() throws {
        let daemon = try RunningDaemon(anybody)
        let folder = daemon.folder.appendingPathComponent("more")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (name, network) in [("2.conf", "Second"), ("1.conf", "First"), ("3.txt", "Third")] {
            try Data("[Global]\nNetwork = \(network)\n".utf8).write(to: folder.appendingPathComponent(name))
        }
        try Data("[Global]\nName = a.b\n[Options]\nIncludeDir = \(folder.path)\n".utf8).write(to: daemon.configuration)
        let loaded = ConfigurationLoader(file: daemon.configuration.path).load()
        #expect(loaded.configuration.global.network == Array("Second".utf8) && loaded.errors.isEmpty)
    }
}
