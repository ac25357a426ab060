/// One key slot that is in use.
public struct KeySlot: Sendable, Equatable {
    /// Who opens it. Only what a person can type when the machine starts counts as a passphrase.
    public enum Holder: Sendable, Equatable {
        case passphrase
        /// A token of this type is assigned to it: TPM, FIDO2, a recovery key.
        case token(String)
        /// It holds another key than the device's.
        case unbound
        /// Its priority says that it is not tried unless it is asked for.
        case ignored
    }

    public var number: Int
    public var holder: Holder
    /// Whether the passphrase that the user gave as the present one opens it.
    public var opensByOld: Bool
    /// Whether the new passphrase does, when there is one.
    public var opensByNew: Bool

    public init(_ number: Int, holder: Holder = .passphrase, opensByOld: Bool = false, opensByNew: Bool = false) {
        self.number = number
        self.holder = holder
        self.opensByOld = opensByOld
        self.opensByNew = opensByNew
    }
}

/// What a header says, and what the passphrases that were given do with it.
public struct DeviceFacts: Sendable, Equatable {
    /// As it is shown: /dev/disk/by-uuid/UUID.
    public var name: String
    /// Why the device cannot be worked on at all.
    public var fault: String?
    public var slots: [KeySlot]
    /// How many slots the format has: 8 in LUKS1, 32 in LUKS2.
    public var slotLimit: Int
    /// Whether the key-slot area has bytes left for one more; a LUKS2 area can be full before its slots are.
    public var hasRoom: Bool

    public init(_ name: String, slots: [KeySlot], slotLimit: Int = 32, hasRoom: Bool = true, fault: String? = nil) {
        self.name = name
        self.slots = slots
        self.slotLimit = slotLimit
        self.hasRoom = hasRoom
        self.fault = fault
    }
}

/// What is to be done with one device.
public enum Step: Sendable, Equatable {
    /// The old passphrase opens this slot.
    case add(opening: Int)
    case remove([Int])
    /// The device is as it should be; the text says why.
    case nothing(String)
    case refuse(String)
}

/// Plans changes to the key slots of LUKS devices. Reads nothing and writes nothing: the edge hands it what the headers
/// say and carries out the steps, in order, and only if no device is refused.
public struct KeySlotPlan: Sendable, Equatable {
    /// One for each device, in the devices' order.
    public let steps: [Step]

    public var isRefused: Bool {
        steps.isEmpty || steps.contains { if case .refuse = $0 { true } else { false } }
    }

    /// Adds the new passphrase where it does not open yet. So a run that was interrupted is finished by the next one.
    public static func adding(to devices: [DeviceFacts]) -> KeySlotPlan {
        KeySlotPlan(steps: devices.map(addition))
    }

    private static func addition(to device: DeviceFacts) -> Step {
        if let fault = device.fault { return .refuse(fault) }
        guard let opening = device.slots.first(where: { $0.opensByOld && $0.holder != .unbound }) else {
            return .refuse("the old passphrase does not open it")
        }
        guard !device.slots.contains(where: { $0.opensByNew }) else { return .nothing("had it already") }
        guard device.slots.count < device.slotLimit else {
            return .refuse("all " + String(device.slotLimit) + " key slots are taken")
        }
        guard device.hasRoom else { return .refuse("the key slot area is full") }
        return .add(opening: opening.number)
    }

    /// Removes the given passphrase from every slot that it opens. On each device at least one other passphrase must be
    /// left. What no passphrase opens does not count, except slots whose token type is among `counted`.
    public static func removing(from devices: [DeviceFacts], counting counted: [String] = []) -> KeySlotPlan {
        let opensSomething = devices.contains { device in
            device.fault == nil && device.slots.contains { $0.opensByOld }
        }
        return KeySlotPlan(
            steps: devices.map { device in
                if let fault = device.fault { return .refuse(fault) }
                guard opensSomething else { return .refuse("the passphrase does not open it") }
                return removal(from: device, counting: counted)
            })
    }

    private static func removal(from device: DeviceFacts, counting counted: [String]) -> Step {
        let opened = device.slots.filter { $0.opensByOld }
        guard !opened.isEmpty else { return .nothing("did not have it") }
        let others = device.slots.filter { slot in
            guard !slot.opensByOld else { return false }
            switch slot.holder {
            case .passphrase: return true
            case .token(let type): return counted.contains(type)
            case .unbound, .ignored: return false
            }
        }
        guard !others.isEmpty else { return .refuse("no other passphrase would be left") }
        return .remove(opened.map { $0.number })
    }
}
