import ReleaseSupport
public import SystemPackage

/// The policy of a checkout: what `untochat policy` does.
public struct PolicyProject: Sendable {
    private let root: FilePath

    /// The checkout at `root`.
    public init(root: FilePath) { self.root = root }

    /// What a check found.
    public struct Outcome: Codable, Sendable {
        /// What is wrong; empty where all is well.
        public let findings: [Finding]
        /// What the base policy gives our domains beyond untochat.te, as rules.
        public let takenBack: [String]
        /// Whether it is taken back in the linked policy; else it would be, by a newer userspace.
        public let isDenied: Bool

        /// For people.
        public func text(listsDenied: Bool) -> String {
            var lines = findings.map { "FAILED  \($0)" }
            if listsDenied { lines += takenBack.map { "\(isDenied ? "denied" : "would be denied"): \($0)" } }
            lines.append(
                isDenied
                    ? "The base policy's additions are denied."
                    : "\(takenBack.count) additions of the base policy would be denied; this machine's SELinux userspace is older "
                        + "than 3.6 and cannot.")
            lines.append(findings.isEmpty ? "The policy is as expected." : "\(findings.count) findings")
            return lines.joined(separator: "\n") + "\n"
        }
    }

    /// What must be true.
    public func expectations() throws -> Expectations {
        try Expectations(yaml: Files.text(selinux.appending("expectations.yaml")), file: "selinux/expectations.yaml")
    }

    /// Links the policy and compares it with the expectations; also whether every rule has its reason, and whether the
    /// committed report is that of this policy.
    ///
    /// - Parameters:
    ///   - te: another text than that of untochat.te, for tests of this check.
    ///   - deny: another text than that of untochat-deny.cil, for the same.
    ///   - base: a folder with the modules of another base policy than this machine's.
    public func check(te: String? = nil, deny: String? = nil, base: FilePath? = nil) async throws -> Outcome {
        let expected = try expectations()
        let text = try te ?? Files.text(selinux.appending("untochat.te"))
        let deny = try deny ?? Files.text(selinux.appending("untochat-deny.cil"))
        let linked = try await PolicyLinker(sources: selinux, base: base)
            .link(te: text, deny: deny, domains: expected.subjects)
        let judgement = try Judgement(linked.facts, module: linked.module, deny: deny, expected: expected)
        var findings = judgement.findings
        for statement in PolicySource(text).unexplained {
            findings.append(Finding("untochat.te", "a rule has no comment that says why", rule: statement))
        }
        if te == nil {
            for (file, content) in try report() where try !Files.exists(file) || Files.text(file) != content {
                findings.append(
                    Finding(
                        file.lastComponent?.string ?? "",
                        "is not the report of this policy: run `untochat policy report`"))
            }
        }
        return Outcome(
            findings: findings, takenBack: judgement.takenBack.map(\.description), isDenied: linked.isDenied)
    }

    /// Writes the report. Returns the names of the files.
    public func writeReport() throws -> [String] {
        try report().map { file, content in
            try Files.write(content, to: file)
            return file.string
        }
    }

    private var selinux: FilePath { root.appending("selinux") }

    private func report() throws -> [(FilePath, String)] {
        let docs = root.appending("docs")
        return [
            (docs.appending("selinux.md"), PolicyReport.page(te: try Files.text(selinux.appending("untochat.te")))),
            (docs.appending("selinux-domains.svg"), DomainPicture.svg(try expectations())),
        ]
    }
}
