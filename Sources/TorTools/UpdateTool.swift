import AdminSupport
import CPosix
import CTorTools
import DiskKeys
import TorService

/// Updates the server through Tor, and says what came of it. See untochat-update(8).
public enum UpdateTool {
    private static let name = "untochat-update"
    /// What dnf, or rpm, may say. In bytes.
    private static let room = 4 << 20

    /// The whole program. Gives what to exit with: 0 all is well, 1 something is not, 2 misused.
    public static func run() -> Int32 {
        let (places, arguments) = Places.read()
        return Process.run(name, UpdateRequest(arguments), usage: usage) { request, process in
            do throws(Failure) {
                let isWell = try carryOut(request, places, process)
                let done = request == .check ? "looked" : "updated"
                process.log(done + (isWell ? ": all is well" : ": something is not right"))
                return isWell ? ExitStatus.done : ExitStatus.refused
            } catch {
                process.report(error.text)
                return ExitStatus.refused
            }
        }
    }

    private static func carryOut(
        _ request: UpdateRequest, _ places: Places, _ process: Process
    ) throws(Failure) -> Bool {
        if let fault = torFault(places) { throw Failure(fault) }
        let before = try packages(places)
        guard request == .update else {
            try look(places)
            return try verify(before, places, process)
        }
        write(1, "tor works; dnf is at work, which takes minutes\n")
        let said = try tool(places.dnf, ["upgrade", "--refresh", "--assumeyes"])
        let after = try packages(places)
        let changes = before.changes(to: after)
        for line in changes {
            write(1, line + "\n")
            process.log(line)
        }
        if changes.isEmpty { write(1, "nothing changed\n") }
        var isWell = said.status == 0
        if !isWell {
            write(2, said.text)
            process.report("dnf ended with status " + String(said.status) + "; what it said is above")
        }
        for line in UpdateFindings.failedScriptlets(in: said.text) {
            process.report("a package's script failed: " + line)
            isWell = false
        }
        return try verify(after, places, process) && isWell
    }

    /// Tells what an update would bring.
    private static func look(_ places: Places) throws(Failure) {
        let said = try tool(places.dnf, ["check-upgrade", "--refresh"])
        switch said.status {
        case 0: write(1, "nothing to update\n")
        // Source: dnf(8) and dnf5-check-upgrade(8): 100 when there is something.
        case 100: write(1, said.text)
        default:
            write(2, said.text)
            throw Failure("dnf ended with status " + String(said.status) + "; what it said is above")
        }
    }

    /// Whether the policy is in force, and our files are as they were shipped.
    private static func verify(
        _ packages: PackageList, _ places: Places, _ process: Process
    ) throws(Failure) -> Bool {
        var isWell = true
        let policy = try tool(places.policyCheck, [])
        for line in UpdateFindings.policyFaults(in: policy.text) { process.report("SELinux: " + line) }
        if policy.status != 0 {
            process.report(places.policyCheck + " is not content")
            isWell = false
        }
        guard !packages.ours.isEmpty else { return isWell }
        // Its status is 1 for any change, a configuration's too.
        let files = try tool(places.rpm, ["-V"] + packages.ours)
        let damage = UpdateFindings.damage(in: files.text)
        for line in damage { process.report("not as shipped: " + line) }
        return isWell && damage.isEmpty
    }

    private static func packages(_ places: Places) throws(Failure) -> PackageList {
        let said = try tool(places.rpm, ["-qa", "--qf", PackageList.queryFormat])
        guard said.status == 0, let list = PackageList(said.text) else {
            throw Failure("rpm does not say what is installed")
        }
        return list
    }

    /// Why Tor cannot be used, or `nil`.
    private static func torFault(_ places: Places) -> String? {
        guard var connection = TorConnection.open(places) else {
            return "tor does not answer at " + places.control + ": systemctl status tor"
        }
        let bootstrap = connection.ask("GETINFO status/bootstrap-phase")
        let circuits = connection.ask("GETINFO status/circuit-established")
        if let fault = UpdateFindings.torFault(bootstrap: bootstrap, circuits: circuits) { return fault }
        let socket = ctor_connect_loopback(places.socks)
        guard socket >= 0 else {
            return "nobody listens at 127.0.0.1:" + String(places.socks) + ", where dnf finds tor"
        }
        defer { cposix_close(socket) }
        // RFC 1928, section 3: version 5, one method, and that is "no authentication".
        let greeting: [UInt8] = [5, 1, 0]
        var answer: [UInt8] = [0, 0]
        guard cposix_write(socket, greeting, greeting.count) == 0, cposix_read(socket, &answer, 2) == 2,
            answer == [5, 0]
        else { return "what listens at 127.0.0.1:" + String(places.socks) + " is no SOCKS proxy" }
        return nil
    }

    /// Runs a program with an environment of ours, in which no variable leads dnf past Tor.
    private static func tool(_ path: String, _ arguments: [String]) throws(Failure) -> Program.Said {
        let said = Program.run(path, arguments, room: room)
        if said.status < 0 { throw Failure(path + ": " + Program.reason(said.status)) }
        guard said.text.utf8.count < room else { throw Failure(path + ": says too much") }
        return said
    }

    private static var usage: String {
        """
        Usage: untochat-update [--check]

        Updates the server through Tor: sees that Tor works, lets dnf update everything, says what changed, and verifies
        the SELinux policy and our files.
          --check  change nothing; tell what there is to update, and verify

        Exit status: 0 all is well, 1 something is not right, 2 misused.

        Examples:
          untochat-update --check
          untochat-update

        """
    }
}

extension UpdateRequest: ToolRequest {
    public var wantsHelp: Bool { self == .help }
}
