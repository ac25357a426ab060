import Foundation
import Testing

/// This machine's system as a root of its own, with real tables of accounts and a real policy store, where nothing that
/// is changed is this machine's. It is seen by the programs of a test alone, and gone with it.
final class AccountRoot {
    static let isPossible =
        geteuid() == 0
        && ["nsenter", "unshare", "useradd", "semanage", "setpriv", "chroot"].allSatisfy { Program.path($0) != nil }
        && FileManager.default.fileExists(atPath: "/etc/selinux/default/seusers")
    static let why: Comment = "needs root, shadow and a policy"

    let folder: Folder
    private let holder: Terminal
    private let place = "/mnt"

    init() throws {
        folder = try Folder()
        let script = """
            set -e
            mount -t tmpfs -o size=256m accounts /mnt
            mkdir /mnt/upper /mnt/work /mnt/root
            mount -t overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work accounts /mnt/root
            mount -t proc proc /mnt/root/proc
            mount --rbind /dev /mnt/root/dev
            mount -t tmpfs homes /mnt/root/home
            mkdir -p /mnt/root/opt/bin
            touch /mnt/root/opt/bin/untosh
            chmod 755 /mnt/root/opt/bin/untosh
            chroot /mnt/root groupadd -r untochat
            chroot /mnt/root groupadd -r -f wheel
            chroot /mnt/root semanage user -a -N -R user_r -r s0 untochat_u
            echo the root is ready
            exec sleep infinity
            """
        holder = try Terminal("/usr/bin/unshare", ["--mount", "--propagation", "private", "sh", "-c", script])
        try holder.expect("the root is ready")
    }

    func program(_ name: String, _ arguments: [String], input: String? = nil) throws -> Program {
        guard let path = Program.path(name) else { throw HarnessError(what: name) }
        let inside = ["-t", "\(holder.process)", "-m", "chroot", place + "/root", path]
        return Program("nsenter", inside + arguments, input: input)
    }

    @discardableResult
    func run(_ name: String, _ arguments: [String] = [], input: String? = nil) throws -> Program.Result {
        try program(name, arguments, input: input).run(in: folder)
    }

    func shell(_ script: String) throws -> String { try run("sh", ["-c", script]).output }

    /// Everything that accounts are written in. Without the dates of passwords, and without backups.
    func tables() throws -> [String] {
        try shell(
            """
            cat /etc/passwd /etc/shadow /etc/group /etc/gshadow /etc/subuid /etc/subgid /etc/selinux/default/seusers
            ls -A /home /var/mail
            """
        ).split(separator: "\n").map(String.init)
    }

    /// The line of an account, its groups, its mapping and its home.
    func account(_ name: String) throws -> String {
        try shell(
            """
            getent passwd \(name) | cut -d: -f1,5-; id -Gn \(name); grep ^\(name): /etc/selinux/default/seusers
            stat -c '%U %G %a' /home/\(name); chage -l \(name) | grep Account
            """)
    }
}

@Suite(.serialized, .enabled(if: AccountRoot.isPossible, AccountRoot.why))
struct AccountTests {
    static let whole = """
        otter:Unknown:/home/otter:/opt/bin/untosh
        untochat
        otter:untochat_u:s0
        otter untochat 700
        Account expires\t\t\t\t\t\t: never

        """
    static let password = "Tr0ub4dor-three-horses\n"

