import ReleaseSupport

/// Users and administrators, added and removed by an administrator, from the first login to the last process. Chat users
/// log in by the sshd of chat users.
enum AccountPromises {
    static let chapter = LabChapter(
        name: "accounts", guest: .snapshot,
        promises: [
            .guest("accounts-add", "a user whom an administrator adds logs in by key, is in untochat_t and chats", add),
            .guest(
                "accounts-refused", "names that are taken, reserved or no nicknames are refused, and nothing is left",
                refused),
            .guest("accounts-passwd", "the new user changes the password by passwd", passwd),
            .guest(
                "accounts-expired", "after passwd -e the next login changes the password, and nothing else before",
                expired),
            .guest("accounts-expire", "a user added with --expire changes the password at the first login", addExpired),
            .guest(
                "accounts-expired-fail",
                "without the policy's rule for it sshd cannot start passwd, and nobody gets in",
                expiredFails),
            .guest(
                "accounts-remove", "a user who chats is removed: processes, account, home, mapping and groups", remove),
            .guest("accounts-keep", "administrators, root and accounts of the system are not removed", keep),
            .guest("accounts-admin", "a new administrator logs in unconfined, and is root by sudo", addAdministrator),
            .guest("accounts-staff", "a new administrator of staff logs in in staff_t, and is root by sudo", addStaff),
            .guest("accounts-denials", "in all that SELinux refused nothing to what is ours") { guest, _ in
                try await requireNoDenial(in: guest)
            },
        ])

    private static let (addUser, removeUser) = ("untochat-add-user", "untochat-remove-user")
    private static let addAdmin = "untochat-add-admin"
    private static let password = ReleaseImage.password
    private static let typed = "\(password)\n\(password)\n"

    // MARK: - Users

    private static func add(_ guest: Guest, _: Laboratory) async throws {
        try await Administrator.prepare(guest)
        try await ServerSetup.arm(guest)
        let mark = try await guest.auditMark()
        try await guest.root("cat /root/.ssh/authorized_keys >/run/key")
        let session = try await Administrator.session(guest, addUser, "--password-stdin --ssh-key /run/key copper")
        for question in ["Password: ", "Password, again: "] {
            try await session.expect(.text(question))
            try await Administrator.requireDomain(of: addUser, in: guest)
            try session.send(password + "\r")
        }
        try require(try await session.end(within: .seconds(240)) == 0, "it said \(session.text)")
        try require(session.text.contains("copper: SUCCESS"), "it said \(session.text)")
        try require(!session.text.contains(password), "the password was shown")
        try await Administrator.requireNoDenial(in: guest, since: mark)
        try await isChatUser("copper", in: guest)
        let copper = try await OnionDoor(to: guest).login("copper")
        try await copper.startChat()
        let found = [try await guest.contexts(of: "untosh"), try await guest.contexts(of: "irssius")]
        try require(
            found == [["copper \(Conversation.shellContext)"], ["copper \(Conversation.clientContext)"]],
            "copper's programs run as \(found)")
        try await copper.stopChat()
        try await copper.leave()
        try await Administrator.requireNoDenial(in: guest, since: mark)
    }

    private static func isChatUser(_ name: String, in guest: Guest) async throws {
        let facts = try await guest.root(
            """
            getent passwd \(name) | cut -d: -f5-7; id -Gn \(name); grep ^\(name): /etc/selinux/default/seusers
            stat -c '%U %a %C' /home/\(name); ls -A /home/\(name); ls /var/mail /var/spool/mail | grep -x \(name)
            grep -h ^\(name): /etc/subuid /etc/subgid; true
            """)
        let wanted = """
            Unknown:/home/\(name):/opt/bin/untosh
            untochat
            \(name):untochat_u:s0
            \(name) 700 untochat_u:object_r:user_home_dir_t:s0
            .ssh

            """
        try require(facts == wanted, "\(name) is\n\(facts)")
    }

    private static func refused(_ guest: Guest, _: Laboratory) async throws {
        let before = try await tables(guest)
        for (name, why) in [
            ("Copper", "small letter"), ("9lives", "small letter"), ("abcdefghijklmnopq", "longer than 16"),
            ("a.b", "small letter"), ("nickserv", "reserved"), ("root", "reserved"), ("copper", "account of this name"),
        ] {
            let said = try await Administrator.sudo(guest, addUser, "--password-stdin \(name)", input: typed)
            try Administrator.requireRefused(said, saying: why)
        }
        let unequal = try await Administrator.sudo(
            guest, addUser, "--password-stdin tin", input: "\(password)\n\(password)x\n")
        try Administrator.requireRefused(unequal, saying: "password: ")
        let user = try await guest.ssh(ReleaseImage.administrator, "/opt/sbin/\(addUser) tin")
        try Administrator.requireRefused(user, saying: "only root")
        try await guest.root("setenforce 0")
        let permissive = try await Administrator.sudo(guest, addUser, "tin")
        try await guest.root("setenforce 1")
        try Administrator.requireRefused(permissive, saying: "not enforcing")
        try require(try await tables(guest) == before, "something was changed")
    }

