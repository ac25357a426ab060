import KickstartReading
import ReleaseSupport
import Testing

@Suite("The disk that a kickstart describes")
struct StoragePlanTests {
    /// A kickstart after %pre, as short as it can be.
    private static let kickstart = """
        zerombr
        ignoredisk --only-use=vdb
        clearpart --all --initlabel --drives=vdb
        bootloader --boot-drive=vdb
        reqpart
        part /boot --fstype=ext4 --size=1024
        part pv.1 --size=1024 --grow --encrypted --luks-version=luks2 --cipher=aes-xts-plain64 --pbkdf=argon2id \
        --pbkdf-memory=262144 --pbkdf-time=2000 --passphrase='it is 4'
        volgroup all pv.1
        logvol / --vgname=all --name=root --fstype=xfs --size=4096 --grow
        logvol swap --vgname=all --name=swap --fstype=swap --size=512

        """

    private static func plan(_ change: (String) -> String = { $0 }) async throws -> StoragePlan {
        let reading = try #require(try await Pykickstart().read([change(kickstart)]).first)
        return try StoragePlan(try #require(reading.storage, "\(reading.error ?? "")"))
    }

    @Test("is made by commands of what pykickstart read, with the passphrase in none of them")
    func commands() async throws {
        let plan = try await Self.plan()
        #expect(
            plan.steps.map(\.command) == [
                "sfdisk --quiet --wipe always --wipe-partitions always /dev/vdb && udevadm settle",
                "mkfs.ext4 -q /dev/vdb2",
                "cryptsetup luksFormat --batch-mode --key-file=- --type=luks2 --cipher=aes-xts-plain64 --key-size=512"
                    + " --pbkdf=argon2id --pbkdf-memory=262144 --iter-time=2000 /dev/vdb3",
                "cryptsetup open --key-file=- /dev/vdb3 luks-$(cryptsetup luksUUID /dev/vdb3)",
                "vgcreate --quiet all /dev/mapper/luks-$(cryptsetup luksUUID /dev/vdb3)",
                "lvcreate --quiet --yes --name swap --size 512m all", "mkswap --quiet /dev/mapper/all-swap",
                "lvcreate --quiet --yes --name root --extents 100%FREE all", "mkfs.xfs -q /dev/mapper/all-root",
            ])
        let table = String(decoding: plan.steps[0].input, as: UTF8.self)
        #expect(table == "label: gpt\nsize=1MiB, type=21686148-6449-6E6F-744E-656564454649\nsize=1024MiB\nsize=+\n")
        #expect(plan.steps[2].input == Array("it is 4".utf8) && plan.steps[3].input == Array("it is 4".utf8))
        #expect(plan.mounts.map(\.place) == ["/", "/boot"] && plan.swaps == ["/dev/mapper/all-swap"])
        #expect(plan.bootWords(uuid: "u") == "root=/dev/mapper/all-root cryptopts=target=luks-u,source=UUID=u,luks")
    }

    @Test("has no encryption, no LVM and no platform's partition where the kickstart asks for none")
    func less() async throws {
        let plan = try await Self.plan { text in
            text.split(separator: "\n").filter { !$0.hasPrefix("reqpart") }.map { line in
                if line.hasPrefix("part pv.1") { return "part / --fstype=xfs --size=1024 --grow" }
                return line.hasPrefix("volgroup") || line.hasPrefix("logvol") ? "" : String(line)
            }.joined(separator: "\n") + "\n"
        }
        #expect(plan.steps.dropFirst().map(\.command) == ["mkfs.ext4 -q /dev/vdb1", "mkfs.xfs -q /dev/vdb2"])
    }

    @Test(
        "is refused where a kickstart leaves a disk as it is, or asks for what these commands cannot make",
        arguments: [
            ("clearpart --all", "clearpart --linux"), ("--fstype=ext4", "--fstype=btrfs"), (" --drives=vdb", ""),
            ("--only-use=vdb", "--only-use=vdb,vdc"), ("volgroup all pv.1", "volgroup all pv.2"),
        ])
    func refused(text: String, other: String) async throws {
        await #expect(throws: ReleaseError.self) { try await Self.plan { $0.replacing(text, with: other) } }
    }
}
