import Foundation
import RPMKit
import ReleaseSupport
public import SystemPackage

/// The edge of this module: compiles the policy, links it with a whole base policy without a guest, and asks setools
/// what came out. Everything is kept under the digest of what it was made from.
public struct PolicyLinker: Sendable {
    /// The folder `selinux` of a checkout.
    let sources: FilePath
    /// Where the modules of the base policy lie; nil for those of this machine.
    let base: FilePath?
    let cache: FilePath

    /// Where Debian's selinux-policy-default and Fedora's selinux-policy-targeted keep modules. The second is for root.
    private static let bases: [FilePath] = [
        "/usr/share/selinux/default", "/var/lib/selinux/targeted/active/modules/100",
    ]

    /// Prepares to link the policy in `sources`.
    ///
    /// - Parameter base: a folder with the modules of another base policy: `.pp`, `.pp.bz2`, `.cil`, or as in a store.
    public init(sources: FilePath, base: FilePath? = nil) {
        self.sources = sources
        self.base = base
        cache = Caches.folder("policy")
    }

    /// A policy, linked.
    public struct Linked: Sendable {
        /// What setools says of it.
        public let facts: PolicyFacts
        /// untochat.te in the intermediate language.
        public let module: String
        /// Whether untochat-deny.cil is part of it, or this userspace is too old.
        public let isDenied: Bool
    }

    /// Links `te` with the base policy, whose assertions are checked too.
    ///
    /// - Parameters:
    ///   - te: the text of untochat.te.
    ///   - deny: the text of untochat-deny.cil.
    public func link(te: String, deny: String, domains: [String]) async throws -> Linked {
        let base = try await compiledBase()
        let isDenied = await knowsDeny()
        var digest = SHA256()
        for file in ["untochat.fc", "facts.py"] {
            digest.update(try Files.read(sources.appending(file)))
        }
        digest.update("\(te)\0\(deny)\0\(base.lastComponent?.string ?? "")\0\(isDenied)\0\(domains)")
        let finished = cache.appending("linked-\(digest.finish().prefix(32))")
        if !Files.exists(finished) {
            try await Caches.make(finished) { try await link(te, isDenied ? deny : nil, base, domains, in: $0) }
        }
        return Linked(
            facts: try PolicyFacts.decode(Files.read(finished.appending("facts.json"))),
            module: try Files.text(finished.appending("untochat.cil")), isDenied: isDenied)
    }

    private func link(
        _ te: String, _ deny: String?, _ base: FilePath, _ domains: [String], in folder: FilePath
    ) async throws {
        try Files.write(te, to: folder.appending("untochat.te"))
        let fileContexts = sources.appending("untochat.fc").string
        try await shell(
            """
            checkmodule -M -m -o untochat.mod untochat.te >&2
            semodule_package -o untochat.pp -m untochat.mod -f "$1"
            \(Self.converter) untochat.pp untochat.cil
            """, [fileContexts], in: folder, hint: "mend selinux/untochat.te where the message says")
        if let deny { try Files.write(deny, to: folder.appending("untochat-deny.cil")) }
        let ours = ["untochat.cil"] + (deny == nil ? [] : ["untochat-deny.cil"])
        let modules = try Files.names(in: base).map { base.appending($0).string }
        // -m: Debian 13 declares some things twice, as its own tools allow. Assertions are checked unless told not to.
        let arguments = ["-m", "-M", "true", "-c", "33", "-o", "policy", "-f", "contexts"]
        let linked = try await Command("secilc", arguments + modules + ours)
            .with { $0.directory = folder }.run(.audit)
        guard linked.succeeded else {
            let said = (linked.errorText + linked.text).split(separator: "\n").prefix(12).joined(separator: "\n    ")
            throw ReleaseError(
                .audit, "the policy does not link:\n    \(said)",
                hint: "where it says neverallow, the rule that it names breaks an assertion of the base policy")
        }
        // Not the `python3` in PATH: setools belongs to the system's.
        let facts = try await Command(
            "/usr/bin/python3", [sources.appending("facts.py").string, folder.appending("policy").string] + domains
        ).output(.audit)
        try Files.write(facts, to: folder.appending("facts.json"))
        try Files.remove(folder.appending("policy"))
    }

    /// Modules of the base policy in the intermediate language, without file contexts: Debian's contradict each other,
    /// which newer compilers refuse.
    private func compiledBase() async throws -> FilePath {
        guard let found = base ?? Self.bases.first(where: Files.exists) else {
            throw ReleaseError(
                .setup, "there is no base policy on this machine",
                hint: "install selinux-policy-default (Debian) or selinux-policy-targeted (Fedora)")
        }
        var digest = SHA256()
        for file in try Files.files(below: found) {
            digest.update("\(file)\0\(try SHA256.of(file: found.appending(file)))\0")
        }
        let finished = cache.appending("base-\(digest.finish().prefix(32))")
        guard !Files.exists(finished) else { return finished }
        try await Caches.make(finished) { folder in
            try await shell(
                """
                cd "$1"
                for file in *; do
                    name=${file%%.*} module=$2/module
                    if [ -d "$file" ]; then
                        [ -e "$file/cil" ] || continue
                        file=$file/cil
                    fi
                    case $file in */cil | *.bz2) bzip2 -dc "$file" ;; *) cat "$file" ;; esac >"$module"
                    case $file in *.cil | */cil) cp "$module" "$module.cil" ;; *) \(Self.converter) "$module" "$module.cil" ;; esac
                    grep -v '^ *(filecon ' "$module.cil" >"$2/$name.cil"
                done
                rm -f "$2/module" "$2/module.cil"
                """, [found.string, folder.string], in: folder, hint: "is \(found) a folder of policy modules?")
        }
        return finished
    }

    /// The program that turns a module package into the intermediate language; policycoreutils keeps it out of PATH.
    private static let converter = "/usr/libexec/selinux/hll/pp"

    /// Whether the compiler knows `deny` rules: SELinux userspace 3.6 and later.
    private func knowsDeny() async -> Bool {
        let probe = "(deny a b (c (d)))"
        let outcome = try? await TemporaryFolder.with { folder in
            let file = folder.appending("probe.cil")
            try Files.write(probe, to: file)
            return try await Command("secilc", ["-v", file.string]).with { $0.directory = folder }.run(.audit)
        }
        return outcome.map { !($0.errorText + $0.text).contains("keyword") } ?? false
    }

    private func shell(_ script: String, _ arguments: [String], in folder: FilePath, hint: String) async throws {
        try await Command("/bin/sh", ["-euc", script, "sh"] + arguments).with {
            $0.directory = folder
            $0.environment = ["LC_ALL": "C"]
        }.output(.audit, hint: hint)
    }
}
