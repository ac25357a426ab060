/// What can be done with devices, numbered as in the plan. Every function writes, makes sure that it is on the disk, and
/// tests the result by reading the header anew.
public protocol DeviceEditor: ~Copyable {
    /// Gives why it failed, or `nil`.
    mutating func add(to device: Int, opening slot: Int) -> String?
    mutating func remove(_ slots: [Int], from device: Int) -> String?
    /// Makes the header what it was before the first write. False when that did not succeed, or cannot be proven.
    mutating func restore(_ device: Int) -> Bool
}

/// How it went with one device.
public enum Outcome: Sendable, Equatable {
    case done
    case nothing(String)
    case refused(String)
    /// Nothing was tried, because of another device.
    case spared
    case failed(String, isRestored: Bool)
    /// Had been changed, and was changed back because of another device.
    case undone(isRestored: Bool)

    /// One line, as it is shown.
    public func line(for name: String) -> String {
        switch self {
        case .done: name + ": SUCCESS"
        case .nothing(let reason): name + ": SUCCESS (" + reason + ")"
        case .refused(let reason): name + ": " + reason
        case .spared: name + ": not changed"
        case .failed(let reason, let isRestored): name + ": " + reason + "; " + text(isRestored)
        case .undone(let isRestored): name + ": " + text(isRestored)
        }
    }

    private func text(_ isRestored: Bool) -> String {
        isRestored ? "restored as it was" : "NOT RESTORED: keep it open, save its data, and look at it with cryptsetup"
    }
}

/// What the tools exit with.
public enum ExitStatus {
    public static let done: Int32 = 0
    /// Nothing was written.
    public static let refused: Int32 = 1
    public static let usage: Int32 = 2
    /// Something was written, and every device is as it was before.
    public static let restored: Int32 = 3
    /// Something was written that could not be taken back.
    public static let damaged: Int32 = 4

    public static func of(_ outcomes: [Outcome]) -> Int32 {
        var status = outcomes.isEmpty ? refused : done
        for outcome in outcomes {
            switch outcome {
            case .done, .nothing: break
            case .refused, .spared: status = max(status, refused)
            case .failed(_, let isRestored), .undone(let isRestored):
                status = max(status, isRestored ? restored : damaged)
            }
        }
        return status
    }
}

extension KeySlotPlan {
    /// Carries the plan out on all devices, or on none: when one fails, it and those before it are restored.
    public func carryOut<Editor: DeviceEditor & ~Copyable>(with editor: inout Editor) -> [Outcome] {
        guard !isRefused else {
            return steps.map { if case .refuse(let reason) = $0 { .refused(reason) } else { .spared } }
        }
        var outcomes: [Outcome] = []
        for (device, step) in steps.enumerated() {
            let reason: String?
            switch step {
            case .add(let slot): reason = editor.add(to: device, opening: slot)
            case .remove(let slots): reason = editor.remove(slots, from: device)
            case .nothing(let why):
                outcomes.append(.nothing(why))
                continue
            case .refuse(let why):
                outcomes.append(.refused(why))
                continue
            }
            guard let reason else {
                outcomes.append(.done)
                continue
            }
            outcomes.append(.failed(reason, isRestored: editor.restore(device)))
            for earlier in (0..<device).reversed() where outcomes[earlier] == .done {
                outcomes[earlier] = .undone(isRestored: editor.restore(earlier))
            }
            while outcomes.count < steps.count { outcomes.append(.spared) }
            return outcomes
        }
        return outcomes
    }
}
