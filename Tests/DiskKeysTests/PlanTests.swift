import DiskKeys
import TestNumbers
import Testing

@Suite struct PlanTests {
    static func device(_ slots: KeySlot..., limit: Int = 8, room: Bool = true) -> DeviceFacts {
        DeviceFacts("d", slots: slots, slotLimit: limit, hasRoom: room)
    }
    static let old = KeySlot(0, opensByOld: true)

    @Test("a passphrase is added where the old one opens, and not where the new one does already")
    func add() {
        let plan = KeySlotPlan.adding(to: [
            Self.device(KeySlot(0), KeySlot(3, opensByOld: true)), Self.device(Self.old, KeySlot(1, opensByNew: true)),
        ])
        #expect(plan.steps == [.add(opening: 3), .nothing("had it already")])
        #expect(!plan.isRefused)
    }

    static let refusedAdditions: [(DeviceFacts, String)] = [
        (device(KeySlot(0)), "the old passphrase does not open it"),
        (device(KeySlot(0, holder: .unbound, opensByOld: true)), "the old passphrase does not open it"),
        (device(old, KeySlot(1), limit: 2), "all 2 key slots are taken"),
        (device(old, room: false), "the key slot area is full"),
        (DeviceFacts("d", slots: [old], fault: "cannot be opened"), "cannot be opened"),
    ]

    @Test("one device that cannot take it refuses the plan", arguments: refusedAdditions)
    func refuseAddition(_ device: DeviceFacts, _ reason: String) {
        let plan = KeySlotPlan.adding(to: [Self.device(Self.old), device])
        #expect(plan.steps == [.add(opening: 0), .refuse(reason)])
        #expect(plan.isRefused)
    }

    @Test("without a device every plan is refused")
    func none() {
        #expect(KeySlotPlan.adding(to: []).isRefused)
        #expect(KeySlotPlan.removing(from: []).isRefused)
    }

    @Test("a passphrase is removed from every slot that it opens, when another is left")
    func remove() {
        let plan = KeySlotPlan.removing(from: [
            Self.device(Self.old, KeySlot(1), KeySlot(4, opensByOld: true)), Self.device(KeySlot(0)),
        ])
        #expect(plan.steps == [.remove([0, 4]), .nothing("did not have it")])
    }

    static let notCounted: [KeySlot.Holder] = [.token("systemd-tpm2"), .token("systemd-recovery"), .unbound, .ignored]

    @Test("what nobody can type at the prompt does not count as the one that is left", arguments: notCounted)
    func last(_ holder: KeySlot.Holder) {
        let devices = [Self.device(Self.old, KeySlot(1)), Self.device(Self.old, KeySlot(1, holder: holder))]
        let plan = KeySlotPlan.removing(from: devices)
        #expect(plan.steps == [.remove([0]), .refuse("no other passphrase would be left")])
        #expect(plan.isRefused)
    }

    @Test("a token's slot counts when its type is named, and only then")
    func counted() {
        let devices = [Self.device(Self.old, KeySlot(1, holder: .token("systemd-recovery")))]
        #expect(!KeySlotPlan.removing(from: devices, counting: ["systemd-recovery"]).isRefused)
        #expect(KeySlotPlan.removing(from: devices, counting: ["systemd-tpm2"]).isRefused)
    }

    @Test("a passphrase that opens nothing anywhere is refused")
    func nothing() {
        let plan = KeySlotPlan.removing(from: [Self.device(KeySlot(0), KeySlot(1))])
        #expect(plan.steps == [.refuse("the passphrase does not open it")])
    }

