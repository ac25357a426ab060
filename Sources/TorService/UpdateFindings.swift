/// What other programs' answers say about an update.
public enum UpdateFindings {
    /// Why tor cannot be used, or `nil` where it can. The answers are to GETINFO status/bootstrap-phase and
    /// status/circuit-established.
    ///
    /// Source: Tor control protocol, version 1, sections 3.9 and 4.1.10.
    public static func torFault(bootstrap: ControlReply?, circuits: ControlReply?) -> String? {
        guard let bootstrap, let circuits, bootstrap.isSuccess, circuits.isSuccess,
            let phase = bootstrap.value(of: "status/bootstrap-phase")
        else { return "tor does not answer: systemctl status tor" }
        guard phase.split(separator: " ").contains("PROGRESS=100") else {
            return "tor has not found its way into the network yet: " + phase
        }
        guard circuits.value(of: "status/circuit-established") == "1" else { return "tor has no circuit" }
        return nil
    }

    /// What dnf says of packages whose script failed: rpm goes on, and dnf ends with status 0.
    public static func failedScriptlets(in output: String) -> [String] {
        lines(of: output) { line in
            // rpm's words for a shell script, and dnf's for any.
            holds(line, "scriptlet failed") || holds(line, "rror in ") && holds(line, "scriptlet")
        }
    }

    /// What `rpm -V` finds, but for configuration files that the administrator changed.
    ///
    /// Source: rpm(8), VERIFY OPTIONS: nine signs, two blanks, and "c" for a configuration file.
    public static func damage(in output: String) -> [String] {
        lines(of: output) { line in
            let bytes = Array(line.utf8)
            guard bytes.count > 13, bytes[11] == 0x63, bytes[12] == 0x20 else { return true }
            // Mode, owner and group are not the administrator's to change.
            let isMissing = line.utf8.starts(with: "missing".utf8)
            return isMissing || bytes[1] == 0x4d || bytes[5] == 0x55 || bytes[6] == 0x47
        }
    }

    /// What untochat-selinux-check finds wrong.
    public static func policyFaults(in output: String) -> [String] {
        lines(of: output) { $0.utf8.starts(with: "WRONG".utf8) }
    }

    private static func lines(of text: String, where isWanted: (String) -> Bool) -> [String] {
        text.split(whereSeparator: { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }).map { String($0) }.filter(isWanted)
    }

    /// String.contains is not there in Embedded Swift.
    private static func holds(_ text: String, _ part: String) -> Bool {
        let (bytes, wanted) = (Array(text.utf8), Array(part.utf8))
        guard bytes.count >= wanted.count else { return false }
        return (0...bytes.count - wanted.count).contains { bytes[$0...].starts(with: wanted) }
    }
}
