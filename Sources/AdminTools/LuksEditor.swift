import AdminSupport
import DiskKeys

/// Carries out plans on devices, with the passphrases that the plan is about.
struct LuksEditor: DeviceEditor, ~Copyable {
    private let devices: [LuksDevice]
    /// What opens the devices now.
    private let old: Secret
    private let new: Secret?

    init(_ devices: [LuksDevice], old: consuming Secret, new: consuming Secret? = nil) {
        self.devices = devices
        self.old = old
        self.new = new
    }

    /// Tests the passphrases on every device and plans. Writes nothing. Stops, with `nil`, when `isEnded` says so.
    func plan(counting counted: [String], isEnded: () -> Bool) -> (facts: [DeviceFacts], plan: KeySlotPlan)? {
        var facts: [DeviceFacts] = []
        for device in devices {
            if isEnded() { return nil }
            switch new {
            case .some(let new): facts.append(device.factsForAdding(new, by: old))
            case .none: facts.append(device.factsForRemoving(old))
            }
        }
        if isEnded() { return nil }
        return switch new {
        case .some: (facts, .adding(to: facts))
        case .none: (facts, .removing(from: facts, counting: counted))
        }
    }

    mutating func add(to device: Int, opening slot: Int) -> String? {
        switch new {
        case .some(let new): devices[device].add(new, opening: slot, by: old)
        case .none: "there is no new passphrase"
        }
    }

    mutating func remove(_ slots: [Int], from device: Int) -> String? { devices[device].remove(slots, of: old) }

    mutating func restore(_ device: Int) -> Bool { devices[device].restore() }
}
