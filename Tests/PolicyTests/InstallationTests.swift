import Foundation
import ReleaseSupport
import SystemPackage
import Testing

/// What the package's scripts do to a machine's policy store, by the real semodule and semanage, on copies of /etc and of
/// the store that only the test sees. Whether a running kernel obeys is not seen here.
@Suite("the policy is installed and removed", .serialized, .enabled(if: geteuid() == 0, "needs root"))
struct InstallationTests {
    private static let root = FilePath(#filePath).removingLastComponent().appending("../..").lexicallyNormalized()

    /// Runs `script` where /etc, /var/lib and /usr/share/selinux are copies, with the package's files in place.
    private func run(_ script: String) async throws -> Command.Outcome {
        try await TemporaryFolder.with { folder in
            let whole = """
                for place in /etc /var/lib/selinux /usr/share/selinux /usr/libexec; do
                    mkdir -p "$1$place" && cp -a "$place/." "$1$place/" && mount --bind "$1$place" "$place"
                done
                mount -t tmpfs tmpfs /opt && mkdir -p /opt/sbin /usr/share/selinux/packages/targeted
                cd "$2"
                checkmodule -M -m -c 19 -o "$1/untochat.mod" selinux/untochat.te >/dev/null
                semodule_package -o /usr/share/selinux/packages/targeted/untochat.pp -m "$1/untochat.mod" -f selinux/untochat.fc
                cp selinux/untochat-deny.cil /usr/share/selinux/packages/targeted/
                mkdir -p /etc/selinux/targeted/contexts/users
                cp appliance/etc/selinux/targeted/contexts/users/untochat_u /etc/selinux/targeted/contexts/users/
                cp appliance/usr/libexec/untochat-selinux-setup /usr/libexec/
                cp appliance/opt/sbin/untochat-selinux-check /opt/sbin/
                store=$(sed -n 's/^SELINUXTYPE=//p' /etc/selinux/config)
                setup() { /usr/libexec/untochat-selinux-setup "$@"; }
                logins() { semanage login -l -n -S "$store" | awk '{ print $1, $2 }'; }
                ports() { semanage port -l -n -S "$store" | awk '$1 == "ssh_port_t" && $2 == "tcp" { $1 = $2 = ""; print }'; }
                modules() { semodule -s "$store" -lfull | awk '$1 == 200 { print $2 }'; }
                \(script)
                """
            return try await Command(
                "unshare", ["--mount", "sh", "-euc", whole, "sh", folder.string, Self.root.string]
            ).with { $0.environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"] }.run(.verify)
        }
    }

    @Test(
        "installing makes chat users the default and leaves root and administrators as they were; removing undoes all")
    func whole() async throws {
        let said = try await run(
            """
            echo 'wheel:x:990:boss,other,gone' >>/etc/group
            printf '%s:x:4000:4000::/:/bin/sh\\n' boss other >>/etc/passwd
            semanage import -S "$store" -N <<'END'
            login -a -s staff_u other
            END
            cp /etc/sestatus.conf "$1/before"
            logins | sed 's/^/before: /'
            setup install
            setup install
            logins | sed 's/^/installed: /'
            modules | sed 's/^/module: /'
            ports | sed 's/^ */ports: /'
            cmp /etc/selinux/targeted/contexts/users/untochat_u "/etc/selinux/$store/contexts/users/untochat_u"
            grep -c untosh /etc/sestatus.conf | sed 's/^/status lines: /'
            setup remove
            logins | sed 's/^/removed: /'
            modules | sed 's/^/still: /'
            ports | sed 's/^ */ports then: /'
            cmp "$1/before" /etc/sestatus.conf
            [ ! -e /var/lib/untochat-selinux ] && [ ! -e "/etc/selinux/$store/contexts/users/untochat_u" ]
            """)
        let lines = Set(said.text.split(separator: "\n").map(String.init))
        #expect(said.succeeded, "\(said.text)\(said.errorText)")
        #expect(lines.isSuperset(of: ["before: __default__ unconfined_u", "before: root unconfined_u"]))
        #expect(
            lines.isSuperset(of: [
                "installed: __default__ untochat_u", "installed: root unconfined_u", "installed: boss unconfined_u",
                "installed: other staff_u", "module: untochat", "status lines: 2", "ports: 2022, 22",
            ]), "\(said.text)")
        #expect(
            lines.isSuperset(of: [
                "removed: __default__ unconfined_u", "removed: root unconfined_u", "removed: other staff_u",
                "ports then: 22",
            ]), "\(said.text)")
        #expect(!lines.contains { $0.hasPrefix("still: ") })
    }

    @Test("a module that does not load is told, and makes nobody a chat user")
    func failure() async throws {
        let said = try await run(
            """
            echo '(allow untochat_missing_t self (file (read)))' >/usr/share/selinux/packages/targeted/untochat-deny.cil
            setup install && echo 'installed all the same'
            logins
            """)
        #expect(said.errorText.contains("the policy is NOT in force; run untochat-selinux-check"), "\(said.errorText)")
        #expect(!said.text.contains("installed all the same"))
        #expect(!said.text.contains("untochat_u"))
    }

    @Test("the check says what is wrong where nothing is installed, as text and as JSON")
    func check() async throws {
        let said = try await run("/opt/sbin/untochat-selinux-check")
        #expect(said.exitStatus == 1, "\(said.ending) \(said.errorText)")
        #expect(
            said.text.contains("WRONG  whoever has no mapping is a chat user: unconfined_u, not untochat_u"),
            "\(said.text)")
        #expect(said.text.contains("ok     root is not a chat user"), "\(said.text)")

        struct Line: Decodable { let check: String, passed: Bool, detail: String }
        let json = try await run("/opt/sbin/untochat-selinux-check --json")
        let lines = try JSONDecoder().decode([Line].self, from: Data(json.output))
        #expect(lines.contains { $0.check == "root is not a chat user" && $0.passed && $0.detail.isEmpty })
        #expect(lines.contains { $0.check == "the module untochat is loaded" && !$0.passed && !$0.detail.isEmpty })
    }

    @Test(
        "the check refuses what it does not know, and everybody but root",
        arguments: [
            "/opt/sbin/untochat-selinux-check --yes", "/opt/sbin/untochat-selinux-check extra",
            "setpriv --reuid=65534 --clear-groups /opt/sbin/untochat-selinux-check",
        ])
    func misuse(command: String) async throws {
        #expect(try await run(command).exitStatus == 2)
    }
}
