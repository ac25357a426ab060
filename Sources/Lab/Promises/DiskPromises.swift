import ReleaseSupport

/// The passphrases of all disks, changed by an administrator in a machine whose root and swap are encrypted, and that it
/// starts by those that are to stay and by no other.
enum DiskPromises {
    static let chapter = LabChapter(
        name: "admin", guest: .twoDisks,
        promises: [
            .guest("disks-encrypted", "root and swap lie in LUKS2 on two disks, and swap is in use", prepare),
            .guest(
                "disks-found", "the tools find every disk that is open, and every one that crypttab names", found),
            .guest(
                "disks-refused", "a file that others can read, and a passphrase that opens nothing, change nothing",
                refused),
            .guest(
                "disks-add", "from a file an administrator adds a passphrase to all disks, and has the file wiped", add),
            .guest("disks-new", "with the new passphrase the machine starts, and its swap with it") { guest, _ in
                try await guest.reboot(passphrase: second)
                try await isUp(guest)
            },
            .guest("disks-typed", "typed at a terminal passphrases are not shown, and all disks have the third", typed),
            .guest("disks-remove", "the old passphrases are removed from all disks, and the last one never", remove),
            .guest("disks-old", "the old passphrase does not start the machine, and the last one does", restart),
            .guest("disks-quota", "a new user's home is limited where the file system keeps quotas", quota),
            .guest("disks-denials", "in all that SELinux refused nothing to what is ours, nor to the tools") {
                guest, _ in
                try await requireNoDenial(in: guest)
            },
        ])

    private static let add = "untochat-add-passphrase-to-luks-disks"
    private static let remove = "untochat-remove-passphrase-from-luks-disks"
    private static let (first, second) = (ReleaseImage.passphrase, "a second passphrase for two disks")
    private static let third = "thirdly, what is typed is not shown"

    // MARK: - The disks

    /// Puts swap on the second disk, as an installer would have done.
    static func prepare(_ guest: Guest, _: Laboratory) async throws {
        try await Administrator.prepare(guest)
        try await guest.root(
            """
            set -e
            echo "cryptswap UUID=$(cryptsetup luksUUID /dev/vdb) none luks" >>/etc/crypttab
            mkswap -q /dev/mapper/cryptswap
            echo '/dev/mapper/cryptswap none swap sw 0 0' >>/etc/fstab
            swapon -a
            """)
        try await isUp(guest)
    }

    private static func isUp(_ guest: Guest) async throws {
        let disks = try await guest.root("lsblk -nro NAME,TYPE,FSTYPE,MOUNTPOINTS")
        for wanted in [
            "vda disk crypto_LUKS", "cryptroot crypt xfs /", "vdb disk crypto_LUKS", "cryptswap crypt swap [SWAP]",
        ] { try require(disks.contains(wanted), "no \(wanted) in\n\(disks)") }
        try require(try await guest.root("getenforce") == "Enforcing\n", "SELinux does not enforce")
    }

    /// The devices as the tools name them, the root's first.
    static func names(_ guest: Guest) async throws -> [String] {
        try await guest.root("cryptsetup luksUUID /dev/vda; cryptsetup luksUUID /dev/vdb").split(separator: "\n").map {
            "/dev/disk/by-uuid/\($0)"
        }
    }

    private static func found(_ guest: Guest, _: Laboratory) async throws {
        let all = try await names(guest)
        try require(Set(all).count == 2, "the disks are \(all)")
        func requireFound(_ wanted: [String], _ when: String) async throws {
            let said = try await Administrator.sudo(guest, "untochat-kill-system", "--plan")
            let found = said.text.split(separator: "\n").map { String($0.prefix { $0 != ":" }) }
            // Which of them comes first the kernel decides.
            try require(said.succeeded && found.sorted() == wanted.sorted(), "\(when): \(said.text)\(said.errorText)")
        }
        try await requireFound(all, "both are open and named")
        try await guest.root("cp -p /etc/crypttab /root/crypttab; : >/etc/crypttab")
        try await requireFound(all, "both are open and none is named")
        try await guest.root("swapoff -a; cryptsetup close cryptswap; cat /root/crypttab >/etc/crypttab")
        try await requireFound(all, "one is open and both are named")
        try await guest.root(": >/etc/crypttab")
        // And so it was those two places in which it was found.
        try await requireFound([all[0]], "one is open and none is named")
        try await guest.root(
            "cat /root/crypttab >/etc/crypttab; cryptsetup open /dev/vdb cryptswap; swapon -a",
            input: Array(first.utf8))
        try await isUp(guest)
    }

