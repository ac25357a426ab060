public import ReleaseSupport

/// The edge: undoes compression, so that what hides in a source tarball or a man page is searched too.
///
/// An archive in an archive is expanded as long as each is the other's whole content; a compressed file that is one
/// member of a tar archive is not.
public struct Expander: Sendable {
    /// Runs one decompressor: program, arguments, input; returns the output.
    public typealias Run = @Sendable (_ command: Command) async throws -> [UInt8]

    private let run: Run

    /// An expander that runs real programs, or what a test puts in their place.
    public init(
        run: @escaping Run = { command in
            let outcome = try await command.run(.audit)
            guard outcome.succeeded else {
                throw ReleaseError(.audit, "\(command.program) ended with \(outcome.ending)")
            }
            return outcome.output
        }
    ) {
        self.run = run
    }

    // Each by its first bytes, for a name can lie.
    private static let formats: [(magic: [UInt8], program: String)] = [
        ([0x1f, 0x8b], "gzip"), ([0x28, 0xb5, 0x2f, 0xfd], "zstd"), ([0xfd, 0x37, 0x7a, 0x58, 0x5a], "xz"),
        ([0x42, 0x5a, 0x68], "bzip2"),
    ]

    /// The bytes with every outer layer of compression taken off.
    public func expand(_ bytes: [UInt8]) async throws -> [UInt8] {
        var bytes = bytes
        // Three layers are one more than anyone has use for; a bomb of a thousand is not unpacked.
        for _ in 0..<3 {
            guard let format = Self.formats.first(where: { bytes.starts(with: $0.magic) }) else { break }
            let input = bytes
            bytes = try await run(Command(format.program, ["-d", "-c"]).with { $0.input = input })
        }
        return bytes
    }
}
