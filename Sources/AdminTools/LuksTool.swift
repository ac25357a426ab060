import AdminSupport
import CAdminTools
import CPosix
import DiskKeys

/// The two programs that change who can open the disks. See untochat-add-passphrase-to-luks-disks(8).
public enum LuksTool {
    case add, remove

    private var name: String {
        switch self {
        case .add: "untochat-add-passphrase-to-luks-disks"
        case .remove: "untochat-remove-passphrase-from-luks-disks"
        }
    }

    private var lineCount: Int {
        switch self {
        case .add: 3
        case .remove: 1
        }
    }

    /// The whole program. Gives what to exit with.
    public func run() -> Int32 {
        let request = Request(Process.arguments, allowsCounting: lineCount == 1)
        return Process.run(name, request, usage: usage) { request, process in
            do throws(PassphraseSource.Fault) {
                return try run(request, in: process)
            } catch {
                process.report(error.text)
                return ExitStatus.refused
            }
        }
    }

    private func run(_ request: Request, in process: Process) throws(PassphraseSource.Fault) -> Int32 {
        let source = PassphraseSource(process: process)
        guard cadmin_reserve_heap() == 0 else { throw PassphraseSource.Fault(text: "there is no memory") }
        var editor = try editor(for: request, from: source)
        guard let (facts, plan) = editor.plan(counting: request.counted, isEnded: { process.isInterrupted }) else {
            throw PassphraseSource.Fault(text: "interrupted; nothing was changed")
        }
        // From the first write on, nobody is asked and no signal is heard.
        let outcomes = plan.carryOut(with: &editor)
        for (device, outcome) in zip(facts, outcomes) { write(1, outcome.line(for: device.name) + "\n") }
        let status = ExitStatus.of(outcomes)
        process.log(summary(of: status, devices: facts.count))
        if request.file != "-", status == ExitStatus.done { finish(request, source) }
        return status
    }

    /// Reads the passphrases and opens the devices. What was read is wiped when this returns: only the editor's own copies
    /// are left.
    private func editor(
        for request: Request, from source: PassphraseSource
    ) throws(PassphraseSource.Fault) -> LuksEditor {
        let given = request.file == "-" ? try source.typed(lineCount) : try source.read(request.file, lineCount)
        if lineCount == 3 {
            do throws(NewPassphrase.Fault) {
                try NewPassphrase.examine(given.bytes(1), repeated: given.bytes(2), old: given.bytes(0))
            } catch {
                throw PassphraseSource.Fault(text: error.message)
            }
        }
        var devices: [LuksDevice] = []
        for path in request.devices.isEmpty ? LuksDiscovery.paths() : request.devices {
            let device = LuksDevice(path, besides: devices)
            if !device.isKnown { devices.append(device) }
        }
        guard !devices.isEmpty else { throw PassphraseSource.Fault(text: "no LUKS device was found") }
        guard let old = given.secret(0) else { throw PassphraseSource.Fault(text: "no locked memory") }
        if lineCount == 1 { return LuksEditor(devices, old: old) }
        guard let new = given.secret(1) else { throw PassphraseSource.Fault(text: "no locked memory") }
        return LuksEditor(devices, old: old, new: new)
    }

    private func finish(_ request: Request, _ source: PassphraseSource) {
        guard request.wipes || cadmin_confirm("Wipe " + request.file + "? (y/n) ", source.process.signals) else {
            return write(1, request.file + " still holds a passphrase. Wipe it.\n")
        }
        guard source.destroy(request.file) else { return source.process.complain(request.file + ": cannot be wiped") }
        write(1, request.file + " is wiped\n")
    }

    private func summary(of status: Int32, devices: Int) -> String {
        let what: String =
            switch self {
            case .add: "adding a passphrase to "
            case .remove: "removing a passphrase from "
            }
        let how: String =
            switch status {
            case ExitStatus.done: "done"
            case ExitStatus.restored: "failed, restored"
            case ExitStatus.damaged: "failed, not restored"
            default: "refused"
            }
        return what + String(devices) + " LUKS devices: " + how
    }

    private var usage: String {
        switch self {
        case .add:
            """
            Usage: untochat-add-passphrase-to-luks-disks [--wipe] FILE
                   untochat-add-passphrase-to-luks-disks -

            Adds a passphrase to every LUKS disk of this system, or to none.
            FILE has exactly three lines:
              1. a passphrase that opens all disks now
              2. the new passphrase
              3. the new passphrase again
            It belongs to root, has mode 0600, and lies on an encrypted disk or in
            memory (/run). With - instead of FILE the passphrases are typed.
              --wipe   afterwards wipe FILE without asking

            """
        case .remove:
            """
            Usage: untochat-remove-passphrase-from-luks-disks [--wipe] [--count TYPE] FILE
                   untochat-remove-passphrase-from-luks-disks [--count TYPE] -

            Removes a passphrase from every LUKS disk of this system, or from none.
            Another passphrase must be left on each disk.
            FILE has exactly one line: the passphrase to remove. It belongs to root,
            has mode 0600, and lies on an encrypted disk or in memory (/run).
            With - instead of FILE the passphrase is typed.
              --wipe         afterwards wipe FILE without asking
              --count TYPE   count key slots with a token of this type as passphrases,
                             such as systemd-recovery

            """
        }
    }
}