    // MARK: - Passphrases

    /// What tells whether a header was written to.
    private static func headers(_ guest: Guest) async throws -> String {
        try await guest.root(
            "for disk in vda vdb; do dd if=/dev/$disk bs=1M count=16 iflag=direct 2>/dev/null | sha256sum; done")
    }

    private static func put(_ lines: [String], at path: String, mode: String = "600", in guest: Guest) async throws {
        try await guest.root(
            "rm -f \(path); (umask 077; cat >\(path)); chmod \(mode) \(path)",
            input: Array(lines.map { $0 + "\n" }.joined().utf8))
    }

    private static func refused(_ guest: Guest, _: Laboratory) async throws {
        let before = try await headers(guest)
        try await put([first, second, second], at: "/root/p", mode: "644", in: guest)
        try Administrator.requireRefused(
            try await Administrator.sudo(guest, add, "/root/p"), saying: "/root/p: ")
        try await put(["no such passphrase", second, second], at: "/root/p", in: guest)
        try Administrator.requireRefused(
            try await Administrator.sudo(guest, add, "/root/p"), saying: "does not open it")
        // In its own place it is only a user's.
        let user = try await guest.ssh(ReleaseImage.administrator, "/opt/sbin/\(add) /root/p")
        try Administrator.requireRefused(user, saying: "only root")
        try require(try await headers(guest) == before, "a header was written to")
    }

    private static func add(_ guest: Guest, _: Laboratory) async throws {
        let (mark, before) = (try await guest.auditMark(), try await headers(guest))
        try await put([first, second, second], at: "/root/p", in: guest)
        let session = try await Administrator.session(guest, add, "/root/p")
        try await session.expect(.text("Wipe /root/p? (y/n) "), within: .seconds(120))
        try await Administrator.requireDomain(of: add, in: guest)
        for name in try await names(guest) {
            try require(session.text.contains("\(name): SUCCESS"), "it said \(session.text)")
        }
        try session.send("y\r")
        try require(try await session.end() == 0, "it said \(session.text)")
        try require(session.text.contains("/root/p is wiped"), "it said \(session.text)")
        try await guest.root("[ ! -e /root/p ]")
        try require(try await headers(guest) != before, "no header was written to, or this does not see it")
        try await requireOpening(by: [first, second], in: guest)
        try await Administrator.requireNoDenial(in: guest, since: mark)
    }

    /// Asks cryptsetup which passphrases open the disks: these and no others of the three.
    private static func requireOpening(by passphrases: [String], in guest: Guest) async throws {
        for disk in ["/dev/vda", "/dev/vdb"] {
            for passphrase in [first, second, third] {
                let opened = try await guest.ssh(
                    "root", "cryptsetup open --test-passphrase \(disk)", input: Array(passphrase.utf8)
                ).succeeded
                try require(
                    opened == passphrases.contains(passphrase),
                    "\(disk) \(opened ? "opens" : "does not open") by: \(passphrase)")
            }
        }
    }

    private static func typed(_ guest: Guest, _: Laboratory) async throws {
        let mark = try await guest.auditMark()
        let session = try await Administrator.session(guest, add, "-")
        for (question, answer) in [
            ("opens the disks now: ", second), ("New passphrase: ", third), ("New passphrase, again: ", third),
        ] {
            try await session.expect(.text(question), within: .seconds(60))
            try await Administrator.requireDomain(of: add, in: guest)
            try session.send(answer + "\r")
        }
        try require(try await session.end(within: .seconds(120)) == 0, "it said \(session.text)")
        for name in try await names(guest) {
            try require(session.text.contains("\(name): SUCCESS"), "it said \(session.text)")
        }
        for secret in [second, third] { try require(!session.text.contains(secret), "a passphrase was shown") }
        // A terminal does show what is typed at another program.
        let other = try await guest.session(ReleaseImage.administrator, command: "cat")
        try other.send(third + "\r")
        try await other.expect(.text(third))
        await other.hangUp()
        try await requireOpening(by: [first, second, third], in: guest)
        try await Administrator.requireNoDenial(in: guest, since: mark)
    }