    /// Whatever says who has an account.
    private static func tables(_ guest: Guest) async throws -> String {
        try await guest.root(
            "cat /etc/passwd /etc/shadow /etc/group /etc/gshadow /etc/selinux/default/seusers; ls -A /home /var/mail")
    }

    private static func passwd(_ guest: Guest, _: Laboratory) async throws {
        let copper = try await OnionDoor(to: guest).login("copper")
        try await copper.changePassword(from: password, to: second)
        try await copper.leave()
        try require(try await accepts(second, of: "copper", guest), "the new password is not the password")
        try require(try await !accepts(password, of: "copper", guest), "the old password still is one")
    }

    private static let (second, third) = ("another-Different.one-9", "yet-Another+password-10")

    /// Whether PAM's own helper takes `password` for that of `user`.
    private static func accepts(_ password: String, of user: String, _ guest: Guest) async throws -> Bool {
        try await guest.ssh(
            "root", "$(command -v unix_chkpwd || echo /usr/sbin/unix_chkpwd) \(user) nonull",
            input: Array(password.utf8) + [0]
        ).succeeded
    }

    private static func expired(_ guest: Guest, _: Laboratory) async throws {
        let mark = try await guest.auditMark()
        try await guest.root("passwd -e copper")
        try await change("copper", from: second, to: third, in: guest)
        try await Administrator.requireNoDenial(in: guest, since: mark)
    }

    private static func expiredFails(_ guest: Guest, _ laboratory: Laboratory) async throws {
        let policy = try await laboratory.policy(PolicyChange(adding: "(deny sshd_t passwd_exec_t (file (execute)))"))
        try await guest.load(policy)
        try await guest.root("passwd -e copper")
        try await requireFailure(of: "the change of an expired password", saying: "passwd: Permission denied") {
            try await change("copper", from: third, to: second, in: guest)
        }
        try await guest.restorePolicy()
        try await change("copper", from: third, to: second, in: guest)
    }

    /// Logs in as somebody whose password has expired: it is asked for, changed, and then the shell comes at the next login.
    private static func change(_ user: String, from old: String, to new: String, in guest: Guest) async throws {
        let door = try await OnionDoor(to: guest)
        let login = try door.session(user)
        for (question, answer) in [
            ("Current password:", old), ("New password:", new), ("Retype new password:", new),
        ] {
            try await login.expect(.text(question), within: .seconds(90))
            try login.send(answer + "\r")
        }
        try await login.end(within: .seconds(90))
        try require(!login.text.contains("\(user)> "), "the shell came without a new password: \(login.text)")
        try require(try await accepts(new, of: user, guest), "the password was not changed: \(login.text)")
        try await door.login(user).leave()
    }

    private static func addExpired(_ guest: Guest, _: Laboratory) async throws {
        let mark = try await guest.auditMark()
        // Root, without sudo.
        let said = try await guest.ssh(
            "root", "/opt/sbin/\(addUser) --ssh-key /run/key --password-stdin --expire tin", input: Array(typed.utf8))
        try Administrator.requireDone(said, saying: "tin: SUCCESS")
        try await isChatUser("tin", in: guest)
        try await change("tin", from: password, to: second, in: guest)
        try await Administrator.requireNoDenial(in: guest, since: mark)
    }

    // MARK: - Removal

    private static func remove(_ guest: Guest, _: Laboratory) async throws {
        let mark = try await guest.auditMark()
        let door = try await OnionDoor(to: guest)
        let (copper, tin) = (try await door.login("copper"), try await door.login("tin"))
        for user in [copper, tin] {
            try await user.startChat()
            try await user.join("#lab")
        }
        let number = try await guest.root("id -u copper; usermod -aG audio copper").prefix { $0.isNumber }
        try await guest.root(
            """
            set -e
            install -o copper -m 600 /dev/null /tmp/of-copper
            install -o copper -m 600 /dev/null /dev/shm/of-copper
            mkdir -p /var/spool/cron/crontabs && install -o copper -m 600 /dev/null /var/spool/cron/crontabs/copper
            """)
        let traces = {
            try await guest.root(
                """
                ps -o pid=,args= -U \(number); getent passwd copper; grep -h copper /etc/group /etc/gshadow /etc/shadow
                grep ^copper: /etc/selinux/default/seusers; ls -d /home/copper /var/spool/cron/crontabs/copper
                find /tmp /var/tmp /dev/shm /home -xdev -uid \(number); true
                """)
        }
        let before = try await traces()
        for trace in ["irssius", "/opt/bin/untosh", "audio:", "untochat_u", "/tmp/of-copper", "/dev/shm/of-copper"] {
            try require(before.contains(trace), "\(trace) is not found where it is: \(before)")
        }
        let session = try await Administrator.session(guest, removeUser, "copper")
        try await session.expect(.text("Remove copper and everything of this user? (y/n) "))
        try await Administrator.requireDomain(of: removeUser, in: guest)
        try session.send("y\r")
        try require(try await session.end(within: .seconds(240)) == 0, "it said \(session.text)")
        try require(session.text.contains("copper: SUCCESS"), "it said \(session.text)")
        try await copper.session.end(within: .seconds(60))
        let after = try await traces()
        try require(after.isEmpty, "of copper is left:\n\(after)")
        // Whoever was in the channel reads that copper has gone, and goes on.
        try await tin.session.expect(.screen("copper.*has quit"), within: .seconds(60))
        try await tin.stopChat()
        try await tin.leave()
        let again = try door.session("copper")
        let status = try await again.end(within: .seconds(90))
        try require(status == 255 && !again.text.contains("copper> "), "copper is let in: \(again.text)")
        try Administrator.requireDone(
            try await guest.ssh("root", "/opt/sbin/\(removeUser) --yes tin"), saying: "tin: SUCCESS")
        try await Administrator.requireNoDenial(in: guest, since: mark)
    }

