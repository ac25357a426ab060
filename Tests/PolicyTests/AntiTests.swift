import ReleaseSupport
import SystemPackage
import Testing

@testable import PolicyAnalysis

/// The check must be able to fail: each of these rules is one too many, and must be found and named.
@Suite("a policy with one rule too many", .serialized)
struct AntiTests {
    static let project = PolicyProject(
        root: FilePath(#filePath).removingLastComponent().appending("../..").lexicallyNormalized())
    static let selinux = FilePath(#filePath).removingLastComponent().appending("../../selinux").lexicallyNormalized()
    static let te = selinux.appending("untochat.te")

    /// A rule, and what the finding that it makes must say.
    struct Mutant: Sendable {
        let rule: String
        let finding: String
        /// Classes and types that the rule needs beside those of the module.
        var requires = ""
    }

    static let mutants: [Mutant] = [
        Mutant(rule: "allow untochat_t bin_t:file execute;", finding: "untochat_t: executes bin_t"),
        Mutant(
            rule: "allow untochat_t untosh_exec_t:file execute_no_trans;",
            finding: "untochat_t: may execute_no_trans untosh_exec_t:file", requires: "class file execute_no_trans;"),
        Mutant(rule: "allow irssius_t passwd_exec_t:file execute;", finding: "irssius_t: executes passwd_exec_t"),
        Mutant(rule: "allow ngircdus_t bin_t:file execute;", finding: "ngircdus_t: executes bin_t"),
        Mutant(rule: "allow untochat_t useradd_t:process transition;", finding: "untochat_t: may become useradd_t"),
        Mutant(rule: "allow irssius_t passwd_t:process transition;", finding: "irssius_t: may become passwd_t"),
        Mutant(rule: "allow useradd_t irssius_t:process transition;", finding: "irssius_t: useradd_t may become it"),
        Mutant(rule: "allow sshd_t ngircdus_t:process transition;", finding: "ngircdus_t: sshd_t may become it"),
        Mutant(rule: "allow init_t untochat_t:process dyntransition;", finding: "untochat_t: init_t may become it"),
        Mutant(
            rule: "allow untochat_t passwd_exec_t:file entrypoint;",
            finding: "untochat_t: is entered through passwd_exec_t"),
        Mutant(
            rule: "allow untochat_t self:tcp_socket create;", finding: "untochat_t: may create untochat_t:tcp_socket"),
        Mutant(rule: "allow irssius_t self:tcp_socket listen;", finding: "irssius_t: may listen irssius_t:tcp_socket"),
        Mutant(
            rule: "allow irssius_t http_port_t:tcp_socket name_connect;",
            finding: "irssius_t: may name_connect http_port_t:tcp_socket", requires: "type http_port_t;"),
        Mutant(
            rule: "allow ngircdus_t ircd_port_t:tcp_socket name_connect;",
            finding: "ngircdus_t: may name_connect ircd_port_t:tcp_socket"),
        Mutant(
            rule: "allow irssius_t self:udp_socket create;", finding: "irssius_t: may create irssius_t:udp_socket",
            requires: "class udp_socket create;"),
        Mutant(
            rule: "allow untochat_t self:capability setuid;", finding: "untochat_t: may setuid untochat_t:capability",
            requires: "class capability setuid;"),
        Mutant(
            rule: "allow untochat_t irssius_t:process ptrace;", finding: "untochat_t: may ptrace irssius_t:process",
            requires: "class process ptrace;"),
        Mutant(rule: "allow irssius_t untochat_t:process signal;", finding: "irssius_t: signals untochat_t"),
        Mutant(rule: "allow irssius_t self:process fork;", finding: "irssius_t: may fork its own process"),
        Mutant(
            rule: "allow irssius_t self:process execmem;", finding: "irssius_t: may execmem its own process",
            requires: "class process execmem;"),
        Mutant(
            rule: "allow untochat_t self:process setexec;", finding: "untochat_t: may setexec its own process",
            requires: "class process setexec;"),
        Mutant(rule: "allow untochat_t etc_t:file write;", finding: "untochat_t: writes etc_t"),
        Mutant(
            rule: "allow untochat_t user_home_dir_t:dir remove_name;", finding: "untochat_t: removes user_home_dir_t"),
        Mutant(rule: "allow untochat_t untosh_lock_t:file unlink;", finding: "untochat_t: removes untosh_lock_t"),
        Mutant(rule: "allow irssius_t untosh_lock_t:file { open write };", finding: "irssius_t: writes untosh_lock_t"),
        Mutant(rule: "allow passwd_t untosh_lock_t:file unlink;", finding: "passwd_t: may unlink untosh_lock_t:file"),
        Mutant(
            rule: "allow untochat_t tmp_t:dir add_name;", finding: "untochat_t: writes tmp_t", requires: "type tmp_t;"),
        Mutant(rule: "allow irssius_t irssius_conf_t:file write;", finding: "irssius_t: writes irssius_conf_t"),
        Mutant(rule: "allow untochat_t sshd_t:file { open read };", finding: "untochat_t: reads sshd_t"),
        Mutant(rule: "allow untochat_t ngircdus_t:dir search;", finding: "untochat_t: reads ngircdus_t"),
        Mutant(
            rule: "allow untochat_t proc_kmsg_t:file { open getattr };", finding: "untochat_t: reads proc_kmsg_t",
            requires: "type proc_kmsg_t;"),
        Mutant(
            rule: "allow irssius_t ngircdus_runtime_t:sock_file write;", finding: "irssius_t: writes ngircdus_runtime_t"
        ),
        Mutant(
            rule: "allow untochat_t untosh_lock_t:file relabelfrom;",
            finding: "untochat_t: may relabelfrom untosh_lock_t:file", requires: "class file relabelfrom;"),
        Mutant(
            rule: "allow untochat_t lib_t:file execmod;", finding: "untochat_t: may execmod lib_t:file",
            requires: "class file execmod;"),
        Mutant(rule: "allow untochat_t useradd_t:fd use;", finding: "untochat_t: uses descriptors of useradd_t"),
        Mutant(rule: "allow irssius_t untosh_lock_t:file { open read };", finding: "irssius_t: reads untosh_lock_t"),
        Mutant(
            rule: "allowxperm untochat_t untochat_devpts_t:chr_file ioctl 0x5412;",
            finding: "untochat_t: may use the control 0x5412 of untochat_devpts_t"),
        Mutant(
            rule: "allow untochat_r system_r;", finding: "untochat_r: may become system_r"),
        Mutant(rule: "role untochat_r types useradd_t;", finding: "untochat_r: holds useradd_t"),
        Mutant(rule: "permissive irssius_t;", finding: "irssius_t: is permissive"),
        Mutant(
            rule: "bool untochat_test false; if (untochat_test) { allow irssius_t irssius_conf_t:file ioctl; }",
            finding: "irssius_t: allow irssius_t irssius_conf_t:file ioctl; depends on", requires: "class file ioctl;"),
    ]

    /// All at once: linking takes seconds, and each must be named all the same.
    @Test("every rule too many is found and named")
    func every() async throws {
        let changed = try Self.changed(by: Self.mutants)
        let findings = try await Self.project.check(te: changed).findings.map(\.description)
        for mutant in Self.mutants where !mutant.finding.isEmpty {
            #expect(findings.contains { $0.hasPrefix(mutant.finding) }, "not found: \(mutant.rule)")
        }
        #expect(findings.filter { $0.contains("a rule has no comment that says why") }.isEmpty)
    }

    @Test("without such rules there is nothing to find, so the test above can fail")
    func none() async throws {
        let findings = try await Self.project.check().findings
        #expect(findings.isEmpty, "\(findings)")
    }

    @Test("a rule that breaks an assertion of the base policy does not link, and the message names it")
    func assertion() async throws {
        let changed = try Self.changed(by: [
            Mutant(rule: "allow irssius_t shadow_t:file read;", finding: "", requires: "type shadow_t;")
        ])
        let error = await #expect(throws: ReleaseError.self) { try await Self.project.check(te: changed) }
        #expect(error?.what.contains("neverallow") == true, "\(String(describing: error))")
    }

    @Test("a rule that the module lost is found")
    func lost() async throws {
        let rule = "allow ngircdus_t untochat_notify_type:sock_file write;"
        let te = try Files.text(Self.te)
        #expect(te.contains(rule))
        let changed = te.split(separator: "\n", omittingEmptySubsequences: false).filter { $0 != rule }
            .joined(separator: "\n")
        let findings = try await Self.project.check(te: changed).findings.map(\.description)
        #expect(findings.contains { $0.hasPrefix("ngircdus_t: writes not init_runtime_t, which is expected") })
    }

    @Test("what the base policy gives and is no longer taken back is found and named")
    func notTakenBack() async throws {
        let rule = "(deny untochat_t untochat_not_file untochat_file)"
        let deny = try Files.text(Self.selinux.appending("untochat-deny.cil"))
        #expect(deny.contains(rule))
        let changed = deny.split(separator: "\n").filter { $0 != rule }.joined(separator: "\n")
        let findings = try await Self.project.check(deny: changed).findings.map(\.description)
        #expect(
            findings.contains {
                $0.contains("untochat-deny.cil does not take it back: allow untochat_t textrel_shlib_t:file execmod;")
            }, "\(findings)")
        #expect(findings.contains { $0.hasPrefix("untochat_t: executes textrel_shlib_t, which is not expected") })
    }

    @Test("taking back what the module states is found")
    func tooMuchTakenBack() async throws {
        let deny = try Files.text(Self.selinux.appending("untochat-deny.cil"))
        let outcome = try await Self.project.check(deny: deny + "(deny ngircdus_t lib_t (file (execute)))\n")
        #expect(!outcome.findings.isEmpty)
        #expect(outcome.findings.allSatisfy { $0.subject == "ngircdus_t" })
    }

    private static func changed(by mutants: [Mutant]) throws -> String {
        let te = try Files.text(Self.te)
        let requires = Set(mutants.map(\.requires)).sorted().joined(separator: "\n")
        let rules = mutants.map { "# One too many.\n\($0.rule)\n" }.joined(separator: "\n")
        let (before, after) = try #require(te.splitBefore("user untochat_u"))
        return "\(before)\nrequire {\n\(requires)\n}\n\n\(rules)\n\(after)"
    }
}

extension String {
    fileprivate func splitBefore(_ line: String) -> (String, String)? {
        let lines = split(separator: "\n", omittingEmptySubsequences: false)
        guard let index = lines.firstIndex(where: { $0.hasPrefix(line) }) else { return nil }
        return (lines[..<index].joined(separator: "\n"), lines[index...].joined(separator: "\n"))
    }
}
