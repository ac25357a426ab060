import CChatClient

/// What is put up before the first byte comes from the network. Which wall failed is told by its name.
enum Wall: CaseIterable {
    case parent, resources, privileges, files, systemCalls

    var name: String {
        switch self {
        case .parent: "death with its parent cannot be arranged"
        case .resources: "limits cannot be set"
        case .privileges: "privileges cannot be given up"
        case .files: "Landlock refuses"
        case .systemCalls: "seccomp refuses"
        }
    }

    /// Puts the walls up, in this order; the first that fails. Behind them only `server` can be connected to, which is on
    /// `port`.
    static func raise(around server: UnsafePointer<cchat_address>, port: UInt16) -> Wall? {
        for wall in allCases where !wall.raise(around: server, port: port) { return wall }
        return nil
    }

    private func raise(around server: UnsafePointer<cchat_address>, port: UInt16) -> Bool {
        switch self {
        case .parent: cchat_die_with_parent() == 0
        case .resources: cchat_limit_resources() == 0
        case .privileges: cchat_forbid_privileges() == 0
        // 1: a kernel without Landlock. The other walls stand.
        case .files: cchat_forbid_files(port) >= 0
        case .systemCalls: cchat_forbid_system_calls(server) == 0
        }
    }
}
