import Glibc

/// The command create-conf: from a few names and two secrets to a kickstart.
public enum CreateConfiguration {
    /// Its arguments.
    public struct Options: Equatable, Sendable {
        /// The settings that were given, not yet checked.
        public var settings: [InstallationRequest.Setting: String] = [:]
        /// The file to write.
        public var file = ""
        /// Where the template and the lists lie; nil where the program looks beside itself.
        public var share: String?

        /// Reads words of the form NAME=VALUE. An empty value is no value: the Makefile passes what it was not given, too.
        init(_ words: [String]) throws(Misuse) {
            var seen: Set<String> = []
            for word in words {
                guard let equals = word.firstIndex(of: "=") else { throw Misuse("\(quoted(word)) is not NAME=VALUE") }
                let name = String(word[..<equals])
                let value = String(word[word.index(after: equals)...])
                guard seen.insert(name).inserted else { throw Misuse("\(name) is given twice") }
                if let setting = InstallationRequest.Setting(rawValue: name) {
                    settings[setting] = value
                } else if name == "KICKSTARTFILE" {
                    file = value
                } else if name == "SHARE" {
                    share = value.isEmpty ? nil : value
                } else {
                    throw Misuse("there is no setting \(quoted(name))")
                }
            }
            guard !file.isEmpty else { throw Misuse("KICKSTARTFILE is missing") }
        }
    }

    /// Checks everything that can be checked, asks for the secrets, writes the file and says what comes next.
    public static func run(_ options: Options) throws {
        let share = try options.share ?? besideProgram()
        let template = try KickstartTemplate(SecretFile.text("\(share)/untochat.ks"))
        let request = try InstallationRequest(
            options.settings, zones: NameList(SecretFile.text("\(share)/timezones")),
            keymaps: NameList(SecretFile.text("\(share)/keymaps")))
        try SecretFile.refuseExisting(options.file)
        let prompt = SecretPrompt()
        let passphrase = request.passphrase == .kickstart ? try prompt.ask(for: .disk) : nil
        let password = try prompt.ask(for: .login, differentFrom: passphrase)
        let text = template.kickstart(
            for: request, adminHash: try LoginHash.yescrypt(password), passphrase: passphrase)
        try SecretFile.create(options.file, text)
        print(summary(request, options.file, passphrase), terminator: "")
    }

    static func summary(_ request: InstallationRequest, _ file: String, _ passphrase: Passphrase?) -> String {
        var lines = [
            "\(file) is written, for you alone to read: Fedora \(request.release.rawValue), \(request.adminUser)."
        ]
        if let passphrase {
            lines.append(
                "It holds the passphrase of the disk. Change that passphrase after installation and destroy the file.")
            if !passphrase.isASCII {
                lines.append("Not all of the passphrase is ASCII: make sure that keymap \(request.keymap) has it.")
            }
        } else {
            lines.append("The installer will ask for the passphrase of the disk at its console.")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func besideProgram() throws(SystemError) -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let length = readlink("/proc/self/exe", &buffer, Int(PATH_MAX))
        guard length > 0 else { throw SystemError("/proc/self/exe") }
        let program = String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return program.split(separator: "/").dropLast(2).map { "/\($0)" }.joined() + "/kickstart"
    }
}
