/// What the administrator asks for, before anything secret: checked, so that a kickstart can be made of it as it is.
public struct InstallationRequest: Sendable, Equatable {
    /// The administrator's login name.
    public let adminUser: String
    /// A zone of the IANA database: `Europe/Prague`.
    public let timeZone: String
    /// A keymap of the text console: `us`, `cz-qwerty`.
    public let keymap: String
    /// What stands on the machine's screen.
    public let desktop: Desktop
    /// The disk that is emptied: `/dev/vda`, or `auto` for the only one there is.
    public let disk: String
    /// How the disk is emptied.
    public let fill: DiskFill
    /// Where the installer gets the passphrase of the disk.
    public let passphrase: PassphraseSource
    /// The release of Fedora.
    public let release: FedoraRelease
    /// Where Fedora's packages come from.
    public let source: PackageSource
    /// Where our own packages come from.
    public let ownPackages: OwnPackages

    /// The machine's screen after installation.
    public enum Desktop: String, CaseIterable, Sendable { case none, xfce }
    /// `random`: one pass of the kernel's stream cipher; `discard`: the host is told to forget the blocks.
    public enum DiskFill: String, CaseIterable, Sendable { case random, discard }
    /// `kickstart`: it stands in the file and must be changed afterwards; `console`: the installer asks.
    public enum PassphraseSource: String, CaseIterable, Sendable { case kickstart, console }
    /// Releases that the kickstart is valid for.
    public enum FedoraRelease: String, CaseIterable, Sendable {
        case fedora45 = "45"
        case fedora44 = "44"
    }
    /// `network`: Fedora's mirrors by TLS; `cdrom`: the installation medium.
    public enum PackageSource: String, CaseIterable, Sendable { case network, cdrom }
    /// `medium`: the volume that the kickstart lies on; `later`: Ansible brings them.
    public enum OwnPackages: String, CaseIterable, Sendable { case medium, later }

    /// The names of all settings, as the Makefile spells them.
    public enum Setting: String, CaseIterable, Sendable {
        case adminUser = "ADMINUSER"
        case timeZone = "TIMEZONE"
        case keymap = "KEYMAP"
        case desktop = "DESKTOP"
        case disk = "DISK"
        case fill = "FILL"
        case passphrase = "PASSPHRASE"
        case release = "FEDORA"
        case source = "SOURCE"
        case packages = "PACKAGES"
    }

    /// Checks `settings`. Those that are absent or empty have their defaults, but for the first three, which have none.
    ///
    /// - Throws: `RequestError` with everything that is wrong, not the first thing alone.
    public init(_ settings: [Setting: String], zones: NameList, keymaps: NameList) throws(RequestError) {
        var problems: [String] = []
        func value(_ setting: Setting) -> String? {
            guard let text = settings[setting], !text.isEmpty else { return nil }
            return text
        }
        func check(_ setting: Setting, _ body: (String) -> String?) -> String {
            guard let text = value(setting) else {
                problems.append("\(setting.rawValue) is missing")
                return ""
            }
            if let problem = body(text) { problems.append("\(setting.rawValue): \(problem)") }
            return text
        }
        func choose<Choice: RawRepresentable & CaseIterable>(_ setting: Setting, _ usual: Choice) -> Choice
        where Choice.RawValue == String {
            guard let text = value(setting) else { return usual }
            if let choice = Choice(rawValue: text) { return choice }
            let choices = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            problems.append("\(setting.rawValue): \(quoted(text)) is none of: \(choices)")
            return usual
        }
        adminUser = check(.adminUser, UserName.problem)
        timeZone = check(.timeZone) { zones.problem($0, kind: "time zone") }
        keymap = check(.keymap) { keymaps.problem($0, kind: "keymap") }
        desktop = choose(.desktop, .none)
        disk = value(.disk) ?? "auto"
        if let problem = DiskName.problem(disk) { problems.append("\(Setting.disk.rawValue): \(problem)") }
        fill = choose(.fill, .random)
        passphrase = choose(.passphrase, .kickstart)
        release = choose(.release, .fedora45)
        source = choose(.source, .network)
        ownPackages = choose(.packages, .medium)
        guard problems.isEmpty else { throw RequestError(problems: problems) }
    }
}

/// Everything that is wrong with a request.
public struct RequestError: Error, CustomStringConvertible {
    /// One sentence each: which setting, what is wrong, what would be right.
    public let problems: [String]

    public var description: String { problems.joined(separator: "\n") }
}

/// `text` in quotes, fit for a terminal: whatever is not printable ASCII is shown by number.
func quoted(_ text: String) -> String {
    let shown = text.unicodeScalars.prefix(60).map { scalar in
        (0x20..<0x7F).contains(scalar.value) ? String(scalar) : "\\u{\(String(scalar.value, radix: 16))}"
    }
    return "\"\(shown.joined())\(text.unicodeScalars.count > 60 ? "…" : "")\""
}
