import Accounts
import AdminSupport
import CAdminTools
import CPosix
import DiskKeys

/// The three programs for accounts. See untochat-add-user(8), untochat-remove-user(8) and untochat-add-admin(8).
public enum AccountTool {
    case addUser, removeUser, addAdministrator

    private var name: String {
        switch self {
        case .addUser: "untochat-add-user"
        case .removeUser: "untochat-remove-user"
        case .addAdministrator: "untochat-add-admin"
        }
    }

    private var options: [String] {
        switch self {
        case .addUser: ["--ssh-key", "--real-name", "--password-stdin", "--expire"]
        case .removeUser: ["--yes", "--keep-home"]
        case .addAdministrator: ["--ssh-key", "--password-stdin", "--expire", "--staff"]
        }
    }

    /// Why it is refused.
    private struct Fault: Error { let text: String }

    /// The whole program. Gives what to exit with.
    public func run() -> Int32 {
        Process.run(name, AccountRequest(Process.arguments, allowed: options), usage: usage) { request, process in
            do throws(Fault) {
                let outcome = self == .removeUser ? try remove(request, process) : try add(request, process)
                return tell(outcome, request, process)
            } catch {
                process.report(request.name + ": " + error.text)
                return ExitStatus.refused
            }
        }
    }

    private func tell(_ outcome: AccountOutcome, _ request: AccountRequest, _ process: Process) -> Int32 {
        switch outcome {
        case .done:
            process.log(request.name + ": done")
            write(1, request.name + ": SUCCESS\n")
            if self != .removeUser, !request.givesPassword {
                write(1, "Set a password with: passwd " + request.name + "\n")
            }
            return ExitStatus.done
        case .undone(let reason):
            process.report(request.name + ": " + reason + "; everything is as it was")
            return ExitStatus.restored
        case .unfinished(let reason):
            process.report(request.name + ": " + reason + "; it cannot log in; run this again")
            return ExitStatus.damaged
        }
    }

    // MARK: Adding

    private func add(_ request: AccountRequest, _ process: Process) throws(Fault) -> AccountOutcome {
        #if UNTOCHAT_PACKAGED
            guard Subject.isEnforcing else { throw Fault(text: "SELinux is not enforcing; nobody would be confined") }
        #endif
        let kind: AccountKind = self == .addUser ? .chatUser : .administrator(isStaff: request.isStaff)
        if let fault = RealName.fault(in: request.realName) { throw Fault(text: fault) }
        let subject = Subject(name: request.name)
        let steps: [AdditionStep]
        do throws(AccountRefusal) {
            steps = try AccountPlan.adding(
                request.name, kind, subject.facts(kind), hasKey: request.keyFile != nil,
                hasPassword: request.givesPassword, expires: request.expires)
        } catch { throw Fault(text: error.reason) }
        let key = try request.keyFile.map { (path) throws(Fault) in try self.key(path) }
        if self == .addAdministrator { try confirm(request, process) }
        var addition = Addition(
            subject: subject, kind: kind, realName: request.realName, key: key,
            password: request.givesPassword ? try password(of: request.name, process) : nil)
        // From here on no signal is heard.
        return process.isInterrupted ? .undone("interrupted") : addition.carryOut(steps)
    }

    private func key(_ path: String) throws(Fault) -> String {
        let content = text(of: path)
        guard !content.isEmpty else { throw Fault(text: path + ": cannot be read") }
        guard let key = SSHKeys.clean(content) else {
            throw Fault(text: path + ": holds no public key, or other lines")
        }
        return key
    }

    private func confirm(_ request: AccountRequest, _ process: Process) throws(Fault) {
        write(
            2,
            """
            An administrator can read what every chat user writes, see where the
            server is, and destroy it. Nothing confines an administrator\(request.isStaff ? " who uses sudo" : "").

            """)
        guard cadmin_confirm_word("Type the name again to go on: ", process.signals, request.name) else {
            throw Fault(text: "not confirmed; nothing was changed")
        }
    }

