import AdminSupport
import CAdminTools
import CPosix
import DiskKeys

/// Destroys the keys of all disks and powers the system off. See untochat-kill-system(8).
public enum KillTool {
    private static let name = "untochat-kill-system"
    /// As much as is written at once, in bytes.
    private static let pieceSize = 1 << 20

    /// The whole program. Gives what to exit with, where the system is not powered off.
    public static func run() -> Int32 {
        Process.run(name, KillRequest(Process.arguments), usage: usage, kill)
    }

    private static func kill(_ request: KillRequest, in process: Process) -> Int32 {
        LuksHeader.ignoreLocks()
        var devices: [DoomedDevice] = []
        for path in request.devices.isEmpty ? LuksDiscovery.paths() : request.devices {
            let device = DoomedDevice(path)
            if !devices.contains(where: { $0.isSame(as: device) }) { devices.append(device) }
        }
        guard let buffer = LockedMemory(count: pieceSize), !devices.isEmpty else {
            process.complain(devices.isEmpty ? "no LUKS device was found" : "no locked memory")
            return ExitStatus.refused
        }
        if request.wantsPlan {
            for device in devices { write(1, device.name + ": " + device.plan + "\n") }
            return ExitStatus.done
        }
        guard request.isConfirmed || isConfirmed(devices, process) else {
            process.complain("nothing was changed")
            return ExitStatus.refused
        }
        let status = destroy(devices, with: buffer, process)
        #if UNTOCHAT_PACKAGED
            cadmin_power_off()
        #endif
        return status
    }

    private static func isConfirmed(_ devices: [DoomedDevice], _ process: Process) -> Bool {
        for device in devices { write(2, device.name + "\n") }
        return cadmin_confirm(
            "This destroys everything on these disks for ever and powers the system off. Go on? (y/n) ", process.signals
        )
            && cadmin_confirm("There is no way back. Really destroy everything? (y/n) ", process.signals)
    }

    /// From here on no signal is heard, no answer is waited for, and no failure stops what comes after it.
    private static func destroy(_ devices: [DoomedDevice], with buffer: LockedMemory, _ process: Process) -> Int32 {
        var hasFailed = false
        for round in 1...Destruction.rounds {
            for device in devices {
                if let fault = device.fault {
                    if round == 1 { cadmin_show(device.name + ": " + fault + "\n") }
                    hasFailed = true
                    continue
                }
                if round == 1 {
                    cadmin_show(device.name + ": " + String(device.destroyKeySlots()) + " key slots removed\n")
                }
                let failure = device.overwrite(with: buffer)
                cadmin_show(
                    device.name + ": round " + String(round) + " of " + String(Destruction.rounds) + ": "
                        + (failure ?? "SUCCESS") + "\n")
            }
        }
        for device in devices where device.fault == nil {
            var failure = device.verify(with: buffer)
            let isDiscarded = device.discard()
            if isDiscarded, failure == nil { failure = device.verify(with: buffer, isDiscarded: true) }
            if failure != nil { hasFailed = true }
            let outcome = failure ?? "no LUKS header and no key is left"
            cadmin_show(device.name + ": " + outcome + (isDiscarded ? ", discarded\n" : "\n"))
        }
        log(hasFailed ? "not every LUKS header could be destroyed" : "every LUKS header was destroyed", process)
        return hasFailed ? ExitStatus.damaged : ExitStatus.done
    }

    /// From a process of its own: a daemon for logs that hangs must not keep the power on.
    private static func log(_ text: String, _ process: Process) {
        let child = cadmin_fork()
        if child == 0 {
            process.log(text)
            cposix_exit(0)
        }
        if child > 0 { _ = cadmin_wait_briefly(child, 10) }
    }

    private static var usage: String {
        """
        Usage: untochat-kill-system [--plan | --yes-destroy-everything]

        Destroys everything on every LUKS disk of this system for ever, by
        destroying the keys, and powers the system off. It asks twice.
          --plan                     tell what would be done, and do nothing
          --yes-destroy-everything   do not ask

        """
    }
}

/// What the tool was asked for.
struct KillRequest: ToolRequest, Equatable {
    var wantsHelp = false
    var wantsPlan = false
    var isConfirmed = false
    /// For builds that are not shipped: these instead of the system's disks.
    var devices: [String] = []

    /// `nil` for anything that is not understood, and for a plan together with its execution.
    init?(_ arguments: [String]) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            switch argument {
            case "--help": wantsHelp = true
            case "--plan": wantsPlan = true
            case "--yes-destroy-everything": isConfirmed = true
            #if !UNTOCHAT_PACKAGED
                case "--device":
                    guard let device = rest.popFirst() else { return nil }
                    devices.append(device)
            #endif
            default: return nil
            }
        }
        guard !(wantsPlan && isConfirmed) else { return nil }
    }
}