    private static func remove(_ guest: Guest, _: Laboratory) async throws {
        let mark = try await guest.auditMark()
        // In memory, where all swap is encrypted.
        try await put([first], at: "/run/p", in: guest)
        let said = try await Administrator.sudo(guest, remove, "--wipe /run/p")
        for name in try await names(guest) { try Administrator.requireDone(said, saying: "\(name): SUCCESS") }
        try await guest.root("[ ! -e /run/p ]")
        try await requireOpening(by: [second, third], in: guest)
        let session = try await Administrator.session(guest, remove, "-")
        try await session.expect(.text("Passphrase to remove: "))
        try await Administrator.requireDomain(of: remove, in: guest)
        try session.send(second + "\r")
        try require(try await session.end(within: .seconds(120)) == 0, "it said \(session.text)")
        try await requireOpening(by: [third], in: guest)
        let before = try await headers(guest)
        try await put([third], at: "/run/p", in: guest)
        let last = try await Administrator.sudo(guest, remove, "--wipe /run/p")
        try Administrator.requireRefused(last, saying: "no other passphrase")
        try require(try await headers(guest) == before, "a header was written to")
        try await guest.root("rm /run/p")
        try await Administrator.requireNoDenial(in: guest, since: mark)
    }

    private static func restart(_ guest: Guest, _: Laboratory) async throws {
        try await guest.beginReboot()
        try await guest.answer(passphrase: first)
        try await guest.expectConsole(.text("bad password"), within: .seconds(120))
        try await guest.comeUp(passphrase: third)
        try await isUp(guest)
        let words = try await guest.root("journalctl -b -u ssh --no-pager | wc -l")
        try require(words != "0\n", "nothing of this boot is in the journal")
    }

    // MARK: - Quotas

    private static func quota(_ guest: Guest, _: Laboratory) async throws {
        let user = "copper"
        let password = "\(ReleaseImage.password)\n\(ReleaseImage.password)\n"
        try Administrator.requireDone(
            try await Administrator.sudo(guest, "untochat-add-user", "--password-stdin \(user)", input: password),
            saying: "\(user): SUCCESS")
        let report = try await guest.root("xfs_quota -x -c 'report -u -b -i -N' /")
        let line = report.split(separator: "\n").first { $0.hasPrefix("\(user) ") } ?? ""
        let fields = line.split(separator: " ")
        // 16 MiB in KiB, and 256 files.
        try require(fields.contains("16384") && fields.contains("256"), "the quotas are\n\(report)")
        let write = "cd /home/\(user) && head -c 20M /dev/zero >large"
        let full = try await guest.ssh("root", "runuser -u \(user) -- sh -c \(Guest.quoted(write))")
        try require(full.errorText.lowercased().contains("quota"), "20 MiB: \(full.ending) \(full.errorText)")
        let many = "cd /home/\(user) && rm -f large && for n in $(seq 300); do : >$n || exit 9; done"
        let more = try await guest.ssh("root", "runuser -u \(user) -- sh -c \(Guest.quoted(many))")
        try require(!more.succeeded, "300 files are too few")
        // And so the limit was the tool's.
        try await guest.root("cd /home/\(user) && xfs_quota -x -c 'limit -u bhard=0 ihard=0 \(user)' /")
        try await guest.root("runuser -u \(user) -- sh -c \(Guest.quoted(write))")
        try Administrator.requireDone(
            try await Administrator.sudo(guest, "untochat-remove-user", "--yes \(user)"), saying: "\(user): SUCCESS")
    }
}