    /// As chpasswd reads it: in locked memory from the first byte to the last.
    private func password(of name: String, _ process: Process) throws(Fault) -> Secret {
        let prefix = [UInt8]((name + ":").utf8)
        guard let memory = LockedMemory(count: PassphraseLines.readLimit),
            let whole = LockedMemory(count: prefix.count + PassphraseLines.limit + 1)
        else { throw Fault(text: "no locked memory") }
        let lines = try passwords(memory, process)
        let given = lines.map {
            UnsafeBufferPointer(start: UnsafePointer(memory.bytes) + $0.lowerBound, count: $0.count)
        }
        do throws(NewPassphrase.Fault) {
            try NewPassphrase.examine(given[0], repeated: given[1], old: UnsafeBufferPointer(start: nil, count: 0))
        } catch { throw Fault(text: "password: " + error.message) }
        cadmin_copy(whole.bytes, prefix, prefix.count)
        cadmin_copy(whole.bytes + prefix.count, memory.bytes + lines[0].lowerBound, lines[0].count)
        whole.bytes[prefix.count + lines[0].count] = 0x0A
        guard let secret = Secret(copying: 0..<prefix.count + lines[0].count + 1, of: whole) else {
            throw Fault(text: "no locked memory")
        }
        return secret
    }

    /// Two lines of standard input, or of the terminal without echo.
    private func passwords(_ memory: LockedMemory, _ process: Process) throws(Fault) -> [Range<Int>] {
        let first = cadmin_ask("Password: ", process.signals, memory.bytes, PassphraseLines.limit)
        if first != Int(CADMIN_NO_TERMINAL) {
            guard first > 0 else { throw Fault(text: "no password was typed; nothing was changed") }
            let second = cadmin_ask("Password, again: ", process.signals, memory.bytes + first, PassphraseLines.limit)
            guard second > 0 else { throw Fault(text: "no password was typed; nothing was changed") }
            return [0..<first, first..<first + second]
        }
        var count = 0
        while count < memory.count {
            let got = cposix_read(0, memory.bytes + count, memory.count - count)
            guard got >= 0 else { throw Fault(text: "standard input cannot be read") }
            if got == 0 { break }
            count += got
        }
        do throws(PassphraseLines.Fault) {
            return try PassphraseLines.find(2, in: UnsafeBufferPointer(start: memory.bytes, count: count))
        } catch { throw Fault(text: "standard input: " + error.message) }
    }

    // MARK: Removing

    private func remove(_ request: AccountRequest, _ process: Process) throws(Fault) -> AccountOutcome {
        let subject = Subject(name: request.name)
        let facts = subject.facts(.chatUser)
        let steps: [RemovalStep]
        do throws(AccountRefusal) {
            steps = try AccountPlan.removing(request.name, facts, keepsHome: request.keepsHome)
        } catch { throw Fault(text: error.reason) }
        guard let account = facts.account else { throw Fault(text: "there is no account of this name") }
        guard
            request.isConfirmed
                || cadmin_confirm("Remove " + request.name + " and everything of this user? (y/n) ", process.signals)
        else { throw Fault(text: "not confirmed; nothing was changed") }
        var removal = Removal(subject: subject, account: account, keepsHome: request.keepsHome)
        return removal.carryOut(steps)
    }

    private var usage: String {
        switch self {
        case .addUser:
            """
            Usage: untochat-add-user [--ssh-key FILE] [--real-name TEXT]
                                     [--password-stdin [--expire]] NAME

            Adds a chat user, whole or not at all.
              --ssh-key FILE     public keys to log in with
              --real-name TEXT   shown to every other user; "Unknown" if not given
              --password-stdin   take the password from standard input, in two lines,
                                 or from the terminal; without it, use passwd
              --expire           it must be changed at the first login

            """
        case .removeUser:
            """
            Usage: untochat-remove-user [--yes] [--keep-home] NAME

            Ends everything that a chat user runs and removes the user. It asks once.
              --yes         do not ask
              --keep-home   leave the home, as root's

            """
        case .addAdministrator:
            """
            Usage: untochat-add-admin [--ssh-key FILE] [--staff]
                                      [--password-stdin [--expire]] NAME

            Adds an administrator, whom nothing confines. It asks for the name again.
              --ssh-key FILE     public keys to log in with
              --staff            confined to staff_t; what sudo needs then is in the manual
              --password-stdin   take the password from standard input, in two lines,
                                 or from the terminal; without it, use passwd
              --expire           it must be changed at the first login

            """
        }
    }
}