    @Test("a user is added with key and password, removed with everything, and nothing of it is left")
    func addAndRemove() throws {
        let root = try AccountRoot()
        let before = try root.tables()
        let key = "ssh-ed25519 AAAA" + String(repeating: "C3Nz", count: 16)
        _ = try root.shell("echo '\(key) me@home' >/root/key")
        let added = try root.run(
            "untochat-add-user", ["--ssh-key", "/root/key", "--password-stdin", "--expire", "otter"],
            input: Self.password + Self.password)
        try #require(added.exit == .code(0), "\(added.output)")
        #expect(try root.account("otter") == Self.whole)
        #expect(try root.shell("cat /home/otter/.ssh/authorized_keys; ls -A /home/otter") == key + "\n.ssh\n")
        #expect(try root.shell("stat -c '%U %a' /home/otter/.ssh/authorized_keys") == "otter 600\n")
        #expect(try root.shell("grep ^otter: /etc/shadow | cut -d: -f2,3").hasPrefix("$y$"))
        #expect(try root.shell("grep ^otter: /etc/shadow | cut -d: -f3") == "0\n")
        // What a user can leave behind.
        _ = try root.shell(
            """
            mkdir -p /var/spool/cron/crontabs /tmp-inst/gold /tmp-inst/u_u:object_r:tmp_t:s0_otter/x /tmp-inst/otter
            echo '/tmp /tmp-inst/ level root' >>/etc/security/namespace.conf
            touch /var/spool/cron/crontabs/otter /tmp/other
            setpriv --reuid otter --regid untochat --clear-groups sh -c 'mkdir /tmp/mine; touch /tmp/mine/x; ipcmk -M 64 -Q -S 1'
            """)
        let running = try root.program(
            "setpriv",
            ["--reuid", "otter", "--clear-groups", "--regid", "untochat", "sh", "-c", "echo awake; exec sleep 600"])
        let sleeper = try Terminal("/usr/bin/nsenter", running.arguments)
        try sleeper.expect("awake")
        let refused = try root.run("untochat-remove-user", ["otter"])
        #expect(refused.exit == .code(1) && refused.output.contains("not confirmed"))
        let removed = try root.run("untochat-remove-user", ["--yes", "otter"])
        try #require(removed.exit == .code(0), "\(removed.output)")
        #expect(sleeper.exit() == -SIGKILL)
        #expect(
            try root.shell("ls -A /tmp-inst; ls /tmp/other; ls /tmp/mine 2>&1 | grep -c cannot")
                == "gold\n/tmp/other\n1\n")
        #expect(try root.tables() == before)
    }

    @Test("whoever is no chat user is not removed, and no name is taken twice")
    func refused() throws {
        let root = try AccountRoot()
        _ = try root.shell("useradd -m -G wheel -s /bin/bash boss; useradd -m plain")
        let before = try root.tables()
        for (tool, arguments, reason) in [
            ("untochat-remove-user", ["--yes", "boss"], "administrator"),
            ("untochat-remove-user", ["--yes", "daemon"], "account of the system"),
            ("untochat-remove-user", ["--yes", "plain"], "no chat user"),
            ("untochat-remove-user", ["--yes", "nobody1"], "no account"),
            ("untochat-add-user", ["boss"], "there is an account"),
            ("untochat-add-user", ["nickserv"], "reserved"),
            ("untochat-add-admin", ["gold"], "not confirmed"),
        ] {
            let result = try root.run(tool, arguments)
            #expect(result.exit == .code(1) && result.output.contains(reason), "\(tool) \(arguments): \(result.output)")
        }
        let unequal = try root.run(
            "untochat-add-user", ["--password-stdin", "gold"], input: Self.password + "other horses\n")
        #expect(unequal.exit == .code(1) && unequal.output.contains("differ"))
        #expect(try root.run("untochat-add-user", ["--expire", "gold"]).exit == .code(2))
        #expect(try root.tables() == before)
    }

    @Test(
        "whichever program of the system's fails, everything is as it was",
        arguments: [
            "/usr/sbin/useradd", "/usr/sbin/semanage", "/usr/sbin/chpasswd", "/usr/bin/chage", "/usr/sbin/usermod",
        ])
    func failing(_ program: String) throws {
        let root = try AccountRoot()
        let before = try root.tables()
        _ = try root.shell(
            "mv \(program) \(program).kept; printf '#!/bin/sh\\nexit 1\\n' >\(program); chmod 755 \(program)")
        let failed = try root.run(
            "untochat-add-user", ["--password-stdin", "otter"], input: Self.password + Self.password)
        #expect(failed.exit == .code(3) && failed.output.contains(program), "\(failed.output)")
        #expect(try root.tables() == before)
        _ = try root.shell("mv \(program).kept \(program)")
        #expect(try root.run("untochat-add-user", ["otter"]).exit == .code(0))
        #expect(try root.account("otter") == Self.whole)
    }

    @Test("killed between any two steps of adding or removing, it is completed by the same command")
    func killed() throws {
        let root = try AccountRoot()
        let before = try root.tables()
        var add = try root.program("untochat-add-user", ["otter"])
        var remove = try root.program("untochat-remove-user", ["--yes", "otter"])
        for isAdding in [true, false] {
            var program = isAdding ? add : remove
            program.isTraced = true
            program.countsPrograms = true
            if !isAdding { _ = try add.run(in: root.folder) }
            let calls = try program.run(in: root.folder).calls
            #expect(calls >= 4)
            #expect(try (isAdding ? remove : add).run(in: root.folder).exit == .code(0))
            for call in 1...calls {
                if isAdding { _ = try remove.run(in: root.folder) } else { _ = try add.run(in: root.folder) }
                program.killBefore = call
                #expect(try program.run(in: root.folder).exit == .signal(SIGKILL))
                // Until the last step nobody can log in.
                let expires = try root.shell("chage -l otter 2>&1 | grep 'Account expires'")
                let isNamed = try root.shell("getent passwd otter").contains(":Unknown:")
                #expect(isNamed || !expires.contains("never") || call >= calls - 1, "call \(call): \(expires)")
                if isAdding {
                    #expect(try add.run(in: root.folder).exit == .code(0), "call \(call)")
                    #expect(try root.account("otter") == Self.whole)
                } else {
                    let again = try remove.run(in: root.folder)
                    #expect(again.exit == .code(0) || again.output.contains("no account"), "\(again.output)")
                    #expect(try root.tables() == before)
                }
            }
        }
        add.isTraced = false
        remove.isTraced = false
    }
}
