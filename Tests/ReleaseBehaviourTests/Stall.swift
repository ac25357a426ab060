import Foundation
import ReleaseSupport
import SystemPackage

/// Makes a program that a release uses stop for ever at one of its calls, so that a test meets the release there.
///
/// It is a script before the real program in PATH: it passes every other call on, and at this one it tells and waits.
struct Stall: Sendable, CustomStringConvertible {
    /// The program.
    let program: String
    /// A shell pattern that its arguments match at the call.
    let call: String
    /// What happens there, for people.
    let description: String

    static let signingPackages = Stall(program: "gpg", call: "*-sbo*", description: "packages are being signed")
    static let indexing = Stall(program: "createrepo_c", call: "*", description: "the repository is being indexed")
    static let signingIndex = Stall(
        program: "gpg", call: "*--detach-sign*/source/*repomd.xml", description: "the last index is being signed")
    static let signingSums = Stall(
        program: "gpg", call: "*--detach-sign*SHA256SUMS", description: "the digests are being signed")
    static let all = [signingPackages, indexing, signingIndex, signingSums]

    /// Puts the script in place.
    func set(in clone: Clone) throws {
        let real = try Self.find(program)
        let pipe = clone.folder.appending("never").string
        if !Files.exists(FilePath(pipe)), mkfifo(pipe, 0o600) != 0 { throw Errno(rawValue: errno) }
        let script = """
            #!/bin/sh
            case "$*" in
            \(call)) : >\(reached(in: clone)); exec cat \(pipe) ;;
            esac
            exec \(real) "$@"

            """
        let path = clone.programs.appending(program)
        try Files.write(script, to: path)
        guard chmod(path.string, 0o755) == 0 else { throw Errno(rawValue: errno) }
    }

    /// Takes the script away.
    func lift(in clone: Clone) throws {
        try Files.remove(clone.programs.appending(program))
        try Files.remove(reached(in: clone))
    }

    /// Exists from the call on.
    func reached(in clone: Clone) -> FilePath { clone.folder.appending("reached") }

    private static func find(_ program: String) throws -> String {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        for folder in folders where access("\(folder)/\(program)", X_OK) == 0 { return "\(folder)/\(program)" }
        throw ReleaseError(.setup, "\(program) is not in PATH")
    }
}
