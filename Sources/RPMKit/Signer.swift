import CRPM

/// What librpm needs to know to sign packages. Sent to the child process that carries it out.
public struct SigningRequest: Codable, Sendable, Equatable {
    /// The package files; each is signed in place, so hand in copies.
    public let packages: [String]
    /// Macros that name the key and the way to call gpg.
    public let macros: [String: String]

    /// Makes a request.
    public init(packages: [String], macros: [String: String]) {
        self.packages = packages
        self.macros = macros
    }

    /// Signs each package with the key that the macros name, replacing a signature that is there.
    ///
    /// For a child process: librpm's macros stay set. A clean return does not prove a signature (gpg may have made none):
    /// `PublicKeyring.verify` does.
    public func carryOut() throws {
        try Library.use {
            for (name, value) in macros { rpmPushMacro(nil, name, nil, value, RMIL_CMDLINE) }
            for package in packages {
                // The digest algorithm is a macro: rpm 4.18 would hand gpg a number, which gpg refuses.
                var arguments = rpmSignArgs()
                let (code, messages) = Library.collectingMessages { rpmPkgSign(package, &arguments) }
                guard code == 0 else { throw RPMError("\(package): not signed: \(messages.trimmed)") }
            }
        }
    }
}