    private static func keep(_ guest: Guest, _: Laboratory) async throws {
        let before = try await tables(guest)
        for name in [ReleaseImage.administrator, "root", "sshd", "ngircdus", "nobody", "copper"] {
            let said = try await Administrator.sudo(guest, removeUser, "--yes \(name)")
            try require(said.exitStatus == 1, "\(name): \(said.ending): \(said.text)\(said.errorText)")
        }
        let session = try await Administrator.session(guest, removeUser, "silver")
        try await session.expect(.text("(y/n) "))
        try session.send("n\r")
        try require(try await session.end() == 1, "it said \(session.text)")
        try require(try await tables(guest) == before, "something was changed")
    }

    // MARK: - Administrators

    private static func addAdministrator(_ guest: Guest, _: Laboratory) async throws {
        let mark = try await guest.auditMark()
        try await confirm("chief", "", in: guest)
        try await Administrator.requireNoDenial(in: guest, since: mark)
        let context = "unconfined_u:unconfined_r:unconfined_t:s0-s0:c0.c1023"
        try await isRootBySudo("chief", from: context, to: context, in: guest)
    }

    private static func addStaff(_ guest: Guest, _: Laboratory) async throws {
        let mark = try await guest.auditMark()
        try await confirm("clerk", "--staff", in: guest)
        try await Administrator.requireNoDenial(in: guest, since: mark)
        let context = "staff_u:staff_r:staff_t:s0-s0:c0.c1023"
        try await isRootBySudo("clerk", from: context, to: context, in: guest)
        try await isRootBySudo(
            "clerk", by: "sudo -r sysadm_r -t sysadm_t", from: context,
            to: "staff_u:sysadm_r:sysadm_t:s0-s0:c0.c1023", in: guest)
    }

    private static func confirm(_ name: String, _ options: String, in guest: Guest) async throws {
        let before = try await tables(guest)
        let arguments = "--password-stdin --ssh-key /run/key \(options) \(name)"
        let refused = try await Administrator.session(guest, addAdmin, arguments)
        try await refused.expect(.text("Type the name again to go on: "))
        try refused.send("y\r")
        try require(try await refused.end() == 1, "it said \(refused.text)")
        try require(try await tables(guest) == before, "something was changed")
        let session = try await Administrator.session(guest, addAdmin, arguments)
        try await session.expect(.text("can read what every chat user writes"))
        try await session.expect(.text("Type the name again to go on: "))
        try await Administrator.requireDomain(of: addAdmin, in: guest)
        try session.send(name + "\r")
        for question in ["Password: ", "Password, again: "] {
            try await session.expect(.text(question))
            try session.send(password + "\r")
        }
        try require(try await session.end(within: .seconds(240)) == 0, "it said \(session.text)")
    }

    /// Logs in by key and becomes root by sudo, with the password.
    private static func isRootBySudo(
        _ name: String, by sudo: String = "sudo", from context: String, to end: String, in guest: Guest
    ) async throws {
        let own = try await guest.ssh(name, "id -Z; id -un; id -Gn")
        try require(own.text == "\(context)\n\(name)\n\(name) sudo\n", "\(name) is \(own.text)\(own.errorText)")
        let session = try await guest.session(name, command: "\(sudo) sh -c 'id -Z; id -u'; echo end")
        try await session.expect(.text("password for \(name): "))
        try session.send(password + "\r")
        try await session.expect(.text("end"))
        try require(session.text.contains("\n\(end)\n0\n"), "by \(sudo) \(name) is \(session.text)")
        try await session.end()
    }
}
