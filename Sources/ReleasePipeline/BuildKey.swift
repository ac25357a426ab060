import RPMKit
import ReleaseSupport
import SystemPackage

/// A digest of everything that decides what a build makes. The same key means the same packages, so they are not built
/// again; anything that may differ belongs in here.
struct BuildKey: Equatable, Sendable {
    /// 64 hexadecimal digits.
    let digest: String

    /// What goes into a key, apart from the files.
    struct Circumstances: Sendable {
        let target: String
        let epoch: Int
        /// What the compilers and rpm say of themselves.
        let toolchain: String
        /// Where the build takes place: its path can end up in what it makes.
        let place: String
        /// Macros set over the files.
        let macros: [String: String]
        /// Digests of sources that are not in the tree (the public key), by file name.
        let extraSources: [String: String]
    }

    /// The key of `files` (path in the tree, whether executable, digest of the content) under `circumstances`.
    init(files: [(path: String, executable: Bool, digest: String)], _ circumstances: Circumstances) {
        var digest = SHA256()
        // Each field ends in NUL, which no path and no digest contains, so that two lists never run together.
        func add(_ fields: String...) { for field in fields { digest.update(field + "\0") } }
        add("target", circumstances.target, "epoch", String(circumstances.epoch))
        add("toolchain", circumstances.toolchain, "place", circumstances.place)
        for (name, value) in circumstances.macros.sorted(by: { $0.key < $1.key }) { add("macro", name, value) }
        for (name, value) in circumstances.extraSources.sorted(by: { $0.key < $1.key }) { add("source", name, value) }
        for file in files.sorted(by: { $0.path < $1.path }) {
            add("file", file.path, file.executable ? "x" : "-", file.digest)
        }
        self.digest = digest.finish()
    }
}

/// What compiles and packages on this machine, as far as it shows in the result.
struct Toolchain: Sendable {
    /// One line a tool.
    let description: String

    /// Asks the tools.
    static func detect() async throws -> Toolchain {
        async let swift = Command("swiftc", ["--version"]).output(.setup, hint: doctorHint)
        async let gcc = Command("gcc", ["-dumpfullversion", "-dumpmachine"]).output(.setup, hint: doctorHint)
        async let rpm = Command("rpm", ["--version"]).output(.setup, hint: doctorHint)
        async let libc = Command("getconf", ["GNU_LIBC_VERSION"]).output(.setup, hint: doctorHint)
        return Toolchain(description: try await [swift, gcc, rpm, libc].joined())
    }

    private static let doctorHint = "`untochat doctor` says what is missing on this machine and how to install it"
}
