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
            let given = try Settings(
                words, known: InstallationRequest.Setting.allCases.map(\.rawValue) + ["KICKSTARTFILE", "SHARE"])
            for setting in InstallationRequest.Setting.allCases { settings[setting] = given[setting.rawValue] }
            file = try given.required("KICKSTARTFILE")
            share = given["SHARE"]
        }
    }

    /// Checks everything that can be checked, asks for the secrets, writes the file and says what comes next.
    public static func run(_ options: Options) throws {
        let share = try options.share ?? Installation.folder() + "/kickstart"
        let template = try KickstartTemplate(SecretFile.text("\(share)/untochat.ks"))
        let request = try InstallationRequest(
            options.settings, zones: NameList(SecretFile.text("\(share)/timezones")),
            keymaps: NameList(SecretFile.text("\(share)/keymaps")))
        try SecretFile.refuseExisting(options.file, setting: "KICKSTARTFILE")
        let prompt = SecretPrompt()
        let passphrase = request.passphrase == .kickstart ? try prompt.ask(for: .disk) : nil
        let password = try prompt.ask(for: .login, differentFrom: passphrase)
        let text = template.kickstart(
            for: request, adminHash: try LoginHash.yescrypt(password), passphrase: passphrase)
        try SecretFile.create(options.file, text, setting: "KICKSTARTFILE")
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
}
