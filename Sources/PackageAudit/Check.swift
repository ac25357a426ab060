/// Everything that is asked of a package before it may be signed. The raw value is what JSON and messages say.
public enum Check: String, CaseIterable, Codable, CodingKeyRepresentable, Sendable {
    /// The ELF file can be read to its end.
    case readable
    /// A program is position independent.
    case pie
    /// Relocated data becomes read-only (PT_GNU_RELRO).
    case relro
    /// All symbols are bound at start; with `relro` this is "full RELRO".
    case bindNow
    /// The stack is not executable.
    case stack
    /// Neither RPATH nor RUNPATH.
    case runpath
    /// No relocation in code.
    case textRelocations
    /// No segment that is writable and executable.
    case writableExecutable
    /// Functions with arrays check a canary.
    case stackProtector
    /// C functions that glibc always replaces with checked ones have been replaced.
    case fortify
    /// Only the libraries that the component's declaration names.
    case neededLibraries
    /// Only version nodes that the target distribution has.
    case symbolVersions
    /// Within the component's limit.
    case size
    /// No switch that exists for tests only.
    case testSwitches
    /// No environment switch of the Swift runtime in an Embedded program.
    case runtimeSwitches
    /// No symbol table and no debug information.
    case stripped
    /// Nothing that tells who built the package, where, on what machine.
    case leaks
    /// No setuid, setgid or sticky bit, no capability, nothing but files, folders and links.
    case privileges
    /// Nothing that everyone may write.
    case worldWritable
    /// Everything belongs to root:root.
    case owners
    /// The header tells no more than it must.
    case header
    /// No macro that rpm left as it stood.
    case unexpandedMacros

    /// The checks that every ELF file has a verdict for, in the order of the table's columns.
    public static let ofELF: [Check] = [
        .readable, .pie, .relro, .bindNow, .stack, .runpath, .textRelocations, .writableExecutable, .stackProtector,
        .fortify, .neededLibraries, .symbolVersions, .size, .testSwitches, .runtimeSwitches, .stripped, .leaks,
    ]

    /// The checks that every package has a verdict for.
    public static let ofPackage: [Check] = [
        .header, .unexpandedMacros, .owners, .privileges, .worldWritable, .testSwitches, .leaks,
    ]

    /// What stands above the column.
    var title: String {
        switch self {
        case .readable: "ELF"
        case .pie: "PIE"
        case .relro: "RELRO"
        case .bindNow: "NOW"
        case .stack: "NX"
        case .runpath: "RPATH"
        case .textRelocations: "TEXTREL"
        case .writableExecutable: "W^X"
        case .stackProtector: "CANARY"
        case .fortify: "FORTIFY"
        case .neededLibraries: "LIBS"
        case .symbolVersions: "SYMVER"
        case .size: "SIZE"
        case .testSwitches: "TEST"
        case .runtimeSwitches: "RUNTIME"
        case .stripped: "STRIP"
        case .leaks: "LEAKS"
        case .privileges: "PRIVILEGE"
        case .worldWritable: "WRITABLE"
        case .owners: "OWNERS"
        case .header: "HEADER"
        case .unexpandedMacros: "MACROS"
        }
    }
}

/// The verdict of one check on one thing.
public struct Verdict: Codable, Equatable, Sendable {
    /// `yes` is "as it should be", whatever the check is called.
    public enum Answer: String, Codable, Sendable {
        case yes, no
        case notApplicable = "n/a"
    }

    public let answer: Answer
    /// Why it does not apply, what is wrong, or what was found good.
    public let detail: String?

    static let yes = Verdict(answer: .yes, detail: nil)
    static func yes(_ detail: String) -> Verdict { Verdict(answer: .yes, detail: detail) }
    static func no(_ reason: String) -> Verdict { Verdict(answer: .no, detail: reason) }
    static func notApplicable(_ why: String) -> Verdict { Verdict(answer: .notApplicable, detail: why) }
}

/// One violation: what stops a release.
public struct Finding: Codable, Equatable, Sendable, CustomStringConvertible {
    public let check: Check
    /// The package's identifier, or the path of a file audited alone.
    public let subject: String
    /// The path inside the package, or nil where the whole package is meant.
    public let path: String?
    /// What is wrong, without the names above.
    public let reason: String
    /// What to do about it.
    public let hint: String?

    /// Describes one violation.
    public init(_ check: Check, _ subject: String, path: String? = nil, _ reason: String, hint: String? = nil) {
        self.check = check
        self.subject = subject
        self.path = path
        self.reason = reason
        self.hint = hint
    }

    public var description: String {
        let place = path.map { "\(subject): \($0)" } ?? subject
        return "\(check.rawValue): \(place): \(reason)" + (hint.map { "\n  hint: \($0)" } ?? "")
    }
}
