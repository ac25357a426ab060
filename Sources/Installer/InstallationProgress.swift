/// How far an installation is, by what its console says.
struct InstallationProgress {
    /// Seconds that are given to an installer after it has said what failed.
    static let patience = 10

    private var line: [UInt8] = []
    private var told = 0
    private(set) var failure: String?
    private(set) var isInstalled = false
    /// Of the sshd that was installed; the first that the console told.
    private(set) var hostKey: HostKey?

    /// Takes more of the console and gives what a person should hear of it, as plain text: our own scripts' lines, and
    /// every tenth of the packages.
    mutating func receive(_ bytes: some Sequence<UInt8>) -> [String] {
        var heard: [String] = []
        for byte in bytes {
            if byte == 10 || byte == 13 {
                if let said = finish() { heard.append(said) }
            } else if line.count < 1024, (32..<127).contains(byte) {
                // A guest's control characters have no business on the host's terminal.
                line.append(byte)
            }
        }
        return heard
    }

    /// Says whether the installation came to its end, given QEMU's exit status.
    func judge(qemu status: Int32) throws(SystemError) {
        if let failure { throw SystemError(plain: "the installation failed: \(failure)") }
        guard status == 0 else { throw SystemError(plain: "QEMU ended with status \(status)") }
        guard isInstalled else {
            throw SystemError(plain: "the machine went off before the installation said that it was done")
        }
    }

    private mutating func finish() -> String? {
        defer { line.removeAll(keepingCapacity: true) }
        let prefix = "untochat: "
        let text = String(decoding: line, as: UTF8.self)
        guard text.hasPrefix(prefix) else { return packages(text) }
        let said = String(text.dropFirst(prefix.count))
        if said.hasPrefix("FAILED: "), failure == nil { failure = String(said.dropFirst(8)) }
        if said == "installed" { isInstalled = true }
        if hostKey == nil { hostKey = HostKey(said) }
        return said
    }

    /// Fedora's installer says "Installing less.x86_64 (12/345)" for each package.
    private mutating func packages(_ text: String) -> String? {
        guard text.hasPrefix("Installing "), text.hasSuffix(")"), let open = text.lastIndex(of: "(") else { return nil }
        let numbers = text[open...].dropFirst().dropLast().split(separator: "/").map { Int($0) }
        guard numbers.count == 2, let done = numbers[0], let all = numbers[1], all > 0, (0...all).contains(done) else {
            return nil
        }
        let tenth = done * 10 / all
        guard tenth > told else { return nil }
        told = tenth
        return "packages: \(done) of \(all)"
    }
}
