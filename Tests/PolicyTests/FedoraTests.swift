import ReleaseSupport
import SystemPackage
import Testing

@testable import PolicyAnalysis

@Suite("with what Fedora's base policy has and Debian's has not", .serialized)
struct FedoraTests {
    private static let debian = FilePath("/usr/share/selinux/default")

    @Test(
        "the policy is as expected too: abrt_helper and prelink are taken back, /etc is closed, sshd-session may log in",
        .enabled(if: Files.exists(debian), "needs Debian's selinux-policy-default"))
    func differences() async throws {
        try await TemporaryFolder.with { base in
            for file in try Files.names(in: Self.debian) {
                try Files.copy(Self.debian.appending(file), to: base.appending(file))
            }
            let module = AntiTests.selinux.appending("tests/fedora.cil")
            try Files.copy(module, to: base.appending("fedora.cil"))
            let outcome = try await AntiTests.project.check(base: base)
            #expect(outcome.findings.isEmpty, "\(outcome.findings)")
            // A userspace that knows `deny` has taken these back already, and lists none.
            guard !outcome.isDenied else { return }
            for rule in [
                "untochat_t abrt_helper_t:process transition", "untochat_t abrt_helper_exec_t:file execute",
                "irssius_t prelink_exec_t:file execute_no_trans", "ngircdus_t abrt_helper_t:fifo_file write",
                "untochat_t etc_t:file read",
            ] {
                #expect(outcome.takenBack.contains("allow \(rule);"), "\(rule)")
            }
            #expect(!outcome.takenBack.contains("allow untochat_t passwd_file_t:file read;"))
        }
    }
}
