import CChatDaemon

/// Asks the kernel which account is behind a connection. No client has a say in the answer.
struct KernelIdentity {
    /// Where the answers for TCP come from.
    enum Source: Sendable, Equatable {
        /// One question by the exact pair of addresses (sock_diag(7)).
        case netlink(Int32)
        /// A scan of /proc/self/net, where a kernel or a policy has no netlink for us.
        case tables
    }

    let source: Source

    init(source: Source) { self.source = source }

    /// Takes netlink if it answers for a socket of our own, which is tried: "not found" and "no such protocol"
    /// look the same.
    init() throws(DaemonError) {
        let diag = chatd_diag_open()
        if diag >= 0 {
            let netlink = KernelIdentity(source: .netlink(diag))
            if netlink.works {
                self = netlink
                return
            }
            chatd_close(diag)
        }
        let tables = KernelIdentity(source: .tables)
        guard tables.works else {
            throw DaemonError(
                "the kernel does not say whose a connection is",
                hint: "allow netlink sock_diag or /proc/self/net/tcp, or set KernelIdent = no in [Options]")
        }
        self = tables
    }

    /// The uid at the other end of an accepted connection; nil where the kernel does not know, or where it is not on
    /// this machine.
    func uid(behind socket: Int32, remote: Endpoint, local: Endpoint) -> UInt32? {
        if local.address == .local {
            var uid: UInt32 = 0
            return chatd_peer_of_local_socket(socket, &uid) == 0 ? uid : nil
        }
        // Another machine's connection has no socket here at its other end. Were one found it would be a different one.
        guard remote.isLoopback, local.isLoopback else { return nil }
        return owner(of: remote, connectedTo: local, .established)
    }

    private func owner(of own: Endpoint, connectedTo other: Endpoint, _ state: SocketTable.State) -> UInt32? {
        switch source {
        case .netlink(let diag):
            var uid: UInt32 = 0
            var (own, other) = (own.raw, other.raw)
            return chatd_diag_ask(diag, &own, &other, state == .listening, &uid) == 1 ? uid : nil
        case .tables:
            for table in ["tcp", "tcp6"] {
                guard case .success(let text) = SmallFile.read("/proc/self/net/\(table)") else { continue }
                if let uid = SocketTable.owner(of: own, connectedTo: other, state, in: text) { return uid }
            }
            return nil
        }
    }

    /// Whether a socket that this process listens on is found to be its own. A connection would prove as much, but the
    /// daemon connects to nothing, and no policy need allow it to.
    var works: Bool {
        guard let any = Endpoint(text: "127.0.0.1", port: 0), let nobody = Endpoint(text: "0.0.0.0", port: 0) else {
            return false
        }
        var place = any.raw
        let listener = chatd_listen(&place, 1)
        guard listener >= 0 else { return false }
        defer { chatd_close(listener) }
        guard let bound = Endpoint.local(of: listener) else { return false }
        return owner(of: bound, connectedTo: nobody, .listening) == chatd_user()
    }
}
