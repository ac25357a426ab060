import CChatDaemon
import ChatServer

/// The sockets that clients come to.
struct Listeners {
    let sockets: [Int32]

    /// A queue of connections that are not accepted yet: thousands may come at once when the machine has started. The
    /// kernel cuts it to net.core.somaxconn, 4096 by default.
    private static let backlog: Int32 = 4096

    /// Takes what systemd has opened; opens what the configuration names where it has opened nothing.
    init(_ configuration: Configuration, handedOver: [Int32]) throws(DaemonError) {
        let mayLeave = configuration.options.listenBeyondLoopback
        if !handedOver.isEmpty {
            for socket in handedOver {
                guard let endpoint = Endpoint.local(of: socket) else {
                    throw DaemonError("descriptor \(socket): \(SystemError.last())")
                }
                try Listeners.check(endpoint, "descriptor \(socket)", mayLeave)
            }
            sockets = handedOver
            sockets.forEach(Listeners.tune)
            return
        }
        let names = configuration.global.listen.map { String(decoding: $0, as: UTF8.self) }
        var opened: [Int32] = []
        for name in names.isEmpty ? ["127.0.0.1", "::1"] : names {
            if name.hasPrefix("/") {
                opened.append(try Listeners.result(chatd_listen_local(name, Listeners.backlog), name))
                continue
            }
            for port in configuration.global.ports {
                guard let endpoint = Endpoint(text: name, port: port) else {
                    throw DaemonError(
                        "Listen: \(name) is neither an address nor an absolute path",
                        hint: "host names are not looked up")
                }
                try Listeners.check(endpoint, "Listen: \(name)", mayLeave)
                var raw = endpoint.raw
                let socket = chatd_listen(&raw, Listeners.backlog)
                // A machine without IPv6 is no reason not to serve the other loopback, unless it was asked for.
                if socket < 0, names.isEmpty, name == "::1", !opened.isEmpty { continue }
                opened.append(try Listeners.result(socket, "\(name) port \(port)"))
            }
        }
        sockets = opened
        sockets.forEach(Listeners.tune)
    }

    /// Connections beyond the queue are not refused but try again after a second.
    static func lengthenQueue(_ socket: Int32) { _ = chatd_lengthen_queue(socket, backlog) }

    /// Where others can connect the machine's own choice stays.
    private static func tune(_ socket: Int32) {
        if let endpoint = Endpoint.local(of: socket), endpoint.isLoopback, endpoint.address != .local {
            _ = chatd_expect_no_loss(socket)
        }
    }

    private static func check(_ endpoint: Endpoint, _ name: String, _ mayLeave: Bool) throws(DaemonError) {
        guard endpoint.isLoopback || mayLeave else {
            throw DaemonError(
                "\(name) can be reached from other machines",
                hint: "listen on 127.0.0.1 and ::1, or set ListenBeyondLoopback = yes in [Options]")
        }
    }

    private static func result(_ socket: Int32, _ name: String) throws(DaemonError) -> Int32 {
        guard socket >= 0 else { throw DaemonError("cannot listen on \(name): \(SystemError.last())") }
        return socket
    }
}
