import KickstartReading
import ReleaseSupport

@testable import Installer

/// Requests and secrets that tests make kickstarts of.
enum Example {
    static let folder = Pykickstart.root.appending("kickstart")
    static let hash = "$y$j9T$PhcwgCU2axN/qHOd/5YRV0$Y8nQLuBrrJEyhH5192GSJa2g97pEDs3s.dWuApddCEA"
    static let passphrase = "seven gulls at 4 harbours, none of 9 asleep"

    static func list(_ name: String) throws -> NameList { NameList(try Files.text(folder.appending(name))) }
    static func template() throws -> KickstartTemplate { try KickstartTemplate(templateText()) }
    static func templateText() throws -> String { try Files.text(folder.appending("untochat.ks")) }

    static func request(_ changes: [InstallationRequest.Setting: String] = [:]) throws -> InstallationRequest {
        let usual: [InstallationRequest.Setting: String] = [
            .adminUser: "silver", .timeZone: "Europe/Prague", .keymap: "us",
        ]
        return try InstallationRequest(
            usual.merging(changes) { $1 }, zones: list("timezones"), keymaps: list("keymaps"))
    }

    static func secret(_ text: String) throws -> Passphrase {
        try Passphrase(Array(text.utf8), again: Array(text.utf8), use: .disk)
    }

    static func kickstart(
        _ changes: [InstallationRequest.Setting: String] = [:], passphrase: String = passphrase
    ) throws -> String {
        let request = try request(changes)
        return try template().kickstart(
            for: request, adminHash: hash,
            passphrase: request.passphrase == .kickstart ? secret(passphrase) : nil)
    }

    /// The body of the section of `kickstart` that begins with the line `header`.
    static func section(_ header: String, of kickstart: String) -> String {
        let lines = kickstart.split(separator: "\n", omittingEmptySubsequences: false)
        let body = lines.drop { !$0.hasPrefix(header) }.dropFirst().prefix { $0 != "%end" }
        return body.joined(separator: "\n") + "\n"
    }
}
