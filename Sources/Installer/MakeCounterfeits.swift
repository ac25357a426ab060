import Glibc

/// The command counterfeit, for the playbook: from a signed package to two that a server must refuse.
public struct MakeCounterfeits: Equatable, Sendable {
    let package: String
    let folder: String

    static let names = ["PACKAGE", "FOLDER"]

    init(_ words: [String]) throws(Misuse) {
        let settings = try Settings(words, known: Self.names)
        package = try settings.required("PACKAGE")
        folder = try settings.required("FOLDER")
    }

    /// Writes genuine.rpm, unsigned.rpm and foreign.rpm to the folder, which is there.
    public func run() throws {
        let bytes = try SecretFile.bytes(package)
        let counterfeit = try Counterfeit(bytes, name: package)
        let signature = try TemporaryDirectory.with(beside: "\(folder)/key") { work in
            try Self.signature(of: counterfeit.header, in: work)
        }
        for (name, content) in [
            ("genuine", bytes), ("unsigned", counterfeit.unsigned), ("foreign", counterfeit.signed(by: signature)),
        ] {
            try SecretFile.create("\(folder)/\(name).rpm", content, setting: "FOLDER")
        }
    }

    /// The signature of `header` by a key that is made for it and thrown away.
    private static func signature(of header: ArraySlice<UInt8>, in work: String) throws -> [UInt8] {
        let home = "\(work)/gnupg"
        try TemporaryDirectory.make(home)
        defer { _ = try? Program("gpgconf", ["--homedir", home, "--kill", "all"]).output(otherwise: "") }
        let common = ["--homedir", home, "--batch", "--quiet", "--no-tty"]
        // No passphrase: nobody trusts the key.
        let make = ["--passphrase", "", "--quick-generate-key", "counterfeit", "ed25519", "sign", "never"]
        _ = try Program("gpg", common + make).output(otherwise: "gpg makes no key to sign a counterfeit with")
        try SecretFile.create("\(work)/header", Array(header), setting: "FOLDER")
        let sign = [
            "--digest-algo", "SHA512", "--output", "\(work)/signature", "--detach-sign", "--", "\(work)/header",
        ]
        _ = try Program("gpg", common + sign).output(otherwise: "gpg does not sign the counterfeit")
        return try SecretFile.bytes("\(work)/signature")
    }
}
