import SystemPackage
import Testing

@testable import Lab

@Suite("Recipes")
struct RecipeTests {
    @Test("the mirror is that of a whole release, not of its updates")
    func mirror() {
        let text = """
            http://one.example/debian-security/|trixie-security|main
            http://two.example/debian/|trixie-updates|main
            http://three.example/debian/|trixie|contrib
            http://three.example/debian/|trixie|main
            """
        #expect(BaseRoot.mirror(in: text) == "http://three.example/debian/")
        #expect(BaseRoot.mirror(in: "") == nil)
    }

    @Test("what stands in for Fedora provides what nobody else does")
    func shim() {
        let wanted = FedoraShim.wanted(
            ["rpmlib(FileDigests) <= 4.6.0-1", "untochat-selinux", "libc.so.6()(64bit)", "systemd"],
            provided: ["untochat-selinux", "untosh = 1.0-1"])
        #expect(wanted == ["libc.so.6()(64bit)", "systemd"])
        #expect(FedoraShim.spec(provides: wanted).contains("Provides: libc.so.6()(64bit)\nProvides: systemd\n"))
    }

    @Test("only what is mounted below a folder is unmounted, a name with a space too")
    func mounts() {
        let text = """
            overlay /cache/run/a\\040b/root overlay rw 0 0
            proc /cache/run/a\\040b/root/proc proc rw 0 0
            proc /cache/runner/proc proc rw 0 0
            """
        #expect(Mounts.points(in: text, below: "/cache/run") == ["/cache/run/a b/root", "/cache/run/a b/root/proc"])
    }

    @Test("words for a shell keep what they say")
    func quoting() {
        #expect(Guest.quoted("it's") == #"'it'\''s'"#)
        #expect(Guest.quotedWhereNeeded("ControlPath=/tmp/x") == "ControlPath=/tmp/x")
        #expect(Guest.quotedWhereNeeded("a b") == "'a b'")
    }
}

@Suite("QEMU's arguments")
struct MachineSettingsTests {
    private func arguments(_ accelerator: Accelerator, snapshot: String? = nil, display: Int? = nil) -> [String] {
        MachineSettings(accelerator: accelerator, version: "QEMU 1").arguments(
            in: "/run/lab", kernel: "/k", initrd: "/i", port: 2222, snapshot: snapshot, display: display)
    }

    @Test("the guest reaches nothing, and is reached on loopback alone")
    func network() {
        let network = arguments(.tcg).filter { $0.hasPrefix("user,") }
        #expect(network == ["user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:2222-:22"])
        #expect(arguments(.tcg, display: 3).contains("vnc=127.0.0.1:3"))
        #expect(arguments(.tcg).contains("none"))
    }

    @Test("where it runs and from what does not change the machine, the accelerator does")
    func machine() {
        let machine = MachineSettings(accelerator: .tcg, version: "QEMU 1").machine
        #expect(Array(arguments(.tcg, snapshot: "ready", display: 1).prefix(machine.count)) == machine)
        #expect(Array(arguments(.tcg).prefix(machine.count)) == machine)
        #expect(MachineSettings(accelerator: .kvm, version: "QEMU 1").machine != machine)
    }

    @Test("a second disk is another machine, which asks for two passphrases; without it nothing changes")
    func twoDisks() {
        var settings = MachineSettings(accelerator: .tcg, version: "QEMU 1")
        let one = settings.machine
        settings.hasTwoDisks = true
        let two = settings.machine
        #expect(one != two)
        #expect(settings.images(in: "/run/lab") == ["/run/lab/disk", "/run/lab/second"])
        #expect(two.contains { $0.ranges(of: "cryptopts=").count == 2 })
        #expect(one.contains { $0.ranges(of: "cryptopts=").count == 1 })
        settings.hasTwoDisks = false
        #expect(settings.machine == one)
    }

    @Test("SELinux enforces from the kernel's first step")
    func enforcing() {
        #expect(
            MachineSettings(accelerator: .tcg, version: "QEMU 1").kernelArguments.contains(
                "security=selinux selinux=1 enforcing=1"))
    }
}

@Suite("Promises")
struct LabPromiseTests {
    @Test("every promise has a name of its own, and a sentence")
    func names() {
        let promises = LabPromises.chapters.flatMap(\.promises)
        let names = promises.map(\.id) + LabPromises.chapters.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(promises.allSatisfy { $0.text.contains(" ") })
    }

    @Test("a promise is chosen by its name, and a chapter with all of its promises")
    func choice() {
        let chosen = LabPromises.chapters(named: ["sessions", "nnp"])
        #expect(chosen.map(\.name) == ["sessions", "daemon"])
        #expect(chosen.last?.promises.map(\.id) == ["nnp"])
        #expect(LabPromises.chapters(named: []).count == LabPromises.chapters.count)
    }

    @Test("every chapter is begun, what needs no guest before what takes longest")
    func order() {
        let order = LabRun.order(of: LabPromises.chapters)
        #expect(order.sorted() == Array(LabPromises.chapters.indices))
        let first = order.prefix(7).map { LabPromises.chapters[$0].name }
        #expect(first == ["packages", "boot", "live", "power", "admin", "kill", "panic"])
    }

    @Test("the table names what is broken, why, and counts")
    func table() {
        let outcomes = [
            LabOutcome(id: "a", promise: "one is kept", kept: true, reason: nil, seconds: 1.25),
            LabOutcome(id: "b", promise: "two", kept: false, reason: "it was\nnot", evidence: "/logs/b", seconds: 70),
        ]
        #expect(
            LabRun.table(outcomes) == """
                kept    one is kept     1.2 s
                BROKEN  two            70.0 s
                         | it was
                         | not
                         | logs: /logs/b
                1 of 2 are broken.

                """)
    }

    @Test("a check that says nothing, or something else, does not count as one that fails")
    func failures() async throws {
        try await requireFailure(of: "it", saying: "wrong") { throw broken("this is wrong") }
        await #expect(throws: (any Error).self) {
            try await requireFailure(of: "it", saying: "wrong") {}
        }
        await #expect(throws: (any Error).self) {
            try await requireFailure(of: "it", saying: "wrong") { throw broken("the guest is off") }
        }
    }
}
