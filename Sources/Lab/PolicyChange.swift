import ReleaseSupport
import SystemPackage

/// A policy other than the release's, to see what a rule is good for. It is linked on this machine in seconds; a guest in
/// emulation would take minutes.
public struct PolicyChange: Sendable, Equatable {
    /// Statements in the Common Intermediate Language that are added, or nothing.
    public let statements: String
    /// Modules that are taken out, for example `untochat-deny`.
    public let without: [String]

    /// Describes a policy.
    public init(adding statements: String = "", without: [String] = []) {
        self.statements = statements
        self.without = without
    }

    /// Where policies of a server lie; Debian's is `default`.
    static let folder: FilePath = "/etc/selinux/default/policy"

    /// Links the policy in the root, and copies it to `folder` under the name that the kernel's loader looks for.
    func link(in root: GuestRoot, to folder: FilePath) async throws {
        if !statements.isEmpty { try root.write(statements + "\n", to: "/root/untochat-lab.cil") }
        for name in without { try await root.output("semodule", ["-s", "default", "-n", "-X", "200", "-r", name]) }
        if !statements.isEmpty {
            try await root.output("semodule", ["-s", "default", "-n", "-X", "400", "-i", "/root/untochat-lab.cil"])
        }
        for name in try Files.names(in: root.path(Self.folder)) {
            try Files.copy(root.path(Self.folder.appending(name)), to: folder.appending(name))
        }
    }
}

extension Guest {
    /// Puts another policy into force, until `restorePolicy`. The files of the policy's store stay as they are.
    public func load(_ policy: FilePath) async throws {
        guard let name = try Files.names(in: policy).first else {
            throw ReleaseError(.verify, "\(policy) holds no policy")
        }
        let place = PolicyChange.folder.appending(name).string
        try await root("[ -e /root/shipped-policy ] || cp -p \(place) /root/shipped-policy")
        try await root("cat >\(place) && load_policy", input: try Files.read(policy.appending(name)))
    }

    /// Puts the release's policy into force again.
    public func restorePolicy() async throws {
        try await root(
            "[ ! -e /root/shipped-policy ] || { cat /root/shipped-policy >$(ls \(PolicyChange.folder)/*) && load_policy; }"
        )
    }
}
