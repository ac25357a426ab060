import ReleaseSupport

/// What an installation leaves on a server's disk.
enum InstallationPromises {
    static let chapter = LabChapter(
        name: "installation", guest: .snapshot,
        promises: [
            .guest("labels", "every file of our packages has the label that the policy names", labels),
            .guest("labels-fail", "one file with another label is found", labelsFail),
            .guest("rpm-verify", "rpm -V finds our packages as they were shipped", rpmVerify),
            .guest("rpm-verify-fail", "one changed byte is found by rpm -V", rpmVerifyFail),
            .guest("check", "untochat-selinux-check finds nothing wrong", check),
            .guest(
                "check-fail", "untochat-selinux-check finds a wrong label, a lost mapping and permissive mode",
                checkFail
            ),
            .guest("administrators", "root and the administrator keep the SELinux user that they had", administrators),
        ])

    /// Packages of ours; fedora-shim is the lab's and holds no file.
    private static let packages = "$(rpm -qa --qf '%{NAME}\\n' | grep -vx -e fedora-shim -e gpg-pubkey)"

    private static func labels(_ guest: Guest, _: Laboratory) async throws {
        let count = try await guest.root("rpm -ql \(packages) | sort -u | wc -l")
        try require((Int(count.prefix { $0.isNumber }) ?? 0) > 20, "only \(count) files are packaged")
        let wrong = try await guest.root(
            "rpm -ql \(packages) | sort -u | while read -r file; do [ ! -e \"$file\" ] || echo \"$file\"; done"
                + " | restorecon -n -v -F -f -")
        try require(wrong.isEmpty, "labels that are not the policy's:\n\(wrong)")
        for (path, type) in [
            ("/opt/bin/untosh", "untosh_exec_t"), ("/opt/bin/irssius", "irssius_exec_t"),
            ("/opt/sbin/ngircdus", "ngircdus_exec_t"), ("/opt/etc/irssius.conf", "irssius_conf_t"),
            ("/opt/etc/ngircdus.conf", "ngircdus_conf_t"), ("/run/ngircdus", "ngircdus_runtime_t"),
            ("/run/ngircdus/irc.sock", "ngircdus_runtime_t"),
        ] {
            let found = try await guest.type(of: path)
            try require(found == type, "\(path) is \(found)")
        }
    }

    private static func labelsFail(_ guest: Guest, _ laboratory: Laboratory) async throws {
        try await guest.root("chcon -t bin_t /opt/share/man/man1/irssius.1")
        try await requireFailure(of: "the check of labels", saying: "Would relabel") {
            try await labels(guest, laboratory)
        }
        try await guest.root("restorecon -F /opt/share/man/man1/irssius.1")
    }

    private static func rpmVerify(_ guest: Guest, _: Laboratory) async throws {
        let result = try await guest.ssh("root", "rpm -V \(packages)")
        try require(result.succeeded && result.text.isEmpty, "rpm -V: \(result.text)\(result.errorText)")
    }

    private static func rpmVerifyFail(_ guest: Guest, _ laboratory: Laboratory) async throws {
        try await guest.root("cp -a /opt/etc/ngircdus.motd /root/motd; echo >>/opt/etc/ngircdus.motd")
        try await requireFailure(of: "rpm -V", saying: "/opt/etc/ngircdus.motd") {
            try await rpmVerify(guest, laboratory)
        }
        try await guest.root("cp -a /root/motd /opt/etc/ngircdus.motd")
    }

    static func check(_ guest: Guest, _: Laboratory) async throws {
        let result = try await guest.ssh("root", "/opt/sbin/untochat-selinux-check")
        try require(result.succeeded, "untochat-selinux-check:\n\(result.text)\(result.errorText)")
    }

    /// All at once, as each run takes long: each fault must be named, and nothing else.
    private static func checkFail(_ guest: Guest, _: Laboratory) async throws {
        let result = try await LoginPromises.changing("seusers", by: "sed -i /^__default__/d", on: guest) {
            try await LoginPromises.withLabel("bin_t", on: guest) {
                try await guest.root("setenforce 0")
                return try await LoginPromises.undoing(guest, "setenforce 1") {
                    try await guest.ssh("root", "/opt/sbin/untochat-selinux-check")
                }
            }
        }
        try require(result.exitStatus == 1, "untochat-selinux-check ended with \(result.ending)")
        let found = result.text.split(separator: "\n").filter { $0.hasPrefix("WRONG") }
        let wanted = [
            "SELinux is enforcing", "whoever has no mapping is a chat user", "/opt/bin/untosh has its label",
        ]
        try require(
            found.count == wanted.count && zip(found, wanted).allSatisfy { $0.hasPrefix("WRONG  \($1): ") },
            "untochat-selinux-check finds:\n\(found.joined(separator: "\n"))")
    }

    private static func administrators(_ guest: Guest, _: Laboratory) async throws {
        let logins = try await guest.root("cat /etc/selinux/default/seusers")
        for wanted in [
            "root:unconfined_u:s0-s0:c0.c1023", "\(ReleaseImage.administrator):unconfined_u:s0-s0:c0.c1023",
            "__default__:untochat_u:s0",
        ] {
            try require(logins.split(separator: "\n").contains { $0 == wanted }, "no \(wanted) in\n\(logins)")
        }
    }
}
