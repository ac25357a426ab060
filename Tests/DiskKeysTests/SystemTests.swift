import DiskKeys
import Testing

@Suite struct CrypttabTests {
    @Test("entries are found by what they name, whatever stands around them")
    func entries() {
        let text = """
            # a comment
            luks-1 UUID=1c2d none discard

            root\t/dev/vda2   none luks,initramfs
            data PARTUUID="ab-01" /etc/key nofail,header=UUID=77
            backup LABEL=backup none noauto
            swap /dev/vdb /dev/urandom swap,cipher=aes
            vm /dev/vdc none plain
            broken
            short /dev/vdd
            """
        #expect(
            Crypttab.entries(of: text) == [
                CrypttabEntry(device: "/dev/disk/by-uuid/1c2d"), CrypttabEntry(device: "/dev/vda2"),
                CrypttabEntry(
                    device: "/dev/disk/by-partuuid/ab-01", header: "/dev/disk/by-uuid/77", mayBeAbsent: true),
                CrypttabEntry(device: "/dev/disk/by-label/backup", mayBeAbsent: true),
                CrypttabEntry(device: "/dev/vdd"),
            ])
    }
}

@Suite struct FileTrustTests {
    static let good = FileFacts(isRegular: true, owner: 0, permissions: 0o600, links: 1, storage: .encrypted)

    @Test("root's file of mode 0600 on an encrypted disk or in memory is taken")
    func taken() {
        var facts = Self.good
        #expect(facts.fault(owner: 0) == nil)
        facts.storage = .memory
        #expect(facts.fault(owner: 0) == nil)
    }

    static let faults: [(String, @Sendable (inout FileFacts) -> Void)] = [
        ("it is not a regular file", { $0.isRegular = false }),
        ("it is not root's", { $0.owner = 1000 }),
        ("its mode is not 0600; others could have read it", { $0.permissions = 0o640 }),
        ("its mode is not 0600; others could have read it", { $0.permissions = 0o4600 }),
        ("it has another name, which would stay", { $0.links = 2 }),
        (
            "it lies on a disk that is not encrypted; put it below /run or type the passphrases (-)",
            { $0.storage = .plain }
        ),
        (
            "it lies in memory that can be swapped to a disk that is not encrypted",
            { $0.storage = .swappable }
        ),
        (
            "it cannot be told whether it lies on an encrypted disk; put it below /run",
            { $0.storage = .unknown }
        ),
    ]

    @Test("anything else is refused with the reason", arguments: faults)
    func refused(_ reason: String, _ change: @Sendable (inout FileFacts) -> Void) {
        var facts = Self.good
        change(&facts)
        #expect(facts.fault(owner: 0) == reason)
    }
}