    @Test("whatever the devices hold, no plan that is carried out leaves one without a passphrase")
    func property() {
        var generator = SeededNumbers(seed: 11)
        for _ in 0..<20_000 {
            let devices = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
                DeviceFacts(
                    "d",
                    slots: (0..<Int.random(in: 0...4, using: &generator)).map { number in
                        let holders: [KeySlot.Holder] = [.passphrase, .passphrase, .token("t"), .unbound, .ignored]
                        return KeySlot(
                            number, holder: holders[Int.random(in: 0..<5, using: &generator)],
                            opensByOld: Bool.random(using: &generator))
                    })
            }
            let plan = KeySlotPlan.removing(from: devices)
            guard !plan.isRefused else { continue }
            for (device, step) in zip(devices, plan.steps) {
                guard case .remove(let removed) = step else { continue }
                let left = device.slots.filter { !removed.contains($0.number) }
                #expect(left.contains { $0.holder == .passphrase && !$0.opensByOld })
                #expect(!left.contains { $0.opensByOld })
            }
        }
    }
}

/// Devices that are only written down, of which chosen steps fail.
struct Ledger: DeviceEditor {
    var changed: Set<Int> = []
    var written: [String] = []
    var failsAt: Int?
    var cannotRestore: Set<Int> = []

    mutating func change(_ device: Int, _ what: String) -> String? {
        written.append(what + String(device))
        changed.insert(device)
        return device == failsAt ? "broken" : nil
    }
    mutating func add(to device: Int, opening slot: Int) -> String? { change(device, "add") }
    mutating func remove(_ slots: [Int], from device: Int) -> String? { change(device, "remove") }
    mutating func restore(_ device: Int) -> Bool {
        written.append("restore\(device)")
        guard !cannotRestore.contains(device) else { return false }
        changed.remove(device)
        return true
    }
}

@Suite struct ExecutionTests {
    static let devices = (0..<4).map { _ in PlanTests.device(KeySlot(0, opensByOld: true)) }
    static let plan = KeySlotPlan.adding(to: devices)

    @Test("a plan without a refusal is carried out in order")
    func all() {
        var ledger = Ledger()
        let outcomes = Self.plan.carryOut(with: &ledger)
        #expect(outcomes == [.done, .done, .done, .done])
        #expect(ledger.written == ["add0", "add1", "add2", "add3"])
        #expect(ExitStatus.of(outcomes) == ExitStatus.done)
    }

    @Test("one refused device, and nothing is written to any")
    func refused() {
        var ledger = Ledger()
        let outcomes = KeySlotPlan.adding(to: Self.devices + [PlanTests.device(KeySlot(0))]).carryOut(with: &ledger)
        #expect(outcomes.dropLast().allSatisfy { $0 == .spared })
        #expect(outcomes.last == .refused("the old passphrase does not open it"))
        #expect(ledger.written.isEmpty)
        #expect(ExitStatus.of(outcomes) == ExitStatus.refused)
    }

    @Test("whichever device fails, all are as they were", arguments: 0..<4)
    func rollback(_ failing: Int) {
        var ledger = Ledger(failsAt: failing)
        let outcomes = Self.plan.carryOut(with: &ledger)
        #expect(ledger.changed.isEmpty)
        #expect(outcomes[failing] == .failed("broken", isRestored: true))
        #expect(outcomes[..<failing].allSatisfy { $0 == .undone(isRestored: true) })
        #expect(outcomes[(failing + 1)...].allSatisfy { $0 == .spared })
        #expect(ExitStatus.of(outcomes) == ExitStatus.restored)
    }

    @Test("a device that cannot be restored does not keep the others from it, and is told")
    func damaged() {
        var ledger = Ledger(failsAt: 3, cannotRestore: [1])
        let outcomes = Self.plan.carryOut(with: &ledger)
        #expect(ledger.changed == [1])
        #expect(outcomes[1] == .undone(isRestored: false))
        #expect(outcomes[1].line(for: "d").contains("NOT RESTORED"))
        #expect(ExitStatus.of(outcomes) == ExitStatus.damaged)
    }

    @Test("a line is the device and SUCCESS, or the reason")
    func text() {
        #expect(Outcome.done.line(for: "/dev/disk/by-uuid/1") == "/dev/disk/by-uuid/1: SUCCESS")
        #expect(Outcome.refused("no").line(for: "/dev/disk/by-uuid/1") == "/dev/disk/by-uuid/1: no")
    }
}
