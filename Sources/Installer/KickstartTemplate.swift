/// The kickstart as it lies in kickstart/untochat.ks: text with holes such as `@KEYMAP@`. Only the holes below exist, each
/// must be there, and what fills one is not looked into again.
public struct KickstartTemplate: Sendable {
    /// What can be filled in.
    enum Hole: String, CaseIterable {
        case release = "RELEASE"
        case keymap = "KEYMAP"
        case timeZone = "TIMEZONE"
        case display = "DISPLAY"
        case source = "SOURCE"
        case adminUser = "ADMIN_USER"
        case adminHash = "ADMIN_HASH"
        case passphrase = "PASSPHRASE"
        case desktopPackages = "DESKTOP_PACKAGES"
        case disk = "DISK"
        case fill = "FILL"
        case ownPackages = "PACKAGES"
        case passphraseSource = "PASSPHRASE_SOURCE"
    }

    private enum Piece {
        case text(Substring)
        case hole(Hole)
    }
    private let pieces: [Piece]

    /// Reads a template.
    public init(_ text: String) throws(TemplateError) {
        var pieces: [Piece] = []
        var seen: Set<Hole> = []
        var rest = text[...]
        while let (before, name, after) = Self.nextHole(rest) {
            guard let hole = Hole(rawValue: String(name)) else { throw .unknownHole(String(name)) }
            pieces += [.text(before), .hole(hole)]
            seen.insert(hole)
            rest = after
        }
        for hole in Hole.allCases where !seen.contains(hole) { throw .missingHole(hole.rawValue) }
        self.pieces = pieces + [.text(rest)]
    }

    /// The kickstart for `request`.
    ///
    /// - Parameters:
    ///   - adminHash: the login password as crypt(3) writes it.
    ///   - passphrase: that of the disk; nil where the installer asks for it.
    public func kickstart(
        for request: InstallationRequest, adminHash: String, passphrase: Passphrase?
    ) -> String {
        pieces.map { piece in
            switch piece {
            case .text(let text): String(text)
            case .hole(let hole): Self.fill(hole, request, adminHash, passphrase)
            }
        }.joined()
    }

    private static func fill(
        _ hole: Hole, _ request: InstallationRequest, _ adminHash: String, _ passphrase: Passphrase?
    ) -> String {
        switch hole {
        case .release: "F\(request.release.rawValue)"
        case .keymap: KickstartWord.quoted(request.keymap)
        case .timeZone: KickstartWord.quoted(request.timeZone)
        case .display: request.desktop == .none ? "skipx" : "xconfig --startxonboot"
        case .source: source(request)
        case .adminUser: KickstartWord.quoted(request.adminUser)
        case .adminHash: KickstartWord.quoted(adminHash)
        case .passphrase:
            passphrase.map { " --passphrase=\(KickstartWord.quoted(String(decoding: $0.bytes, as: UTF8.self)))" } ?? ""
        case .desktopPackages: request.desktop == .none ? "# No desktop: the text console" : desktopPackages
        case .disk: request.disk
        case .fill: request.fill.rawValue
        case .ownPackages: request.ownPackages.rawValue
        case .passphraseSource: request.passphrase.rawValue
        }
    }

    private static func source(_ request: InstallationRequest) -> String {
        guard request.source == .network else { return "cdrom" }
        let mirrors = "https://mirrors.fedoraproject.org/metalink?arch=x86_64&repo="
        let release = request.release.rawValue
        return """
            url --metalink=\(KickstartWord.quoted("\(mirrors)fedora-\(release)"))
            repo --name=updates --metalink=\(KickstartWord.quoted("\(mirrors)updates-released-f\(release)"))
            """
    }

    private static let desktopPackages = """
        # The desktop: a screen, who logs in to it, windows, a terminal
        xorg-x11-server-Xorg
        xorg-x11-drv-libinput
        mesa-dri-drivers
        lightdm
        lightdm-gtk
        xfce4-session
        xfce4-settings
        xfce4-panel
        xfdesktop
        xfwm4
        xfce4-terminal
        dejavu-sans-mono-fonts
        """

    /// What stands before the first `@NAME@` of `text`, NAME, and what stands after it.
    private static func nextHole(_ text: Substring) -> (before: Substring, name: Substring, after: Substring)? {
        var from = text.startIndex
        while let start = text[from...].firstIndex(of: "@") {
            let inside = text.index(after: start)
            let name = text[inside...].prefix { $0 == "_" || ("A"..."Z").contains($0) }
            if !name.isEmpty, name.endIndex < text.endIndex, text[name.endIndex] == "@" {
                return (text[..<start], name, text[text.index(after: name.endIndex)...])
            }
            from = inside
        }
        return nil
    }
}

/// Why a template cannot be used.
public enum TemplateError: Error, Equatable, CustomStringConvertible {
    /// It has a hole that nothing fills.
    case unknownHole(String)
    /// It lacks a hole, so that something that was asked for would be lost.
    case missingHole(String)

    public var description: String {
        switch self {
        case .unknownHole(let name): "the kickstart template has a hole @\(name)@ that nothing fills"
        case .missingHole(let name): "the kickstart template lacks the hole @\(name)@"
        }
    }
}

/// Words of a kickstart command.
enum KickstartWord {
    /// `text` as one word. pykickstart splits lines by Python's `shlex.split(line, comments=True)`, in which nothing has a
    /// meaning between single quotes but the quote itself; that one goes between double quotes.
    static func quoted(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: "/"):
                true
            default: false
            }
        }
        if isPlain, !text.isEmpty { return text }
        return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\"'\"'") + "'"
    }
}
