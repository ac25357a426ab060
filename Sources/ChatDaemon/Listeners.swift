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
        var opened: [Int32] = []
        for place in try Listeners.places(configuration) {
            let socket: Int32
            switch place {
            case .path(let path): socket = chatd_listen_local(path, Listeners.backlog)
            case .address(let endpoint, _, _):
                var raw = endpoint.raw
                socket = chatd_listen(&raw, Listeners.backlog)
            }
            if socket < 0, place.isOptional, !opened.isEmpty { continue }
            opened.append(try Listeners.result(socket, place.name))
        }
        sockets = opened
        sockets.forEach(Listeners.tune)
    }

    /// Where to listen.
    enum Place {
        case path(String)
        /// A machine without IPv6 is no reason not to serve the other loopback, unless it was asked for.
        case address(Endpoint, String, isOptional: Bool)

        var name: String {
            switch self {
            case .path(let path): path
            case .address(let endpoint, let text, _): "\(text) port \(endpoint.port)"
            }
        }

        var isOptional: Bool {
            if case .address(_, _, let isOptional) = self { isOptional } else { false }
        }
    }

    /// What the configuration names, if all of it may be listened on.
    static func places(_ configuration: Configuration) throws(DaemonError) -> [Place] {
        let names = configuration.global.listen.map { String(decoding: $0, as: UTF8.self) }
        var places: [Place] = []
        for name in names.isEmpty ? ["127.0.0.1", "::1"] : names {
            if name.hasPrefix("/") {
                places.append(.path(name))
                continue
            }
            for port in configuration.global.ports {
                guard let endpoint = Endpoint(text: name, port: port) else {
                    throw DaemonError(
                        "Listen: \(name) is neither an address nor an absolute path",
                        hint: "host names are not looked up")
                }
                try check(endpoint, "Listen: \(name)", configuration.options.listenBeyondLoopback)
                places.append(.address(endpoint, name, isOptional: names.isEmpty && name == "::1"))
            }
        }
        return places
    }

    /// Connections beyond the queue are not refused but try again after a second.
    static func lengthenQueue(_ socket: Int32) { _ = chatd_lengthen_queue(socket, backlog) }

    /// For the sockets that are accepted here, which inherit it.
    private static func tune(_ socket: Int32) {
        guard let endpoint = Endpoint.local(of: socket), endpoint.address != .local else { return }
        // Without this a short line waits for the acknowledgement of the one before it.
        _ = chatd_send_at_once(socket)
        // Where others can connect the machine's own choice stays.
        if endpoint.isLoopback { _ = chatd_expect_no_loss(socket) }
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
